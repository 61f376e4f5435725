"""Run the command as people do: words in, text and an exit code out."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from importlib.resources import files

import openpyxl
import pytest
from broken import BROKEN, sound
from small_plan import small_plan

from api.cli import main, sample_path
from api.console import DONE, FAULTS, USAGE, VIOLATIONS
from gis.datums import from_wgs84
from gis.io.plan_file import read_plan, write_plan
from gis.verify import verify


def run(capsys, *words):
    """Return the exit code and both outputs of a command."""
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    printed = capsys.readouterr()
    return ended.value.code, printed.out, printed.err


@pytest.fixture(scope="module")
def sample_plan(tmp_path_factory):
    """The sample's plan, made by the command."""
    path = tmp_path_factory.mktemp("cli") / "plan.gpkg"
    with pytest.raises(SystemExit) as ended:
        main(["plan", str(sample_path()), "-o", str(path), "--quiet"])
    assert ended.value.code == DONE
    return path


def test_help_names_every_command(capsys):
    code, out, _ = run(capsys, "--help")
    assert code == DONE
    for name in (
        "demo",
        "template",
        "check",
        "plan",
        "verify",
        "map",
        "locate",
        "import-osm",
        "serve",
    ):
        assert name in out


def test_what_is_not_asked_for_stays_as_the_profile_says(capsys, tmp_path):
    profile = tmp_path / "own.toml"
    text = (files("gis.profiles") / "default.toml").read_text(encoding="utf-8")
    profile.write_text(f'seed = 7\neffort = "quick"\n{text}', encoding="utf-8")
    for words, wanted in (
        ((), ("7", "quick")),
        (("--seed", 0, "--effort", "normal"), ("0", "normal")),
    ):
        out = tmp_path / "plan.gpkg"
        run(capsys, "plan", sound(tmp_path), "-o", out, "--profile", profile, "--quiet", *words)
        assert tuple(read_plan(out).info[key] for key in ("seed", "effort")) == wanted


def test_version(capsys):
    code, out, _ = run(capsys, "--version")
    assert code == DONE
    assert re.fullmatch(r"wangge \d+\.\d+\.\d+\n", out)


def test_the_sample_has_no_errors(capsys):
    code, out, _ = run(capsys, "check", sample_path(), "--json")
    assert code == DONE
    assert {fault["severity"] for fault in json.loads(out)} <= {"warning", "information"}


def test_check_repairs_a_copy_and_reports_what_is_left(capsys, tmp_path):
    broken = next(broken for broken in BROKEN if broken.name == "building outside")
    source = broken.make(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    code, out, _ = run(capsys, "check", source, "--json")
    assert code == FAULTS
    assert "outside-community" in {fault["kind"] for fault in json.loads(out)}
    report, copy = tmp_path / "report.xlsx", tmp_path / "copy.gpkg"
    words = ["--report", report, "--fix", copy, "--json"]
    code, out, _ = run(capsys, "check", source, *words)
    found = json.loads(out)
    assert code == DONE
    assert {"layer": "buildings", "row": 12, "kind": "dropped"}.items() <= found["changes"][
        [change["layer"] for change in found["changes"]].index("buildings")
    ].items()
    assert "outside-community" not in {fault["kind"] for fault in found["faults"]}
    assert {path: path.read_bytes() for path in before} == before
    book = openpyxl.load_workbook(report)
    faults, changes = (list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets)
    assert len(faults) == 1 + len(found["faults"])
    assert [row[1] for row in changes[1:]] == [change["row"] for change in found["changes"]]
    code, out, _ = run(capsys, "check", source, "--fix", copy)
    assert "changed buildings row 12: it lay outside" in out
    assert run(capsys, "check", copy)[0] == DONE


def test_a_report_shows_every_fault_and_no_formula(capsys, tmp_path):
    source, report = tmp_path / "in", tmp_path / "r.xlsx"
    source.mkdir()
    (source / "buildings.csv").write_text("building_id,floors\n=1+1,=2+2\n", encoding="utf-8")
    code, _, _ = run(capsys, "check", source, "--report", report)
    assert code == FAULTS
    sheet = openpyxl.load_workbook(report).worksheets[0]
    rows = {row[4].value: row[4].data_type for row in sheet.iter_rows(min_row=2)}
    assert rows["=2+2"] == "s"
    assert sheet["A2"].value == "错误 error"


@pytest.mark.parametrize("option", ["--report", "--fix"])
def test_check_never_writes_over_its_input(capsys, tmp_path, option):
    source = sound(tmp_path)
    before = source.read_bytes()
    code, _, err = run(capsys, "check", source, option, source)
    assert code == USAGE
    assert source.name in err
    assert source.read_bytes() == before


def test_a_template_is_written_and_another_format_refused(capsys, tmp_path):
    code, _, err = run(capsys, "template", "-o", tmp_path / "t.xlsx")
    assert (code, (tmp_path / "t.xlsx").exists()) == (DONE, True)
    assert "wangge check" in err
    assert run(capsys, "template", "-o", tmp_path / "t.ods")[0] == USAGE


def test_a_database_that_is_not_there_is_a_fault_without_its_password(capsys):
    code, out, err = run(capsys, "check", "postgresql://me:hunter2@127.0.0.1:1/town")
    assert code == FAULTS
    assert "town.public" in out
    assert "hunter2" not in out + err
    code, out, err = run(capsys, "plan", "postgresql://me:hunter2@127.0.0.1:1/town", "-o", "p.gpkg")
    assert code == FAULTS
    assert "hunter2" not in out + err


def test_the_samples_plan_is_what_the_design_asks(sample_plan):
    plan = read_plan(sample_plan)
    assert verify(plan) == ()
    large, micro = plan.grids("large"), plan.grids("micro")
    large, micro = large[large["kind"] == "base"], micro[micro["kind"] == "base"]
    assert 13 <= len(large) <= 20
    assert 90 <= len(micro) <= 125
    assert large["households"].between(200, 700).all()
    assert micro["households"].between(15, 120).all()
    assert large["households"].between(300, 500).mean() >= 0.95
    assert micro["households"].between(30, 100).mean() >= 0.95
    assert large["households"].sum() == micro["households"].sum() == 7615


def test_a_quiet_plan_still_says_what_it_breaks(capsys, tmp_path):
    code, out, err = run(
        capsys, "plan", sound(tmp_path), "-o", tmp_path / "p.gpkg", "--quiet", "--walk", "1"
    )
    assert (code, err) == (DONE, "")
    assert "violations: " in out
    assert "walking_limit" in out


def test_summary_as_json(capsys, tmp_path):
    code, out, err = run(
        capsys, "plan", sample_path(), "-o", tmp_path / "p.gpkg", "--json", "--quiet",
        "--large", "250:550", "--micro", "40:90", "--walk", "400", "--seed", "3",
    )  # fmt: skip
    assert (code, err) == (DONE, "")
    summary = json.loads(out)
    assert [level["soft_households"] for level in summary["levels"]] == [[250, 550], [40, 90]]
    assert read_plan(tmp_path / "p.gpkg").rules.seed == 3


def test_timings_name_every_stage_once(capsys, tmp_path):
    plan = ("plan", sound(tmp_path), "-o", tmp_path / "p.gpkg", "--quiet")
    _, out, _ = run(capsys, *plan, "--timings", "--json")
    stages = json.loads(out)["stages"]
    assert [stage["name"] for stage in stages] == [
        "start", "reading", "checking", "households", "cells", "walking", "partition", "circles",
        "digest", "done", "writing",
    ]  # fmt: skip
    assert [stage["name"] for stage in stages if stage["wall_s"] is None] == ["start"]
    assert all(stage["cpu_s"] >= 0 for stage in stages)
    _, out, _ = run(capsys, *plan, "--timings")
    assert "processor s" in out
    assert "stages" not in json.loads(run(capsys, *plan, "--json")[1])


def test_verify_proves_the_file_and_its_inputs(capsys, sample_plan):
    code, out, _ = run(capsys, "verify", sample_plan, "--inputs", sample_path(), "--json")
    assert (code, json.loads(out)) == (DONE, [])


def test_verify_fails_a_damaged_file(capsys, tmp_path):
    plan = small_plan()
    grids = plan["micro_grids"].copy()
    grids.loc[0, "households"] += 1
    write_plan(type(plan)(layers={**plan.layers, "micro_grids": grids}, crs=plan.crs),
               tmp_path / "bad.gpkg")  # fmt: skip
    code, _, err = run(capsys, "verify", tmp_path / "bad.gpkg")
    assert code == VIOLATIONS
    assert "households" in err


def test_verify_of_another_file_says_so(capsys, tmp_path):
    code, _, err = run(capsys, "verify", sound(tmp_path))
    assert code == FAULTS
    assert "no plan file" in err


def test_map_is_one_page(capsys, tmp_path, sample_plan):
    code, _, _ = run(capsys, "map", sample_plan, "-o", tmp_path / "map.html", "--locale", "en")
    assert code == DONE
    assert '<html lang="en"' in (tmp_path / "map.html").read_text(encoding="utf-8")


def test_locate_an_address_and_a_point(capsys, sample_plan):
    code, out, _ = run(capsys, "locate", sample_plan, "芳华苑3栋二单元501", "--json")
    found = json.loads(out)
    assert (code, found["match_level"]) == (DONE, "room")
    plan = read_plan(sample_plan)
    grid = plan["micro_grids"].set_index("code").loc[[found["micro"]["code"]]]
    spot = grid.geometry.representative_point().to_crs(4490).iloc[0]
    code, out, _ = run(capsys, "locate", sample_plan, "--point", f"{spot.x},{spot.y}", "--json")
    assert code == DONE
    assert json.loads(out)["micro"]["code"] == found["micro"]["code"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_locate_a_table_keeps_rows_and_encoding(capsys, tmp_path, sample_plan, encoding):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("编号,地址\n7,芳华苑3幢2单元501室\n8,火星路1号\n", encoding=encoding)
    code, _, _ = run(capsys, "locate", sample_plan, "--csv", source, "-o", target)
    assert code == DONE
    rows = list(csv.DictReader(target.read_text(encoding=encoding).splitlines()))
    assert [row["编号"] for row in rows] == ["7", "8"]
    assert [row["match_level"] for row in rows] == ["room", "none"]
    assert rows[0]["micro_code"]
    assert not rows[1]["micro_code"]


def _rows(path, encoding="utf-8-sig"):
    with path.open(encoding=encoding, newline="") as stream:
        return list(csv.DictReader(stream))


def test_short_long_and_blank_rows_keep_the_answers_in_their_columns(capsys, tmp_path, sample_plan):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    text = "\ufeff地址,备注\r\n芳华苑3幢2单元501室\r\n,\r\n\r\n火星路1号,甲,乙\r\n"
    source.write_bytes(text.encode())
    code, out, _ = run(capsys, "locate", sample_plan, "--csv", source, "-o", target, "--json")
    assert (code, json.loads(out)) == (DONE, {"rows": 2, "found": 1, "open": 1})
    rows = _rows(target)
    assert [(row["地址"], row["match_level"]) for row in rows] == [
        ("芳华苑3幢2单元501室", "room"),
        ("火星路1号", "none"),
    ]
    assert (rows[1]["备注"], rows[1][""]) == ("甲", "乙")


def test_points_of_a_table_are_taken_in_their_datum(capsys, tmp_path, sample_plan):
    micro = read_plan(sample_plan)["micro_grids"]
    spots = micro.geometry.representative_point().to_crs(4490)
    lon, lat = from_wgs84(spots.x.to_numpy(), spots.y.to_numpy(), datum="gcj02")
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    lines = [f"{x},{y}" for x, y in zip(lon, lat, strict=True)]
    source.write_text("\n".join(["lon,lat", *lines, "far,", ""]), encoding="utf-8")
    code, _, _ = run(
        capsys, "locate", sample_plan, "--csv", source, "-o", target, "--datum", "gcj02"
    )
    assert code == DONE
    rows = _rows(target)
    assert [row["micro_code"] for row in rows] == [*micro["code"], ""]
    assert "no numbers" in rows[-1]["answer"]


def test_nothing_is_cut_off_in_a_narrow_window(capsys, monkeypatch, sample_plan):
    monkeypatch.setenv("COLUMNS", "40")
    code, out, _ = run(capsys, "locate", sample_plan, "火星路1号")
    assert code == DONE
    assert "…" not in out
    assert "callthecommunity." in "".join(out.split())


def test_faults_of_a_plan_are_json_where_asked(capsys, tmp_path):
    broken = next(broken for broken in BROKEN if broken.kind == "duplicate-id")
    words = ["plan", broken.make(tmp_path), "-o", tmp_path / "p.gpkg", "--json", "--quiet"]
    code, out, err = run(capsys, *words)
    assert (code, err) == (FAULTS, "")
    assert "duplicate-id" in {fault["kind"] for fault in json.loads(out)}


def test_a_map_without_buildings_is_no_input(capsys, tmp_path):
    source = tmp_path / "empty.osm"
    source.write_text('<osm version="0.6"></osm>', encoding="utf-8")
    words = ["import-osm", source, "--bbox", "1,1,1.01,1.01", "-o", tmp_path / "in.gpkg"]
    code, _, err = run(capsys, *words)
    assert code == FAULTS
    assert "no building" in err
    assert not (tmp_path / "in.gpkg").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["plan", "in.gpkg"],
        ["plan", "in.gpkg", "-o", "p.gpkg", "--large", "many"],
        ["plan", "in.gpkg", "-o", "p.gpkg", "--large", "500:300"],
        ["plan", "in.gpkg", "-o", "p.gpkg", "--profile", "nowhere"],
        ["locate", "PLAN"],
        ["locate", "PLAN", "--point", "here"],
        ["locate", "PLAN", "--point", "32.04,118.78"],
        ["locate", "PLAN", "--point", "nan,nan"],
        ["serve", "PLAN", "--port", "99999"],
        ["locate", "PLAN", "一", "--point", "1,2"],
        ["locate", "PLAN", "--csv", "in.csv"],
        ["import-osm", "in.osm.pbf", "-o", "p.gpkg"],
        ["import-osm", "in.osm.pbf", "-o", "p.gpkg", "--bbox", "1,2,3"],
        ["import-osm", "in.osm.pbf", "-o", "p.gpkg", "--bbox", "3,2,1,4"],
        ["import-osm", "in.osm.pbf", "-o", "p.gpkg", "--bbox", "nan,2,3,4"],
        ["fly"],
    ],
)
def test_wrong_usage_is_two_and_one_sentence(capsys, sample_plan, words):
    code, _, err = run(capsys, *(sample_plan if word == "PLAN" else word for word in words))
    assert code == USAGE
    assert err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", ["plan", "map", "locate", "import-osm"])
def test_unwritable_outputs_are_refused_before_the_work(capsys, tmp_path, sample_plan, command):
    table, extract = tmp_path / "in.csv", tmp_path / "in.osm.pbf"
    table.write_text("address\n1\n", encoding="utf-8")
    extract.write_bytes(b"not read")
    source, words = {
        "plan": (sample_path(), ["plan", sample_path()]),
        "map": (sample_plan, ["map", sample_plan]),
        "locate": (table, ["locate", sample_plan, "--csv", table]),
        "import-osm": (extract, ["import-osm", extract, "--bbox", "7,43,8,44"]),
    }[command]
    before = source.read_bytes()
    for target in (tmp_path, source, table / "below.gpkg"):
        code, out, err = run(capsys, *words, "-o", target)
        assert (code, out) == (USAGE, "")
        assert target.name in err
        assert "Errno" not in err
    assert source.read_bytes() == before


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_broken_inputs_end_with_three_and_write_nothing(capsys, tmp_path, broken):
    source = broken.make(tmp_path)
    out_folder = tmp_path / "out"
    out_folder.mkdir()
    code, out, err = run(capsys, "plan", source, "-o", out_folder / "plan.gpkg", "--quiet")
    assert code == FAULTS
    assert (out + err).strip()
    assert "Traceback" not in out + err
    assert list(out_folder.iterdir()) == []


@pytest.mark.parametrize("broken", BROKEN[::16], ids=lambda broken: broken.name)
def test_check_as_json_names_the_fault_and_its_remedy(capsys, tmp_path, broken):
    code, out, _ = run(capsys, "check", broken.make(tmp_path), "--json", "--quiet")
    assert code == FAULTS
    found = [fault for fault in json.loads(out) if fault["kind"] == broken.kind]
    assert found
    assert all(fault["what"] and fault["remedy"] for fault in found)


def test_demo_checks_its_own_pages_and_stops(capsys, tmp_path):
    code, _, err = run(capsys, "demo", "--check", "--folder", tmp_path / "demo", "--port", "0")
    assert code == DONE
    assert err.count("200 ") >= 8
    assert verify(read_plan(tmp_path / "demo" / "plan.gpkg")) == ()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_ctrl_c_ends_serving_with_zero(sample_plan):
    command = [
        sys.executable,
        "-c",
        "from api.entry import main; main()",
        "serve",
        str(sample_plan),
    ]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "200"}
    with subprocess.Popen(
        [*command, "--port", "0"], stderr=subprocess.PIPE, text=True, env=environment
    ) as server:
        line = server.stderr.readline()
        address = next(word for word in line.split() if word.startswith("http"))
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:  # noqa: S310
                    assert answer.status == 200
                break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail("the server did not answer")
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) == DONE
