"""Report geometry that does not fit its layer: absent, empty, of another kind, not finite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from gis.tables import Layer

__all__ = ["finite", "geometry_faults", "geometry_kinds", "is_frame", "no_crs_fault"]

_KINDS: Final = {
    0: "point", 1: "line", 2: "line", 3: "polygon", 4: "point", 5: "line", 6: "polygon",
}  # fmt: skip
_NAMES: Final = {"polygon": "polygons", "line": "lines", "point": "points"}


def is_frame(frame: Any) -> bool:
    """Tell whether a table is a GeoDataFrame with a geometry that is set."""
    return getattr(frame, "_geometry_column_name", None) in getattr(frame, "columns", ())


def geometry_kinds(shapes: NDArray[Any]) -> NDArray[Any]:
    """Name each shape's kind: point, line, polygon, mixed; empty text where there is none."""
    ids = shapely.get_type_id(shapes)
    kinds = np.array([_KINDS.get(int(i), "mixed" if i >= 0 else "") for i in ids], dtype=object)
    kinds[shapely.is_empty(shapes)] = ""
    return kinds


def no_crs_fault(layer: str) -> Fault:
    """Say that a layer does not tell which CRS its coordinates are in."""
    return Fault(
        layer,
        "has no coordinate reference system",
        "declare it in the file (for a shapefile or a table in a .prj file beside it), such as "
        "EPSG:4490 for degrees or EPSG:4549 for CGCS2000 metres around 120 E",
        column="geometry",
        kind="no-crs",
    )


def geometry_faults(frame: pd.DataFrame, layer: Layer) -> Iterator[Fault]:
    """Report geometry that is absent, empty, of the wrong kind or not finite."""
    if not layer.geometry:
        return
    wanted = " or ".join(_NAMES[kind] for kind in sorted(layer.geometry))
    if not is_frame(frame):
        if layer.geometry_required and len(frame):
            yield Fault(
                layer.name, "has no geometry",
                f"give {wanted}: a GIS file, or a table with lon and lat or a wkt column",
                column="geometry", kind="missing-geometry",
            )  # fmt: skip
        return
    shapes = frame.geometry.to_numpy()
    kinds = geometry_kinds(shapes)
    sound = finite(shapes)
    if (kinds != "").any() and frame.crs is None:
        yield no_crs_fault(layer.name)
    for row, kind, good in zip(frame.index, kinds, sound, strict=True):
        if not kind and layer.geometry_required:
            yield Fault(
                layer.name, "geometry is empty", f"draw it ({wanted}) or delete the row",
                row=int(row), column="geometry", kind="empty-geometry",
            )  # fmt: skip
        elif kind and not good:
            yield Fault(
                layer.name, "a coordinate is not a finite number", "draw the shape again",
                row=int(row), column="geometry", kind="not-finite",
            )  # fmt: skip
        elif kind and kind not in layer.geometry:
            yield Fault(
                layer.name, f"geometry must be {wanted}", "draw it as that, or delete the row",
                row=int(row), column="geometry", value=_type_name(frame.geometry.loc[row]),
                kind="wrong-geometry",
            )  # fmt: skip
    if shapely.has_z(shapes).any():
        yield Fault(
            layer.name, "has heights (Z), which are not used", "nothing need be done",
            column="geometry", severity="information", kind="z-dropped",
        )  # fmt: skip


def _type_name(shape: Any) -> str:
    return str(shape.geom_type)


def finite(shapes: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell which shapes have finite x and y throughout."""
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    good = np.ones(len(shapes), dtype=bool)
    good[owner[~np.isfinite(xy).all(axis=1)]] = False
    return good
