"""Test the lists of services that come with wangge, and what is refused."""

import tomllib
from dataclasses import replace
from importlib.resources import files

import pytest

from gis.errors import BadRules
from gis.rules import Rules, Walker
from gis.services import STRENGTHS, Service, list_names, load, parse

GOOD = '[services.shop]\nmetres = 200.0\nminutes = 10\nsource = "us"\nstrength = "hint"\n'


@pytest.mark.parametrize("name", [*list_names(), "default"])
def test_every_number_says_where_it_comes_from_and_none_is_a_standards(name):
    access = Rules.load().access if name == "default" else load(name)
    assert access
    for service in access.values():
        assert service.source
        assert service.strength in STRENGTHS
        # No primary text was read, so that no number may be printed as a standard's.
        assert service.strength != "read"


def test_lists_have_circles_beyond_the_first():
    assert {service.minutes for service in load("living_circle").values()} == {5, 10, 15}
    assert {service.minutes for service in load("convenience_circle").values()} == {5, 8, 15}


def test_a_copied_list_is_read_by_its_path(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert load(path) == {"shop": Service(metres=200, minutes=10, source="us", strength="hint")}
    profile = tmp_path / "profile.toml"
    text = (files("gis.profiles") / "default.toml").read_text(encoding="utf-8")
    assert "access" in tomllib.loads(text)
    start, end = text.index("[access."), len(text)
    profile.write_text('access = "living_circle"\n' + text[:start] + text[end:], encoding="utf-8")
    rules = Rules.load(profile)
    assert rules.access == load("living_circle")
    assert Rules.from_json(rules.to_json()) == rules


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("200.0", "-1"),
        GOOD.replace("10", "2.5"),
        GOOD.replace('"hint"', '"sure"'),
        GOOD.replace("metres", "meters"),
        GOOD.replace("[services.shop]", "[shop]"),
        GOOD.replace("[services.shop]", "[services"),
        "services = 3\n",
        '[services]\nshop = "near"\n',
    ],
)
def test_broken_lists_are_refused(tmp_path, text):
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadRules):
        load(path)


@pytest.mark.parametrize("name", ["nothing", "nothing.toml"])
def test_unknown_lists_name_those_known(name):
    with pytest.raises(BadRules, match="convenience_circle, living_circle"):
        load(name)


@pytest.mark.parametrize("given", [3, ["shop"], {"shop": None}, {"shop": True}])
def test_what_is_no_list_is_refused(given):
    with pytest.raises(BadRules):
        parse(given)


def test_walkers_change_speed_and_stairs_only():
    rules = Rules.load()
    assert {name: w.speed_m_per_min for name, w in rules.walkers.items()} == {
        "adult": 80, "elderly": 50, "wheelchair": 40,
    }  # fmt: skip
    slow = rules.walked_by("wheelchair")
    assert not slow.walking.stairs
    assert replace(slow, walking=rules.walking) == rules
    with pytest.raises(BadRules, match="adult, elderly, wheelchair"):
        rules.walked_by("child")
    with pytest.raises(BadRules):
        Walker(speed_m_per_min=0)
    with pytest.raises(BadRules):
        Walker(speed_m_per_min=40, stairs="no")
