"""Write the Hess model as a mixed-integer program, and solve it with the HiGHS of SciPy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from peers import Answer

if TYPE_CHECKING:
    from instances import Floats, Instance, Ints

__all__ = ["NEAREST", "Model", "hess", "hess_model", "labels_of"]

#: Atoms that a centre may serve, the nearest ones: with all pairs nothing is found in a minute.
NEAREST: Final = 40


class Model(NamedTuple):
    """Minimise cost · x over 0/1 variables, least <= rows @ x <= most.

    Parameters
    ----------
    atom, centre
        (v,) the pair that each variable stands for: x = 1 gives the atom to the centre.
    """

    atom: Ints
    centre: Ints
    cost: Floats
    rows: csr_array
    least: Floats
    most: Floats


def hess_model(instance: Instance) -> Model:
    """Write the model of Hess et al. (1965), with x[i, j] <= x[j, j] for a tight relaxation.

    Each atom has one centre, k atoms are their own, and a centre serves L to U or nothing.
    Contiguity is not in it: it would need cuts that HiGHS cannot be given while it solves.
    """
    n = instance.n
    order = np.argsort(instance.cost, axis=0, kind="stable")[: min(NEAREST, n)]
    allowed = np.zeros((n, n), np.bool_)
    np.put_along_axis(allowed, order, values=True, axis=0)
    np.fill_diagonal(allowed, val=True)
    atom, centre = np.nonzero(allowed)
    variable = np.arange(len(atom))
    own = np.empty(n, np.int64)
    own[atom[atom == centre]] = variable[atom == centre]
    other = variable[atom != centre]
    load, (low, high) = instance.weights[atom].astype(float), instance.limit
    m = len(other)
    link = n + 1 + 2 * n + np.arange(m)
    parts = [
        (atom, variable, np.ones(len(atom))),
        (np.full(n, n), own, np.ones(n)),
        (n + 1 + centre, variable, load),
        (n + 1 + np.arange(n), own, np.full(n, -float(high))),
        (2 * n + 1 + centre, variable, load),
        (2 * n + 1 + np.arange(n), own, np.full(n, -float(low))),
        (link, other, np.ones(m)),
        (link, own[centre[other]], -np.ones(m)),
    ]
    row, column, value = (np.concatenate([part[side] for part in parts]) for side in range(3))
    rows = coo_array((value, (row, column)), shape=(3 * n + 1 + m, len(atom))).tocsr()
    one, none, free = np.ones(n), np.zeros(n), np.full(n, np.inf)
    k = np.array([float(instance.count)])
    return Model(
        atom,
        centre,
        instance.cost[atom, centre],
        rows,
        np.concatenate([one, k, -free, none, np.full(m, -np.inf)]),
        np.concatenate([one, k, none, free, np.zeros(m)]),
    )


def labels_of(model: Model, x: Floats, n: int) -> Ints:
    """Return each atom's centre as its label."""
    labels = np.full(n, -1, np.int64)
    chosen = x > 0.5
    labels[model.atom[chosen]] = model.centre[chosen]
    return labels


def hess(instance: Instance, seconds: float) -> Answer:
    """Solve the model as long as is allowed; for small instances only."""
    model = hess_model(instance)
    found = milp(
        model.cost,
        constraints=LinearConstraint(model.rows, model.least, model.most),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(model.cost)),
        options={"time_limit": seconds},
    )
    if found.x is None:
        msg = f"no plan found: {found.message}"
        raise RuntimeError(msg)
    return Answer(
        labels_of(model, found.x, instance.n),
        "Hess model, no contiguity",
        {"bound": float(found.mip_dual_bound)},
    )
