"""Build a plan of four micro-grids by hand, with a hostile name and private phones in it.

y 200 +---------+---------+
      | 00102   | 00202   |     large grid 001 is the west half, 002 the east half
  100 +---------+---------+
      | 00101   | 00201   |
    0 +---------+---------+
      0        100       200

H1 芳华苑1幢 lies in 00101; H2 芳华苑2幢 is split: stairwell 1 in 00101, 2 in 00102;
H3 芳华苑3幢 lies in 00102; H4 海棠里1幢 and H5 海棠里2幢 lie in 00201; H6 is a school
in 00202, a special site.
"""

import geopandas as gpd
import pandas as pd
from pyproj import CRS
from shapely import Polygon, box
from shapely.affinity import translate

from gis.plan_data import Plan, digest
from gis.rules import Rules
from gis.tables import INPUT_LAYERS, PLAN_LAYERS, empty_layer, with_columns

CRS_40 = CRS.from_epsg(4549)
COMMUNITY = "990000000001"
ORIGIN = (586_000.0, 3_763_000.0)
HOSTILE = "<img src=x onerror=alert(1)>书记"
PRIVATE = "13900000001"
MICRO = {
    "H1": COMMUNITY + "00101",
    "H2/1": COMMUNITY + "00101",
    "H2/2": COMMUNITY + "00102",
    "H3": COMMUNITY + "00102",
    "H4": COMMUNITY + "00201",
    "H5": COMMUNITY + "00201",
    "H6": COMMUNITY + "00202",
}
CARRIED = ("communities", "buildings", "compounds", "walkways", "gates", "barriers", "facilities")


def place(shape):
    """Move a shape from the drawing above to where the plan lies."""
    return translate(shape, *ORIGIN)


def _layer(name, rows, shapes=None):
    table = pd.DataFrame(rows)
    contract = PLAN_LAYERS.get(name) or INPUT_LAYERS[name]
    if shapes is not None:
        table = gpd.GeoDataFrame(table, geometry=[place(s) for s in shapes], crs=CRS_40)
    return with_columns(table, contract)


def _grid(code, name, parent, households, *, kind="base"):
    return {
        "code": COMMUNITY + code,
        "name": name,
        "community_code": COMMUNITY,
        "kind": kind,
        "parent_code": COMMUNITY + parent,
        "households": households,
        "residents": households * 3,
        "buildings": 2,
        "violations": 0,
    }


def _atom(atom, building, stairwells, compound, micro, *, special=None):
    return {
        "atom_id": atom,
        "community_code": COMMUNITY,
        "kind": "home",
        "building_id": building,
        "stairwells": stairwells,
        "compound": compound,
        "special": special,
        "households": 20,
        "residents": 60,
        "estimated": False,
        "micro_code": COMMUNITY + micro,
        "large_code": COMMUNITY + micro[:3],
    }


def _person(name, role, level, serves, *, code=None, phone=None, until=None):
    return {
        "name": name,
        "role": role,
        "serves": serves,
        "duty_phone": phone,
        "private_phone": PRIVATE,
        "since": "2020-01-01",
        "until": until,
        "level": level,
        "code": code,
    }


def _address(text, building=None, stairwell=None, room=None, *, alias_of=None, atom=None):
    return {
        "address": text,
        "building_id": building,
        "stairwell": stairwell,
        "room": room,
        "alias_of": alias_of,
        "atom_id": atom,
        "micro_code": MICRO.get(atom),
        "large_code": MICRO[atom][:15] if atom else None,
    }


def _info(values):
    return _layer("info", [{"key": k, "value": v} for k, v in sorted(values.items())])


def tiny_plan(*, extra_column=None):
    """Return the plan; `extra_column` is added to its grids, as a careless planner might."""
    micro = _layer(
        "micro_grids",
        [
            _grid("00101", "第1网格第1微网格", "001", 40),
            _grid("00102", HOSTILE, "001", 30),
            _grid("00201", "第2网格第1微网格", "002", 40),
            _grid("00202", "专属微网格·海棠小学", "002", 0, kind="special"),
        ],
        [
            box(0, 0, 100, 100),
            box(0, 100, 100, 200),
            box(100, 0, 200, 100),
            box(100, 100, 200, 200),
        ],
    )
    large = _layer(
        "large_grids",
        [_grid("001", "第1网格", "", 70), _grid("002", "第2网格", "", 40)],
        [box(0, 0, 100, 200), box(100, 0, 200, 200)],
    )
    if extra_column:
        micro[extra_column], large[extra_column] = PRIVATE, PRIVATE
    layers = {
        "communities": _layer(
            "communities",
            [{"name": "海棠社区", "community_code": COMMUNITY}],
            [box(0, 0, 200, 200)],
        ),
        "buildings": _layer(
            "buildings",
            [
                {
                    "building_id": f"H{n}",
                    "name": name,
                    "compound": compound,
                    "stairwells": 2,
                    "households": 20,
                    "community_code": COMMUNITY,
                }
                for n, name, compound in [
                    (1, "1幢", "芳华苑"),
                    (2, "2幢", "芳华苑"),
                    (3, "3幢", "芳华苑"),
                    (4, "1幢", "海棠里"),
                    (5, "2幢", "海棠里"),
                    (6, "教学楼", None),
                ]
            ],
            [
                box(10, 10, 40, 30),
                box(40, 80, 60, 120),
                box(10, 150, 40, 180),
                box(110, 10, 140, 30),
                box(150, 60, 180, 80),
                box(120, 120, 180, 180),
            ],
        ),
        "micro_grids": micro,
        "large_grids": large,
        "atoms": _layer(
            "atoms",
            [
                _atom("H1", "H1", None, "芳华苑", "00101"),
                _atom("H2/1", "H2", "1", "芳华苑", "00101"),
                _atom("H2/2", "H2", "2", "芳华苑", "00102"),
                _atom("H3", "H3", None, "芳华苑", "00102"),
                _atom("H4", "H4", None, "海棠里", "00201"),
                _atom("H5", "H5", None, "海棠里", "00201"),
                _atom("H6", "H6", None, None, "00202", special="海棠小学"),
            ],
            [
                box(0, 0, 100, 50),
                box(0, 50, 100, 100),
                box(0, 100, 100, 150),
                box(0, 150, 100, 200),
                box(100, 0, 200, 50),
                box(100, 50, 200, 100),
                # With the corner of its neighbours to the west.
                Polygon([(100, 100), (200, 100), (200, 200), (100, 200), (100, 150)]),
            ],
        ),
        "addresses": _layer(
            "addresses",
            [
                _address("学府路8号芳华苑1幢1单元101室", "H1", 1, "101", atom="H1"),
                _address("学府路8号芳华苑1幢2单元102室", "H1", 2, "102", atom="H1"),
                _address("学府路8号芳华苑2幢1单元201室", "H2", 1, "201", atom="H2/1"),
                _address("学府路8号芳华苑2幢2单元201室", "H2", 2, "201", atom="H2/2"),
                _address("学府路8号芳华苑2幢2单元301室", "H2", 2, "301", atom="H2/2"),
                _address("学府路8号芳华苑3幢1单元501室", "H3", 1, "501", atom="H3"),
                _address("海棠里1幢1单元101室", "H4", 1, "101", atom="H4"),
                _address(
                    "老纺织宿舍1号楼1单元101",
                    "H1",
                    1,
                    "101",
                    alias_of="芳华苑1幢1单元101室",
                    atom="H1",
                ),
                _address("学府路8-1号", "H1", atom="H1"),
                _address("海棠里9幢1单元101室"),
            ],
            [box(0, 0, 1, 1).centroid] * 10,
        ),
        "people": _layer(
            "people",
            [
                _person(
                    "林书记",
                    "社区书记",
                    "community",
                    "海棠社区",
                    code=COMMUNITY,
                    phone="025-5550001",
                ),
                _person(
                    "前书记",
                    "社区书记",
                    "community",
                    "海棠社区",
                    code=COMMUNITY,
                    until="2021-01-01",
                ),
                _person("网格长", "网格长", "large", COMMUNITY + "001", code=COMMUNITY + "001"),
                _person("经理", "物业经理", "compound", "芳华苑", phone="025-5550002"),
                _person(
                    HOSTILE, "微网格长", "micro", COMMUNITY + "00102", code=COMMUNITY + "00102"
                ),
                _person("幢长", "楼道党小组长", "building", "H2", phone="025-5550003"),
                _person("联户", "党员联户", "stairwell", "H2/2"),
            ],
        ),
        "violations": _layer(
            "violations",
            [
                {
                    "level": "micro",
                    "code": COMMUNITY + "00102",
                    "rule": "soft-households",
                    "value": 30.0,
                    "limit": 35.0,
                    "severity": "warning",
                    "why": "few homes",
                    "remedy": "none",
                }
            ],
        ),
        "counts": _layer(
            "counts",
            [{"code": COMMUNITY + "00101", "layer": "shops", "status": "待改造", "count": 3}],
        ),
    }
    known = {**PLAN_LAYERS, **{name: INPUT_LAYERS[name] for name in CARRIED}}
    for name, layer in known.items():
        if name not in layers and name != "info":
            layers[name] = empty_layer(layer, crs=CRS_40)
    info = {
        "rules": Rules.load("default").to_json(),
        "created": "2026-11-22T08:00:00Z",
        "households": f'{{"{COMMUNITY}": 120}}',
    }
    layers["info"] = _info(info)
    layers["info"] = _info(info | {"plan_id": digest(layers)})
    return Plan(layers=layers, crs=CRS_40)


def renamed(plan, name):
    """Return the plan with another name for its first micro-grid, and the id that goes with it."""
    grids = plan["micro_grids"].copy()
    grids.loc[0, "name"] = name
    layers = {**plan.layers, "micro_grids": grids}
    info = layers["info"].copy()
    info.loc[info["key"] == "plan_id", "value"] = digest(layers)
    return Plan(layers={**layers, "info": info}, crs=plan.crs)
