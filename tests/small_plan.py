"""Build a small plan by hand: 24 cells, two large grids, five micro-grids, one special site.

    row 3 | 1 1 . 3 4 p     columns 0, 1, 2 are the micro-grids of large grid 1, column 3 and
    row 2 | 1 2 3 1|2 2     columns 4-5 those of large grid 2; cell (2, 1) is the special site,
    row 1 | 1 2 S 1:2 2     (5, 3) a pond (ground, attached). | is a wall, : its gate. A bridge
    row 0 | 1 2 3 1 2 2     joins (2, 0) to (2, 2) over the special site.

One building covers (0, 3) and (1, 3) and is split by stairwell. Every rule is broken once.
"""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from gis.plan_data import Plan, digest
from gis.rules import Rules
from gis.tables import INPUT_LAYERS, PLAN_LAYERS, empty_layer, with_columns

COMMUNITY = "990000000001"
SPECIAL, POND, TOWER, LOST = (2, 1), (5, 3), (3, 3), (5, 0)
WIDE, HIGH, EAST, NORTH = 40, 30, 500_000, 3_300_000
METRIC = CRS(32650)

RULES = Rules.from_dict(
    {
        "name": "small",
        "source": "made up",
        "access": {"pharmacy": 300.0},
        "walking": {"circle_minutes": [1, 2]},
        "large": {
            "soft_households": [80, 160],
            "hard_households": [40, 200],
            "target_households": 120,
            "walk_limit_m": 90.0,
        },
        "micro": {
            "soft_households": [20, 70],
            "hard_households": [10, 80],
            "target_households": 50,
            "walk_limit_m": 90.0,
        },
    }
)


def small_plan() -> Plan:
    """Return a plan that holds all that a plan must hold."""
    atoms = _atoms()
    centres = _centres(atoms)
    atoms = _walks(atoms, centres)
    violations = _violations(atoms)
    grids = {
        f"{level}_grids": _grids(atoms, level, centres, violations) for level in ("large", "micro")
    }
    layers = {
        **grids,
        "atoms": atoms,
        "adjacency": _adjacency(),
        "centres": centres,
        "violations": violations,
        "communities": _frame(
            "communities",
            [{"name": "小社区", "community_code": COMMUNITY, "geometry": _box(0, 0, 6, 4)}],
        ),
        "buildings": _buildings(),
        "barriers": _frame(
            "barriers",
            [
                {"kind": "wall", "geometry": _line((160, 30), (160, 90))},
                {"kind": "water", "geometry": _cell(POND)},
            ],
        ),
        "gates": _frame("gates", [{"name": "东门", "geometry": _point(160, 45)}]),
        "walkways": _frame(
            "walkways",
            [{"kind": "bridge", "foot": True, "geometry": _line((100, 20), (100, 65))}],
        ),
        "layers/shops": gpd.GeoDataFrame(
            {"name": ["甲店", "乙店"]}, geometry=[_point(10, 10), _point(130, 10)], crs=METRIC
        ),
        "counts": _counts(),
        "addresses": _addresses(),
        "access": with_columns(
            pd.DataFrame(
                [
                    {"atom_id": atom, "category": "pharmacy", "minutes": 5, "walk_m": np.nan,
                     "limit_m": 300.0, "status": "no data"}
                    for atom in atoms.loc[atoms["kind"] == "home", "atom_id"]
                ]
            ),
            PLAN_LAYERS["access"],
        ),
        "people": with_columns(
            pd.DataFrame(
                [
                    {"name": "甲", "role": "网格长", "serves": "b00", "level": "building",
                     "code": f"{COMMUNITY}00101"},
                    {"name": "乙", "role": "书记", "serves": "小社区", "level": "community",
                     "code": COMMUNITY},
                ]
            ),
            PLAN_LAYERS["people"],
        ),
        "circles": _circles(atoms, centres),
        "unreached": _unreached(atoms),
        "loads": empty_layer(PLAN_LAYERS["loads"], crs=METRIC),
        "lineage": empty_layer(PLAN_LAYERS["lineage"]),
    }  # fmt: skip
    info = {
        "rules": RULES.to_json(),
        "households": json.dumps({COMMUNITY: int(atoms["households"].sum())}),
        "sources": json.dumps({"small.gpkg": "0" * 64}),
        "plan_id": "",
    }
    table = with_columns(pd.DataFrame(info.items(), columns=["key", "value"]), PLAN_LAYERS["info"])
    layers["info"] = table
    table.loc[table["key"] == "plan_id", "value"] = digest(layers)
    return Plan(layers=layers, crs=METRIC)


def _places() -> list[tuple[int, int]]:
    return [(column, row) for column in range(6) for row in range(4)]


def _id(place: tuple[int, int]) -> str:
    if place == POND:
        return f"ground-{COMMUNITY}-001"
    if place in {(0, 3), (1, 3)}:
        return f"b03/{place[0] + 1:02d}"
    return f"b{place[0]}{place[1]}"


def _codes(place: tuple[int, int]) -> tuple[str, str]:
    column, _ = place
    if place == SPECIAL:
        return f"{COMMUNITY}900", f"{COMMUNITY}90001"
    large, micro = (1, column + 1) if column < 3 else (2, 1 if column == 3 else 2)
    return f"{COMMUNITY}{large:03d}", f"{COMMUNITY}{large:03d}{micro:02d}"


def _households(place: tuple[int, int]) -> int:
    if place in {SPECIAL, POND}:
        return 0
    if place in {(0, 3), (1, 3)}:
        return 45
    return 85 if place == TOWER else 10


def _atoms() -> gpd.GeoDataFrame:
    rows = []
    for place in _places():
        ground = place == POND
        large, micro = _codes(place)
        rows.append(
            {
                "atom_id": _id(place),
                "community_code": COMMUNITY,
                "kind": "ground" if ground else "home",
                "building_id": "" if ground else _id(place).split("/")[0],
                "stairwells": str(place[0] + 1) if place in {(0, 3), (1, 3)} else "",
                "compound": "两家院" if place in {(2, 2), (3, 2)} else None,
                "special": "小学" if place == SPECIAL else "",
                "households": _households(place),
                "residents": 2 * _households(place),
                "estimated": False,
                "micro_code": micro,
                "large_code": large,
                "entrance_x": np.nan if ground else EAST + 40 * place[0] + 20.0,
                "entrance_y": np.nan if ground else NORTH + 30 * place[1] + 8.0,
                "walk_micro_m": np.nan,
                "walk_large_m": np.nan,
                "geometry": _cell(place),
            }
        )
    return _plan_frame("atoms", sorted(rows, key=lambda row: row["atom_id"]))


def _buildings() -> gpd.GeoDataFrame:
    rows = []
    for place in _places():
        if place in {POND, (1, 3)}:
            continue
        column, row = place
        left, low = 40 * column, 30 * row
        shape = _frame_box(left + 8, low + 8, left + 32, low + 22)
        households = _households(place)
        if place == (0, 3):
            shape, households = _frame_box(8, 98, 72, 112), 90
        elif place == (0, 0):
            shape = _point(20, 10)
        elif place == (4, 0):  # reaches into the next cell, where that building stands too
            shape = _frame_box(168, 8, 192, 40)
        elif place == (4, 1):
            shape = _frame_box(168, 30, 192, 52)
        rows.append(
            {
                "building_id": _id(place).split("/")[0],
                "community_code": COMMUNITY,
                "households": households,
                "residents": 2 * households,
                "name": f"{column}{row}幢",
                "geometry": shape,
            }
        )
    return _frame("buildings", rows)


def _adjacency() -> pd.DataFrame:
    rows = []
    for column, row in _places():
        for other, shared_m in (((column + 1, row), 30.0), ((column, row + 1), 40.0)):
            if other in _places():
                pair = ((column, row), other)
                rows.append(_border(pair, shared_m))
    first, second = sorted([_id((2, 0)), _id((2, 2))])
    rows.append(
        {"atom_a": first, "atom_b": second, "shared_m": 0.0, "crossable": True, "via": "bridge"}
    )
    table = pd.DataFrame(rows).sort_values(["atom_a", "atom_b"]).reset_index(drop=True)
    return with_columns(table, PLAN_LAYERS["adjacency"])


def _border(pair: tuple[tuple[int, int], tuple[int, int]], shared_m: float) -> dict[str, object]:
    crossable, via = True, "open"
    if pair == ((3, 1), (4, 1)):
        via = "gate"
    elif pair == ((3, 2), (4, 2)):
        crossable, via = False, "wall"
    elif pair == ((5, 2), POND):
        via = "attached"
    elif POND in pair:
        crossable, via = False, "water"
    first, second = sorted(map(_id, pair))
    return {
        "atom_a": first,
        "atom_b": second,
        "shared_m": shared_m,
        "crossable": crossable,
        "via": via,
    }


#: The centre of each grid; the large grid 2 has a meeting point.
_CENTRES = {
    ("large", "001"): (1, 1),
    ("large", "002"): (4, 1),
    ("micro", "00101"): (0, 1),
    ("micro", "00102"): (1, 1),
    ("micro", "00103"): (2, 2),
    ("micro", "00201"): (3, 1),
    ("micro", "00202"): (4, 1),
}


def _centres(atoms: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    known = atoms.set_index("atom_id")
    rows = []
    for (level, tail), place in _CENTRES.items():
        meeting = (level, tail) == ("large", "002")
        door = known.loc[_id(place)]
        spot = shapely.Point(door["entrance_x"], door["entrance_y"])
        rows.append(
            {
                "code": COMMUNITY + tail,
                "level": level,
                "name": "网格微家" if meeting else None,
                "atom_id": _id(place),
                "geometry": _point(185, 55) if meeting else spot,
            }
        )
    return _plan_frame("centres", rows)


def _walks(atoms: gpd.GeoDataFrame, centres: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Walk in straight lines times 1.3; nobody reaches the last cell."""
    doors = shapely.points(atoms[["entrance_x", "entrance_y"]].to_numpy())
    walked = (atoms["kind"] == "home") & (atoms["atom_id"] != _id(LOST))
    for level, code, spot in zip(centres["level"], centres["code"], centres.geometry, strict=True):
        own = (atoms[f"{level}_code"] == code) & walked
        metres = np.round(1.3 * shapely.distance(doors, spot), 3)
        atoms.loc[own, f"walk_{level}_m"] = metres[own]
    return atoms


def _violations(atoms: gpd.GeoDataFrame) -> pd.DataFrame:
    def row(level, tail, rule, value=None, limit=None, severity="warning", **more):
        return {
            "level": level,
            "code": COMMUNITY + tail,
            "rule": rule,
            "value": value,
            "limit": limit,
            "severity": severity,
            "why": "as it was drawn",
            "remedy": "none",
            **more,
        }

    rows = [
        row("large", "001", "soft_households", 180, 160),
        row("large", "002", "soft_households", 185, 160),
        row("micro", "00101", "soft_households", 75, 70),
        row("micro", "00102", "soft_households", 75, 70),
        row("micro", "00201", "hard_households", 115, 80, why="proven unavoidable: a large tower"),
        row("atom", "00201", "stairwell_above_limit", 85, 80, atom_id=_id(TOWER)),
        row("micro", "00103", "two_parts", 2, 1, "information"),
        row("large", "001", "compound_split", 2, 1, why="两家院 lies in 2 large grids"),
        row("large", "002", "unreachable", atom_id=_id(LOST)),
        row("micro", "00202", "unreachable", atom_id=_id(LOST)),
    ]
    for atom, code, walk in zip(
        atoms["atom_id"], atoms["large_code"], atoms["walk_large_m"], strict=True
    ):
        if walk > 90:
            rows.append(row("large", code[-3:], "walking_limit", walk, 90, atom_id=atom))
    return with_columns(pd.DataFrame(rows), PLAN_LAYERS["violations"])


def _grids(
    atoms: gpd.GeoDataFrame, level: str, centres: gpd.GeoDataFrame, violations: pd.DataFrame
) -> gpd.GeoDataFrame:
    centre = dict(zip(centres["code"], centres["atom_id"], strict=True))
    rows = []
    for code, own in atoms.groupby(f"{level}_code"):
        shape = shapely.coverage_union_all(own.geometry.to_numpy())
        reached = own[own[f"walk_{level}_m"].notna() & (own["households"] > 0)]
        walks, weights = reached[f"walk_{level}_m"], reached["households"].astype(float)
        rows.append(
            {
                "code": code,
                "name": f"网格{code[12:]}",
                "community_code": COMMUNITY,
                "kind": "special" if code[12] == "9" else "base",
                "parent_code": COMMUNITY if level == "large" else code[:15],
                "households": own["households"].sum(),
                "residents": own["residents"].sum(),
                "buildings": own.loc[own["building_id"] != "", "building_id"].nunique(),
                "walk_max_m": walks.max() if len(reached) else np.nan,
                "walk_mean_m": np.average(walks, weights=weights) if len(reached) else np.nan,
                "centre_atom": centre.get(code),
                "compactness": 4 * np.pi * shape.area / shape.length**2,
                "violations": int((violations["code"] == code).sum()),
                "geometry": shape,
            }
        )
    return _plan_frame(f"{level}_grids", rows)


def _circles(atoms: gpd.GeoDataFrame, centres: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rows = []
    for level, code, spot in zip(centres["level"], centres["code"], centres.geometry, strict=True):
        own = atoms[atoms[f"{level}_code"] == code]
        walks, households = own[f"walk_{level}_m"], own["households"]
        rows += [
            {
                "code": code,
                "level": level,
                "minutes": minutes,
                "metres": 60.0 * minutes,
                "households_reached": households[walks <= 60 * minutes].sum(),
                "households_too_far": households[walks > 60 * minutes].sum(),
                "households_no_gate": 0,
                "households_unreachable": households[walks.isna()].sum(),
                "households_around": households[walks <= 60 * minutes].sum(),
                "geometry": spot.buffer(60 * minutes / 1.3),
            }
            for minutes in (1, 2)
        ]
    return _plan_frame("circles", rows)


def _unreached(atoms: gpd.GeoDataFrame) -> pd.DataFrame:
    rows = [
        {
            "code": getattr(atom, f"{level}_code"),
            "level": level,
            "minutes": minutes,
            "atom_id": atom.atom_id,
            "households": atom.households,
            "walk_m": getattr(atom, f"walk_{level}_m"),
            "why": "unreachable" if np.isnan(getattr(atom, f"walk_{level}_m")) else "too far",
        }
        for level in ("large", "micro")
        for atom in atoms[atoms["households"] > 0].itertuples()
        for minutes in (1, 2)
        if not getattr(atom, f"walk_{level}_m") <= 60 * minutes
    ]
    return with_columns(pd.DataFrame(rows), PLAN_LAYERS["unreached"])


def _counts() -> pd.DataFrame:
    rows = [
        {"code": COMMUNITY + tail, "layer": "shops", "status": "", "count": 1}
        for tail in ("001", "002", "00101", "00201")
    ]
    return with_columns(pd.DataFrame(rows), PLAN_LAYERS["counts"])


def _addresses() -> gpd.GeoDataFrame:
    rows = [
        {"address": "小路1号", "building_id": "b00", "atom_id": "b00", "match": "given",
         "micro_code": f"{COMMUNITY}00101", "large_code": f"{COMMUNITY}001",
         "geometry": _point(20, 10)},
        {"address": "不明", "match": "none", "geometry": None},
    ]  # fmt: skip
    return _plan_frame("addresses", rows)


def _plan_frame(name: str, rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=METRIC)
    return with_columns(frame, PLAN_LAYERS[name])


def _frame(name: str, rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=METRIC)
    return with_columns(frame, INPUT_LAYERS[name])


def _cell(place: tuple[int, int]) -> shapely.Polygon:
    return _box(place[0], place[1], place[0] + 1, place[1] + 1)


def _box(left: int, low: int, right: int, high: int) -> shapely.Polygon:
    """Return a box of whole cells, with a vertex at each of their corners."""
    return _frame_box(left * WIDE, low * HIGH, right * WIDE, high * HIGH)


def _frame_box(left: float, low: float, right: float, high: float) -> shapely.Polygon:
    return shapely.box(EAST + left, NORTH + low, EAST + right, NORTH + high)


def _point(x: float, y: float) -> shapely.Point:
    return shapely.Point(EAST + x, NORTH + y)


def _line(*places: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(EAST + x, NORTH + y) for x, y in places])
