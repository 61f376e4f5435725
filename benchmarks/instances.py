"""Load or draw the instances that systems are compared on, and carry them between processes."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, issparse

__all__ = [
    "COUNTIES",
    "LANE_M",
    "MEDIANS",
    "STAIRWELL_M",
    "Instance",
    "community",
    "county",
    "digest",
    "folder",
    "load",
    "p_median",
    "save",
    "stairwells",
]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Hess districting of states, and capacitated p-medians, by the names of their files.
COUNTIES: Final = ("IA", "LA", "OK", "NE", "KS", "NM", "ME", "CO")
_INFEASIBLE: Final = ("CO",)
MEDIANS: Final = (*(f"cpmp{number:02d}" for number in range(1, 11)), "SJC1")
#: Metres from one stairwell of a building to the next, and from a door to the lane.
STAIRWELL_M: Final = 12.0
LANE_M: Final = 15.0
#: The arrays of sparse rows.
_ROWS: Final = ("data", "indices", "indptr")


@dataclass(frozen=True, slots=True)
class Instance:
    """One problem that every system gets alike.

    Parameters
    ----------
    name, source, sha256
        What it is called; the file it comes from and that file's hash (Decision 17).
    weights, edges, xy
        (n,) households, (m, 2) pairs that touch or None, (n, 2) metres or None.
    cost
        (n, n), dense or sparse rows: the weighted cost of giving atom i to centre j.
    metres
        (n, n) walking metres, dense or sparse, or None where the cost is not of walking.
    limit, count
        Range of a district's weight, and how many districts.
    known, effort
        The published optimum of the cost (NaN where none is, inf where none exists), and
        the effort that wangge is asked for.
    micro
        Range and target of the micro level, where two levels are asked for.
    soft_limit
        Range that wangge is asked to prefer.
    """

    name: str
    source: str
    sha256: str
    weights: Ints
    edges: Ints | None
    xy: Floats | None
    cost: Any
    metres: Any
    limit: tuple[int, int]
    count: int
    known: float = float("nan")
    effort: str = "normal"
    micro: tuple[int, int, int] | None = None
    soft_limit: tuple[int, int] | None = None

    @property
    def n(self) -> int:
        """Number of atoms."""
        return len(self.weights)


def folder() -> Path:
    """Return the folder of the data that are not in the repository.

    Raises
    ------
    FileNotFoundError
        If WANGGE_DATA does not name one.
    """
    root = os.environ.get("WANGGE_DATA")
    if not root:
        msg = "set WANGGE_DATA to the folder that holds bench/ and data/"
        raise FileNotFoundError(msg)
    return Path(root)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def community(size: int, seed: int, *, limit_m: float | None = None) -> Instance:
    """Draw a made community: 300 to 500 households a district, as many as hold about 400.

    With `limit_m` only pairs within so many metres have a walk (sparse rows).
    """
    made, path = _drawn(size, seed, limit_m)
    weights = made["w"].astype(np.int64)
    walk = made["D"]
    cost = diags_array(weights.astype(float)) @ walk if issparse(walk) else weights[:, None] * walk
    within = "" if limit_m is None else f", limit_m={limit_m:g}"
    return Instance(
        name=f"gen({size}, {seed}{within})",
        source=path.name,
        sha256=digest(path),
        weights=weights,
        edges=made["edges"].astype(np.int64),
        xy=np.column_stack([made["x"], made["y"]]),
        cost=cost,
        metres=walk,
        limit=(300, 500),
        count=round(int(weights.sum()) / 400),
    )


def stairwells(size: int, seed: int) -> Instance:
    """Draw a made community whose atoms are stairwells, for two nested levels.

    A building's stairwells stand in a row, west to east, each with a door of its own; the
    households that do not divide go to the low numbers. The made walks count some 15 m from a
    building to the lane, so from one door to the next it is twice that and along the lane.
    Stairwells touch along the row, and where buildings touch those that are nearest do.
    """
    made, path = _drawn(size, seed, None)
    many = made["stairwells"].astype(np.int64)
    building = np.repeat(np.arange(len(many)), many)
    rank = np.arange(len(building)) - np.repeat(np.cumsum(many) - many, many)
    weights = made["w"][building] // many[building] + (rank < (made["w"] % many)[building])
    along = (rank - (many[building] - 1) / 2) * STAIRWELL_M
    xy = np.column_stack([made["x"][building] + along, made["y"][building]])
    metres = made["D"][np.ix_(building, building)].copy()
    same = building[:, None] == building
    metres[same] = (2 * LANE_M + np.abs(along[:, None] - along))[same]
    np.fill_diagonal(metres, 0.0)
    row = np.flatnonzero(np.diff(building) == 0)
    edges = [np.column_stack([row, row + 1])]
    for a, b in made["edges"].tolist():
        ones, others = np.flatnonzero(building == a), np.flatnonzero(building == b)
        apart = np.hypot(*(xy[ones][:, None] - xy[others][None]).transpose(2, 0, 1))
        near = np.argwhere(apart <= apart.min() + STAIRWELL_M / 2)
        edges.append(np.column_stack([ones[near[:, 0]], others[near[:, 1]]]))
    return Instance(
        name=f"stairwells of gen({size}, {seed})",
        source=path.name,
        sha256=digest(path),
        weights=weights.astype(np.int64),
        edges=np.concatenate(edges),
        xy=xy,
        cost=weights[:, None] * metres,
        metres=metres,
        limit=(300, 500),
        count=round(int(weights.sum()) / 400),
        micro=(15, 120, 70),
    )


def county(name: str) -> Instance:
    """Read a state's districting into contiguous districts of counties.

    Colorado has no contiguous plan: the thorough effort is asked for the proof.
    """
    path = folder() / "bench" / "hess" / f"{name}.json"
    state = json.loads(path.read_text())
    weights = np.array(state["weight"], dtype=np.int64)
    none = name in _INFEASIBLE
    return Instance(
        name=name,
        source=path.name,
        sha256=digest(path),
        weights=weights,
        edges=np.array(state["edges"], dtype=np.int64),
        xy=None,
        cost=weights[:, None] * (np.array(state["dist_km"]) / 1000) ** 2,
        metres=None,
        limit=(state["L"], state["U"]),
        count=state["k"],
        known=float("inf") if none else float(state["optimum_contiguous"]),
        effort="thorough" if none else "normal",
    )


def p_median(name: str) -> Instance:
    """Read a capacitated p-median problem: no contiguity, distances unweighted."""
    suffix = "txt" if name.startswith("cpmp") else "dat"
    path = folder() / "bench" / "cpmp" / f"{name}.{suffix}"
    best = json.loads((path.parent / "best_known.json").read_text())[name]["best"]
    numbers = np.array([float(word) for word in path.read_text().split()])
    n, count = int(numbers[0]), int(numbers[1])
    rows = numbers[2:].reshape(-1, 4)[:n]
    apart = np.hypot(*(rows[:, None, :2] - rows[None, :, :2]).transpose(2, 0, 1))
    return Instance(
        name=name,
        source=path.name,
        sha256=digest(path),
        weights=rows[:, 3].astype(np.int64),
        edges=None,
        xy=rows[:, :2],
        cost=np.floor(apart) if suffix == "txt" else apart,
        metres=None,
        limit=(0, int(rows[0, 2])),
        count=count,
        known=float(best),
    )


def save(instance: Instance, path: Path) -> None:
    """Write an instance to a file that `load` reads."""
    fields = {name: getattr(instance, name) for name in instance.__slots__}
    arrays: dict[str, Any] = {}
    for name in ("weights", "edges", "xy", "cost", "metres"):
        value = fields.pop(name)
        if issparse(value):
            rows = csr_array(value)
            arrays |= {f"{name}_{part}": getattr(rows, part) for part in _ROWS}
        elif value is not None:
            arrays[name] = value
    np.savez(path, **arrays, fields=np.array(json.dumps(fields)))


def load(path: Path) -> Instance:
    """Read an instance that `save` wrote."""
    with np.load(path) as stored:
        fields = json.loads(str(stored["fields"]))
        n = len(stored["weights"])
        for name in ("weights", "edges", "xy", "cost", "metres"):
            fields[name] = stored.get(name)
            if f"{name}_data" in stored:
                parts = tuple(stored[f"{name}_{part}"] for part in _ROWS)
                fields[name] = csr_array(parts, shape=(n, n))
    for name in ("limit", "micro", "soft_limit"):
        fields[name] = None if fields[name] is None else tuple(fields[name])
    return Instance(**fields)


def _drawn(size: int, seed: int, limit_m: float | None) -> tuple[dict[str, Any], Path]:
    path = folder() / "bench" / "community.py"
    spec = importlib.util.spec_from_file_location("community", path)
    if spec is None or spec.loader is None:
        msg = f"{path} cannot be read"
        raise FileNotFoundError(msg)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: dict[str, Any] = module.gen(size, seed, limit_m)
    return made, path
