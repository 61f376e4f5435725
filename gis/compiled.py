"""Compile the inner loops with numba, cached on disk beside them, and compile little.

Allocations and sorts of numpy pull seconds of library code into the first call; the loops get
their room from outside instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["compiled", "helper"]

_F = TypeVar("_F", bound="Callable[..., Any]")


def compiled(function: _F) -> _F:
    """Compile a function that Python calls."""
    return _njit(function)


def helper(function: _F) -> _F:
    """Compile a function that only compiled functions call."""
    return _njit(function, no_cpython_wrapper=True)


def _njit(function: _F, **more: bool) -> _F:
    options: dict[str, Any] = {
        "cache": True,
        "nogil": True,
        "error_model": "numpy",
        "no_cfunc_wrapper": True,
    }
    return cast("_F", njit(**(options | more))(function))
