"""Check how the large level is drawn around a draft of the small one, and mended for it."""

import numpy as np

from gis.partition import Level, Problem, solve, solve_nested
from gis.partition.draft import joined_locks, refine
from gis.partition.mend import mend, missed


def street(n, **more):
    steps = np.arange(float(n))
    walk = np.abs(np.subtract.outer(steps, steps)) * 50
    edges = [(i, i + 1) for i in range(n - 1)]
    return Problem([10] * n, edges, 10 * walk, more.pop("limit"), **more)


def test_blocks_stay_whole_where_cutting_them_saves_little():
    problem = street(9, limit=(20, 70))
    blocks = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1])
    start = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1])
    free = refine(problem, start, blocks, 0.0, seed=0)
    kept = refine(problem, start, blocks, 1e5, seed=0)
    # 4 and 5 atoms walk 50 x 10 x (4 + 6), 6 and 3 atoms 50 x 10 x (9 + 2).
    assert sorted(np.bincount(free).tolist()) == [4, 5]
    assert kept.tolist() == start.tolist()


def test_refining_keeps_the_count_of_every_area_and_the_order_of_rows():
    problem = street(10, limit=(20, 70))
    apart = [(i, i + 1) for i in range(9) if i != 4]
    problem = Problem(problem.weights, apart, problem.cost, (20, 40))
    start = np.array([0, 0, 1, 1, 1, 2, 2, 2, 3, 3])
    found = refine(problem, start, start, 10.0, seed=1)
    assert set(found[:5].tolist()) == {0, 1}
    assert set(found[5:].tolist()) == {2, 3}
    order = np.array([3, 7, 0, 9, 1, 4, 8, 2, 6, 5])
    mixed = refine(problem.reordered(order), start[order], start[order], 10.0, seed=1)
    assert mixed.tolist() == found[order].tolist()


def test_locks_and_blocks_that_share_an_atom_are_one():
    assert joined_locks(None, None, 3) is None
    found = joined_locks(np.array([0, 0, -1, -1, -1]), np.array([-1, 5, 5, -1, 7]), 5)
    assert found[0] == found[1] == found[2] >= 0
    assert found[3:].tolist() == [-1, -1]


def test_an_atom_of_a_neighbour_mends_a_small_district():
    weights = [10, 10, 10, 10, 5, 10, 10]
    edges = [(i, i + 1) for i in range(6)]
    large = Problem(weights, edges, np.zeros((7, 7)), (20, 50), count=2)
    above = np.array([0, 0, 0, 1, 1, 1, 1])
    micro = Problem(weights, edges, np.zeros((7, 7)), (20, 25), target=20, parts=above)
    below = solve(micro)
    # 30 households are no whole number of 20 to 25; 20 and 45, or 40 and 25, are.
    assert missed(below)[0] > 0
    moved = mend(large, micro, above, below, seed=0)
    again = solve(Problem(weights, edges, micro.cost, (20, 25), target=20, parts=moved))
    assert missed(again) < missed(below)
    assert set(moved.tolist()) == {0, 1}


def test_nothing_is_mended_where_all_rules_hold():
    large, above = street(6, limit=(20, 40)), np.array([0, 0, 0, 1, 1, 1])
    micro = street(6, limit=(10, 20), parts=above)
    assert mend(large, micro, above, solve(micro), seed=0) is None


def test_large_districts_hold_whole_numbers_of_small_ones():
    rng = np.random.default_rng(1)
    weights = rng.integers(9, 14, 30)
    steps = np.arange(30.0)
    walk = np.abs(np.subtract.outer(steps, steps)) * 20
    edges = [(i, i + 1) for i in range(29)] + [(i, i + 6) for i in range(24)]
    nested = solve_nested(
        weights,
        edges,
        weights[:, None] * walk,
        large=Level((60, 130), target=90),
        micro=Level((40, 60), target=45),
    )
    assert nested.large.violations == nested.micro.violations == ()
    load = np.bincount(nested.large.labels, weights=weights)
    assert all(any(k * 40 <= x <= k * 60 for k in (1, 2, 3)) for x in load)


def test_what_was_solved_before_is_the_same_and_only_the_rest_is_solved():
    known = {}
    first = street(12, limit=(20, 40), parts=np.repeat([0, 1, 2], 4))
    solve(first, known=known)
    assert len(known) == 3
    changed = street(12, limit=(20, 40), parts=np.repeat([0, 1, 2], [4, 5, 3]))
    again = solve(changed, known=known)
    assert len(known) == 5
    alone = solve(changed)
    assert again.labels.tolist() == alone.labels.tolist()
    assert (again.cost, again.lower_bound) == (alone.cost, alone.lower_bound)
