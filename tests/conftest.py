"""Share the toy's plan among tests, and make hypothesis repeatable."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from toy import toy_inputs, toy_rules

from gis.plan import build_plan
from gis.prepare import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.inputs import Inputs
    from gis.plan_data import Plan

settings.register_profile(
    "wangge",
    deadline=None,
    derandomize=True,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("wangge")


@pytest.fixture(scope="session")
def toy_plan() -> Plan:
    """The plan of the toy community; nobody may change it."""
    return build_plan(toy_inputs(), toy_rules())


@pytest.fixture(scope="session")
def toy_ready() -> Inputs:
    """The toy's inputs as they are before cells are built."""
    return prepare(toy_inputs(), toy_rules())


@pytest.fixture(scope="session")
def dsn() -> Iterator[str]:
    """The connection string of a PostGIS database; each test makes a schema of its own there."""
    dsn = os.environ.get("WANGGE_POSTGIS")
    if not dsn:
        pytest.skip("set WANGGE_POSTGIS to the connection string of a PostGIS database")
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    with psycopg.connect(dsn) as connection:
        had = connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'").fetchone()
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    yield dsn
    if not had:
        with psycopg.connect(dsn) as connection:
            connection.execute("DROP EXTENSION postgis")
