"""Publish, list, rule and read reports, as people do: words in, text and an exit code out."""

import csv
import io
import json

import openpyxl
import pytest
from tiny_plan import COMMUNITY

from api.cli import main
from api.console import DONE, FAULTS, USAGE
from api.store.desk import Report
from api.store.folder import FolderStore

GRID = COMMUNITY + "00201"


@pytest.fixture
def run(capsys):
    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        printed = capsys.readouterr()
        return ended.value.code, printed.out, printed.err

    return run


@pytest.fixture
def site(run, plans, tmp_path):
    folder = tmp_path / "site"
    assert run("publish", plans / "甲.gpkg", "--to", folder, "--from", "2026-01-01")[0] == DONE
    return folder


def located(run, folder, *words):
    code, out, err = run("locate", folder, *words, "--json")
    assert code == DONE, err
    return json.loads(out)


def test_a_plan_is_published_listed_and_looked_up_in(run, site, plans):
    code, out, _ = run(
        "publish", plans / "乙.gpkg", "--to", site, "--from", "2099-01-01", "--json", "--quiet"
    )
    assert (code, json.loads(out)["versions"]) == (DONE, {COMMUNITY: 2})
    listed = json.loads(run("releases", site, "--json")[1])
    assert [each["valid_until"] for each in listed] == ["2098-12-31", None]
    assert "current" in run("releases", site)[1]
    now = located(run, site, "芳华苑1幢")
    then = located(run, site, "芳华苑1幢", "--at", "2099-06-01")
    assert [now["micro"]["name"], then["micro"]["name"]] == ["甲", "乙"]
    assert [now["version"], then["version"]] == [1, 2]
    code, _, err = run("locate", site, "芳华苑", "--at", "2020-01-01")
    assert code == FAULTS
    assert "2020-01-01" in err


def test_what_cannot_be_published_says_why(run, tmp_path):
    (tmp_path / "no.gpkg").write_text("no")
    assert run("publish", tmp_path / "no.gpkg", "--to", tmp_path / "site")[0] == FAULTS
    for command in ("releases", "reports", "rule"):
        code, _, err = run(command, tmp_path)
        assert code == FAULTS
        assert "wangge publish" in err
    assert run("publish", tmp_path / "no.gpkg", "--to", tmp_path, "--from", "soon")[0] == USAGE


def test_rulings_are_made_listed_and_ended(run, site):
    words = ("--grid", GRID, "--reason", "历史归属", "--document", "3号", "--from", "2026-02-01")
    assert run("rule", site, "芳华苑1幢", *words)[0] == DONE
    assert located(run, site, "芳华苑1幢1单元101")["reason"] == "ruled"
    assert "历史归属" in run("locate", site, "芳华苑1幢")[1]
    assert located(run, site, "芳华苑1幢", "--at", "2026-01-15")["reason"] == "found"
    code, out, _ = run("rule", site, "--point", "120.93,34.0", "--radius", 30, *words, "--json")
    assert (code, json.loads(out)["radius_m"]) == (DONE, 30)
    assert [each["number"] for each in json.loads(run("rule", site, "--json")[1])] == [1, 2]
    assert "±30 m" in run("rule", site)[1]
    assert run("rule", site, "--end", 1, "--until", "2026-02-02")[0] == DONE
    assert located(run, site, "芳华苑1幢")["reason"] == "found"
    assert located(run, site, "芳华苑1幢", "--at", "2026-02-02")["reason"] == "ruled"


@pytest.mark.parametrize(
    "words",
    [
        ("芳华苑1幢",),
        ("芳华苑1幢", "--grid", GRID),
        ("芳华苑1幢", "--point", "1,2", "--grid", GRID, "--reason", "x"),
        ("芳华苑1幢", "--grid", "nope", "--reason", "x"),
        ("101室", "--grid", GRID, "--reason", "x"),
        ("--point", "x", "--grid", GRID, "--reason", "x"),
        ("--end", "9"),
    ],
)
def test_what_cannot_be_ruled_is_wrong_usage(run, site, words):
    assert run("rule", site, *words)[0] == USAGE
    assert FolderStore(site).desk().rulings() == ()


def test_reports_are_read_and_closed(run, site):
    desk = FolderStore(site).desk()
    assert run("reports", site, "--csv")[1].strip() == "number"
    for text in ("应属第2网格", "=cmd()", "[red]x[/red]"):
        desk.report(Report(query="芳华苑1幢", plan_id="p", micro_code="1", text=text))
    table = list(csv.DictReader(io.StringIO(run("reports", site, "--csv")[1])))
    assert [row["text"] for row in table] == ["应属第2网格", "'=cmd()", "[red]x[/red]"]
    assert "[red]x[/red]" in run("reports", site)[1]
    assert run("reports", site, "--close", 2, "--outcome", "无误")[0] == DONE
    assert [each["number"] for each in json.loads(run("reports", site, "--json")[1])] == [1, 3]
    assert len(json.loads(run("reports", site, "--json", "--all")[1])) == 3
    assert run("reports", site, "--close", 2)[0] == USAGE


def test_a_workbook_is_looked_up_as_a_csv_is(run, site, tmp_path):
    book = openpyxl.Workbook()
    for row in (["地址"], ["芳华苑1幢"], ["火星路1号"]):
        book.active.append(row)
    book.save(tmp_path / "in.xlsx")
    code, out, _ = run(
        "locate", site, "--xlsx", tmp_path / "in.xlsx", "-o", tmp_path / "out.xlsx", "--json"
    )
    assert (code, json.loads(out)) == (DONE, {"rows": 2, "found": 1, "open": 1})
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert [row[5] for row in sheet.iter_rows(values_only=True)] == [
        "micro_code",
        COMMUNITY + "00101",
        None,
    ]


def test_several_workers_need_a_folder(run, plans):
    code, _, err = run("serve", plans / "甲.gpkg", "--workers", 2)
    assert code == USAGE
    assert "wangge publish" in err
