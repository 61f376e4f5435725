"""The pages: what they load, who may frame them."""

import re

import pytest
from starlette.testclient import TestClient
from tiny_plan import COMMUNITY, HOSTILE, PRIVATE

from api.app import create_app
from api.models import ErrorBody, Health
from api.pages import read_page, static_folder
from api.settings import Settings
from maps.words import words

PAGES = ["/", "/docs", "/map", "/embed"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_html_that_loads_nothing_from_elsewhere(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    loads = re.findall(
        r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["']?([^"'\s>]+)""", response.text
    )
    assert all(not re.match(r"(?:[a-z]+:)?//", each) for each in loads), loads
    assert PRIVATE not in response.text
    assert "<img src=x" not in response.text
    for asset in [each for each in loads if not each.startswith("data:")]:
        found = client.get("/" + asset)
        assert found.status_code == 200, asset
        assert found.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_own_pages_have_no_inline_script(client, path):
    response = client.get(path)
    assert not re.search(r"<script(?![^>]*\ssrc=)", response.text)
    assert not re.search(r"\son\w+=", response.text)
    policy = response.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'self'" in policy


def test_frames_are_for_whom_the_operator_names(plan_path):
    site = "https://portal.example.gov.cn"
    app = create_app(Settings(plan=plan_path, frame_ancestors=site))
    with TestClient(app) as client:
        assert client.get("/embed").headers["content-security-policy"] == f"frame-ancestors {site}"
        for path in ("/", "/map", "/docs"):
            policy = client.get(path).headers["content-security-policy"]
            assert site not in policy
            assert "frame-ancestors 'self'" in policy
        assert "frame-ancestors 'none'" in client.get("/healthz").headers["content-security-policy"]


def test_map_pages_are_made_once_and_kept_up_to_a_number(plan_path):
    app = create_app(Settings(plan=plan_path, map_pages_kept=2))
    with TestClient(app) as client:
        first = client.get("/embed", params={"locale": "en"})
        assert client.get("/embed", params={"locale": "en"}).content == first.content
        assert len(app.state.publications.served().pages) == 1
        for level in ("large", "micro", "both"):
            client.get("/map", params={"level": level})
        assert len(app.state.publications.served().pages) == 2


def test_the_embed_page_follows_its_parameters(client):
    zh = client.get("/embed", params={"code": COMMUNITY + "00101", "locale": "zh"}).text
    en = client.get("/embed", params={"code": COMMUNITY + "00101", "locale": "en"}).text
    bare = client.get("/embed", params={"controls": "false", "locale": "en"}).text
    assert 'lang="zh' in zh
    assert 'lang="en' in en
    assert len({zh, en, bare}) == 3


@pytest.mark.parametrize("path", ["/map", "/embed"])
@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"code": "nope"}, 404, "unknown-grid"),
        ({"code": HOSTILE}, 404, "unknown-grid"),
        ({"code": "9" * 41}, 422, "invalid-parameter"),
        ({"locale": "fr"}, 422, "invalid-parameter"),
        ({"level": "all"}, 422, "invalid-parameter"),
    ],
)
def test_what_no_map_can_show_is_refused(client, path, query, status, code):
    response = client.get(path, params=query)
    assert response.status_code == status
    assert ErrorBody.model_validate(response.json()).error.code == code


def test_health_names_the_plan(client):
    health = Health.model_validate(client.get("/healthz").json())
    assert (health.communities, health.large_grids, health.micro_grids) == (1, 2, 4)
    assert health.data_date == "2026-11-22"


def test_pages_are_package_data():
    assert "search" in read_page("lookup")
    with pytest.raises(KeyError):
        read_page("nothing")
    for script in static_folder().glob("*.js"):
        assert "innerHTML" not in script.read_text(encoding="utf-8"), script.name


def test_categories_are_named_as_on_the_map():
    script = (static_folder() / "categories.js").read_text(encoding="utf-8")
    found = re.findall(r'^    (\w+): "([^"]+)",$', script, re.MULTILINE)
    half = len(found) // 2
    for locale, named in (("zh", found[:half]), ("en", found[half:])):
        ours = {f"category.{name}": word for name, word in named}
        theirs = words(locale)
        assert ours == {name: theirs[name] for name in theirs if name.startswith("category.")}
