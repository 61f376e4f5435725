"""Take an address apart for the answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gis.lookup.answer import AddressParts

if TYPE_CHECKING:
    from gis.lookup.addresses import ParsedAddress

__all__ = ["parts_of"]

#: What tells the phases and parts of a compound apart, at the end of its name.
_PHASE: Final = re.compile(
    r"(?:\d+期|[A-Z0-9]+区|[东西南北中](?:区|苑|院|园)|[A-Z0-9东西南北中]组团)+$"
)


def parts_of(address: ParsedAddress) -> AddressParts:
    """Return the parts of a reading, the phase or part of its compound beside the whole name.

    Examples
    --------
    >>> from gis.lookup.addresses import parse
    >>> parts = parts_of(parse("学府路8号海棠苑二期3幢2单元501室")[0])
    >>> parts.compound, parts.phase, parts.building, parts.room
    ('海棠苑2期', '2期', '3', '501')
    """
    found = _PHASE.search(address.compound)
    return AddressParts.of(address, phase=found.group() if found else "")
