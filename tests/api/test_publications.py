"""Answers of any day, and new releases and rulings that a running server picks up."""

from datetime import date, timedelta

import pytest
from starlette.testclient import TestClient
from tiny_plan import COMMUNITY, renamed, tiny_plan

from api import publications
from api.app import create_app
from api.models import ErrorBody, Health, LocateAnswer
from api.settings import Settings
from api.store.errors import NoPlanThen, NotAFolder
from api.store.folder import FolderStore
from api.store.layout import CATALOGUE
from gis.lookup.rulings import Ruling

TODAY = date.today()  # noqa: DTZ011 - as the server does
PAST, FUTURE = TODAY - timedelta(days=400), TODAY + timedelta(days=400)
FIRST = COMMUNITY + "00101"


@pytest.fixture
def store(tmp_path, plans, monkeypatch):
    monkeypatch.setattr(publications, "LOOK_SECONDS", 0.0)
    store = FolderStore(tmp_path / "site")
    store.publish(plans / "甲.gpkg", valid_from=PAST)
    return store


def client_of(store, **settings):
    return TestClient(create_app(Settings(plan=store.folder, **settings)))


def ask(client, **query):
    response = client.get("/v1/locate", params={"address": "芳华苑1幢", **query})
    assert response.status_code == 200, response.text
    return LocateAnswer.model_validate_json(response.content)


def test_an_answer_says_its_version_and_days(store, plans):
    with client_of(store) as client:
        answer = ask(client)
        assert (answer.version, answer.micro.version, answer.large.version) == (1, 1, 1)
        assert (answer.micro.valid_from, answer.micro.valid_until) == (PAST.isoformat(), None)
        store.publish(plans / "乙.gpkg", valid_from=FUTURE)
        last = (FUTURE - timedelta(days=1)).isoformat()
        assert ask(client).micro.valid_until == last


def test_a_new_release_is_picked_up_and_old_and_future_days_are_answered(store, plans):
    with client_of(store) as client:
        assert ask(client).micro.name == "甲"
        kept = client.app.state.publications.served()
        store.publish(plans / "乙.gpkg", valid_from=TODAY)
        store.publish(plans / "丙.gpkg", valid_from=FUTURE)
        assert ask(client).micro.name == "乙"
        assert ask(client, at=PAST.isoformat()).micro.name == "甲"
        assert ask(client, at=FUTURE.isoformat()).micro.name == "丙"
        health = Health.model_validate(client.get("/healthz").json())
        assert health.plan_id == store.current(TODAY).plan_id
        for path in (f"/v1/grids/{FIRST}", "/v1/grids", "/v1/grids.geojson"):
            names = [client.get(path, params={"at": day}).text for day in (PAST, TODAY, FUTURE)]
            assert ["甲" in names[0], "乙" in names[1], "丙" in names[2]] == [True] * 3
        # Who began with the old release is answered by it to the end.
        assert kept.locator.locate_address("芳华苑1幢").micro.name == "甲"


def test_a_day_before_all_plans_is_refused_in_the_one_shape(store):
    with client_of(store) as client:
        before = (PAST - timedelta(days=1)).isoformat()
        response = client.get("/v1/locate", params={"address": "芳华苑", "at": before})
    assert response.status_code == 404
    assert ErrorBody.model_validate(response.json()).error.code == "no-plan-then"


def test_what_cannot_be_read_leaves_the_server_as_it_was(store, plans):
    with client_of(store) as client:
        catalogue = store.folder / CATALOGUE
        sound = catalogue.read_bytes()
        catalogue.write_text("{")
        assert ask(client).micro.name == "甲"
        catalogue.write_bytes(sound)
        release = store.publish(plans / "乙.gpkg", valid_from=TODAY)
        (store.path(release) / "release.json").unlink()
        assert ask(client).micro.name == "甲"


def test_a_folder_with_nothing_in_force_is_refused_at_the_start(tmp_path, plans):
    with pytest.raises(NotAFolder, match="wangge publish"):
        create_app(Settings(plan=tmp_path))
    store = FolderStore(tmp_path)
    store.publish(plans / "甲.gpkg", valid_from=FUTURE)
    with pytest.raises(NoPlanThen):
        create_app(Settings(plan=tmp_path))


def test_rulings_are_followed_as_soon_as_they_are_made_and_to_their_end(store):
    with client_of(store) as client:
        locator = client.app.state.publications.served().locator
        lon, lat = locator.anchor(COMMUNITY + "00201")
        ruling = Ruling(
            number=0,
            address="芳华苑1幢",
            code=COMMUNITY + "00201",
            anchor_lon=lon,
            anchor_lat=lat,
            reason="历史归属",
            document="〔2026〕3号",
            valid_from=PAST.isoformat(),
        )
        number = store.desk().rule(ruling)
        answer = ask(client)
        assert (answer.micro.code, answer.reason) == (COMMUNITY + "00201", "ruled")
        assert answer.ruling.document == "〔2026〕3号"
        store.desk().end_ruling(number, last_day=TODAY - timedelta(days=1))
        assert ask(client).reason == "found"
        assert ask(client, at=PAST.isoformat()).reason == "ruled"


def test_the_report_link_is_absolute_where_the_server_knows_its_name(store):
    with client_of(store) as client:
        assert ask(client).report_url.startswith("?wrong=1&address=%E8%8A%B3")
    with client_of(store, public_url="https://grid.example.gov.cn/w") as client:
        assert ask(client).report_url.startswith("https://grid.example.gov.cn/w/?wrong=1&address=")


def test_a_plan_that_nobody_published_has_no_version(client):
    answer = ask(client)
    assert (answer.version, answer.micro.version, answer.report_url) == (None, None, "")
    assert ask(client, at="2019-01-01").people == ()
    assert renamed(tiny_plan(), "x").plan_id != tiny_plan().plan_id
