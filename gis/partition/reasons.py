"""Say in types why rules cannot all hold: certificates, conflicts, remedies.

These are plain values, which know nothing of how they are found: `gis.partition.certificates`
proves and checks, `gis.partition.conflicts` shrinks a proof to what it needs,
`gis.partition.remedies` looks for what would mend it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Certificate", "CertificateKind", "Conflict", "Remedy", "RemedyKind", "Requirement"]

CertificateKind = Literal[
    "atom_above_limit",
    "component_weight",
    "count",
    "walking_ball",
    "stranded_atom",
    "lock",
    "no_centre",
    "unreachable",
    "islands",
    "bound",
    "exhaustion",
]
RequirementKind = Literal[
    "lower",
    "upper",
    "inner",
    "count",
    "walk",
    "reach",
    "centres",
    "contiguity",
    "border",
    "parts",
    "lock",
    "indivisible",
]
RemedyKind = Literal["open", "split", "centre", "count", "unlock", "walk", "lower", "upper"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A proof that no plan keeps all hard rules, or those and the one that is named.

    It is checked alone, from the problem, by `gis.partition.certificates.holds`.

    Parameters
    ----------
    kind
        What is proven:

        - "atom_above_limit": an atom weighs more than a district may;
        - "component_weight": no count of districts holds the weight of a component;
        - "count": the given count does not fit the components' weights and atoms;
        - "walking_ball": every centre that an atom could walk to reaches less than L, or there
          is none;
        - "stranded_atom": all that could share a contiguous district with an atom, as the
          lightest way there weighs no more than U, weighs below L;
        - "lock": locked atoms lie in several components, or the lightest district that could
          hold them weighs above U;
        - "no_centre": a component has fewer allowed centres than districts;
        - "unreachable": as "walking_ball", by any way at all;
        - "islands": a compound lies in more components than districts are allowed it;
        - "bound": too few centres can gather a weight in range from whole atoms;
        - "exhaustion": all plans were tried.
    rule
        The rule of the violations that it proves unavoidable: the plan breaks this rule or
        another hard one. "soft_range", "walk" and "keep_together" are not among the hard ones.
    why
        Plain words.
    atoms
        Positions of the atoms that it is about; empty for the whole problem. Components are
        named by all their atoms.
    value, limit
        What is found and the bound it misses: households, districts or centres.
    group
        The lock or compound; -1 for none.
    """

    kind: CertificateKind
    rule: str
    why: str
    atoms: tuple[int, ...]
    value: float
    limit: float
    group: int = -1


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that a plan must keep, and that could be dropped by itself.

    Parameters
    ----------
    kind
        "lower" and "upper" (the hard range), "inner" (the range of the smaller districts),
        "count", "walk" (the walking limit), "reach" (a way on foot to the centre), "centres"
        (only some atoms may be one), "contiguity", "border" (an opening that stays shut),
        "parts", "lock", "indivisible" (an atom is not split).
    words
        Plain words.
    which
        Position of the atom or the opening, or the group of the lock; -1 for none.
    """

    kind: RequirementKind
    words: str
    which: int = -1


@dataclass(frozen=True, slots=True)
class Conflict:
    """Requirements that cannot all hold, none of which can be left out.

    Parameters
    ----------
    certificate
        The proof.
    requirements
        With these alone the proof holds; without any one of them it does not.
    why
        Plain words.
    """

    certificate: Certificate
    requirements: tuple[Requirement, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change after which proofs of infeasibility no longer hold.

    Parameters
    ----------
    kind
        "open" (a border), "split" (an atom), "centre" (let an atom be one), "count" (another
        number of districts), "unlock", "walk" (a longer limit), "lower" or "upper" (a wider hard
        range).
    what
        Plain words.
    atoms
        The atom that is split or becomes a centre; both ends of the border; the locked atoms.
    value, before
        The new value and the old one: parts, districts, metres, households.
    price
        By how much the rules change, in the unit of the value; 1 for a border, a lock, a centre.
    mends
        Positions of the certificates in `Solution.certificates` that it ends.
    confirmed
        Whether a plan of the area was found that keeps every hard rule and the walking limit
        after the change; None where nobody looked, as the area is too large for a quick solve.
    plan_cost
        What that plan makes the whole cost; inf where there is none.
    which
        Position of the opening, or the group of the lock; -1 for none.
    """

    kind: RemedyKind
    what: str
    atoms: tuple[int, ...]
    value: float
    before: float
    price: float
    mends: tuple[int, ...] = ()
    confirmed: bool | None = None
    plan_cost: float = float("inf")
    which: int = -1
