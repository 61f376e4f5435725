"""The page as text: self-contained, the same every time, nothing private in it."""

import json
import re
from html.parser import HTMLParser

import folium
import pytest

from gis.errors import NotAPlan
from gis.plan_data import Plan
from maps.errors import BadOptions, UnknownCode
from maps.page import PageOptions, map_page, write_map

KEY = "0123456789abcdef0123456789abcdef"


class Links(HTMLParser):
    """Collect what a browser would load, and the policy."""

    def __init__(self):
        super().__init__()
        self.loaded, self.attributes, self.policy, self.title = [], [], "", ""
        self._tag = ""

    def handle_starttag(self, tag, attrs):
        self._tag = tag
        values = dict(attrs)
        self.attributes.append((tag, values))
        self.loaded += [values[key] for key in ("src", "href", "data", "action") if values.get(key)]
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]

    def handle_data(self, data):
        if self._tag == "title":
            self.title = self.title or data
        if self._tag == "style":
            self.loaded += re.findall(r"url\(['\"]?([^)'\"]+)", data)
            assert "@import" not in data


def parse(page):
    links = Links()
    links.feed(page)
    return links


def data_of(page):
    block = re.search(
        r'<script type="application/json" id="wangge-data">(.*?)</script>', page, re.DOTALL
    )
    return json.loads(block[1])


def test_nothing_is_loaded(toy_plan):
    links = parse(map_page(toy_plan))
    assert links.loaded
    assert all(url.startswith(("data:", "#")) for url in links.loaded), links.loaded
    assert "default-src 'none'" in links.policy
    assert "http" not in links.policy
    assert "unsafe-eval" not in links.policy


def test_the_policy_names_every_script(toy_plan):
    page = map_page(toy_plan)
    assert parse(page).policy.count("'sha256-") == page.count("<script>") == 3


def test_same_bytes(toy_plan):
    assert map_page(toy_plan) == map_page(toy_plan)
    options = PageOptions(base_map="tianditu", tianditu_key=KEY)
    assert map_page(toy_plan, options) == map_page(toy_plan, options)


def test_folium_is_left_as_it_was(toy_plan):
    before = list(folium.Map.default_js), list(folium.Map.default_css)
    map_page(toy_plan)
    assert (folium.Map.default_js, folium.Map.default_css) == before
    assert len(folium.Map.default_js) > 0


def test_nothing_private_gets_in(toy_plan, private):
    for options in (PageOptions(), PageOptions(locale="en", embed=True, code="990000000001001")):
        page = map_page(toy_plan, options)
        assert [word for word in private if word in page] == []


@pytest.mark.parametrize(("locale", "language"), [("zh", "zh-CN"), ("en", "en")])
def test_language_title_and_viewport(toy_plan, locale, language):
    page = map_page(toy_plan, PageOptions(locale=locale))
    links = parse(page)
    assert ("html", {"lang": language}) in links.attributes
    assert "和平社区" in links.title
    viewport = next(values for _, values in links.attributes if values.get("name") == "viewport")
    assert "user-scalable" not in viewport["content"]
    assert "maximum-scale" not in viewport["content"]


def test_options_reach_the_page(toy_plan):
    options = PageOptions(
        title="我的图", embed=True, controls=False, attribution="审图号：苏S(2026)1号"
    )
    page = map_page(toy_plan, options)
    data = data_of(page)
    assert parse(page).title == "我的图"
    assert "<header" not in page
    assert data["controls"] is False
    assert data["embed"] is True
    assert data["attribution"] == ["审图号：苏S(2026)1号", "方案 01234567"]
    assert "<header" in map_page(toy_plan)


def test_code_zooms(toy_plan):
    whole = data_of(map_page(toy_plan))
    one = data_of(map_page(toy_plan, PageOptions(code="99000000000100201")))
    community = data_of(map_page(toy_plan, PageOptions(code="990000000001")))
    assert whole["bounds"] == whole["whole"] == one["whole"] == community["bounds"]
    (south, west), (north, east) = one["bounds"]
    assert north - south < (whole["whole"][1][0] - whole["whole"][0][0]) / 2
    assert east - west < (whole["whole"][1][1] - whole["whole"][0][1]) / 3


def test_unknown_code_is_refused(toy_plan):
    with pytest.raises(UnknownCode, match="'7'"):
        map_page(toy_plan, PageOptions(code="7"))


def test_a_plan_without_grids_is_refused(toy_plan):
    with pytest.raises(NotAPlan):
        map_page(Plan(layers={"info": toy_plan["info"]}, crs=toy_plan.crs))


@pytest.mark.parametrize(
    "options",
    [
        {"locale": "fr"}, {"base_map": "google"}, {"levels": ()}, {"levels": ("tiny",)},
        {"base_map": "tianditu"}, {"base_map": "tianditu", "tianditu_key": "</script>"},
    ],
)  # fmt: skip
def test_bad_options_are_refused(options):
    with pytest.raises(BadOptions):
        PageOptions(**options)


def test_tianditu_asks_for_rows_by_y(toy_plan):
    page = map_page(toy_plan, PageOptions(base_map="tianditu", tianditu_key=KEY))
    for layer in ("vec", "cva"):
        url = re.search(rf'"(https://t[^"]+/{layer}_w/wmts[^"]+)"', page)[1].replace("\\u0026", "&")
        assert "TILEROW={y}&TILECOL={x}" in url
        assert f"LAYER={layer}&" in url
        assert "TILEMATRIXSET=w" in url
        assert url.endswith(f"tk={KEY}")
    assert "img-src data: https://*.tianditu.gov.cn;" in parse(page).policy


def test_osm_is_credited(toy_plan):
    page = map_page(toy_plan, PageOptions(base_map="osm", locale="en"))
    assert "https://tile.openstreetmap.org/{z}/{x}/{y}.png" in page
    assert "OpenStreetMap contributors" in page
    assert "img-src data: https://tile.openstreetmap.org;" in parse(page).policy


def test_names_are_never_read_as_templates(make_toy):
    page = map_page(make_toy(lambda text: text + "{{7*7}}{% raw %}__CONTENT_SECURITY_POLICY__"))
    assert "和平社区{{7*7}}{% raw %}" in page
    assert "和平社区49" not in page
    assert page.count("'sha256-") == 3


def test_write_map_writes_whole_files(toy_plan, tmp_path):
    path = tmp_path / "map.html"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(UnknownCode):
        write_map(toy_plan, path, PageOptions(code="none"))
    assert path.read_text(encoding="utf-8") == "old"
    write_map(toy_plan, path)
    assert path.read_bytes() == map_page(toy_plan).encode()
    assert [item.name for item in tmp_path.iterdir()] == ["map.html"]


def test_small(toy_plan):
    assert len(map_page(toy_plan).encode()) < 260_000
