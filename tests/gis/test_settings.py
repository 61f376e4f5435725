"""Test what settings are read from, and what is refused."""

import math

import pytest

from gis import settings
from gis.errors import BadRules


def test_a_file_is_found_by_its_name_or_its_path(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('name = "网格"', encoding="utf-8")
    assert settings.read(own, what="profile") == {"name": "网格"}
    assert settings.read("default", what="profile")["name"] == "default"
    assert "services" in settings.read("living_circle", what="services", folder="services")


@pytest.mark.parametrize(
    ("content", "told"), [(b"a = ", "not TOML"), (b"\xff\xfe", "not TOML"), (None, "known are")]
)
def test_what_is_no_settings_is_said(tmp_path, content, told):
    path = tmp_path / "own.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadRules, match=told):
        settings.read(path, what="profile")


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, True, "5", None, [5]])
def test_what_is_no_number_above_0_is_refused(value):
    with pytest.raises(BadRules, match=r"speed is .*; give a number above 0"):
        settings.require_number("speed", value)


def test_what_will_do_is_the_callers_choice():
    settings.require_number("price", 0, zero=True)
    settings.require_number("factor", 1.0, least=1.0)
    settings.require_number("minutes", 5.0, whole=True)
    with pytest.raises(BadRules, match="of 0 or more"):
        settings.require_number("price", -0.5, zero=True)
    with pytest.raises(BadRules, match=r"of 1\.3 or more"):
        settings.require_number("factor", 1.2, least=1.3)
    with pytest.raises(BadRules, match="give a whole number above 0"):
        settings.require_number("minutes", 5.5, whole=True)
    with pytest.raises(BadRules, match="give true or false"):
        settings.require_flag("stairs", 1)
