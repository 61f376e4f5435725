"""POST /v1/locate: many questions, each answered by itself."""

import json

import pytest
from pyproj import Transformer
from tiny_plan import COMMUNITY, CRS_40, ORIGIN, PRIVATE

from api.many import MOST_ITEMS
from api.models import ErrorBody, LocateResults
from gis.datums import from_wgs84

HERE = Transformer.from_crs(CRS_40, "EPSG:4326", always_xy=True).transform(
    ORIGIN[0] + 50, ORIGIN[1] + 40
)


def post(client, body, **query):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/v1/locate", content=data, params=query)


def results(client, body, **query):
    response = post(client, body, **query)
    assert response.status_code == 200, response.text
    assert PRIVATE not in response.text
    return LocateResults.model_validate_json(response.content)


def test_each_is_answered_in_its_place_and_no_fault_stops_another(client):
    lon, lat = HERE
    items = [
        {"id": "a", "address": "芳华苑1幢"},
        {"id": 7, "lon": lon, "lat": lat},
        {"id": "bad", "lon": 999, "lat": lat},
        {"address": "芳华苑2幢"},
        "no item",
        {"id": "both", "address": "x", "lon": lon, "lat": lat},
        {"id": "far", "lon": 0, "lat": 0},
        {"id": ["?"], "address": "芳华苑1幢"},
    ]
    found = results(client, {"items": items})
    assert [each.id for each in found.results] == ["a", 7, "bad", None, None, "both", "far", None]
    assert [each.error is None for each in found.results] == [
        True, True, False, True, False, False, True, False,
    ]  # fmt: skip
    assert "999" not in found.results[2].error.message
    assert found.results[0].answer.micro.code == COMMUNITY + "00101"
    assert found.results[1].answer.border_m == pytest.approx(40, abs=0.01)
    assert found.results[3].answer.reason == "which-stairwell"
    assert found.summary.model_dump() == {"asked": 8, "found": 2, "open": 2, "refused": 4}


def test_many_are_answered_as_one_by_one(client):
    lon, lat = HERE
    shifted = [float(v) for v in from_wgs84(lon, lat, datum="gcj02")]
    items = [{"lon": shifted[0] + d / 5e3, "lat": shifted[1]} for d in range(-3, 4)]
    found = results(client, {"items": items, "datum": "gcj02"})
    for item, each in zip(items, found.results, strict=True):
        one = client.get("/v1/locate", params={**item, "datum": "gcj02"})
        assert one.json() == each.answer.model_dump(mode="json")


def test_an_empty_list_has_an_empty_answer(client):
    assert results(client, {"items": []}).results == ()


def test_the_most_are_answered_whole_and_more_refused(client):
    items = [{"address": f"芳华苑{n % 9}幢"} for n in range(MOST_ITEMS)]
    assert len(results(client, {"items": items}).results) == MOST_ITEMS
    response = post(client, {"items": [*items, {"address": "x"}]})
    assert response.status_code == 413
    assert ErrorBody.model_validate(response.json()).error.code == "too-much"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"items": 3}',
        b'{"items": [], "x": 1}',
        b'{"items":[],"datum":"m"}',
    ],
)
def test_what_is_no_list_of_questions_is_refused(client, body):
    response = post(client, body)
    assert response.status_code == 422
    assert ErrorBody.model_validate(response.json()).error.code == "bad-question"


def test_a_body_without_an_end_is_cut_off(client):
    def endless():
        for _ in range(100):
            yield b" " * (1 << 20)

    response = client.post("/v1/locate", content=endless())
    assert response.status_code == 413


def test_suggestions_go_on_from_what_is_typed(client):
    response = client.get("/v1/suggest", params={"q": "芳华"})
    assert response.headers["cache-control"] == "no-store"
    assert response.json()["suggestions"][0]["text"] == "芳华苑"
    texts = [each["text"] for each in client.get("/v1/suggest?q=芳华苑2幢").json()["suggestions"]]
    assert any("1单元" in text for text in texts)
    assert len(client.get("/v1/suggest?q=芳华苑&limit=2").json()["suggestions"]) == 2
    assert client.get("/v1/suggest?q= ").json()["suggestions"] == []
    for query in ({}, {"q": "a" * 201}, {"q": "a", "limit": 0}):
        assert client.get("/v1/suggest", params=query).status_code == 422
