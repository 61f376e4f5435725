"""Put a made plan into PostGIS, indexed for the questions that are asked of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import psycopg
import shapely
from made_cells import CRS

from gis.lookup.people import LEVELS, Roster

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["backends", "fill"]

_SRID: Final = int(CRS.removeprefix("EPSG:"))


def fill(url: str, site: Path) -> None:
    """Put the same plan into PostGIS, indexed for these questions."""
    facts = site / "releases" / "0001-made" / "facts"
    large = json.loads((facts / "large.geojson").read_text("utf-8"))["features"]
    cells = gpd.read_file(facts / "micro.geojson").to_crs(CRS)
    rows = [each["properties"] for each in large]
    people = _people(facts)
    with psycopg.connect(url, autocommit=True) as base:
        base.execute(
            """
            DROP SCHEMA IF EXISTS bench CASCADE;
            CREATE SCHEMA bench;
            CREATE TABLE bench.community (code text PRIMARY KEY, name text);
            CREATE TABLE bench.large (code text PRIMARY KEY, name text, kind text, parent text);
            CREATE TABLE bench.micro (code text, name text, kind text, parent text, walk_m float,
                lacks text[], shape geometry);
            CREATE TABLE bench.building (building_id text, name text, compound text,
                shape geometry);
            CREATE TABLE bench.people (level text, target text, rank int, role text, name text,
                duty_phone text, since date);
            """
        )
        copy = base.cursor()
        _copy(copy, "community", [(code, f"第{n + 1}社区") for n, code in
              enumerate(sorted({r["community_code"] for r in rows}))])  # fmt: skip
        _copy(copy, "large", [(r["code"], r["name"], r["kind"], r["parent_code"]) for r in rows])
        shapes = shapely.to_wkb(shapely.set_srid(cells.geometry.to_numpy(), _SRID), hex=True,
                                include_srid=True)  # fmt: skip
        columns = (cells[name].tolist() for name in ("code", "name", "kind", "parent_code"))
        _copy(copy, "micro", [(*row, 50.0, ["clinic"], shape) for *row, shape in
              zip(*columns, shapes, strict=True)])  # fmt: skip
        middle = shapely.get_coordinates(shapely.point_on_surface(cells.geometry.to_numpy()))
        walls = shapely.to_wkb(shapely.set_srid(shapely.box(*(middle - 6).T, *(middle + 6).T),
                               _SRID), hex=True, include_srid=True)  # fmt: skip
        _copy(copy, "building", [(f"B{code}", "1幢", "第1苑", wall) for code, wall in
              zip(cells["code"], walls, strict=True)])  # fmt: skip
        _copy(copy, "people", people)
        base.execute(
            """
            CREATE INDEX ON bench.micro USING gist (shape);
            CREATE INDEX ON bench.building USING gist (shape);
            CREATE INDEX ON bench.people (level, target);
            CREATE TABLE bench.cell AS SELECT row_number() OVER () AS id, code, name, parent,
                ST_Transform(shape, 4326)::geometry(Polygon, 4326) AS shape FROM bench.micro;
            ALTER TABLE bench.cell ADD PRIMARY KEY (id);
            CREATE INDEX ON bench.cell USING gist (shape);
            """
        )
        for name in ("micro", "building", "people", "large", "community", "cell"):
            base.execute(f"VACUUM ANALYZE bench.{name}")  # type: ignore[arg-type]


def _people(facts: Path) -> list[tuple[Any, ...]]:
    """Read the posts back from the release."""
    roster, rows = Roster.open(facts), []
    for group in range(len(roster.groups)):
        level, target = roster.groups.name(group).split("\x1f")
        for person in json.loads(b"[" + roster.encoded([group], on="2026-11-22") + b"]"):
            rank = LEVELS.index(level)
            rows.append((level, target, rank, person["role"], person["name"],
                         person["duty_phone"], "2020-01-01"))  # fmt: skip
    return rows


def _copy(cursor: Any, name: str, rows: Sequence[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY bench.{name} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def backends(url: str) -> list[int]:
    """Return the database's processes that ask about the made plan."""
    query = (
        "SELECT pid FROM pg_stat_activity WHERE query LIKE '%bench.%' AND pid <> pg_backend_pid()"
    )
    with psycopg.connect(url) as base:
        return [pid for (pid,) in base.execute(query)]
