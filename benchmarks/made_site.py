"""Make the plan of a country's cells, with people to answer for them, to be served."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from made_cells import CRS

from gis.plan_data import Plan, digest
from gis.rules import Rules
from gis.tables import INPUT_LAYERS, PLAN_LAYERS, empty_layer, with_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["made_plan"]

#: Large grids in a community, and metres from a building's middle to its walls.
_SIBLINGS, _WALL_M = 8, 6.0
_LACKING: Final = ("clinic", "park")


def made_plan(cells: NDArray[Any], parents: NDArray[np.int64]) -> Plan:
    """Return a plan whose micro-grids are the cells, each one atom with one building.

    Every grid and every building has someone who answers for it. Its large grids and communities
    are drawn as boxes, as no look-up reads their shapes.

    Parameters
    ----------
    cells, parents
        As `made_cells` makes them.
    """
    count, larges = len(cells), int(parents.max()) + 1
    community_of = np.arange(larges) // _SIBLINGS
    communities = [f"99{n:010d}" for n in range(int(community_of[-1]) + 1)]
    place = np.arange(larges) % _SIBLINGS
    large = [f"{communities[c]}{p + 1:03d}" for c, p in zip(community_of, place, strict=True)]
    first = np.searchsorted(parents, np.arange(larges))
    own = np.arange(count) - first[parents]
    micro = [f"{large[p]}{n + 1:03d}" for p, n in zip(parents, own, strict=True)]
    of_cell = community_of[parents]
    boxes = shapely.bounds(cells)
    layers: dict[str, Any] = {
        "communities": _shaped(
            "communities",
            {"name": [f"第{n + 1}社区" for n in range(len(communities))],
             "community_code": communities},
            _around(boxes, np.searchsorted(of_cell, np.arange(len(communities)))),
        ),
        "large_grids": _shaped(
            "large_grids",
            _grids(large, [f"第{n + 1}网格" for n in place], [communities[c] for c in community_of],
                   [communities[c] for c in community_of]),
            _around(boxes, first),
        ),
        "micro_grids": _shaped(
            "micro_grids",
            _grids(micro, [f"第{n + 1}微网格" for n in own], [communities[c] for c in of_cell],
                   [large[p] for p in parents]),
            cells,
        ),
        **_homes(cells, micro, [large[p] for p in parents], [communities[c] for c in of_cell]),
        "people": _people(communities, large, micro),
    }  # fmt: skip
    for name in (*PLAN_LAYERS, "communities", "buildings"):
        if name not in layers and name != "info":
            layers[name] = empty_layer(PLAN_LAYERS.get(name) or INPUT_LAYERS[name], crs=CRS)
    # The digest of all that takes minutes for a country, and nothing here asks for it.
    info = {"rules": Rules.load().to_json(), "created": "2026-11-22T08:00:00Z"}
    info["plan_id"] = digest({"communities": layers["communities"]})
    table = pd.DataFrame({"key": list(info), "value": list(info.values())})
    layers["info"] = with_columns(table, PLAN_LAYERS["info"])
    return Plan(layers=layers, crs=pyproj.CRS.from_user_input(CRS))


def _grids(codes: Any, names: Any, communities: Any, parents: Any) -> dict[str, Any]:
    return {
        "code": codes,
        "name": names,
        "community_code": communities,
        "kind": "base",
        "parent_code": parents,
        "households": 40,
        "residents": 110,
        "buildings": 1,
        "violations": 0,
    }


def _homes(cells: NDArray[Any], micro: Any, large: Any, communities: Any) -> dict[str, Any]:
    """Return the atoms, buildings, and what their circles lack."""
    ids = [f"B{code}" for code in micro]
    middle = shapely.get_coordinates(shapely.point_on_surface(cells))
    walls = shapely.box(*(middle - _WALL_M).T, *(middle + _WALL_M).T)
    names = [f"{n % 90 + 1}幢" for n in range(len(ids))]
    compounds = [f"第{n // 6 + 1}苑" for n in range(len(ids))]
    atoms = {
        "atom_id": ids,
        "community_code": communities,
        "kind": "home",
        "building_id": ids,
        "compound": compounds,
        "households": 40,
        "residents": 110,
        "estimated": False,
        "micro_code": micro,
        "large_code": large,
        "walk_micro_m": np.round(np.linspace(5, 280, len(ids)), 1),
    }
    buildings = {"building_id": ids, "name": names, "compound": compounds, "stairwells": 2}
    lacking = pd.DataFrame(
        {
            "atom_id": ids[::3],
            "category": [_LACKING[n % 2] for n in range(len(ids[::3]))],
            "status": "not served",
        }
    )
    return {
        "atoms": _shaped("atoms", atoms, cells),
        "buildings": _shaped("buildings", buildings, walls),
        "access": with_columns(lacking, PLAN_LAYERS["access"]),
    }


def _people(communities: Any, large: Any, micro: Any) -> pd.DataFrame:
    targets = [*communities, *large, *micro, *(f"B{code}" for code in micro)]
    levels = ["community", "large", "micro", "building"]
    counts = [len(communities), len(large), len(micro), len(micro)]
    roles = np.repeat(["社区书记", "网格长", "微网格长", "楼道党小组长"], counts)
    number = np.arange(len(targets))
    table = pd.DataFrame(
        {
            "name": [f"林{n}" for n in number],
            "role": roles,
            "serves": targets,
            "duty_phone": [f"025-{n:08d}" for n in number],
            "since": "2020-01-01",
            "level": np.repeat(levels, counts),
            "code": targets,
        }
    )
    return with_columns(table, PLAN_LAYERS["people"])


def _around(boxes: NDArray[np.float64], first: NDArray[np.int64]) -> NDArray[Any]:
    """Return a box around each run of boxes."""
    low = np.minimum.reduceat(boxes[:, :2], first)
    high = np.maximum.reduceat(boxes[:, 2:], first)
    return np.asarray(shapely.box(*low.T, *high.T))


def _shaped(name: str, columns: dict[str, Any], shapes: NDArray[Any]) -> gpd.GeoDataFrame:
    table = gpd.GeoDataFrame(pd.DataFrame(columns), geometry=shapes, crs=CRS)
    return with_columns(table, PLAN_LAYERS.get(name) or INPUT_LAYERS[name])
