"""Hold the costs of all pairs of atom and centre: dense, or in sparse rows.

Within a walking limit a large problem has only a few per cent of all pairs. `Rows` keeps those
alone; indexed by atoms and centres like a matrix it returns the same numbers, inf where a pair
is absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, issparse

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "DENSE",
    "Bools",
    "Floats",
    "Ints",
    "Matrix",
    "Rows",
    "part_of",
    "read_cost",
    "read_matrix",
    "whole",
    "with_rows",
]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: Sparse rows of at most so many atoms become a dense matrix of 72 MB, which is faster.
DENSE = 3000
#: Size of a rectangle from which on whole rows are read instead of single pairs looked up.
RECTANGLE = 20_000


class Rows:
    """A square matrix of floats whose absent pairs are inf and whose diagonal is 0.

    Parameters
    ----------
    matrix
        Compressed rows in canonical order, the diagonal stored as 0; not copied.

    Examples
    --------
    >>> rows = Rows(csr_array(([0.0, 7.0, 0.0], ([0, 0, 1], [0, 1, 1])), shape=(2, 2)))
    >>> rows[np.array([0, 1]), np.array([1, 0])].tolist(), rows[np.ix_([1], [0, 1])].tolist()
    ([7.0, inf], [[inf, 0.0]])
    """

    __slots__ = ("_keys", "matrix")

    def __init__(self, matrix: csr_array) -> None:
        self.matrix = matrix
        n = matrix.shape[0]
        self._keys = np.repeat(np.arange(n) * n, np.diff(matrix.indptr)) + matrix.indices
        for part in (matrix.data, matrix.indices, matrix.indptr, self._keys):
            part.setflags(write=False)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns, as of any matrix."""
        return len(self), len(self)

    def __len__(self) -> int:
        """Return the number of rows."""
        return int(self.matrix.shape[0])

    def __getitem__(self, pairs: tuple[Any, ...]) -> Floats:
        """Return the values at (atoms, centres), two arrays that broadcast as in NumPy."""
        atoms, centres = (np.asarray(side) for side in pairs)
        crossed = atoms.ndim == centres.ndim == 2 and atoms.shape[1] == centres.shape[0] == 1  # noqa: PLR2004
        if crossed and atoms.size * centres.size > RECTANGLE:
            return self._rectangle(atoms[:, 0], centres[0])
        wanted = atoms.astype(np.int64) * len(self) + centres
        at = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        values: Floats = np.where(self._keys[at] == wanted, self.matrix.data[at], np.inf)
        return values

    def diagonal(self) -> Floats:
        """Return the diagonal, as of any matrix."""
        return np.zeros(len(self))

    def among(self, keep: Ints) -> Rows:
        """Return the matrix of some atoms, in the order in which they are given."""
        part = self.matrix[keep][:, keep]
        part.sort_indices()
        return Rows(part)

    def dense(self) -> Floats:
        """Return the full matrix."""
        everything = np.arange(len(self))
        return self._rectangle(everything, everything)

    def _rectangle(self, atoms: Ints, centres: Ints) -> Floats:
        part = self.matrix[atoms][:, centres].tocoo()
        values: Floats = np.full(part.shape, np.inf)
        values[part.row, part.col] = part.data
        return values


Matrix = NDArray[np.float64] | Rows


def read_matrix(values: Any, n: int, name: str) -> Matrix:
    """Check a matrix, copy it unless it is read-only already, and keep many sparse rows sparse.

    Of sparse rows an absent pair is inf, the diagonal 0, and a stored 0 is a 0; repeated
    entries add up, as in SciPy.

    Raises
    ------
    ValueError
        If it is not (n, n), or a value is below 0.
    """
    given = values if isinstance(values, Rows) or issparse(values) else _read_dense(values)
    if n == 0 and given.shape[0] == 0:
        return np.zeros((0, 0))
    if given.shape != (n, n):
        msg = f"{name} must be of shape ({n}, {n}), not {given.shape}"
        raise ValueError(msg)
    matrix: Matrix = _read_rows(given) if issparse(given) else given
    stored = matrix.matrix.data if isinstance(matrix, Rows) else matrix
    if (stored < 0).any():
        msg = f"{name} must be 0 or more"
        raise ValueError(msg)
    return matrix.dense() if isinstance(matrix, Rows) and n <= DENSE else matrix


def read_cost(values: Any, weights: Ints) -> Matrix:
    """Read costs; NaN (0 households × inf metres) is 0 for an empty atom, else unreachable."""
    cost = read_matrix(values, len(weights), "cost")
    if not isinstance(cost, Rows):
        unknown = np.isnan(cost)
        if unknown.any():
            cost = np.where(unknown, np.where(weights[:, None] == 0, 0.0, np.inf), cost)
        return cost
    stored = cost.matrix.tocoo()
    unknown = np.isnan(stored.data)
    if not unknown.any():
        return cost
    known = ~unknown | (weights[stored.row] == 0)
    data = np.where(unknown, 0.0, stored.data)[known]
    return Rows(csr_array((data, (stored.row[known], stored.col[known])), shape=cost.shape))


def part_of(matrix: Matrix, keep: Ints) -> Matrix:
    """Return the matrix of some atoms, in the order in which they are given."""
    if isinstance(matrix, Rows):
        return matrix.among(keep)
    part = matrix[np.ix_(keep, keep)]
    part.setflags(write=False)
    return part


def whole(matrix: Matrix) -> Floats:
    """Return a matrix as a dense one, for a problem that is small enough."""
    return matrix.dense() if isinstance(matrix, Rows) else matrix


def with_rows(matrix: Matrix, rows: Sequence[int], value: float) -> Matrix:
    """Return a matrix in which some rows have one value everywhere."""
    if not isinstance(matrix, Rows):
        changed = matrix.copy()
        changed[list(rows)] = value
        return changed
    n, old = len(matrix), matrix.matrix.tocoo()
    keep = ~np.isin(old.row, rows)
    row = np.concatenate([old.row[keep], np.repeat(rows, n)])
    column = np.concatenate([old.col[keep], np.tile(np.arange(n), len(rows))])
    data = np.concatenate([old.data[keep], np.full(len(rows) * n, value)])
    changed_rows = csr_array((data, (row, column)), shape=(n, n))
    changed_rows.sort_indices()
    return Rows(changed_rows)


def _read_dense(values: Any) -> Floats:
    shared = isinstance(values, np.ndarray) and values.base is None and not values.flags.writeable
    return np.array(values, dtype=np.float64, copy=None if shared else True)


def _read_rows(values: Any) -> Rows:
    given = values.tocoo()
    stored = (given.row != given.col) & ~np.isposinf(given.data)
    own = np.arange(given.shape[0])
    data = np.concatenate([given.data[stored], np.zeros(len(own))]).astype(np.float64)
    row, column = (np.concatenate([side[stored], own]) for side in (given.row, given.col))
    rows = csr_array(coo_array((data, (row, column)), shape=given.shape))
    rows.sum_duplicates()
    return Rows(rows)
