from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import BadRules
from gis.rules import Households, LevelRules, Names, Rules, Walking, profile_names

DEFAULT = (files("gis.profiles") / "default.toml").read_text(encoding="utf-8")


def _level(**changes):
    values = {
        "soft_households": (30, 100),
        "hard_households": (15, 120),
        "target_households": 70,
        "walk_limit_m": 300.0,
    }
    return LevelRules(**(values | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"soft_households": (100, 30)},
        {"soft_households": (-1, 30)},
        {"hard_households": (10, 20, 30)},
        {"hard_households": (10,)},
        {"hard_households": (15.5, 120)},
        {"hard_households": ("15", "120")},
        {"soft_households": (10, 100)},
        {"soft_households": (30, 121)},
        {"target_households": 0},
        {"target_households": "many"},
        {"walk_limit_m": -5.0},
        {"walk_limit_m": float("nan")},
        {"walk_limit_m": float("inf")},
    ],
)
def test_level_that_contradicts_itself_is_refused(changes):
    with pytest.raises(BadRules):
        _level(**changes)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Walking(speed_m_per_min=0),
        lambda: Walking(detour_factor=0.9),
        lambda: Walking(circle_minutes=(5, 0)),
        lambda: Households(dwelling_m2=0),
        lambda: Households(residents_per_household=-2),
        lambda: Names(large="第{k}网格"),
        lambda: Names(special="{n}"),
        lambda: Names(micro="{n"),
        lambda: replace(Rules.load(), seed="x"),
        lambda: replace(Rules.load(), seed=-1),
        lambda: Rules.load().with_effort("heroic"),
        lambda: replace(Rules.load(), access={"pharmacy": "near"}),
    ],
)
def test_other_nonsense_is_refused(make):
    with pytest.raises(BadRules):
        make()


@given(st.integers(0, 400), st.integers(0, 400))
def test_soft_range_widens_the_hard_one_and_keeps_a_target_inside(low, span):
    level = _level().with_soft(low, low + span)
    assert level.soft_households == (low, low + span)
    assert level.hard_households[0] <= low <= low + span <= level.hard_households[1]
    assert max(1, low) <= level.target_households <= max(1, low + span)


def test_profile_is_copied_and_changed(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(DEFAULT.replace("[30, 100]", "[40, 90]"), encoding="utf-8")
    ours = Rules.load(path)
    assert ours.micro.soft_households == (40, 90)
    assert ours.large == Rules.load().large
    assert Rules.load(str(path)) == ours


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[30, 100]", "[100, 30]"),
        ("[30, 100]", "[30, 60, 100]"),
        ("[30, 100]", "30"),
        ("soft_households", "soft_house"),
        ("[micro]", "[mikro]"),
        ('name = "default"', ""),
        ("[walking]", "[walking"),
        ("speed_m_per_min = 60.0", "speed = 60.0"),
        ("[large]", "large = 3\n[other]"),
    ],
)
def test_broken_profiles_are_refused(tmp_path, old, new):
    assert old in DEFAULT
    path = tmp_path / "broken.toml"
    path.write_text(DEFAULT.replace(old, new), encoding="utf-8")
    with pytest.raises(BadRules):
        Rules.load(path)


def test_profile_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "gb.toml"
    path.write_bytes(DEFAULT.encode("gb18030"))
    with pytest.raises(BadRules, match="UTF-8"):
        Rules.load(path)


@pytest.mark.parametrize("name", ["nobody", "nobody.toml", ""])
def test_unknown_profile_names_those_known(name):
    with pytest.raises(BadRules, match="default"):
        Rules.load(name)


def test_json_round_trip():
    for name in profile_names():
        rules = replace(Rules.load(name), seed=7).with_effort("thorough")
        text = rules.to_json()
        assert "\n" not in text
        assert Rules.from_json(text) == rules
        assert Rules.from_json(text).to_json() == text
        assert list(json.loads(text)) == sorted(json.loads(text))


@pytest.mark.parametrize("data", [{}, {"name": "x"}, [], 3])
def test_from_dict_refuses_what_is_no_profile(data):
    with pytest.raises(BadRules):
        Rules.from_dict(data)


def test_access_cannot_be_changed():
    rules = Rules.load()
    with pytest.raises(TypeError):
        rules.access["pharmacy"] = 1.0
    assert rules.level("large") is rules.large
    assert rules.level("micro") is rules.micro
