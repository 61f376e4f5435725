"""Share the toy's plan and a browser among tests, and make hypothesis repeatable."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from toy import toy_inputs, toy_rules

from gis.plan import build_plan
from gis.prepare import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.inputs import Inputs
    from gis.plan_data import Plan

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No name but this machine's number resolves: the network is cut off.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]

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
def chromium() -> Iterator[Any]:
    """Start Chromium with the network cut off, or skip and say what is missing."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs: pip install playwright")
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


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
