"""The same community gives the same proven plan from a file, a filled-in template, a database."""

import pytest
from broken import community, write_geopackage
from filling import fill_geopackage, fill_schema, fill_workbook

from api.cli import main
from api.console import DONE
from gis.io.plan_file import read_plan
from gis.io.template import write_template

SCHEMA = "wangge_test_filled_in"


def proven(source, plan):
    """Plan from a source by the command, prove the plan with the source, return its id."""
    for words in (
        ["plan", source, "-o", plan, "--effort", "quick", "--quiet"],
        ["verify", plan, "--inputs", source, "--quiet"],
    ):
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        assert ended.value.code == DONE, words[0]
    return read_plan(plan).plan_id


@pytest.fixture(scope="module")
def layers():
    """The community as far as a template goes, which has no sheet for counted layers."""
    return {name: table for name, table in community().items() if not name.startswith("layers/")}


@pytest.fixture(scope="module")
def expected(layers, tmp_path_factory):
    folder = tmp_path_factory.mktemp("file")
    return proven(write_geopackage(layers, folder / "in.gpkg"), folder / "plan.gpkg")


@pytest.mark.parametrize(
    ("name", "fill"), [("in.xlsx", fill_workbook), ("other.gpkg", fill_geopackage)]
)
def test_a_filled_in_template_makes_the_plan_of_the_file(tmp_path, layers, expected, name, fill):
    write_template(tmp_path / name)
    fill(tmp_path / name, layers)
    assert proven(tmp_path / name, tmp_path / "plan.gpkg") == expected


def test_a_half_filled_workbook_is_planned_from_its_boundary_and_buildings_alone(tmp_path, layers):
    path = tmp_path / "in.xlsx"
    write_template(path)
    fill_workbook(path, {name: layers[name] for name in ("communities", "buildings")})
    assert proven(path, tmp_path / "plan.gpkg")
    assert read_plan(tmp_path / "plan.gpkg").info["walking"] == "straight"


def test_a_database_makes_the_plan_of_the_file(tmp_path, layers, expected, dsn):
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(dsn) as connection:
        fill_schema(connection, SCHEMA, layers)
    try:
        assert proven(f"{dsn}?schema={SCHEMA}", tmp_path / "plan.gpkg") == expected
    finally:
        with psycopg.connect(dsn) as connection:
            connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
