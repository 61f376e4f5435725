"""Check for slips of the pen: specks, borders drawn twice, rows given twice, several CRSs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gis.conform_geometry import is_frame
from gis.faults import Fault, Severity
from gis.repeats import repeats
from gis.slivers import SLIVER_M2, STRIP_M, gaps, strips, trimmed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import shapely

    from gis.check_context import Context

__all__ = ["AREAS", "CHECKS", "TILING"]

#: Layers of polygons that are looked through for specks.
AREAS: Final = ("buildings", "cells", "communities", "compounds", "special_sites")
#: Layers whose polygons should meet without a gap.
TILING: Final = ("communities", "cells")


def specks(context: Context) -> Iterator[Fault]:
    """Report polygons with stray pieces or holes."""
    for name in AREAS:
        frame = context.placed(name)
        for row, shape in zip(frame.index, frame.geometry, strict=True):
            if shape.area == 0:
                continue
            _, pieces, holes = trimmed(shape)
            if pieces or holes:
                yield Fault(
                    name, f"has {pieces} pieces and {holes} holes below {SLIVER_M2:g} m2",
                    "draw the outline without them; --fix drops them", row=int(row),
                    column="geometry", value=_spot(shape), severity="warning", kind="sliver",
                )  # fmt: skip


def borders(context: Context) -> Iterator[Fault]:
    """Report narrow gaps between neighbours, and narrow strips that two cells claim.

    Strips that two communities claim are `gis.check_geometry.community_overlaps`.
    """
    for name in TILING:
        frame = context.placed(name)
        shapes = frame.geometry.to_numpy()
        severity: Severity = "warning"
        for gap, touched in gaps(shapes):
            rows = [int(frame.index[k]) for k in touched]
            yield Fault(
                name,
                f"a gap of {gap.area:,.1f} m2, narrower than {STRIP_M:g} m, parts it from row "
                + ", ".join(str(row) for row in rows[1:]),
                "draw the common border once, for both; --fix fills the gap",
                row=rows[0], column="geometry", value=_spot(gap), severity=severity,
                kind="narrow-gap",
            )  # fmt: skip
        if name == "communities":
            continue
        for a, b, common in strips(shapes):
            yield Fault(
                name,
                f"shares a strip of {common.area:,.1f} m2, narrower than {STRIP_M:g} m, with row "
                f"{int(frame.index[a])}",
                "draw the common border once, for both; --fix gives it to the earlier row",
                row=int(frame.index[b]), column="geometry", value=_spot(common), severity=severity,
                kind="narrow-overlap",
            )  # fmt: skip


def repeated(context: Context) -> Iterator[Fault]:
    """Report rows that repeat an earlier one in every column and in their shape."""
    for name, table in context.inputs.layers.items():
        if is_frame(table) and name in context.metres:
            table = context.metres[name]  # noqa: PLW2901 - as `gis.fix` sees it
        if name in context.misplaced:
            continue
        for row, first in repeats(table, layer=name):
            yield Fault(
                name, f"repeats row {first} in everything", "delete one of the two; --fix does",
                row=row, severity="warning", kind="repeated-row",
            )  # fmt: skip


def systems(context: Context) -> Iterator[Fault]:
    """Say which layers lie in other CRSs than the communities, so that a plan moves them apart."""
    home = context.usable.get("communities")
    if home is None:
        return
    by_crs: dict[str, list[str]] = {}
    for name, frame in sorted(context.usable.items()):
        if frame.crs != home.crs and name not in context.misplaced:
            by_crs.setdefault(frame.crs.to_string(), []).append(name)
    for crs, names in by_crs.items():
        yield Fault(
            names[0],
            f"{', '.join(names)}: the coordinates are in {crs}, those of the communities in "
            f"{home.crs.to_string()}",
            "nothing need be done: plans and --fix bring all into one",
            column="geometry", value=crs, severity="information", kind="several-crs",
        )  # fmt: skip


def _spot(shape: shapely.Geometry) -> str:
    point = shape.representative_point()
    return f"{point.x:.1f} {point.y:.1f}"


CHECKS: Final[tuple[Callable[[Context], Iterator[Fault]], ...]] = (
    specks,
    borders,
    repeated,
    systems,
)
