"""Small communities of boxes, and what touches what in them."""

import geopandas as gpd
from shapely import LineString, box

from gis.adjacency import build
from gis.tables import INPUT_LAYERS, PLAN_LAYERS, empty_layer, with_columns

CRS = 4549


def atoms_of(*rows):
    """Make atoms of (id, shape, households, special); ids that begin with g are ground."""
    frame = gpd.GeoDataFrame(
        [
            {
                "atom_id": name,
                "kind": "ground" if name.startswith("g") else "home",
                "households": households,
                "special": special,
                "geometry": shape,
            }
            for name, shape, households, special in rows
        ],
        crs=CRS,
    )
    return with_columns(frame, PLAN_LAYERS["atoms"])


def layer_of(name, *rows):
    if not rows:
        return empty_layer(INPUT_LAYERS[name], crs=CRS)
    return with_columns(gpd.GeoDataFrame(list(rows), crs=CRS), INPUT_LAYERS[name])


def touching(atoms, *, barriers=(), gates=(), walkways=()):
    table = build(
        atoms,
        barriers=layer_of("barriers", *barriers),
        gates=layer_of("gates", *gates),
        walkways=layer_of("walkways", *walkways),
    )
    assert list(table.columns) == list(PLAN_LAYERS["adjacency"].dtypes)
    assert (table["atom_a"] < table["atom_b"]).all()
    return table


def border_of(table, one="a", other="b"):
    found = table[(table["atom_a"] == one) & (table["atom_b"] == other)]
    assert len(found) == 1
    return found.iloc[0]


PAIR = (("a", box(0, 0, 50, 40), 10, ""), ("b", box(50, 0, 100, 40), 10, ""))
WALL = LineString([(50, -5), (50, 45)])
RIVER = (
    ("a", box(0, 0, 50, 40), 10, ""),
    ("b", box(60, 0, 110, 40), 10, ""),
    ("g", box(50, 0, 60, 40), 0, ""),
)
WATER = {"kind": "water", "geometry": box(50, -5, 60, 45)}
