"""The quick way to look up answers as the other does, and leaves all else to it."""

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from starlette.testclient import TestClient
from tiny_plan import CRS_40, ORIGIN

from api.app import create_app
from api.fast_locate import FastLocate
from api.models import LocateAnswer
from api.settings import Settings

TO_DEGREES = Transformer.from_crs(CRS_40, "EPSG:4326", always_xy=True)
SOUND = [
    "address=%E8%8A%B3%E5%8D%8E%E8%8B%91+%E4%BA%8C%E5%8F%B7%E6%A5%BC2-301",
    "address=" + quote("芳华苑2幢"),
    "address=" + quote("芳华苑2幢") + "&at=2026-03-01",
    "address=nowhere%20%F0%9F%98%80&datum=wgs84",
    "lon=120.93&lat=34&at=2030-01-01",
    "lat=34.0&lon=120.93&datum=gcj02",
    "lon=-180&lat=-90",
]
LEFT = [
    "",
    "lon=120.93",
    "lon=120.93&lat=34&lat=35",
    "lon=120.93&lat=nan",
    "lon=1e2&lat=3",
    "lon=181&lat=3",
    "lon=120.93&lat=34&datum=mars",
    "lon=120.93&lat=34&at=2026-02-30",
    "lon=120.93&lat=34&at=1999-01-01",
    "address=",
    "address=%ff",
    "address=" + "a" * 201,
    "address=a&address=b",
    "address=a&lon=1&lat=2",
    "address=a&other=1",
]


@pytest.fixture(scope="module")
def seen():
    return []


@pytest.fixture(scope="module")
def quick(folder, seen):
    """Give what answers before the framework, in front of an app that only notes requests."""
    app = create_app(Settings(plan=folder))

    async def note(scope, _receive, send):
        seen.append(scope.get("query_string"))
        await send({"type": "http.response.start", "status": 418, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    quick = FastLocate(note, publications=app.state.publications)
    return TestClient(quick), TestClient(app)


@pytest.mark.parametrize("query", SOUND)
def test_a_sound_question_has_one_answer_both_ways(quick, query):
    fast, whole = quick
    mine = fast.get(f"/v1/locate?{query}")
    # A script of another site is answered by the framework's own route.
    theirs = whole.get(f"/v1/locate?{query}", headers={"origin": "https://elsewhere.example"})
    assert (mine.status_code, theirs.status_code) == (200, 200)
    assert mine.content == theirs.content
    LocateAnswer.model_validate_json(mine.content)
    dropped = {"content-encoding", "vary", "content-length"}
    assert {k: v for k, v in theirs.headers.items() if k not in dropped} == {
        k: v for k, v in mine.headers.items() if k not in dropped
    }


@pytest.mark.parametrize("query", LEFT)
def test_all_else_is_left_to_the_framework(quick, seen, query):
    seen.clear()
    assert quick[0].get(f"/v1/locate?{query}").status_code == 418
    assert len(seen) == 1


def test_other_methods_paths_and_ranges_are_left(quick):
    fast, _ = quick
    here = "/v1/locate?lon=120.93&lat=34"
    assert fast.post(here).status_code == fast.head(here).status_code == 418
    assert fast.get("/v1/locate/?lon=120.93&lat=34").status_code == 418
    assert fast.get(here, headers={"range": "bytes=0-1"}).status_code == 418


@settings(max_examples=60)
@given(st.floats(-40, 240), st.floats(-40, 240), st.sampled_from(["wgs84", "bd09"]))
def test_any_point_has_one_answer_both_ways(quick, x, y, datum):
    lon, lat = TO_DEGREES.transform(ORIGIN[0] + x, ORIGIN[1] + y)
    asked = {"lon": f"{lon:.9f}", "lat": f"{lat:.9f}", "datum": datum}
    fast, whole = quick
    mine = fast.get("/v1/locate", params=asked)
    theirs = whole.get("/v1/locate", params=asked, headers={"origin": "https://a.example"})
    assert mine.status_code == 200
    assert mine.content == theirs.content
