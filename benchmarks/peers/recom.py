"""Run GerryChain (BSD-3): recursive spanning trees, and ReCom steps that optimise walking."""

from __future__ import annotations

import random
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np
from gerrychain import Graph, Partition
from gerrychain.constraints import within_percent_of_ideal_population
from gerrychain.optimization import SingleMetricOptimizer
from gerrychain.proposals import recom
from gerrychain.updaters import Tally
from gerrychain.updaters.flows import flows_from_changes

from peers import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from instances import Floats, Instance, Ints

__all__ = ["optimised", "tree"]

#: A number of steps that time ends first.
STEPS: Final = 10_000_000
#: How cold the annealing ends: a plan worse by a mean district's cost ÷ this is taken once in e.
COLD: Final = 50.0


def tree(instance: Instance, _: float) -> Answer:
    """Cut random spanning trees into districts within the tolerance that the range allows."""
    return Answer(_labels(_start(instance, random.Random(0)), instance.n), "first plan")


def optimised(instance: Instance, seconds: float) -> Answer:
    """Improve that plan by ReCom steps, annealed as long as is allowed after the first plan.

    Of the optimiser's methods (short bursts, those of variable length, tilted runs,
    annealing) annealing was the best in equal steps on gen(300, 1). The metric is what the
    table shows, the household-weighted walk to the best centre, so that it optimises the same
    as wangge does; only the districts that a step changed are reckoned anew.
    """
    rng = random.Random(0)
    first = _start(instance, rng)
    proposal = partial(
        recom, pop_col="households", pop_target=_mean(instance), epsilon=_tolerance(instance)
    )
    search = SingleMetricOptimizer(
        proposal,
        [within_percent_of_ideal_population(first, _tolerance(instance), "population")],
        first,
        _walk,
        maximize=False,
        rng=rng,
    )
    magnitude = COLD * instance.count / _walk(first)
    start, steps = time.perf_counter(), 0

    def beta(_: int) -> float:
        return min(1.0, (time.perf_counter() - start) / seconds)

    for _ in search.simulated_annealing(STEPS, beta, beta_magnitude=magnitude):
        steps += 1
        if time.perf_counter() - start > seconds:
            break
    note = f"{steps} ReCom steps, annealed for {seconds:.0f} s"
    return Answer(_labels(search.best_part, instance.n), note)


def _mean(instance: Instance) -> float:
    return float(instance.weights.sum()) / instance.count


def _tolerance(instance: Instance) -> float:
    """Return the largest share of the mean that keeps both ends of the range."""
    mean, (low, high) = _mean(instance), instance.limit
    return min(high / mean - 1, 1 - low / mean)


def _start(instance: Instance, rng: random.Random) -> Any:
    graph = nx.Graph()
    for atom, weight in enumerate(instance.weights.tolist()):
        graph.add_node(atom, households=weight)
    graph.add_edges_from(instance.edges.tolist())
    return Partition.from_random_assignment(
        Graph.from_networkx(graph),
        instance.count,
        _tolerance(instance),
        "households",
        {"population": Tally("households", "population"), "walks": _walks_of(instance.cost)},
        rng=rng,
    )


def _walks_of(cost: Floats) -> Callable[[Any], dict[Any, float]]:
    """Make the updater that keeps each district's weighted walk to its best centre."""

    def of(atoms: Any) -> float:
        own = np.fromiter(atoms, np.int64, len(atoms))
        return float(cost[np.ix_(own, own)].sum(axis=0).min())

    def updater(plan: Any) -> dict[Any, float]:
        if plan.parent is None:
            return {part: of(atoms) for part, atoms in plan.parts.items()}
        changed = flows_from_changes(plan.parent, plan)
        return {**plan.parent["walks"], **{part: of(plan.parts[part]) for part in changed}}

    return updater


def _walk(plan: Any) -> float:
    return sum(plan["walks"].values())


def _labels(plan: Any, n: int) -> Ints:
    """Return the district of each atom, as the graph was numbered."""
    labels = np.full(n, -1, np.int64)
    for atom in range(n):
        labels[atom] = plan.assignment.mapping[atom]
    return labels
