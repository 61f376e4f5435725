"""A community kept in PostGIS is read as the same community kept in a file."""

from urllib.parse import urlsplit

import geopandas as gpd
import pytest
import shapely
from broken import community, sound
from filling import fill_schema

from gis.check import check
from gis.errors import MissingExtra, UnreadableInput
from gis.io.files import Limits
from gis.io.postgis import database_name, is_database
from gis.io.read import read_inputs
from gis.rules import Rules

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed: pip install '.[test]'")

SCHEMA = "wangge_test_inputs"


@pytest.fixture
def source(dsn):
    with psycopg.connect(dsn) as connection:
        fill_schema(connection, SCHEMA, community())
    yield f"{dsn}?schema={SCHEMA}"
    with psycopg.connect(dsn) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def execute(dsn, text):
    with psycopg.connect(dsn) as connection:
        connection.execute(f"SET search_path = {SCHEMA}, public")
        connection.execute(text)


def test_a_database_gives_the_layers_of_the_file(tmp_path, source):
    truth = read_inputs(sound(tmp_path))
    inputs = read_inputs(source)
    assert inputs.faults == ()
    assert check(inputs, Rules.load()) == ()
    assert sorted(inputs.layers) == sorted(truth.layers)
    for name, table in truth.layers.items():
        got = inputs[name]
        assert got.index.tolist() == table.index.tolist()
        for column in table.columns.drop("geometry", errors="ignore"):
            assert got[column].equals(table[column]), (name, column)
        if isinstance(table, gpd.GeoDataFrame):
            assert got.crs == table.crs
            ours, theirs = got.geometry.to_numpy(), table.geometry.to_numpy()
            assert (shapely.equals_exact(ours, theirs) | shapely.is_missing(theirs)).all()


def test_the_hash_follows_the_rows_and_names_give_no_secret_away(dsn, source):
    before = read_inputs(source)
    execute(dsn, "UPDATE buildings SET households = households + 1 WHERE building_id = 'b02'")
    after = read_inputs(source)
    changed = {name for name in before.hashes if before.hashes[name] != after.hashes[name]}
    assert changed == {f"{SCHEMA}.buildings"}
    assert before.hashes == read_inputs(source).hashes | {
        f"{SCHEMA}.buildings": before.hashes[f"{SCHEMA}.buildings"]
    }
    told = f"{after.source} {[*after.hashes]}"
    assert after.source == f"{urlsplit(dsn).path[1:]}.{SCHEMA}"
    assert "@" not in told


def test_views_tables_without_key_and_odd_columns_are_read(dsn, source):
    execute(dsn, "DROP TABLE gates")
    execute(
        dsn,
        """CREATE VIEW gates AS SELECT 'east' AS name, 'yes' AS open, 3.50 AS price,
            '{"a": 1}'::jsonb AS extra, now()::date AS day,
            ST_Transform(ST_SetSRID(ST_Point(385280, 3547200), 4549), 4490) AS place""",
    )
    inputs = read_inputs(source)
    assert inputs["gates"]["open"].tolist() == [True]
    assert inputs["gates"].crs.to_epsg() == 4490
    lon, lat = inputs["gates"].geometry.iloc[0].coords[0]
    assert 118 < lon < 119
    assert 32 < lat < 33


def test_a_second_column_of_shapes_is_told_and_mixed_systems_are_refused(dsn, source):
    execute(dsn, "ALTER TABLE buildings ADD COLUMN door geometry(Point, 4549)")
    execute(dsn, "ALTER TABLE gates ALTER COLUMN shape TYPE geometry(Geometry)")
    execute(dsn, "UPDATE gates SET shape = ST_SetSRID(shape, 4548) WHERE n = 1")
    found = {(fault.layer, fault.kind) for fault in read_inputs(source).faults}
    assert found == {("buildings", "second-geometry"), ("gates", "unreadable-file")}


def test_too_many_rows_are_not_read(source):
    found = read_inputs(source, limits=Limits(rows=5)).faults
    assert ("buildings", "too-many-rows") in {(fault.layer, fault.kind) for fault in found}


def test_what_cannot_be_read_is_one_sentence_without_the_password(dsn):
    parts = urlsplit(dsn)
    wrong = parts._replace(netloc=f"nobody:hunter2@{parts.hostname}").geturl()
    for source, words in (
        (wrong, "cannot be read"),
        ("postgresql://nobody:hunter2@127.0.0.1:1/town", "cannot be read"),
        ("postgresql://nobody:hunter2@127.0.0.1:x/town", "cannot be read"),
        (f"{dsn}?schema=nowhere", "no table named after a layer"),
    ):
        with pytest.raises(UnreadableInput, match=words) as raised:
            read_inputs(source)
        assert "hunter2" not in str(raised.value)
        assert "\n" not in str(raised.value)


def test_nothing_is_ever_written(dsn, source):
    before = read_inputs(source).hashes
    execute(dsn, "DROP TABLE people")
    before = {name: one for name, one in before.items() if name != f"{SCHEMA}.people"}
    with psycopg.connect(dsn) as connection:
        connection.execute(f"SET search_path = {SCHEMA}, public")
        connection.execute("CREATE FUNCTION spoil() RETURNS integer LANGUAGE sql AS"
                           " 'UPDATE buildings SET households = 0; SELECT 1'")  # fmt: skip
        connection.execute(
            f"CREATE VIEW people AS SELECT {SCHEMA}.spoil()::text AS name, 'a' AS role"
        )
    with pytest.raises(UnreadableInput, match="cannot be read"):
        read_inputs(source)
    execute(dsn, "DROP VIEW people")
    assert read_inputs(source).hashes == before


def test_names():
    assert is_database("postgres://host/town")
    assert database_name("postgres://me:pw@host:5432/town") == "town.public"


def test_without_psycopg_the_command_that_installs_it_is_said(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(MissingExtra, match=r"wangge\[postgis\]"):
        read_inputs("postgresql://host/town")


def test_a_key_that_only_numbers_rows_is_no_column_and_any_other_is(dsn, source):
    assert "n" not in read_inputs(source)["buildings"].columns
    execute(dsn, "ALTER TABLE buildings DROP COLUMN n, ADD PRIMARY KEY (building_id)")
    execute(dsn, "ALTER TABLE gates DROP COLUMN n, ADD COLUMN mast text, ADD COLUMN side text")
    execute(dsn, "UPDATE gates SET mast = name, side = 'street'")
    execute(dsn, "ALTER TABLE gates ADD PRIMARY KEY (mast, side)")
    inputs = read_inputs(source)
    assert inputs["buildings"]["building_id"].tolist() == [f"b{k:02}" for k in range(1, 13)]
    assert {"mast", "side"} <= set(inputs["gates"].columns)
