from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.codes import FIRST_SPECIAL, MAX_LARGE, MAX_MICRO, GridCode, format_code, order, parse_code

COMMUNITIES = st.text("0123456789", min_size=12, max_size=12)
CODES = st.builds(GridCode, COMMUNITIES, st.integers(0, 999), st.none() | st.integers(0, MAX_MICRO))


@given(CODES)
def test_codes_survive_being_written(code):
    text = format_code(code)
    assert parse_code(text) == code
    assert len(text) == (15 if code.micro is None else 17)
    assert text.startswith(code.community_code)
    assert parse_code(text).special == (code.large > MAX_LARGE)


@given(COMMUNITIES, st.integers(1, 999), st.integers(1, 99))
def test_a_micro_grids_code_begins_with_its_parents(community, large, micro):
    parent = format_code(GridCode(community, large))
    assert format_code(GridCode(community, large, micro)).startswith(parent)


@pytest.mark.parametrize(
    "code",
    [
        GridCode("9900000001", 1),
        GridCode("99000000001", 1000),
        GridCode("990000000001", 1000),
        GridCode("990000000001", -1),
        GridCode("990000000001", 1, 100),
        GridCode("99000000000x", 1),
        GridCode("９９００００００００01", 1),
    ],
)
def test_what_does_not_fit_is_refused(code):
    with pytest.raises(ValueError, match=r"fit|no grid code"):
        format_code(code)


@pytest.mark.parametrize("text", ["", "99000000000", "9900000000010011", "99000000000100 ",
                                  "９９０００００００００１００１", "-90000000001001"])  # fmt: skip
def test_what_is_no_code_is_not_parsed(text):
    with pytest.raises(ValueError, match="no grid code"):
        parse_code(text)


PLACES = st.lists(st.tuples(st.integers(-9999, 9999), st.integers(-9999, 9999)), unique=True)


@given(PLACES, st.randoms(use_true_random=False))
def test_numbering_forgets_the_order_and_the_origin(places, random):
    xy = np.array(places, dtype=float).reshape(-1, 2)
    first = xy[order(xy[:, 0], xy[:, 1])]
    assert sorted(order(xy[:, 0], xy[:, 1])) == list(range(len(xy)))
    move = np.array([5000, -300])
    mixed = list(places)
    random.shuffle(mixed)
    other = np.array(mixed, dtype=float).reshape(-1, 2) + move
    again = other[order(other[:, 0], other[:, 1])] - move
    assert again.tolist() == first.tolist()


def test_strips_run_west_to_east_and_north_to_south_inside():
    x, y = np.meshgrid([0, 100, 200], [0, 50, 100])
    x, y = x.ravel(), y.ravel()
    found = order(x, y)
    assert x[found].tolist() == [0, 0, 0, 100, 100, 100, 200, 200, 200]
    assert y[found].tolist() == [100, 50, 0] * 3
    assert FIRST_SPECIAL == MAX_LARGE + 1
