from __future__ import annotations

import pandas as pd
import pytest
from toy import CRS, toy_inputs

from gis.inputs import Inputs


def test_absent_layer_is_empty_in_the_same_crs():
    inputs = toy_inputs()
    locks, compounds = inputs["locks"], inputs["compounds"]
    assert len(locks) == len(compounds) == 0
    assert compounds.crs == CRS
    assert not inputs.has("compounds")
    assert inputs.has("buildings")


def test_unknown_layer_is_an_error():
    with pytest.raises(KeyError):
        toy_inputs()["no such layer"]


def test_counted_layers_come_sorted_without_prefix():
    table = pd.DataFrame({"status": ["a"]})
    inputs = Inputs(layers={"layers/shops": table, "layers/bins": table, "gates": table})
    assert list(inputs.counted) == ["bins", "shops"]


def test_inputs_are_frozen_and_replaced_by_copies():
    inputs = toy_inputs()
    with pytest.raises(TypeError):
        inputs.layers["gates"] = None
    changed = inputs.with_layers(gates=inputs["gates"].iloc[:1])
    assert (len(inputs["gates"]), len(changed["gates"])) == (2, 1)
    assert changed.source == inputs.source


def test_crs_is_that_of_the_communities():
    assert toy_inputs().crs == CRS
    assert Inputs(layers={}).crs is None
