"""Check that the codes and atoms named by the other layers exist and agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gis.tables import COUNTED_PREFIX
from gis.verify.finding import Finding
from gis.verify.view import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.verify.view import View

__all__ = ["check_counts", "check_references"]

_NAMING_CODES: Final = ("counts", "violations", "people")
_NAMING_ATOMS: Final = ("access", "centres", "unreached", "violations", "addresses")


def check_references(view: View) -> Iterator[Finding]:
    """Check every code and atom that centres, circles, counts, addresses and so on name."""
    for name in ("centres", "circles", "unreached"):
        table = view.plan[name]
        for level, code in zip(table["level"], table["code"], strict=True):
            if level not in LEVELS or code not in view.grids[level].index:
                yield Finding("references", f"{name} names no {level} grid", code)
    known = {*view.communities, *(code for level in LEVELS for code in view.grids[level].index)}
    for name in _NAMING_CODES:
        for code in sorted(set(view.plan[name]["code"].dropna()) - known - {""}):
            yield Finding("references", f"{name} names no grid", code)
    atoms = set(view.atoms["atom_id"])
    for name in _NAMING_ATOMS:
        for atom in sorted(set(view.plan[name]["atom_id"].dropna()) - atoms - {""}):
            yield Finding("references", f"{name} names no atom", atom)
    yield from _addresses(view)


def check_counts(view: View) -> Iterator[Finding]:
    """Check that counts of a level add up to the layer they count, and micro to large ones."""
    table = view.plan["counts"]
    parents = view.grids["micro"]["parent_code"]
    for name in sorted(set(table["layer"])):
        if COUNTED_PREFIX + name not in view.plan.layers:
            yield Finding("counts", "the plan does not carry the counted layer", name)
    for name, layer in sorted(view.plan.layers.items()):
        if not name.startswith(COUNTED_PREFIX):
            continue
        own = table[table["layer"] == name.removeprefix(COUNTED_PREFIX)]
        by_code = own.groupby("code")["count"].sum()
        micro = by_code[by_code.index.isin(parents.index)]
        outer = by_code[~by_code.index.isin(parents.index)]
        features = int(layer.geometry.notna().sum()) if len(layer) else 0
        if outer.sum() != features:
            what = "its counts do not add up to its features"
            yield Finding("counts", what, name, float(outer.sum()), features)
        inner = micro.groupby(parents.reindex(micro.index)).sum()
        for code in sorted((set(outer.index) | set(inner.index)) - {""}):
            if inner.get(code, 0) != outer.get(code, 0):
                what = f"{name}: its micro-grids do not add up to it"
                found = float(inner.get(code, 0))
                yield Finding("counts", what, code, found, float(outer.get(code, 0)))


def _addresses(view: View) -> Iterator[Finding]:
    """Check that a resolved address has its atom's codes."""
    atoms = view.atoms.set_index("atom_id")
    addresses = view.plan["addresses"].dropna(subset=["atom_id"])
    for level in LEVELS:
        right = addresses["atom_id"].map(atoms[f"{level}_code"])
        wrong = right.notna() & (addresses[f"{level}_code"] != right)
        for text in addresses.loc[wrong, "address"]:
            yield Finding("references", f"the address is not in its atom's {level} grid", text)
