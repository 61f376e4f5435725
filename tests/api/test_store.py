"""Publish plans to a folder: versions, days, one atomic step, and nothing private."""

import json
import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_plan import COMMUNITY, PRIVATE, tiny_plan

from api.store.catalogue import Release, added, current
from api.store.errors import BrokenPlan, NotAFolder, OtherCommunities
from api.store.folder import FolderStore
from api.store.layout import CATALOGUE
from gis.errors import NotAPlan
from gis.io.plan_file import read_plan, write_plan
from gis.lookup.locator import Locator
from gis.plan_data import Plan

NEW_YEAR = date(2026, 1, 1)
DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 12))


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path / "site")


def release(number, valid_from, codes=("1",)):
    return Release(
        number=number,
        plan_id="p",
        folder=str(number),
        versions=dict.fromkeys(codes, 0),
        valid_from=valid_from.isoformat(),
        published="",
    )


@given(st.lists(DAYS, min_size=1, max_size=6))
def test_each_day_has_the_release_that_began_last(begins):
    every = ()
    for number, day in enumerate(begins, 1):
        every = added(every, release(number, day))
    for offset in range(-2, 15):
        day = NEW_YEAR + timedelta(days=offset)
        begun = [(begin, number) for number, begin in enumerate(begins, 1) if begin <= day]
        found = current(every, day)
        assert (found and found.number) == (max(begun)[1] if begun else None)
    assert sum(each.valid_until is None for each in every) == 1


def test_versions_are_counted_for_each_community():
    every = added((), release(1, NEW_YEAR, ("a", "b")))
    every = added(every, release(2, NEW_YEAR, ("b",)))
    every = added(every, release(3, NEW_YEAR, ("a", "c")))
    assert [dict(each.versions) for each in every] == [{"a": 1, "b": 1}, {"b": 2}, {"a": 2, "c": 1}]


def test_what_is_published_can_be_opened_and_says_its_days(store, plans):
    first = store.publish(plans / "甲.gpkg", valid_from=NEW_YEAR)
    second = store.publish(plans / "乙.gpkg", valid_from=date(2026, 6, 1))
    assert [r.versions[COMMUNITY] for r in store.releases()] == [1, 2]
    assert store.releases()[0].valid_until == "2026-05-31"
    assert store.current(date(2025, 12, 31)) is None
    assert store.current(date(2026, 5, 31)).number == first.number
    assert store.current(date(2026, 6, 1)) == second
    names = [
        Locator.open(store.path(each)).grids[f"{COMMUNITY}00101"].name for each in store.releases()
    ]
    assert names == ["甲", "乙"]
    assert read_plan(store.plan(second)).plan_id == second.plan_id


def test_no_private_phone_reaches_the_folder(store, tmp_path):
    write_plan(tiny_plan(extra_column="private_phone"), tmp_path / "plan.gpkg")
    assert PRIVATE.encode() in (tmp_path / "plan.gpkg").read_bytes()
    store.publish(tmp_path / "plan.gpkg", valid_from=NEW_YEAR)
    files = [path for path in store.folder.rglob("*") if path.is_file()]
    assert [path.name for path in files if PRIVATE.encode() in path.read_bytes()] == []
    assert len(files) > 20


def test_a_broken_plan_is_not_published(store, tmp_path):
    plan = tiny_plan()
    atoms = plan["atoms"].copy()
    atoms.loc[0, "micro_code"] = f"{COMMUNITY}00999"
    write_plan(Plan(layers={**plan.layers, "atoms": atoms}, crs=plan.crs), tmp_path / "plan.gpkg")
    with pytest.raises(BrokenPlan, match=r"plan\.gpkg is broken"):
        store.publish(tmp_path / "plan.gpkg", valid_from=NEW_YEAR)
    (tmp_path / "no.gpkg").write_text("no")
    with pytest.raises(NotAPlan):
        store.publish(tmp_path / "no.gpkg", valid_from=NEW_YEAR)
    assert store.releases() == ()
    with pytest.raises(NotAFolder):
        FolderStore.open(store.folder)


def test_communities_are_not_lost_by_mistake(store, plans):
    first = store.publish(plans / "甲.gpkg", valid_from=NEW_YEAR)
    text = (store.folder / CATALOGUE).read_text("utf-8").replace(COMMUNITY, "990000000002")
    (store.folder / CATALOGUE).write_text(text, "utf-8")
    with pytest.raises(OtherCommunities, match="990000000002"):
        store.publish(plans / "乙.gpkg", valid_from=NEW_YEAR)
    store.publish(plans / "乙.gpkg", valid_from=NEW_YEAR, replace=True)
    assert [dict(r.versions) for r in store.releases()] == [{"990000000002": 1}, {COMMUNITY: 1}]
    assert first.number == 1


def test_a_catalogue_of_another_version_is_refused(store, plans):
    store.publish(plans / "甲.gpkg", valid_from=NEW_YEAR)
    catalogue = store.folder / CATALOGUE
    kept = json.loads(catalogue.read_text("utf-8"))
    catalogue.write_text(json.dumps(kept | {"format": 99}), "utf-8")
    with pytest.raises(NotAFolder, match="another version"):
        store.releases()
    catalogue.write_text("{", "utf-8")
    with pytest.raises(NotAFolder, match="cannot be read"):
        store.releases()


KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from api.store.folder import FolderStore

site, plan, word, event = sys.argv[1:]

def watch(name, args):
    if name == event and any(word in str(each) for each in args[:2]):
        os.kill(os.getpid(), signal.SIGKILL)

store = FolderStore(site)
sys.addaudithook(watch)
store.publish(Path(plan), valid_from=date(2026, 2, 1))
"""


@pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does")
@pytest.mark.parametrize(
    ("word", "event"),
    [
        ("micro_codes", "open"),
        ("plan.gpkg", "shutil.copyfile"),
        (".making-", "os.rename"),
        (".catalogue.json.new", "os.rename"),
    ],
)
def test_a_publication_that_is_killed_changes_nothing(store, plans, word, event):
    first = store.publish(plans / "甲.gpkg", valid_from=NEW_YEAR)
    words = [sys.executable, "-c", KILLED, str(store.folder), str(plans / "乙.gpkg"), word, event]
    done = subprocess.run(words, cwd=Path(__file__).parents[2], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert FolderStore.open(store.folder).releases() == (first,)
    assert Locator.open(store.path(first)).plan_id == first.plan_id
    second = store.publish(plans / "丙.gpkg", valid_from=date(2026, 2, 1))
    assert store.current(date(2026, 2, 1)) == second
    kept = {path.name for path in (store.folder / "releases").iterdir()}
    assert kept == {first.folder, second.folder}
