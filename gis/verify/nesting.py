"""Check that every atom has one grid of each level, and micro-grids one large grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.verify.finding import Finding
from gis.verify.view import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.verify.view import View

__all__ = ["check_atoms", "check_nesting", "check_special"]


def check_nesting(view: View) -> Iterator[Finding]:
    """Check labels, parents and communities, and that no grid is empty or without homes."""
    for level in LEVELS:
        grids = view.grids[level]
        owner = grids["community_code"].to_dict()
        stated = view.atoms[["atom_id", f"{level}_code", "community_code"]]
        for atom, code, community in stated.itertuples(index=False):
            if code not in owner:
                yield Finding("labels", f"its {level} grid {code} does not exist", atom)
            elif owner[code] != community:
                yield Finding("labels", f"its {level} grid lies in another community", atom)
        members = view.members(level)
        kinds = view.atoms["kind"].to_numpy()
        for code, kind in grids["kind"].items():
            if code not in members:
                yield Finding("nesting", "the grid has no atom", str(code))
            elif kind == "base" and not (kinds[members[str(code)]] == "home").any():
                yield Finding("nesting", "the base grid has no home atom", str(code))
    yield from _parents(view)


def check_special(view: View) -> Iterator[Finding]:
    """Check that a special site is one special large grid with one special micro-grid."""
    for level in LEVELS:
        kind = view.grids[level]["kind"].to_dict()
        sites = view.atoms["special"]
        for atom, code, site in zip(
            view.atoms["atom_id"], view.atoms[f"{level}_code"], sites, strict=True
        ):
            if (kind.get(code) == "special") != bool(site):
                what = f"special site {site!r} but {level} grid {code} is {kind.get(code)}"
                yield Finding("special", what, atom)
        for code, atoms in view.members(level).items():
            if len(set(sites.iloc[atoms])) > 1:
                yield Finding("special", "the grid mixes special sites or base ground", code)
    micro = view.grids["micro"]
    large = view.grids["large"]
    for code in large.index[large["kind"] == "special"]:
        children = micro["kind"][micro["parent_code"] == code]
        if list(children) != ["special"]:
            yield Finding("special", "not exactly one special micro-grid", code, len(children), 1)


def check_atoms(view: View) -> Iterator[Finding]:
    """Check that ground has no homes, households or entrance, and homes have an entrance."""
    table = view.atoms
    ground = table["kind"] == "ground"
    filled = table["entrance_x"].notna() & table["entrance_y"].notna()
    for wrong, what in (
        (ground & (table["households"] != 0), "ground has households"),
        (ground & (table["residents"] != 0), "ground has residents"),
        (ground & (table["building_id"] != ""), "ground has a building"),
        (ground & filled, "ground has an entrance"),
        (~ground & ~filled, "a home has no entrance"),
    ):
        for atom in table.loc[wrong, "atom_id"]:
            yield Finding("atoms", what, atom)


def _parents(view: View) -> Iterator[Finding]:
    large, micro = view.grids["large"], view.grids["micro"]
    for code, parent, community in large[["parent_code", "community_code"]].itertuples():
        if parent != community:
            yield Finding("nesting", f"its parent {parent} is not its community", code)
    for code, parent, community in micro[["parent_code", "community_code"]].itertuples():
        if parent not in large.index:
            yield Finding("nesting", f"its parent {parent} does not exist", code)
        elif large.loc[parent, "community_code"] != community:
            yield Finding("nesting", f"its parent {parent} lies in another community", code)
    for code, atoms in view.members("micro").items():
        parent = micro.loc[code, "parent_code"]
        others = sorted(set(view.atoms["large_code"].iloc[atoms]) - {parent})
        if others:
            what = f"its atoms lie in large grid {', '.join(others)}, not in its parent {parent}"
            yield Finding("nesting", what, code)
    children = set(micro["parent_code"])
    for code in large.index:
        if code not in children:
            yield Finding("nesting", "the large grid has no micro-grid", code)
