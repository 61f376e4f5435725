"""Run the benchmark of addresses on a hamlet, and hold its generator to what it promises."""

import os
import subprocess
import sys
from importlib import import_module
from itertools import islice
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from gis.lookup.addresses import compound_key, parse
from gis.lookup.book import AddressBook
from gis.lookup.book_rows import BookRow

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
MODULES = ("made_addresses", "spellings")


@pytest.fixture(scope="module")
def bench():
    """Import the generators, which are scripts and no package."""
    sys.path.insert(0, str(BENCHMARKS))
    yield SimpleNamespace(**{name: import_module(name) for name in MODULES})
    sys.path.remove(str(BENCHMARKS))
    for name in MODULES:
        del sys.modules[name]


def test_the_same_seed_makes_the_same_city(bench):
    one, two = bench.made_addresses.City(5000), bench.made_addresses.City(5000)
    assert list(one.entries()) == list(two.entries())
    assert one.any(20, seed=1) == two.any(20, seed=1)
    assert one.names != bench.made_addresses.City(5000, seed=1).names


def test_a_city_has_about_as_many_addresses_as_asked_for(bench):
    city = bench.made_addresses.City(100_000)
    rows = sum(isinstance(each, BookRow) and bool(each.room) for each in city.entries())
    assert rows == pytest.approx(100_000, rel=0.15)
    assert len(set(city.names)) == len(city)
    assert all(compound_key(name) == name for name in city.names)


def test_every_address_of_a_city_is_found(bench):
    city = bench.made_addresses.City(3000)
    book = AddressBook.build(None, city.entries())
    for at in range(len(city)):
        for made in islice(city.compound(at).addresses(), 0, None, 7):
            (home,) = book.homes_at(book.place(made.compound), made.building)
            assert home.home_id == made.home_id
            assert made.stairwell in book.stairwells_with(home.home_id, made.room)
    book.close()


def test_spellings_mean_what_they_spell(bench):
    city, random = bench.made_addresses.City(20_000), Random(1)  # noqa: S311 - no secret
    for made in city.any(50, seed=1):
        readings = parse(bench.spellings.spelt(made, random))
        assert any(each.building in (made.building, "") for each in readings)
        name, slip = bench.spellings.misspelt(made.compound, random)
        assert slip in bench.spellings.SLIPS
        assert abs(len(name) - len(made.compound)) <= 1
        assert bench.spellings.typed(made, random)


def test_one_command_writes_the_tables(tmp_path):
    kept = tmp_path / "addresses.md"
    command = [sys.executable, str(BENCHMARKS / "addresses.py"), "--rows", "2000"]
    environment = {k: v for k, v in os.environ.items() if k != "WANGGE_POSTGIS"}
    environment["PYTHONPATH"] = str(BENCHMARKS.parent)
    done = subprocess.run(
        [*command, "--queries", "30", "--keep", str(kept)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    text = kept.read_text(encoding="utf-8")
    assert text.endswith(done.stdout)
    assert "found 100.0 %" in text
    for row in ("exact", "typeahead", "fuzzy", "rapidfuzz, all names", "A batch of 300"):
        assert row in text
