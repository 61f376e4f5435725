"""Ask PostGIS the same questions and compare: it shares no code with us but GEOS's ideas."""

import os

import numpy as np
import pytest
import shapely
from toy import X0, Y0, toy_inputs, toy_rules

from gis.lookup.points import PointIndex
from gis.metrics import polsby_popper
from gis.plan import build_plan

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed: pip install '.[test]'")


@pytest.fixture(scope="module")
def plan():
    return build_plan(toy_inputs(), toy_rules())


@pytest.fixture(scope="module")
def database(plan):
    dsn = os.environ.get("WANGGE_POSTGIS")
    if not dsn:
        pytest.skip("set WANGGE_POSTGIS to the connection string of a PostGIS database")
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        connection.execute("CREATE TEMP TABLE cells (id text, geom geometry(Geometry, 4549))")
        connection.execute("CREATE TEMP TABLE grids (id text, geom geometry(Geometry, 4549))")
        for table, layer, key in (("cells", "atoms", "atom_id"), ("grids", "micro_grids", "code")):
            rows = zip(plan[layer][key], shapely.to_wkb(plan[layer].geometry), strict=True)
            with connection.cursor() as cursor:
                cursor.executemany(
                    f"INSERT INTO {table} VALUES (%s, ST_GeomFromWKB(%s, 4549))",  # noqa: S608
                    list(rows),
                )
        yield connection
        connection.rollback()


def test_points_lie_in_the_same_grid(plan, database):
    grids = plan["micro_grids"]
    random = np.random.default_rng(7)
    x, y = random.uniform(X0 - 20, X0 + 420, 2000), random.uniform(Y0 - 20, Y0 + 220, 2000)
    found = PointIndex.build(grids.geometry.to_numpy()).find(x, y)
    ours = [grids["code"].iloc[position] if position >= 0 else None for position in found]
    theirs = database.execute(
        "SELECT g.id FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY p(x, y, n)"
        " LEFT JOIN grids g ON ST_Contains(g.geom, ST_SetSRID(ST_Point(p.x, p.y), 4549))"
        " ORDER BY p.n",
        [x.tolist(), y.tolist()],
    ).fetchall()
    # Random points do not fall on borders, where ST_Contains would answer none.
    assert ours == [row[0] for row in theirs]
    assert 0 < ours.count(None) < len(ours)


def test_shared_borders_are_as_long(plan, database):
    theirs = {
        (a, b): metres
        for a, b, metres in database.execute(
            "SELECT a.id, b.id, ST_Length(ST_Intersection(a.geom, b.geom)) FROM cells a"
            " JOIN cells b ON a.id < b.id AND ST_Intersects(a.geom, b.geom)"
        ).fetchall()
        if metres >= 1
    }
    table = plan["adjacency"]
    ours = dict(
        zip(zip(table["atom_a"], table["atom_b"], strict=True), table["shared_m"], strict=True)
    )
    assert ours.keys() == theirs.keys()
    for pair, metres in ours.items():
        assert metres == pytest.approx(theirs[pair], abs=0.01)


def test_compactness_and_area_agree(plan, database):
    grids = plan["micro_grids"]
    theirs = dict(
        database.execute(
            "SELECT id, 4 * pi() * ST_Area(geom) / ST_Perimeter(geom) ^ 2 FROM grids"
        ).fetchall()
    )
    ours = polsby_popper(grids.geometry.to_numpy())
    assert ours == pytest.approx([theirs[code] for code in grids["code"]])
