"""POST /v1/reports, and the desk that keeps them."""

import pytest
from starlette.testclient import TestClient
from tiny_plan import COMMUNITY

from api.app import create_app
from api.models import ErrorBody, ReportKept
from api.routers import reports
from api.settings import Settings
from api.store import desk as desks
from api.store.desk import Desk, Report
from api.store.errors import DeskFull, UnknownNumber
from api.store.folder import FolderStore


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path / "desk.sqlite")


def report(**values):
    return Report(
        **{"query": "芳华苑1幢", "plan_id": "p", "micro_code": "1", "text": "错", **values}
    )


def test_a_report_is_kept_with_what_was_answered(site_client, folder):
    response = site_client.post(
        "/v1/reports", json={"address": "芳华苑1幢", "text": "应属\x00第2网格\u202e<b>\n谢谢"}
    )
    assert response.status_code == 201
    number = ReportKept.model_validate(response.json()).number
    kept = {each.number: each for each in FolderStore(folder).desk().reports()}[number]
    assert (kept.query, kept.micro_code) == ("芳华苑1幢", COMMUNITY + "00101")
    assert kept.text == "应属第2网格<b>\n谢谢"
    again = site_client.post("/v1/reports", json={"address": "芳华苑1幢", "text": kept.text})
    assert again.json()["number"] == number


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "错"},
        {"address": "芳华苑"},
        {"address": "芳华苑", "text": ""},
        {"address": "芳华苑", "text": "a" * 1001},
        {"address": "芳华苑", "text": "错", "lon": 1, "lat": 2},
        {"lon": 1, "text": "错"},
        {"address": "芳华苑", "text": "错", "phone": "1"},
    ],
)
def test_what_says_nothing_is_refused(site_client, body):
    response = site_client.post("/v1/reports", json=body)
    assert response.status_code == 422
    assert ErrorBody.model_validate(response.json()).error.code == "bad-report"


def test_only_json_is_taken_and_not_much_of_it(site_client):
    form = site_client.post("/v1/reports", content=b'{"address":"a","text":"b"}')
    assert form.status_code == 422
    long = {"address": "芳华苑", "text": "错" * 9000}
    assert site_client.post("/v1/reports", json=long).status_code == 413


def test_nobody_may_send_too_many(folder, monkeypatch):
    monkeypatch.setattr(reports, "_EACH", 2)
    with TestClient(create_app(Settings(plan=folder))) as client:
        body = {"lon": 120.93, "lat": 34.0, "datum": "gcj02", "text": "错"}
        codes = [client.post("/v1/reports", json=body).status_code for _ in range(3)]
    assert codes == [201, 201, 429]


def test_a_plan_file_takes_no_reports(client):
    response = client.post("/v1/reports", json={"address": "芳华苑", "text": "错"})
    assert response.status_code == 404
    assert ErrorBody.model_validate(response.json()).error.code == "no-desk"


def test_the_desk_counts_what_is_said_again_and_closes(desk):
    assert desk.reports() == ()
    assert [desk.report(report()), desk.report(report()), desk.report(report(text="又错"))] == [
        1,
        1,
        2,
    ]
    assert [each.times for each in desk.reports()] == [2, 1]
    desk.close_report(1, outcome="已改")
    assert [each.number for each in desk.reports()] == [2]
    assert [each.outcome for each in desk.reports(closed=True)] == ["已改", ""]
    assert desk.report(report()) == 3
    with pytest.raises(UnknownNumber, match="report 1"):
        desk.close_report(1, outcome="")


def test_the_desk_is_bounded(desk, monkeypatch):
    monkeypatch.setattr(desks, "MOST_OPEN", 2)
    desk.report(report(text="1"))
    desk.report(report(text="2"))
    with pytest.raises(DeskFull):
        desk.report(report(text="3"))


def test_hostile_text_is_only_text(desk):
    text = "'); DROP TABLE report; --"
    desk.report(report(text=text, query=text))
    assert desk.reports()[0].text == text
