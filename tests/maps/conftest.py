"""A toy community, drawn by hand, as a finished plan."""

from collections.abc import Callable

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import CRS
from shapely.geometry import LineString, Point, box

from gis.plan_data import Plan
from gis.tables import INPUT_LAYERS, PLAN_LAYERS, empty_layer, with_columns

TOY_CRS = CRS.from_epsg(4549)
EAST, NORTH = 500_000, 3_548_000

#: Nothing of these may reach a page.
PRIVATE = ("13900001111", "张三丰隐私", "和平路1号3幢2单元501", "李四住户")

Say = Callable[[str], str]

COMMUNITY = "990000000001"
#: Block → (large grid, micro-grid), as drawn in `toy_plan`.
BLOCKS = {
    (0, 2): ("001", "01"), (1, 2): ("001", "02"), (2, 2): ("002", "01"), (3, 2): ("901", "01"),
    (0, 1): ("001", "01"), (1, 1): ("001", "02"), (2, 1): ("002", "02"), (3, 1): ("901", "01"),
    (0, 0): ("003", "01"), (1, 0): ("003", "01"), (2, 0): ("003", "02"), (3, 0): ("003", "02"),
}  # fmt: skip
GROUND = (3, 0)


def make_plan(say: Say = str) -> Plan:
    """Build the toy; `say` may spoil every text that comes from a file."""
    atoms = _atoms(say)
    layers = {
        "communities": _input(
            "communities",
            [_square(0, 0, 4, 3)],
            name=[say("和平社区")],
            community_code=[COMMUNITY],
            households=[480],
        ),
        "buildings": _buildings(say),
        "compounds": _input("compounds", [_square(0, 1, 2, 2)], name=[say("和平小区")]),
        "walkways": _input(
            "walkways",
            [_line(0, 2, 4, 2), _line(1, 0, 1, 3), _line(2, 0, 2, 3), _line(3, 0, 3, 3)],
            kind=["street", "footway", "steps", say("footway")],
            foot=[True, None, True, False],
        ),
        "gates": _input(
            "gates", [_at(1, 2), _at(2, 1.5)], open=[None, False], name=[say("东门"), None]
        ),
        "barriers": _input(
            "barriers",
            [_square(0, 0.97, 4, 0.06), _line(2, 1, 2, 3), _line(0, 0.1, 4, 0.1)],
            kind=["water", "wall", say("railway")],
            crossable=[None, None, False],
        ),
        "facilities": _input(
            "facilities",
            [_at(0.5, 2.1), _at(2.5, 0.2)],
            category=["pharmacy", say("tea_house")],
            name=[say("康民药店"), None],
            date=["2026-03-01", None],
        ),
        "layers/shops": gpd.GeoDataFrame(
            {
                "status": [say("done"), None],
                "name": [PRIVATE[3], None],
                "date": ["2026-05-01", None],
            },
            geometry=[_at(0.2, 2.5), _at(2.2, 1.2)],
            crs=TOY_CRS,
        ),
        "large_grids": _grids(atoms, "large", say),
        "micro_grids": _grids(atoms, "micro", say),
        "atoms": atoms,
        "centres": _plan(
            "centres",
            [_at(0.5, 1.5), _at(0.5, 0.5)],
            code=[say(COMMUNITY + "001"), say(COMMUNITY + "00101")],
            level=["large", "micro"],
            name=[say("网格微家"), None],
            atom_id=["b-0-1"] * 2,
        ),
        "circles": _plan(
            "circles",
            [_at(0.5, 1.5).buffer(150)],
            code=[say(COMMUNITY + "001")],
            level=["large"],
            minutes=[5],
            metres=[300.0],
            households_reached=[150],
            households_too_far=[0],
            households_no_gate=[0],
            households_unreachable=[0],
            households_around=[150],
        ),
        "counts": _plan(
            "counts",
            None,
            code=[say(COMMUNITY + "001")],
            layer=[say("shops")],
            status=[say("done")],
            count=[1],
        ),
        "violations": _plan(
            "violations",
            None,
            level=["large", "large"],
            code=[say(COMMUNITY + "002")] * 2,
            rule=["households", "walking_limit"],
            value=[80.0, 410.0],
            limit=[200.0, 300.0],
            severity=["error", say("warning")],
            why=[say("户数不足"), say("步行过远")],
            remedy=[say("并入相邻网格"), say("开门")],
        ),
        "addresses": _plan(
            "addresses", [_at(0.5, 0.5)], address=[PRIVATE[2]], building_id=["b-0-1"]
        ),
        "people": _plan(
            "people",
            None,
            name=[PRIVATE[1]],
            role=["网格员"],
            serves=[COMMUNITY + "001"],
            private_phone=[PRIVATE[0]],
        ),
        "info": _plan("info", None, key=["plan_id", "seed"], value=["0123456789abcdef", "0"]),
    }
    for name, layer in PLAN_LAYERS.items():
        layers.setdefault(name, empty_layer(layer, crs=TOY_CRS))
    return Plan(layers=layers, crs=TOY_CRS)


@pytest.fixture
def toy_plan() -> Plan:
    """Three rows of four blocks, 100 m each: three base large grids and a special one.

    ::

        3 +-------+-------+-------+-------+      large 001 = four blocks at the upper left
          | 00101 | 00102 | 00201 | 90101 |      large 002 = the two blocks beside it
        2 + - - - + - - - +-------+       |      large 901 = special, one micro-grid
          | 00101 | 00102 | 00202 | 90101 |      large 003 = the row south of the river
        1 +~~~~~~~+~~~~~~~+~~~~~~~+~~~~~~~+
          | 00301 | 00301 | 00302 | ground|      one building in each block but the last
        0 +-------+-------+-------+-------+
          0       1       2       3       4
    """
    return make_plan()


@pytest.fixture
def make_toy() -> Callable[[Say], Plan]:
    """Build the toy of `toy_plan` with its texts spoilt by a function."""
    return make_plan


@pytest.fixture
def private() -> tuple[str, ...]:
    """What the toy holds and no page may show."""
    return PRIVATE


def _atoms(say: Say) -> gpd.GeoDataFrame:
    rows, shapes = [], []
    for (column, row), (large, micro) in sorted(BLOCKS.items()):
        ground = (column, row) == GROUND
        rows.append({
            "atom_id": say(f"b-{column}-{row}"),
            "community_code": COMMUNITY,
            "kind": "ground" if ground else "home",
            "building_id": None if ground else say(f"b-{column}-{row}"),
            "households": 0 if ground or large == "901" else 40 + column,
            "residents": 0 if ground or large == "901" else 100 + column,
            "estimated": column == 1,
            "large_code": say(COMMUNITY + large),
            "micro_code": say(COMMUNITY + large + micro),
            "walk_micro_m": None if ground else 20.0 + column,
            "walk_large_m": None if ground else 60.0 + column,
        })  # fmt: skip
        shapes.append(_square(column, row, 1, 1))
    frame = gpd.GeoDataFrame(rows, geometry=shapes, crs=TOY_CRS)
    return with_columns(frame, PLAN_LAYERS["atoms"])


def _grids(atoms: gpd.GeoDataFrame, level: str, say: Say) -> gpd.GeoDataFrame:
    rows, shapes = [], []
    for code, inside in atoms.groupby(f"{level}_code"):
        homes = inside[inside["kind"] == "home"]
        special = code.startswith(COMMUNITY + "9")
        number = "".join(filter(str.isdigit, code.removeprefix(COMMUNITY)[:5]))
        rows.append({
            "code": code,
            "name": say(("专属" if special else "第") + number + "网格"),
            "community_code": COMMUNITY,
            "kind": "special" if special else "base",
            "parent_code": inside["large_code"].iloc[0] if level == "micro" else COMMUNITY,
            "households": int(inside["households"].sum()),
            "residents": int(inside["residents"].sum()),
            "buildings": len(homes),
            "walk_max_m": None if special else homes[f"walk_{level}_m"].max(),
            "walk_mean_m": None if special else homes[f"walk_{level}_m"].mean(),
            "violations": 2 if level == "large" and code.startswith(COMMUNITY + "002") else 0,
        })  # fmt: skip
        shapes.append(shapely.union_all(inside.geometry.to_numpy()))
    frame = gpd.GeoDataFrame(rows, geometry=shapes, crs=TOY_CRS)
    return with_columns(frame, PLAN_LAYERS[f"{level}_grids"])


def _buildings(say: Say) -> gpd.GeoDataFrame:
    blocks = [block for block in sorted(BLOCKS) if block != GROUND]
    return _input(
        "buildings",
        [_square(column + 0.2, row + 0.4, 0.6, 0.2) for column, row in blocks],
        building_id=[say(f"b-{column}-{row}") for column, row in blocks],
        name=[say(f"{number}幢") for number in range(1, 12)],
        compound=[say("和平小区")] * 11,
        use=[say("residential")] * 11,
        floors=[6] * 11,
        address=[PRIVATE[2]] * 11,
    )


def _input(name: str, shapes: list, /, **columns: list) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(pd.DataFrame(columns), geometry=shapes, crs=TOY_CRS)
    return with_columns(frame, INPUT_LAYERS[name])


def _plan(name: str, shapes: list | None, /, **columns: list) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    if shapes is not None:
        frame = gpd.GeoDataFrame(frame, geometry=shapes, crs=TOY_CRS)
    return with_columns(frame, PLAN_LAYERS[name])


def _at(column: float, row: float) -> Point:
    return Point(EAST + 100 * column, NORTH + 100 * row)


def _line(column: float, row: float, to_column: float, to_row: float) -> LineString:
    return LineString([_at(column, row), _at(to_column, to_row)])


def _square(column: float, row: float, width: float, height: float) -> shapely.Polygon:
    low, high = _at(column, row), _at(column + width, row + height)
    return box(low.x, low.y, high.x, high.y)
