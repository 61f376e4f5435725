"""Find where one more place serves most: fewest sites, widest cover, shortest walks."""

from __future__ import annotations

from gis.siting.choice import Choice
from gis.siting.models import fewest, max_cover, p_median
from gis.siting.proof import prove

__all__ = ["Choice", "fewest", "max_cover", "p_median", "prove"]
