"""Name the systems that are compared, and where each is called.

Every system is a function of an instance and of the seconds that one which could go on for
ever may take; it returns an `Answer`. Each runs in its own process: some cannot be loaded
together. What a system cannot be told (most know no upper bound, some no weights) is said
where it is called.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from instances import Instance, Ints

__all__ = ["PEERS", "SYSTEMS", "Answer", "System", "call"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Labels of the atoms, what the system says of them, and its own figures by name."""

    labels: Ints
    note: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    inner: Ints | None = None


class System(NamedTuple):
    """A function of a module here, and the distribution whose version counts."""

    module: str
    function: str
    distribution: str


SYSTEMS: Final[Mapping[str, System]] = {
    "wangge": System("own", "one_level", "wangge"),
    "wangge nested": System("own", "two_levels", "wangge"),
    "MILP": System("mip", "hess", "scipy"),
    "spopt MaxP": System("spopt_region", "maxp", "spopt"),
    "spopt AZP": System("spopt_region", "azp", "spopt"),
    "spopt SKATER": System("spopt_region", "skater", "spopt"),
    "spopt RegionKMeans": System("spopt_region", "region_kmeans", "spopt"),
    "spopt Ward": System("spopt_region", "ward", "spopt"),
    "GerryChain tree": System("recom", "tree", "gerrychain"),
    "GerryChain ReCom": System("recom", "optimised", "gerrychain"),
    "pymetis": System("metis", "contiguous", "pymetis"),
    "scikit-learn KMeans": System("scikit", "kmeans", "scikit-learn"),
    "scikit-learn Ward": System("scikit", "ward", "scikit-learn"),
    "k-means-constrained": System("constrained", "repeated", "k-means-constrained"),
    "HiGHS": System("highs", "hess", "highspy"),
}

#: The systems that the tables of peers hold by default: no nested levels, one mixed-integer
#: solver.
PEERS: Final = tuple(name for name in SYSTEMS if name not in ("wangge", "wangge nested", "MILP"))


def call(name: str) -> Callable[[Instance, float], Answer]:
    """Import a system's function.

    Raises
    ------
    ImportError
        If the system is not installed (`pip install 'wangge[peers]'`).
    """
    system = SYSTEMS[name]
    function: Callable[[Instance, float], Answer] = getattr(
        import_module(f"peers.{system.module}"), system.function
    )
    return function
