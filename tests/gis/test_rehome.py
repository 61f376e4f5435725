"""Check the moves between large districts that the small ones need."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.partition import Problem
from gis.partition.rehome import rehome


def problems(weights, edges, *, large, micro, locked=None):
    cost = np.zeros((len(weights), len(weights)))
    return Problem(weights, edges, cost, large, locked=locked), Problem(weights, edges, cost, micro)


def test_an_atom_that_overfills_its_district_moves_next_door():
    weights, edges = [7, 120, 60, 60, 29], [(0, 1), (0, 4), (1, 2), (2, 3)]
    large, micro = problems(weights, edges, large=(30, 300), micro=(15, 120))
    labels = rehome(large, micro, np.array([0, 0, 0, 0, 1]), np.array([0, 0, 1, 2, 3]))
    assert labels.tolist() == [1, 0, 0, 0, 1]


def test_nothing_moves_where_the_district_it_leaves_would_fall_apart():
    weights, edges = [40, 5, 40, 40], [(0, 1), (1, 2), (1, 3)]
    large, micro = problems(weights, edges, large=(30, 300), micro=(15, 60))
    assert rehome(large, micro, np.array([0, 0, 0, 1]), np.array([0, 1, 2, 3])) is None


def test_nothing_moves_that_is_locked_or_would_leave_a_range():
    weights, edges = [20, 2, 20, 20], [(0, 1), (1, 2), (2, 3)]
    above, below = np.array([0, 1, 1, 1]), np.array([0, 1, 2, 3])
    locked = np.array([-1, 0, 0, -1])
    assert rehome(*problems(weights, edges, large=(20, 60), micro=(10, 23), locked=locked),
                  above, below) is None  # fmt: skip
    assert rehome(*problems(weights, edges, large=(41, 60), micro=(10, 23)), above, below) is None
    assert rehome(*problems(weights, edges, large=(20, 21), micro=(10, 23)), above, below) is None


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_large_districts_stay_whole_and_in_range(data):
    n = data.draw(st.integers(4, 14))
    weights = data.draw(st.lists(st.integers(1, 30), min_size=n, max_size=n))
    edges = [(i, i + 1) for i in range(n - 1)]
    edges += data.draw(
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=n)
    )
    edges = [(a, b) for a, b in edges if a != b]
    cut = data.draw(st.integers(1, n - 1))
    above = (np.arange(n) >= cut).astype(np.int64)
    below = np.arange(n)
    large, micro = problems(weights, edges, large=(1, 400), micro=(10, 30))
    labels = rehome(large, micro, above, below)
    if labels is None:
        return
    assert not np.array_equal(labels, above)
    for district in np.unique(labels):
        members = set(np.flatnonzero(labels == district).tolist())
        seen, ahead = set(), [min(members)]
        while ahead:
            atom = ahead.pop()
            seen.add(atom)
            ahead += [b for a, b in edges + [(b, a) for a, b in edges]
                      if a == atom and b in members - seen]  # fmt: skip
        # A path cut once is contiguous on both sides; so must they be after the move.
        assert seen == members
