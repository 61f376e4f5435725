"""The made communities of WANGGE_DATA as problems."""

import importlib.util
import os
from pathlib import Path

import pytest

from gis.partition import Problem

DATA = os.environ.get("WANGGE_DATA")
#: What marks a test of them.
MARKS = [
    pytest.mark.data,
    pytest.mark.skipif(DATA is None, reason="WANGGE_DATA is not set: no benchmark instances"),
]


def generator():
    """Return the function that makes a community of a size and seed."""
    path = Path(DATA) / "bench" / "community.py"
    spec = importlib.util.spec_from_file_location("community", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.gen


def problem_of(made, **more):
    """Ask for districts of 300 to 500 households, 400 in the mean."""
    weights = made["w"]
    cost = weights[:, None] * made["D"]
    count = round(weights.sum() / 400)
    return Problem(weights, made["edges"], cost, (300, 500), count=count, **more)
