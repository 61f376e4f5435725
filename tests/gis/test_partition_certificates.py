"""Hold every proof of infeasibility against all plans there are, and every remedy against it."""

import itertools
import json
import os
from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.partition import Problem, check, holds, solve
from gis.partition.certificates import case_of, certify, proves
from gis.partition.changes import mended
from gis.partition.conflicts import conflict_of, requirements_of, without
from gis.partition.explain import ORDER, ranked
from gis.partition.remedies import remedies_of

DATA = os.environ.get("WANGGE_DATA")
OF_ATOMS = (
    "atom_above_limit",
    "component_weight",
    "walking_ball",
    "unreachable",
    "stranded_atom",
    "no_centre",
    "bound",
    "exhaustion",
)
RULE = {"walking_ball": "walk", "unreachable": "unreachable", "no_centre": "centre"}


def hangs_together(problem, atoms):
    if problem.parts is not None and len(set(problem.parts[atoms])) > 1:
        return False
    if problem.edges is None:
        return True
    graph = nx.Graph()
    graph.add_nodes_from(atoms)
    graph.add_edges_from((a, b) for a, b in problem.edges.tolist() if {a, b} <= set(atoms))
    return nx.is_connected(graph)


def keeps_locks(problem, atoms):
    if problem.locked is None:
        return True
    locks = set(problem.locked[atoms].tolist()) - {-1}
    return all(set(np.flatnonzero(problem.locked == lock)) <= set(atoms) for lock in locks)


def has_centre(problem, atoms, *, walking):
    allowed = np.ones(problem.n, bool) if problem.can_be_centre is None else problem.can_be_centre
    near = np.isfinite(problem.cost)
    if walking and problem.max_walk_m is not None:
        walk = problem.cost / np.maximum(problem.weights, 1)[:, None]
        near &= ~((walk if problem.walk_m is None else problem.walk_m) > problem.max_walk_m)
    return any(allowed[centre] and near[atoms, centre].all() for centre in atoms)


def may_be_a_district(problem, atoms, rule):
    """Tell whether some atoms keep every rule of one district, by its words."""
    low, high = problem.preferred if rule == "soft_range" else problem.limit
    load = int(problem.weights[atoms].sum())
    small, large = problem.inner_limit or (0, 10**9)
    return (
        low <= load <= high
        and any(k * small <= load <= k * large for k in range(200))
        and hangs_together(problem, atoms)
        and keeps_locks(problem, atoms)
        and has_centre(problem, atoms, walking=rule == "walk")
    )


def has_plan(problem, rule="hard_range"):
    """Try all plans there are."""
    n = problem.n
    subsets = [[i for i in range(n) if mask >> i & 1] for mask in range(1 << n)]
    fits = [bool(s) and may_be_a_district(problem, s, rule) for s in subsets]
    counts = [set() for _ in range(1 << n)]
    counts[0] = {0}
    for mask in range(1, 1 << n):
        first = mask & -mask
        part = mask
        while part:
            if part & first and fits[part]:
                counts[mask] |= {k + 1 for k in counts[mask ^ part]}
            part = (part - 1) & mask
    given = problem.count
    if given is None:
        return bool(counts[-1])
    low, high = (given, given) if isinstance(given, int) else given
    return any(low <= k <= high for k in counts[-1])


def exhaust(problem):
    return has_plan(problem, "walk") if problem.n <= 7 else None


@st.composite
def problems(draw, most=6):
    n = draw(st.integers(1, most))
    weights = np.array(draw(st.lists(st.integers(0, 12), min_size=n, max_size=n)))
    low = draw(st.integers(0, 15))
    pairs = list(itertools.combinations(range(n), 2))
    # Trees and a little more: where everything touches little is infeasible.
    edges = [(draw(st.integers(0, i - 1)), i) for i in range(1, n) if draw(st.integers(0, 9))]
    edges += draw(st.lists(st.sampled_from(pairs), max_size=2)) if pairs else []
    shut = [pair for pair in pairs if pair not in edges]
    places = np.array(draw(st.lists(st.integers(0, 300), min_size=n, max_size=n)), float)
    walk = np.abs(np.subtract.outer(places, places))
    cost = weights[:, None] * walk
    for i in draw(st.lists(st.integers(0, n - 1), max_size=2)):
        cost[i, draw(st.integers(0, n - 1))] = np.inf
    sometimes = st.integers(0, 3).map(lambda x: x == 0)
    groups = st.lists(st.sampled_from([-1, -1, 0, 1]), min_size=n, max_size=n).map(np.array)
    return Problem(
        weights,
        edges if draw(st.integers(0, 5)) else None,
        cost,
        (low, low + draw(st.integers(0, 12))),
        soft_limit=(low + 1, low + 6) if draw(sometimes) else None,
        count=draw(st.sampled_from([None, None, 1, 2, 3, (2, 3)])),
        walk_m=walk if draw(st.booleans()) else None,
        max_walk_m=draw(st.sampled_from([None, 0.0, 40.0, 120.0])),
        locked=draw(groups) if draw(sometimes) else None,
        parts=draw(groups) if draw(sometimes) else None,
        can_be_centre=np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
        if draw(sometimes)
        else None,
        inner_limit=(4, 5) if draw(sometimes) else None,
        openings=draw(st.lists(st.sampled_from(shut), max_size=3)) if shut else None,
    )


def certificates_of(problem, *, tries=None):
    """Find everything that can be proven, of every kind about every atom."""
    case = case_of(problem, exhaust=tries)
    found = [certify(case, "count", "hard_range")]
    for atom in range(problem.n):
        for kind in OF_ATOMS:
            found.append(certify(case, kind, RULE.get(kind, "hard_range"), [atom]))
            if kind in {"bound", "exhaustion"}:
                found.append(certify(case, kind, "walk", [atom]))
            if kind in {"atom_above_limit", "component_weight", "stranded_atom"}:
                found.append(certify(case, kind, "soft_range", [atom]))
    if problem.locked is not None:
        found += [certify(case, "lock", "locked", group=int(g)) for g in np.unique(problem.locked)]
    return list(dict.fromkeys(each for each in found if each))


@settings(max_examples=30, deadline=None)
@given(problems())
def test_where_something_is_proven_there_is_no_plan(problem):
    possible = {rule: has_plan(problem, rule) for rule in ("hard_range", "soft_range", "walk")}
    for certificate in certificates_of(problem, tries=exhaust):
        rule = certificate.rule if certificate.rule in possible else "hard_range"
        assert not possible[rule], certificate
        assert holds(problem, certificate, exhaust=exhaust)
        assert certificate.why


@settings(max_examples=20, deadline=None)
@given(problems(most=5))
def test_a_solution_says_what_it_rests_on(problem):
    solution = solve(problem, effort="quick")
    assert solution.violations == check(problem, solution.labels)
    proofs = [v.certificate for v in solution.violations if v.proven]
    assert set(solution.certificates) <= set(proofs)
    assert all(holds(problem, proof) for proof in proofs)
    if solution.status == "feasible":
        assert (solution.certificates, solution.conflicts, solution.remedies) == ((), (), ())
        assert has_plan(problem, "walk")
    rules = {"hard_range", "locked", "centre", "unreachable", "count", "walk"}
    for violation in solution.violations:
        if violation.proven and violation.rule in rules:
            assert violation.certificate in solution.certificates
            assert not has_plan(problem, "walk")
    for remedy in solution.remedies:
        assert set(remedy.mends) <= set(range(len(solution.certificates)))
        assert remedy.price > 0
        assert remedy.confirmed or remedy.plan_cost == np.inf
    assert list(solution.remedies) == ranked(solution.remedies)


@settings(max_examples=30, deadline=None)
@given(problems())
def test_conflicts_cannot_be_smaller(problem):
    for certificate in certificates_of(problem):
        if certificate.rule == "soft_range":
            continue
        conflict = conflict_of(problem, certificate)
        every = requirements_of(problem, certificate.kind)
        rest = [each for each in every if each not in conflict.requirements]
        assert proves(without(problem, rest), certificate)
        for each in conflict.requirements:
            assert not proves(without(problem, [*rest, each]), certificate)
            assert each.words in conflict.why


@settings(max_examples=30, deadline=None)
@given(problems())
def test_remedies_end_the_proof_and_are_the_least(problem):
    for certificate in certificates_of(problem):
        if certificate.rule == "soft_range":
            continue
        for remedy in remedies_of(problem, conflict_of(problem, certificate)):
            assert not holds(mended(problem, remedy), certificate)
            assert remedy.kind in ORDER
            if remedy.kind in {"lower", "upper", "walk"}:
                assert abs(remedy.value - remedy.before) == remedy.price
                less = {"lower": remedy.value + 1, "upper": remedy.value - 1}.get(remedy.kind)
                less = np.nextafter(remedy.value, 0.0) if less is None else less
                assert holds(mended(problem, replace(remedy, value=less)), certificate)


@settings(max_examples=8, deadline=None)
@given(problems(most=5))
def test_a_confirmed_remedy_leaves_a_plan(problem):
    for remedy in solve(problem, effort="quick").remedies:
        if remedy.confirmed and not case_of(problem).area.any():
            changed = mended(problem, remedy)
            if changed.n <= 8:
                assert has_plan(changed, "walk")


@settings(max_examples=5, deadline=None)
@given(problems(), st.permutations(range(6)))
def test_the_order_of_rows_changes_no_reason(problem, order):
    order = np.array([at for at in order if at < problem.n])
    names = np.array([f"house {at}" for at in range(problem.n)])
    problem = replace(problem, ids=names)
    one = solve(problem, effort="quick")
    other = solve(problem.reordered(order), effort="quick")
    assert [c.why for c in one.certificates] == [c.why for c in other.certificates]
    assert [c.why for c in one.conflicts] == [c.why for c in other.conflicts]
    assert [(r.what, r.mends) for r in one.remedies] == [(r.what, r.mends) for r in other.remedies]
    for mine, theirs in zip(one.remedies, other.remedies, strict=True):
        assert mine.atoms == tuple(order[list(theirs.atoms)].tolist())


def row(weights, limit, **more):
    """Make atoms in a row, 50 m apart."""
    weights = np.array(weights)
    at = 50.0 * np.arange(len(weights))
    edges = more.pop("edges", [(i, i + 1) for i in range(len(weights) - 1)])
    cost = weights[:, None] * np.abs(np.subtract.outer(at, at))
    return Problem(weights, edges, cost, limit, **more)


def test_a_shut_gate_is_the_first_remedy_of_an_area_behind_it():
    gate = {"openings": [(1, 2)], "opening_m": [50.0], "opening_names": ["the east gate"]}
    solution = solve(row([10] * 6, (30, 40), edges=[(0, 1), (2, 3), (3, 4), (4, 5)], **gate))
    assert [c.kind for c in solution.certificates] == ["component_weight"]
    assert solution.conflicts[0].why == (
        "these cannot all hold: the east gate stays shut; districts hang together; "
        "at least 30 households in a district"
    )
    first, second = solution.remedies
    assert (first.what, first.confirmed, first.plan_cost) == ("open the east gate", True, 2000.0)
    assert (second.what, second.price, second.confirmed) == ("allow 20 instead of 30", 10.0, True)


def test_a_house_above_the_range_is_split_or_the_range_is_raised():
    solution = solve(row([10, 70, 10, 10], (10, 30)))
    assert [r.what for r in solution.remedies] == [
        "split atom 1 into 3 parts of at most 24",
        "allow 70 instead of 30",
    ]
    assert all(r.confirmed for r in solution.remedies)


def test_the_least_walk_that_suffices_is_told():
    solution = solve(row([10] * 6, (60, 60), max_walk_m=50.0))
    assert solution.status == "relaxed"
    assert [r.what for r in solution.remedies[:1]] == ["allow a walk of 150 m instead of 50 m"]
    assert solution.remedies[0].mends == (0, 1, 2)
    assert solve(row([10] * 6, (60, 60), max_walk_m=150.0)).status == "feasible"


def test_a_gate_shortens_walks():
    gate = {"openings": [(0, 5)], "opening_names": ["the north gate"]}
    solution = solve(row([10] * 6, (60, 60), max_walk_m=100.0, **gate))
    assert solution.status == "relaxed"
    assert "open the north gate" in [r.what for r in solution.remedies]


def test_another_count_is_told():
    solution = solve(row([10] * 6, (25, 40), count=3))
    assert [c.kind for c in solution.certificates] == ["count"]
    assert [r.what for r in solution.remedies] == [
        "plan 2 instead of 3 districts",
        "allow 20 instead of 25",
    ]


def test_a_lock_that_cannot_hold_is_given_up():
    locked = [5, -1, -1, 5, -1, -1]
    solution = solve(row([10] * 6, (20, 20), locked=locked))
    assert [c.kind for c in solution.certificates] == ["lock"]
    assert solution.certificates[0].value == 40
    assert solution.remedies[0].what == "give up the lock 5"
    assert solution.remedies[0].atoms == (0, 3)


def test_atoms_may_become_centres():
    one = solve(row([10] * 4, (20, 40), count=1, can_be_centre=[False] * 4))
    assert [c.kind for c in one.certificates] == ["no_centre"]
    assert one.remedies[0].what == "let atom 1 be a centre"
    every = solve(row([10] * 4, (20, 20), can_be_centre=[False] * 4))
    assert [r.what for r in every.remedies] == ["let any atom be a centre"]


def test_a_plan_that_was_only_not_found_is_no_proof_but_has_a_remedy():
    # Two pairs of 7 and 8 would do, if they touched.
    solution = solve(
        Problem([7, 7, 8, 8], None, np.zeros((4, 4)), (15, 15), locked=[0, 0, 1, 1]), effort="quick"
    )
    assert solution.status == "infeasible"
    assert [r.kind for r in solution.remedies]


def test_whoever_tries_all_plans_is_asked():
    # A star whose rays can neither stand alone nor share the middle.
    star = Problem([4, 3, 3, 3], [(0, 1), (0, 2), (0, 3)], np.zeros((4, 4)), (6, 7))
    solution = solve(star, exhaust=exhaust)
    assert not has_plan(star)
    assert solution.status == "infeasible"
    assert {c.kind for c in solution.certificates} <= {"exhaustion", "bound", "stranded_atom"}
    assert all(holds(star, c, exhaust=exhaust) for c in solution.certificates)


def test_a_feasible_plan_is_not_looked_into(monkeypatch):
    def never(*_, **__):
        raise AssertionError

    monkeypatch.setattr("gis.partition.explain.conflict_of", never)
    monkeypatch.setattr("gis.partition.explain.remedies_of", never)
    assert solve(row([10] * 6, (20, 40))).remedies == ()


@pytest.mark.data
@pytest.mark.skipif(DATA is None, reason="WANGGE_DATA is not set: no benchmark instances")
def test_colorado_has_no_plan_and_is_told_why():
    state = json.loads((Path(DATA) / "bench" / "hess" / "CO.json").read_text())
    weights = np.array(state["weight"])
    cost = weights[:, None] * (np.array(state["dist_km"]) / 1000) ** 2
    problem = Problem(weights, state["edges"], cost, (state["L"], state["U"]), count=state["k"])
    solution = solve(problem, effort="quick")
    assert solution.status == "infeasible"
    assert solution.certificates
    assert all(holds(problem, each) for each in solution.certificates)
    assert solution.conflicts
    assert solution.remedies
    for remedy in solution.remedies:
        for at in remedy.mends:
            if remedy.kind in {"lower", "upper"}:
                assert not holds(mended(problem, remedy), solution.certificates[at])
