"""Share the toy's plan among tests, and make hypothesis repeatable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from toy import toy_inputs, toy_rules

from gis.plan import build_plan
from gis.prepare import prepare

if TYPE_CHECKING:
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
