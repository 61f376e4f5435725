"""Real places become inputs without faults, and inputs are written whole or not at all."""

import importlib.util
import os
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import Point, box

from gis import crs, network
from gis.check import check
from gis.errors import UnreadableInput
from gis.faults import has_errors
from gis.inputs import Inputs
from gis.io.read import read_inputs
from gis.io.write_inputs import write_inputs
from gis.rules import Rules
from gis.tables import INPUT_LAYERS, empty_layer, with_columns

FOLDER = Path(os.environ.get("WANGGE_DATA") or "no WANGGE_DATA", "data")
needs_data = pytest.mark.skipif(not FOLDER.is_dir(), reason="WANGGE_DATA has no folder data")
RULES = Rules.load()


def load_places():
    path = Path(__file__).parents[2] / "benchmarks" / "places.py"
    spec = importlib.util.spec_from_file_location("places", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


places = load_places()


def toy():
    """Two homes, one shop and a roster in a community."""

    def layer(name, columns, shapes=None):
        frame = pd.DataFrame(columns)
        if shapes:
            frame = gpd.GeoDataFrame(frame, geometry=shapes, crs=32650)
        done = with_columns(frame, INPUT_LAYERS[name])
        done.index = pd.RangeIndex(1, len(done) + 1, name="row")
        return done

    return Inputs(
        layers={
            "communities": layer("communities", {"name": ["甲社区"]}, [box(0, 0, 99, 99)]),
            "buildings": layer(
                "buildings",
                {"building_id": ["b", "a"], "households": [3, None]},
                [box(0, 0, 9, 9), Point(20, 20)],
            ),
            "people": layer("people", {"name": ["<i>"], "role": ["网格长"], "serves": ["甲社区"]}),
            "gates": empty_layer(INPUT_LAYERS["gates"], crs=32650),
            "layers/shops": gpd.GeoDataFrame({"kind": ["茶"]}, geometry=[Point(1, 1)], crs=32650),
        }
    )


def test_written_inputs_are_read_back_as_they_were(tmp_path):
    path = tmp_path / "inputs.gpkg"
    inputs = toy()

    write_inputs(inputs, path)
    again = read_inputs(path)

    assert sorted(again.layers) == ["buildings", "communities", "layers/shops", "people"]
    assert again["buildings"]["building_id"].tolist() == ["b", "a"]
    assert again["buildings"]["households"].tolist() == [3, pd.NA]
    assert again["people"]["name"].tolist() == ["<i>"]
    assert again.crs == inputs.crs
    assert again["buildings"].geometry.geom_equals(inputs["buildings"].geometry).all()
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_half_written_stays_and_the_old_file_is_kept(tmp_path):
    path = tmp_path / "inputs.gpkg"
    path.write_bytes(b"old")
    bad = toy().with_layers(facilities=gpd.GeoDataFrame({"x": [1j]}, geometry=[Point(0, 0)]))

    with pytest.raises(UnreadableInput, match="facilities has no CRS"):
        write_inputs(bad, path)
    with pytest.raises(NotImplementedError, match="complex"):
        write_inputs(bad.with_layers(facilities=bad["facilities"].set_crs(32650)), path)

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_inputs_without_a_row_are_not_written(tmp_path):
    with pytest.raises(UnreadableInput, match="no layer has a row"):
        write_inputs(Inputs(layers={}), tmp_path / "inputs.gpkg")


def test_the_command_says_what_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("WANGGE_DATA", raising=False)
    assert places.main(["daan", "-o", str(tmp_path / "x.gpkg")]) == 2
    assert "WANGGE_DATA" in capsys.readouterr().err

    monkeypatch.setenv("WANGGE_DATA", str(tmp_path))
    assert places.main(["monaco", "-o", str(tmp_path / "x.gpkg")]) == 2
    assert "monaco.osm.pbf" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Write each place once and read it as wangge does."""
    done = {}

    def once(name):
        if name not in done:
            out = tmp_path_factory.mktemp("places") / f"{name}.gpkg"
            done[name] = read_inputs(places.PLACES[name](FOLDER, out))
        return done[name]

    return once


@pytest.mark.data
@needs_data
@pytest.mark.parametrize("name", ["monaco", "daan", "shanghai"])
def test_a_real_place_has_no_error(read, name):
    faults = check(read(name), RULES)

    assert not has_errors(faults), [str(fault) for fault in faults if fault.severity == "error"]


@pytest.mark.data
@needs_data
@pytest.mark.parametrize(("name", "share"), [("monaco", 0.99), ("shanghai", 0.95)])
def test_most_walkways_are_one_network_that_no_barrier_cuts(read, name, share):
    inputs = crs.to_metric(read(name))
    layers = {key: inputs[key] for key in ("gates", "barriers")}

    assert len(network.wall_crossings(inputs["walkways"], **layers)) == 0
    net = network.build(inputs["walkways"], **layers)
    home = inputs["communities"].geometry.iloc[0]
    inside = net.length_m * shapely.intersects(home, net.geometries)
    assert inside[largest_part(net)].sum() > share * inside.sum()


def largest_part(net):
    """Tell which edges lie in the largest connected part."""
    n = len(net.node_xy)
    joins = coo_array(([1] * len(net.edges), net.edges.T), shape=(n, n))
    part = connected_components(joins, directed=False)[1][net.edges[:, 0]]
    lengths = pd.Series(net.length_m).groupby(part).sum()
    return part == lengths.idxmax()


@pytest.mark.data
@needs_data
def test_daan_is_whole(read):
    inputs = read("daan")
    cells, communities = inputs["cells"], inputs["communities"]

    assert (len(cells), len(communities)) == (1_270, 107)
    assert cells["households"].sum() == 120_675
    assert cells["households"].isna().sum() == 34
    assert (communities.geom_type == "Polygon").all()
    assert shapely.coverage_is_valid(communities.to_crs(3826).geometry.array)
    assert communities["name"].is_monotonic_increasing


@pytest.mark.data
@needs_data
def test_the_bund_has_a_river_that_only_bridges_cross(read):
    inputs = crs.to_metric(read("shanghai"))
    home, ways = inputs["communities"].geometry.iloc[0], inputs["walkways"]
    water = inputs["barriers"].geometry.union_all()
    wet = ways[shapely.length(shapely.intersection(ways.geometry.array, water)) > 0.01]

    assert 0.9e6 < home.area < 1.3e6
    assert 0.1 < water.intersection(home).area / home.area < 0.5
    assert wet["kind"].isin(["bridge", "tunnel"]).all()
    assert inputs["addresses"]["address"].str.contains("[路街弄]").mean() > 0.9
    assert inputs["facilities"]["category"].nunique() > 8
