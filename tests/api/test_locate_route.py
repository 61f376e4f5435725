"""GET /v1/locate over the tiny plan."""

import pytest
from pyproj import Transformer
from tiny_plan import COMMUNITY, CRS_40, HOSTILE, ORIGIN, PRIVATE

from api.models import ErrorBody, LocateAnswer
from gis.datums import from_wgs84

TO_DEGREES = Transformer.from_crs(CRS_40, "EPSG:4326", always_xy=True)


def degrees(x, y):
    lon, lat = TO_DEGREES.transform(ORIGIN[0] + x, ORIGIN[1] + y)
    return {"lon": lon, "lat": lat}


def ask(client, **query):
    response = client.get("/v1/locate", params=query)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    assert PRIVATE not in response.text
    return LocateAnswer.model_validate(response.json())


def test_an_address_is_answered_with_its_grid_and_people(either_client):
    answer = ask(either_client, address="芳华苑 二号楼 2-301")
    assert answer.micro.code == COMMUNITY + "00102"
    assert (answer.match_level, answer.stairwell) == ("room", "2")
    assert answer.address_normalised == "学府路8号芳华苑2幢2单元301室"
    assert [(p.level, p.name, p.duty_phone) for p in answer.people] == [
        ("community", "林书记", "025-5550001"),
        ("large", "网格长", ""),
        ("compound", "经理", "025-5550002"),
        ("micro", HOSTILE, ""),
        ("building", "幢长", "025-5550003"),
        ("stairwell", "联户", ""),
    ]


def test_a_point_is_answered_in_any_datum(either_client):
    here = degrees(50, 40)
    answer = ask(either_client, **here)
    assert answer.micro.code == COMMUNITY + "00101"
    assert answer.border_m == pytest.approx(40, abs=0.01)
    shifted = from_wgs84(here["lon"], here["lat"], datum="bd09")
    moved = ask(either_client, lon=float(shifted[0]), lat=float(shifted[1]), datum="bd09")
    assert moved.border_m == pytest.approx(40, abs=0.01)
    assert ask(either_client, lon=float(shifted[0]), lat=float(shifted[1])).match_level == "none"


def test_a_point_outside_says_how_far(either_client):
    answer = ask(either_client, **degrees(230, 40))
    assert (answer.match_level, answer.reason, answer.micro) == ("none", "outside", None)
    assert answer.outside_m == pytest.approx(30, abs=0.01)
    assert answer.alternatives[0].micro.code == COMMUNITY + "00201"


def test_an_unknown_address_says_whom_to_call(either_client):
    answer = ask(either_client, address="不存在的地方1幢")
    assert (answer.match_level, answer.confidence) == ("none", 0)
    assert [p.duty_phone for p in answer.people] == ["025-5550001"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "bad-question"),
        ({"lon": 120.9}, "bad-question"),
        ({"lat": 34}, "bad-question"),
        ({"lon": 120.9, "lat": 34, "address": "芳华苑"}, "bad-question"),
        ({"lon": 120.9, "address": "芳华苑"}, "bad-question"),
        ({"lon": "x", "lat": 34}, "invalid-parameter"),
        ({"lon": "nan", "lat": 34}, "invalid-parameter"),
        ({"lon": "inf", "lat": 34}, "invalid-parameter"),
        ({"lon": 181, "lat": 34}, "invalid-parameter"),
        ({"lon": 34, "lat": 120.9}, "invalid-parameter"),
        ({"address": ""}, "invalid-parameter"),
        ({"address": "幢" * 201}, "invalid-parameter"),
        ({"lon": 120.9, "lat": 34, "datum": "mars"}, "invalid-parameter"),
    ],
)
def test_what_is_no_question_is_refused_in_the_one_shape(either_client, query, code):
    response = either_client.get("/v1/locate", params=query)
    assert response.status_code == 422
    body = ErrorBody.model_validate(response.json())
    assert body.error.code == code
    assert body.error.remedy


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        "\x00\x01",
        "' OR 1=1 --",
        "<script>alert(1)</script>3幢",
        "1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1",
        "幢" * 200,
        "海" * 100 + "3幢" * 50,
        "\u202e芳华苑\ufeff",
        "😀3幢",
    ],
)
def test_any_text_gets_an_answer(either_client, text):
    ask(either_client, address=text)
