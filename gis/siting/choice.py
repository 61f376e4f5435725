"""State a siting problem's walks and weights, and what was chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Choice", "Demand", "Model", "measured"]

Model = Literal["fewest", "max_cover", "p_median"]

#: Walks are rounded to this share of a metre, so that sums of households times metres are exact.
_STEPS = 1024.0

#: An unreachable household costs this many times the longest walk.
_UNREACHABLE = 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Who asks, and how far each would walk to each site.

    Parameters
    ----------
    walk_m
        (n, m) metres from each demand to each site; infinite where there is no way.
    households
        (n,) whole numbers of 0 or more.
    already_m
        (n,) metres to the nearest place that is there already; infinite where there is none.
    """

    walk_m: NDArray[np.float64]
    households: NDArray[np.int64]
    already_m: NDArray[np.float64]

    @classmethod
    def of(cls, walk_m: Any, households: Any, already_m: Any = None) -> Demand:
        """Check the arrays and round the metres to about a millimetre.

        Raises
        ------
        ValueError
            If shapes do not fit, or a number is negative or none.
        """
        walks = np.asarray(walk_m, dtype=np.float64)
        weights = np.asarray(households)
        if walks.ndim != 2:  # noqa: PLR2004
            msg = f"walks have {walks.ndim} dimensions; give one row a demand, one column a site"
            raise ValueError(msg)
        there = np.full(len(walks), np.inf) if already_m is None else np.asarray(already_m, float)
        if weights.shape != (len(walks),) or there.shape != (len(walks),):
            msg = f"{len(walks)} rows of walks need as many households and walks of today"
            raise ValueError(msg)
        if (weights < 0).any() or (weights != np.rint(weights)).any():
            msg = "households are whole numbers of 0 or more"
            raise ValueError(msg)
        if not ((walks >= 0).all() and (there >= 0).all()):
            msg = "a walk is negative or no number; one that does not exist is infinite"
            raise ValueError(msg)
        steps = (np.rint(values * _STEPS) / _STEPS for values in (walks, there))
        return cls(next(steps), weights.astype(np.int64), next(steps))

    def costs(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the metres to the sites and to what is there, finite where there is no way."""
        finite = [values[np.isfinite(values)] for values in (self.walk_m, self.already_m)]
        longest_m = max((values.max() for values in finite if len(values)), default=0.0)
        far_m = np.ceil(max(longest_m, 1.0)) * _UNREACHABLE
        return (
            np.where(np.isfinite(self.walk_m), self.walk_m, far_m),
            np.where(np.isfinite(self.already_m), self.already_m, far_m),
        )

    def patterns(self, limit_m: float) -> tuple[NDArray[np.bool_], NDArray[np.int64], int]:
        """Return which sites serve each demand that lacks one, alike demands as one.

        Their households come with them, and how many households have one already.
        """
        near = self.walk_m <= limit_m
        served = self.already_m <= limit_m
        asks = (self.households > 0) & ~served & near.any(axis=1)
        found, which = np.unique(near[asks], axis=0, return_inverse=True)
        weights = np.zeros(len(found), dtype=np.int64)
        np.add.at(weights, which.reshape(-1), self.households[asks])
        return found, weights, int(self.households[served].sum())


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Choice:
    """Where to build, what it brings, and how far from the best it may be.

    Parameters
    ----------
    model
        Which question was asked.
    sites
        Positions of the chosen sites, sorted.
    value
        What the model optimises: the number of sites ("fewest"), households within the limit
        ("max_cover"), households times metres ("p_median", with an unreachable household at
        a thousand times the longest walk).
    households_within, households_reached
        Households within the limit, and those that reach a place at all, of `households`.
    walk_mean_m
        Mean walk of the households that reach a place; NaN where none does.
    nearest
        (n,) position of the site that each demand is nearest to; -1 where what is there
        already is as near, or none is reached.
    count
        How many sites were asked for.
    bound
        No choice can do better than this; None before `gis.siting.prove`, but for fewest.
    """

    model: Model
    sites: tuple[int, ...]
    value: float
    households: int
    households_within: int
    households_reached: int
    walk_mean_m: float
    nearest: NDArray[np.int64]
    bound: float | None = None
    count: int = 0
    limit_m: float = np.inf
    demand: Demand = field(repr=False)

    @property
    def gap(self) -> float | None:
        """How far the value may be from the best, as a share of the larger; None unproven."""
        if self.bound is None:
            return None
        return abs(self.value - self.bound) / max(abs(self.value), abs(self.bound), 1e-9)

    @property
    def proven(self) -> bool:
        """Whether no choice can be better."""
        return self.gap is not None and self.gap <= 1e-9  # noqa: PLR2004


def measured(
    model: Model, demand: Demand, sites: Any, *, limit_m: float, count: int, value: float = 0.0
) -> Choice:
    """Measure what the chosen sites bring; `value` is the households within for "max_cover"."""
    sites = np.sort(np.asarray(sites, dtype=np.int64))
    own = demand.walk_m[:, sites]
    best_m = own.min(axis=1, initial=np.inf)
    metres = np.minimum(best_m, demand.already_m)
    nearer = best_m < demand.already_m
    nearest = np.full(len(metres), -1, dtype=np.int64)
    if len(sites):
        nearest[nearer] = sites[own.argmin(axis=1)[nearer]]
    weights, reached = demand.households, np.isfinite(metres)
    some = int(weights[reached].sum())
    total_m = float(weights[reached] @ metres[reached])
    within = int(weights[reached & (metres <= limit_m)].sum())
    return Choice(
        model=model,
        sites=tuple(int(site) for site in sites),
        value=float(within) if model == "max_cover" else value,
        households=int(weights.sum()),
        households_within=within,
        households_reached=some,
        walk_mean_m=total_m / some if some else float("nan"),
        nearest=nearest,
        count=count,
        limit_m=limit_m,
        demand=demand,
    )
