"""The app as a whole: errors, headers, settings, description."""

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.errors import BadQuestion
from api.models import ErrorBody
from api.settings import Settings
from gis.errors import NotAPlan


def test_two_apps_share_nothing(plan_path):
    first = create_app(Settings(plan=plan_path, title="一"))
    second = create_app(Settings(plan=plan_path, title="二"))
    with TestClient(first) as one, TestClient(second) as two:
        assert "一" in one.get("/map").text
        assert "二" in two.get("/map").text
    one, two = (app.state.publications.served() for app in (first, second))
    assert one.pages is not two.pages
    assert one.folder != two.folder


@pytest.mark.parametrize("path", ["/nope", "/v1/nope", "/static/nope.js", "/static/../app.py"])
def test_what_is_not_there_is_refused_in_the_one_shape(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert ErrorBody.model_validate(response.json()).error.code == "not-found"


def test_other_methods_are_refused_in_the_one_shape(client):
    response = client.delete("/v1/locate")
    assert response.status_code == 405
    assert ErrorBody.model_validate(response.json()).error.code == "method-not-allowed"


def test_a_failure_inside_says_nothing_of_it(plan_path):
    app = create_app(Settings(plan=plan_path))

    def fail():
        msg = "secret path /srv/plan"
        raise RuntimeError(msg)

    app.get("/fail")(fail)
    with TestClient(app, raise_server_exceptions=False) as client:
        response = client.get("/fail")
    assert response.status_code == 500
    assert ErrorBody.model_validate(response.json()).error.code == "internal"
    assert "secret" not in response.text


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(NotAPlan("x"), 503, "no-plan"), (BadQuestion("x"), 422, "bad-question")],
)
def test_domain_errors_are_mapped_in_one_table(plan_path, error, status, code):
    app = create_app(Settings(plan=plan_path))

    def fail():
        raise error

    app.get("/fail")(fail)
    with TestClient(app) as client:
        response = client.get("/fail")
    assert response.status_code == status
    assert ErrorBody.model_validate(response.json()).error.code == code


@pytest.mark.parametrize("path", ["/", "/v1/grids", "/nope", "/v1/locate", "/static/lookup.js"])
def test_every_response_carries_the_safety_headers(client, path):
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "geolocation=(self)" in headers["permissions-policy"]
    assert "frame-ancestors" in headers["content-security-policy"]


def test_only_named_sites_may_ask_from_their_scripts(plan_path):
    site = "https://portal.example.gov.cn"
    with TestClient(create_app(Settings(plan=plan_path, cors_origins=site))) as client:
        allowed = client.get("/v1/grids", headers={"origin": site})
        other = client.get("/v1/grids", headers={"origin": "https://elsewhere.example"})
    assert allowed.headers["access-control-allow-origin"] == site
    assert "access-control-allow-origin" not in other.headers


def test_large_answers_are_compressed(client):
    assert client.get("/map").headers["content-encoding"] == "gzip"


def test_the_description_is_whole(client):
    description = client.get("/openapi.json").json()
    assert set(description["paths"]) == {
        "/",
        "/embed",
        "/healthz",
        "/map",
        "/v1/grids",
        "/v1/grids.geojson",
        "/v1/grids/{code}",
        "/v1/locate",
        "/v1/locate/file",
        "/v1/reports",
        "/v1/suggest",
    }
    locate = description["paths"]["/v1/locate"]["get"]
    assert {p["name"] for p in locate["parameters"]} == {
        "address",
        "lon",
        "lat",
        "datum",
        "at",
    }
    assert locate["responses"]["422"]["content"]["application/json"]["schema"]["$ref"].endswith(
        "ErrorBody"
    )
    for path, methods in description["paths"].items():
        for method in methods.values():
            assert method["summary"], path
            assert "HTTPValidationError" not in str(method["responses"]), path


def test_a_file_that_is_no_plan_is_refused_at_the_start(tmp_path):
    path = tmp_path / "plan.gpkg"
    path.write_text("no")
    with pytest.raises(NotAPlan):
        create_app(Settings(plan=path))


class TestSettings:
    def test_they_come_from_the_environment_when_made(self, monkeypatch):
        monkeypatch.setenv("WANGGE_PLAN", "a.gpkg")
        monkeypatch.setenv("WANGGE_FRAME_ANCESTORS", "'self', https://*.example.gov.cn:8443")
        monkeypatch.setenv("WANGGE_BASE_MAP", "osm")
        settings = Settings()
        assert settings.frame_ancestors == ("'self'", "https://*.example.gov.cn:8443")
        assert (settings.plan.name, settings.base_map) == ("a.gpkg", "osm")

    @pytest.mark.parametrize(
        "values",
        [
            {"frame_ancestors": "https://a.example; script-src *"},
            {"frame_ancestors": "javascript:alert(1)"},
            {"cors_origins": "a.example\r\nx: y"},
            {"base_map": "google"},
            {"base_map": "tianditu"},
            {"locale": "fr"},
            {"map_pages_kept": 0},
        ],
    )
    def test_what_cannot_be_is_refused(self, values):
        with pytest.raises(ValueError, match=next(iter(values))):
            Settings(plan="plan.gpkg", **values)


@pytest.mark.parametrize(
    "path", ["/", "/map", "/healthz", "/v1/grids", "/static/lookup.css", "/nope"]
)
def test_head_is_get_without_its_body(client, path):
    plain = {"accept-encoding": "identity"}
    got, head = client.get(path, headers=plain), client.head(path, headers=plain)
    assert head.status_code == got.status_code
    assert head.content == b""
    assert head.headers["content-length"] == str(len(got.content))
