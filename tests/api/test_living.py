"""Test the commands of living circles on the toy's plan."""

import json

import pytest

from api.cli import main
from gis.io.plan_file import write_plan


@pytest.fixture(scope="module")
def path(tmp_path_factory, toy_plan):
    path = tmp_path_factory.mktemp("living") / "plan.gpkg"
    write_plan(toy_plan, path)
    return path


def run(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    printed = capsys.readouterr()
    return ended.value.code, printed.out, printed.err


def test_gaps_as_table_and_json(capsys, path):
    code, out, _ = run(capsys, "gaps", path)
    assert code == 0
    assert "pharmacy" in out
    code, out, _ = run(capsys, "gaps", path, "--level", "large", "--json")
    rows = json.loads(out)
    assert {row["category"] for row in rows} >= {"pharmacy", "parcel"}
    assert all(isinstance(row["served"], int) for row in rows)


def test_site_says_where_and_how_sure(capsys, path):
    code, out, _ = run(capsys, "site", path, "kindergarten", "--within", "100", "--prove")
    assert (code, "proven best" in out) == (0, True)
    code, out, _ = run(
        capsys, "site", path, "meeting_point", "--model", "p_median", "--prove", "--json"
    )
    told = json.loads(out)
    assert told["gap"] == 0
    assert len(told["places"]) == 1
    assert 119 < told["places"][0]["lon"] < 121
    code, out, err = run(capsys, "site", path, "gate")
    assert (code, out) == (0, "")
    assert "no gate is shut" in err


def test_whatif_shows_before_and_after(capsys, path):
    code, out, _ = run(capsys, "whatif", path, "--close", "东门", "--json")
    assert code == 0
    told = json.loads(out)
    pharmacy = [row for row in told["measures"] if row["of"] == "pharmacy"]
    assert all(row["after"] < row["before"] for row in pharmacy if "served" in row["measure"])
    assert {row["change"] for row in told["homes"]} == {"lost"}
    code, out, _ = run(capsys, "whatif", path, "--close", "东门")
    assert "pharmacy" in out
    code, _, err = run(capsys, "whatif", path, "--open", "东门")
    assert "nothing changes" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "--open, --close or --add"),
        (("--add", "pharmacy"), "CATEGORY@LON,LAT"),
        (("--add", "pharmacy@500,10"), "no point in degrees"),
        (("--add", "pharmacy@10,10"), "no walkway within"),
        (("--open", "北门"), "no gate is called"),
        (("--open", "10,10"), "must stand in a wall"),
    ],
)
def test_wrong_usage_is_two(capsys, path, words, told):
    code, _, err = run(capsys, "whatif", path, *words)
    assert code == 2
    assert told in " ".join(err.split())


def test_plan_for_a_walker_and_a_list_of_services(capsys, tmp_path):
    for option, value in (("--walker", "nobody"), ("--services", "nothing")):
        code, _, err = run(capsys, "plan", "x.gpkg", "-o", tmp_path / "p.gpkg", option, value)
        assert code == 2
        assert "known are" in err
