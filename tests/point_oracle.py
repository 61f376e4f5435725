"""Tell by plain numpy which polygons hold a point: every edge of every candidate, no grid."""

import numpy as np
import shapely


def to_mm(metres):
    """Round metres to whole millimetres."""
    return np.rint(np.asarray(metres, dtype=float) * 1000).astype(np.int64)


def edges_mm(polygon):
    """Return a polygon's edges (m, 4) in millimetres, holes and parts included."""
    parts = []
    for ring in shapely.get_rings(shapely.get_parts(polygon)):
        mm = to_mm(shapely.get_coordinates(ring))
        parts.append(np.hstack([mm[:-1], mm[1:]]))
    return np.vstack(parts)


def holds(polygon, x, y):
    """Tell for each point whether a polygon holds it, by the half-open crossing rule."""
    x1, y1, x2, y2 = edges_mm(polygon).T[:, :, None]
    px, py = to_mm(x)[None], to_mm(y)[None]
    straddles = (y1 > py) != (y2 > py)
    side = (x2 - x1) * (py - y1) - (px - x1) * (y2 - y1)
    crossed = straddles & np.where(y2 > y1, side > 0, side < 0)
    return crossed.sum(axis=0) % 2 == 1


def holders(polygons, x, y):
    """Return by polygon and point whether the one holds the other, shape (n, m)."""
    return np.array([holds(polygon, x, y) for polygon in polygons]).reshape(-1, len(x))


def first_holder(polygons, x, y):
    """Return each point's first polygon, -1 for none."""
    held = holders(polygons, x, y)
    if not len(held):
        return np.full(len(x), -1)
    return np.where(held.any(axis=0), held.argmax(axis=0), -1)
