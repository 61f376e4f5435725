"""The grids as records and as GeoJSON."""

import geopandas as gpd
import pytest
from tiny_plan import COMMUNITY, HOSTILE, PRIVATE, tiny_plan

from api.models import ErrorBody, GridDetail, GridList


def test_all_grids_or_one_level_are_listed_in_order(client):
    body = GridList.model_validate(client.get("/v1/grids").json())
    assert [(g.level, g.code[12:]) for g in body.grids] == [
        ("large", "001"),
        ("large", "002"),
        ("micro", "00101"),
        ("micro", "00102"),
        ("micro", "00201"),
        ("micro", "00202"),
    ]
    micro = GridList.model_validate(client.get("/v1/grids", params={"level": "micro"}).json())
    assert [g.code for g in micro.grids] == [g.code for g in body.grids[2:]]
    assert sum(g.households for g in micro.grids) == 110
    west, south, east, north = micro.grids[0].bbox
    assert 120 < west < east < 122
    assert 33 < south < north < 35


def test_a_grid_is_told_with_what_belongs_to_it(client):
    response = client.get(f"/v1/grids/{COMMUNITY}00102")
    detail = GridDetail.model_validate(response.json())
    assert detail.grid.name == HOSTILE
    assert detail.parent.code == COMMUNITY + "001"
    assert [p.level for p in detail.people] == ["community", "large", "micro"]
    assert [v.rule for v in detail.violations] == ["soft-households"]
    assert response.headers["content-type"] == "application/json"
    large = GridDetail.model_validate(client.get(f"/v1/grids/{COMMUNITY}001").json())
    assert [c.code[12:] for c in large.children] == ["00101", "00102"]
    assert large.parent is None
    first = GridDetail.model_validate(client.get(f"/v1/grids/{COMMUNITY}00101").json())
    assert [(c.layer, c.status, c.count) for c in first.counts] == [("shops", "待改造", 3)]


@pytest.mark.parametrize("code", ["nope", COMMUNITY, "%3Cscript%3E", "1" * 30])
def test_a_code_that_is_none_is_not_found(client, code):
    response = client.get(f"/v1/grids/{code}")
    assert response.status_code == 404
    assert ErrorBody.model_validate(response.json()).error.code == "unknown-grid"
    assert "script" not in response.text


def test_geojson_is_in_degrees_and_what_the_plan_holds(client, tmp_path):
    response = client.get("/v1/grids.geojson", params={"level": "large"})
    assert response.headers["content-type"] == "application/geo+json"
    path = tmp_path / "grids.geojson"
    path.write_bytes(response.content)
    read = gpd.read_file(path)
    plan = tiny_plan().grids("large")
    assert read.crs.to_epsg() == 4326
    assert read["code"].tolist() == plan["code"].tolist()
    back = read.to_crs(plan.crs).geometry
    assert back.symmetric_difference(plan.geometry).area.max() < 10


@pytest.mark.parametrize("path", ["/v1/grids", "/v1/grids.geojson", f"/v1/grids/{COMMUNITY}00101"])
def test_columns_beyond_the_contract_are_never_published(client, path):
    text = client.get(path).text
    assert PRIVATE not in text
    assert "private" not in text


@pytest.mark.parametrize("path", ["/v1/grids", "/v1/grids.geojson", "/map", "/embed"])
def test_what_one_has_is_not_sent_again(client, path):
    first = client.get(path)
    etag = first.headers["etag"]
    assert tiny_plan(extra_column="private_phone").plan_id[:16] in etag
    for asked in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = client.get(path, headers={"if-none-match": asked})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
    assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_a_level_that_is_none_is_refused(client):
    response = client.get("/v1/grids", params={"level": "middle"})
    assert response.status_code == 422
    assert ErrorBody.model_validate(response.json()).error.code == "invalid-parameter"
