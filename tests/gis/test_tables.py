from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from gis.tables import (
    BARRIER_CROSSABLE,
    INPUT_LAYERS,
    PLAN_LAYERS,
    empty_layer,
    with_columns,
)


@pytest.mark.parametrize("layer", [*INPUT_LAYERS.values(), *PLAN_LAYERS.values()])
def test_empty_layer_keeps_its_contract(layer):
    frame = empty_layer(layer, crs=4549)
    assert len(frame) == 0
    assert isinstance(frame, gpd.GeoDataFrame) == bool(layer.geometry)
    columns = frame.drop(columns="geometry", errors="ignore")
    assert {name: str(dtype) for name, dtype in columns.dtypes.items()} == {
        name: str(dtype) for name, dtype in layer.dtypes.items()
    }
    assert set(layer.required) <= set(layer.dtypes)


def test_layers_are_indexed_by_their_own_names():
    for layers in (INPUT_LAYERS, PLAN_LAYERS):
        assert all(name == layer.name for name, layer in layers.items())
        for layer in layers.values():
            names = [column.name for column in layer.columns]
            assert len(set(names)) == len(names)
            assert all(column.meaning.endswith(".") or "…" in column.meaning
                       for column in layer.columns)  # fmt: skip


def test_with_columns_fills_converts_and_keeps_the_rest():
    given = gpd.GeoDataFrame(
        {"colour": ["red"], "open": [None], "geometry": [Point(0, 0)]}, crs=4549
    )
    gates = with_columns(given, INPUT_LAYERS["gates"])
    assert list(gates.columns) == ["open", "name", "assumed", "colour", "geometry"]
    assert gates["open"].dtype == "boolean"
    assert pd.isna(gates["name"].iloc[0])
    assert gates.crs == given.crs
    assert list(given.columns) == ["colour", "open", "geometry"]


def test_with_columns_refuses_what_is_not_a_number():
    with pytest.raises((TypeError, ValueError)):
        with_columns(pd.DataFrame({"code": ["a"], "count": ["many"]}), PLAN_LAYERS["counts"])


def test_contracts_cannot_be_changed():
    with pytest.raises(TypeError):
        INPUT_LAYERS["more"] = INPUT_LAYERS["gates"]
    with pytest.raises(TypeError):
        BARRIER_CROSSABLE["wall"] = True


def test_column_is_found_by_name():
    assert INPUT_LAYERS["people"].column("role").required
    assert INPUT_LAYERS["people"].column("shoe_size") is None
