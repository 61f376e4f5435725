"""Draw a toy community by hand, small enough to reason about.

    0        180 200 220        400
    +---------+---|---+----------+ 200
    | 5 6 7 8 |   r   |  d e f P |
    |   lane  G   o   G   lane   |       G gates in the walls at x=180 and x=220
    | 1 2 3 4 |   a   |  a b c   |       P the park, a special site without homes
    +---------+---d---+----------+ 0

West compound 东园: buildings w1..w8, 24 households each but w1 with 90 in 3 stairwells.
East compound 西园: buildings e1..e6, 20 households each. A road runs at x=200.
"""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd
from shapely import LineString, Point, box

from gis.inputs import Inputs
from gis.rules import LevelRules, Rules
from gis.tables import INPUT_LAYERS, with_columns

CRS = "EPSG:4549"
X0, Y0 = 480_000.0, 3_540_000.0

__all__ = ["CRS", "toy_inputs", "toy_rules"]


def toy_rules(**changes: object) -> Rules:
    """Return rules to the toy's scale."""
    rules = replace(
        Rules.load(),
        name="toy",
        large=LevelRules(
            soft_households=(100, 200),
            hard_households=(60, 300),
            target_households=140,
            walk_limit_m=300.0,
        ),
        micro=LevelRules(
            soft_households=(20, 60),
            hard_households=(15, 80),
            target_households=45,
            walk_limit_m=200.0,
        ),
    )
    return replace(rules, **changes)


def toy_inputs(*, shuffle: int | None = None) -> Inputs:
    """Return the toy's layers as read; with a seed, the rows of each in another order."""
    layers = {
        "communities": _frame([{"name": "玩具社区", "geometry": box(0, 0, 400, 200)}]),
        "buildings": _frame([*_west(), *_east()]),
        "barriers": _frame(
            [
                {"kind": "wall", "geometry": LineString([(180, 0), (180, 200)])},
                {"kind": "wall", "geometry": LineString([(220, 0), (220, 200)])},
                {"kind": "road", "geometry": LineString([(200, -10), (200, 210)])},
            ]
        ),
        "gates": _frame(
            [
                {"name": "东门", "open": True, "geometry": Point(180, 100)},
                {"name": "西门", "open": None, "geometry": Point(220, 100)},
            ]
        ),
        "walkways": _frame(
            [
                {"kind": "footway", "geometry": LineString([(5, 100), (180, 100), (395, 100)])},
                {"kind": "street", "geometry": LineString([(200, 0), (200, 200)])},
            ]
        ),
        "facilities": _frame(
            [{"category": "pharmacy", "name": "海棠药房", "geometry": Point(205, 60)}]
        ),
        "meeting_points": _frame([{"name": "网格微家", "geometry": Point(90, 104)}]),
        "special_sites": _frame(
            [{"name": "小公园", "kind": "park", "geometry": box(360, 110, 400, 200)}]
        ),
        "addresses": _frame(
            [
                {
                    "address": "东园1幢2单元301室",
                    "building_id": "w1",
                    "stairwell": 2,
                    "room": "301",
                    "geometry": None,
                },
                {"address": "东园2幢", "building_id": None, "geometry": Point(70, 50)},
                {"address": "无处", "building_id": None, "geometry": Point(380, 150)},
            ]
        ),
        "people": pd.DataFrame(
            [
                {
                    "name": "张三",
                    "role": "社区书记",
                    "serves": "玩具社区",
                    "duty_phone": "025-55500001",
                },
                {
                    "name": "李四",
                    "role": "楼道党小组长",
                    "serves": "w1/2",
                    "private_phone": "19900000001",
                },
            ]
        ),
        "layers/shops": _frame(
            [
                {"status": "已改造", "geometry": Point(190, 20)},
                {"status": "未改造", "geometry": Point(190, 180)},
                {"status": "未改造", "geometry": Point(60, 60)},
            ]
        ),
    }
    ready = {name: _read_as(name, table, shuffle) for name, table in layers.items()}
    return Inputs(layers=ready, source="toy", hashes={"toy": "0" * 64})


def _read_as(name: str, layer: pd.DataFrame, shuffle: int | None) -> pd.DataFrame:
    table = with_columns(layer, INPUT_LAYERS[name]) if name in INPUT_LAYERS else layer
    if shuffle is not None:
        table = table.sample(frac=1.0, random_state=shuffle)
    return table.set_axis(pd.RangeIndex(1, len(table) + 1, name="row"))


def _west() -> list[dict[str, object]]:
    rows = []
    for number in range(8):
        x, y = 10 + 42 * (number % 4), 30 if number < 4 else 140
        rows.append(
            {
                "building_id": f"w{number + 1}",
                "name": f"{number + 1}幢",
                "compound": "东园",
                "households": 90 if number == 0 else 24,
                "stairwells": 3,
                "floors": 6,
                "geometry": box(x, y, x + 36, y + 12),
            }
        )
    return rows


def _east() -> list[dict[str, object]]:
    rows = []
    for number in range(6):
        x, y = 232 + 42 * (number % 3), 30 if number < 3 else 140
        rows.append(
            {
                "building_id": f"e{number + 1}",
                "name": f"{number + 1}幢",
                "compound": "西园",
                "households": 20,
                "stairwells": 2,
                "floors": 5,
                "geometry": box(x, y, x + 36, y + 12),
            }
        )
    return rows


def _frame(rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)
    frame["geometry"] = frame.geometry.translate(X0, Y0)
    return frame
