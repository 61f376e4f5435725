"""Walk by a peer's own means, in its own process: `python walk_peers.py PEER FOLDER SECONDS`.

FOLDER holds the task that benchmarks/walking.py wrote. Only the peer and numpy are imported, so
that any interpreter that has the peer will do. Each way of asking the peer is tried; of a peer that
walks origin by origin only as many are asked as the seconds allow.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PEERS", "Task", "Timed", "timed"]

#: Origins asked once before anything is timed.
_WARM: Final = 5
#: Origins whose distances to all nodes are held at once.
_CHUNK: Final = 250
_RUNS: Final = 25
_SECONDS: Final = 5.0
#: What pandana gives for nodes that no way joins is more than this.
_NO_WAY_M: Final = 4e6


class Task(NamedTuple):
    """What to walk; every origin and target is a node of the network.

    Parameters
    ----------
    kind
        "matrix" from each origin to each target; "within" the nodes that lie within the limit
        of each origin; "nearest" of each category of targets for each origin.
    xy, first, last, metres
        The nodes, and the edges: no two of them join the same nodes.
    origins, targets, category
        Node numbers, and the number of each target's category.
    limit_m
        How far to walk.
    """

    kind: Any
    xy: Any
    first: Any
    last: Any
    metres: Any
    origins: Any
    targets: Any
    category: Any
    limit_m: Any

    def categories(self) -> list[Any]:
        """Return the nodes of each category."""
        return [self.targets[self.category == k] for k in np.unique(self.category)]


class Timed(NamedTuple):
    """The middle one of several runs.

    Parameters
    ----------
    found
        What it returned.
    wall, cpu
        Seconds.
    """

    found: Any
    wall: float
    cpu: float


def timed(ask: Callable[[], Any]) -> Timed:
    """Ask 25 times, or for five seconds, and return the run of median wall time."""
    runs: list[Timed] = []
    while len(runs) < _RUNS and sum(run.wall for run in runs) < _SECONDS:
        wall, cpu = time.perf_counter(), time.process_time()
        found = ask()
        runs.append(Timed(found, time.perf_counter() - wall, time.process_time() - cpu))
    return sorted(runs, key=lambda run: run.wall)[(len(runs) - 1) // 2]


class NetworkX:
    """Dijkstra with a cutoff, origin by origin; for the nearest, from a whole category at once."""

    def __init__(self, task: Task) -> None:
        self._nx, self._task = import_module("networkx"), task
        self._graph = self._nx.Graph()
        self._graph.add_nodes_from(range(len(task.xy)))
        edges = zip(task.first.tolist(), task.last.tolist(), task.metres.tolist(), strict=True)
        self._graph.add_weighted_edges_from(edges)

    def ways(self) -> dict[str, Callable[[Any], Any]]:
        """Return the ways of asking."""
        if self._task.kind == "nearest":
            return {"multi_source_dijkstra_path_length": self._nearest}
        return {"single_source_dijkstra_path_length": self._walk}

    def _walk(self, origins: Any) -> Any:
        walk, limit_m = self._nx.single_source_dijkstra_path_length, float(self._task.limit_m)
        return [walk(self._graph, k, cutoff=limit_m) for k in origins.tolist()]

    def _nearest(self, _: Any) -> Any:
        walk = self._nx.multi_source_dijkstra_path_length
        return [walk(self._graph, own.tolist()) for own in self._task.categories()]

    def values(self, found: Any, origins: Any) -> Any:
        """Return what was found as arrays."""
        if self._task.kind == "nearest":
            return np.array([[own.get(k, np.inf) for k in origins.tolist()] for own in found])
        row = np.repeat(np.arange(len(found)), [len(own) for own in found])
        node = np.concatenate([np.fromiter(own.keys(), dtype=np.int64) for own in found])
        metres = np.concatenate([np.fromiter(own.values(), dtype=np.float64) for own in found])
        return _values(self._task, row, node, metres, len(origins))


class NetworKit:
    """Dijkstra from some sources to all nodes, or to some; it knows no limit."""

    def __init__(self, task: Task) -> None:
        self._nk, self._task = import_module("networkit"), task
        self._nk.setNumberOfThreads(int(os.environ["OMP_NUM_THREADS"]))
        edges = [(task.first, task.last, task.metres)]
        self._own = len(task.xy) + np.arange(len(np.unique(task.category)))
        if task.kind == "nearest":
            # A node more for each category, from which all of its targets are 0 m away.
            edges.append((task.last, task.first, task.metres))
            edges.append((self._own[task.category], task.targets, np.zeros(len(task.targets))))
        first, last, metres = (np.concatenate(part) for part in zip(*edges, strict=True))
        directed = task.kind == "nearest"
        self._graph = self._nk.Graph(
            len(task.xy) + len(self._own) * directed, weighted=True, directed=directed
        )
        self._graph.addEdges((metres, (first.astype(np.uint64), last.astype(np.uint64))))

    def ways(self) -> dict[str, Callable[[Any], Any]]:
        """Return the ways of asking."""
        if self._task.kind == "nearest":
            return {"SPSP from a node more for each category": self._nearest}
        if self._task.kind == "matrix":
            return {
                "SPSP": self._matrix,
                "SPSP with targets": self._to_targets,
                "MultiTargetDijkstra": self._one_by_one,
            }
        return {"SPSP, and what of it is near": self._within}

    def _from(self, sources: Any) -> Any:
        found = self._nk.distance.SPSP(self._graph, sources.tolist())
        found.run()
        return found.getDistances(asarray=True)

    def _matrix(self, origins: Any) -> Any:
        return self._from(origins)[:, self._task.targets]

    def _to_targets(self, origins: Any) -> Any:
        found = self._nk.distance.SPSP(self._graph, origins.tolist())
        found.setTargets(self._task.targets.tolist())
        found.run()
        return found.getDistances(asarray=True)

    def _one_by_one(self, origins: Any) -> Any:
        targets, rows = self._task.targets.tolist(), []
        for origin in origins.tolist():
            found = self._nk.distance.MultiTargetDijkstra(self._graph, origin, targets)
            found.run()
            rows.append(found.getDistances())
        return np.array(rows)

    def _within(self, origins: Any) -> Any:
        parts = []
        for start in range(0, len(origins), _CHUNK):
            metres = self._from(origins[start : start + _CHUNK])
            row, node = np.nonzero(metres <= self._task.limit_m)
            parts.append((row + start, node, metres[row, node]))
        return [np.concatenate(part) for part in zip(*parts, strict=True)]

    def _nearest(self, origins: Any) -> Any:
        return self._from(self._own)[:, origins]

    def values(self, found: Any, origins: Any) -> Any:
        """Return what was found as arrays."""
        if self._task.kind == "within":
            return _values(self._task, *found, len(origins))
        return np.where(found < _NO_WAY_M, found, np.inf)


class Pandana:
    """Contraction hierarchies, in millimetres."""

    def __init__(self, task: Task) -> None:
        pandana, self._pd, self._task = import_module("pandana"), import_module("pandas"), task
        at = self._pd.DataFrame(task.xy, columns=["x", "y"])
        metres = self._pd.DataFrame({"metres": task.metres})
        first, last = self._pd.Series(task.first), self._pd.Series(task.last)
        self._network = pandana.Network(at["x"], at["y"], first, last, metres)
        self._names = []
        if task.kind == "nearest":
            for own in task.categories():
                self._names.append(f"category {len(self._names)}")
                x, y = at["x"].iloc[own], at["y"].iloc[own]
                self._network.set_pois(self._names[-1], float(task.limit_m), 1, x, y)

    def ways(self) -> dict[str, Callable[[Any], Any]]:
        """Return the ways of asking."""
        if self._task.kind == "nearest":
            return {"nearest_pois": self._nearest}
        if self._task.kind == "matrix":
            return {"shortest_path_lengths": self._matrix, "nodes_in_range": self._within}
        return {"nodes_in_range": self._within}

    def _matrix(self, origins: Any) -> Any:
        targets = self._task.targets
        pairs = np.repeat(origins, len(targets)), np.tile(targets, len(origins))
        return np.asarray(self._network.shortest_path_lengths(*pairs)).reshape(len(origins), -1)

    def _within(self, origins: Any) -> Any:
        return self._network.nodes_in_range(np.unique(origins), float(self._task.limit_m))

    def _nearest(self, origins: Any) -> Any:
        limit_m = float(self._task.limit_m)
        found = [self._network.nearest_pois(limit_m, name)[1].to_numpy() for name in self._names]
        return np.array(found)[:, origins]

    def values(self, found: Any, origins: Any) -> Any:
        """Return what was found as arrays."""
        if isinstance(found, np.ndarray):
            return np.where(found < _NO_WAY_M, found, np.inf)
        # Points that join at the same place are one node, which is asked once.
        nodes, row, turn = np.unique(origins, return_index=True, return_inverse=True)
        which = np.searchsorted(nodes, found["source"].to_numpy())
        columns = found["destination"].to_numpy(), found["metres"].to_numpy()
        if self._task.kind == "within":
            return _values(self._task, row[which], *columns, len(origins))
        return _values(self._task, which, *columns, len(nodes))[turn.ravel()]


PEERS: Final[dict[str, Callable[[Task], Any]]] = {
    "networkx": NetworkX,
    "networkit": NetworKit,
    "pandana": Pandana,
}


def _values(task: Task, row: Any, node: Any, metres: Any, count: int) -> Any:
    """Return a matrix, infinite where nothing was found; or three columns for what is near."""
    if task.kind == "within":
        return np.stack([row.astype(np.float64), node, metres])
    every = np.full((count, len(task.xy)), np.inf)
    every[row, node] = metres
    return every[:, task.targets]


def main() -> int:
    """Answer the task, and write what was found and how long it took beside it."""
    name, folder, seconds = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
    warnings.simplefilter("ignore")  # pandana names each pair of nodes that no way joins
    with np.load(folder / "task.npz") as stored:
        task = Task(**{key: stored[key] for key in stored})
    wall = time.perf_counter()
    peer = PEERS[name](task)
    ready = time.perf_counter() - wall
    tried = {}
    for way, ask in peer.ways().items():
        origins = task.origins
        start = time.perf_counter()
        ask(origins[:_WARM])
        each = (time.perf_counter() - start) / _WARM
        if task.kind != "nearest" and each * len(origins) > seconds:
            origins = origins[: max(_WARM, int(seconds / each))]
        tried[way] = (timed(lambda ask=ask, origins=origins: ask(origins)), origins)
    scaled = {way: run.wall * len(task.origins) / len(own) for way, (run, own) in tried.items()}
    best = min(scaled, key=lambda way: scaled[way])
    run, origins = tried[best]
    more = len(task.origins) / len(origins)
    told = {
        "version": version(name),
        "way": best,
        "ready": ready,
        "asked": len(origins),
        "wall": run.wall * more,
        "cpu": run.cpu * more,
        "others": {way: wall for way, wall in scaled.items() if way != best},
    }
    np.save(folder / "values.npy", peer.values(run.found, origins))
    (folder / "told.json").write_text(json.dumps(told))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
