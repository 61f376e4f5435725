"""Texts and names in mapped files."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gis.lookup import fragments
from gis.lookup.fragments import Fragments, Keys


@given(st.lists(st.binary(max_size=20), max_size=30))
def test_texts_come_back_by_position(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("texts")
    Fragments.write(folder, "t", texts)
    found = Fragments.open(folder, "t")
    assert [found[at] for at in range(len(found))] == texts


@given(st.lists(st.text(max_size=6), max_size=40), st.text(max_size=6))
def test_names_are_found_where_they_stand_first(tmp_path_factory, names, other):
    folder = tmp_path_factory.mktemp("names")
    Keys.write(folder, "k", names)
    keys = Keys.open(folder, "k")
    for name in [*names, other]:
        assert keys.find(name) == (names.index(name) if name in names else -1)
    assert [keys.name(at) for at in range(len(keys))] == names


def test_names_of_one_hash_are_told_apart(tmp_path, monkeypatch):
    monkeypatch.setattr(fragments, "_hash", len)
    Keys.write(tmp_path, "k", ["aa", "b", "c", "dd"])
    keys = Keys.open(tmp_path, "k")
    assert [keys.find(name) for name in ("aa", "b", "c", "dd", "e", "ee")] == [0, 1, 2, 3, -1, -1]
    assert isinstance(keys._hashes, np.ndarray)
