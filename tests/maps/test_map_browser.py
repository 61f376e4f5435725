"""The page in a real browser with the network cut off."""

import re

import pytest
from living_toy import with_living

from maps.page import PageOptions, write_map

pytestmark = pytest.mark.browser

HOSTILE = [
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "{{7*7}}{% raw %}",
    "'-alert(1)-'\u2028\\",
    "<svg onload=alert(1)>&lt;b&gt;",
]
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
LARGE, MICRO = "990000000001002", "99000000000100201"


@pytest.fixture
def show(chromium, tmp_path):
    """Open a plan's page from a file; afterwards nothing may have gone wrong in it."""
    wrong, contexts = [], []

    def open_page(plan, size=WIDE, **options):
        path = tmp_path / "map.html"
        write_map(plan, path, PageOptions(**options))
        context = chromium.new_context(viewport=size, offline=True, has_touch=size is PHONE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append("dialog"), dialog.dismiss()))
        page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
        page.on("request", lambda request: foreign(request.url))
        page.goto(path.as_uri())
        return page

    def foreign(url):
        if not url.startswith(("file:", "data:")):
            wrong.append(f"foreign: {url}")

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def text_of(page, selector):
    return [item.strip() for item in page.locator(selector).all_inner_texts()]


def tell_all(page):
    """Open every tooltip and popup of every layer; return all that was ever to be read."""
    return page.evaluate(
        """() => {
        const view = wangge.view, said = [document.body.innerText];
        for (const layer of view.layers) {
            view.toggle(layer.id, true);
            for (const feature of layer.data.features) {
                if (layer.interactive) {
                    view.tell(feature.properties, layer, view.map.getCenter());
                    const tip = view.popups.tooltip(feature.properties, layer);
                    document.body.append(tip);
                    said.push(document.body.innerText);
                    tip.remove();
                }
            }
        }
        return said.join("\\n");
    }"""
    )


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_opens_offline(show, toy_plan, locale, size):
    page = show(toy_plan, size, locale=locale)
    tell_all(page)
    assert page.locator(".folium-map path").count() > 30
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.locator(".leaflet-control-scale-line").count() == 1


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_show_and_do_nothing(show, make_toy, name, size):
    page = show(make_toy(lambda text: f"{text}{name}"), size, attribution=name)
    said = re.sub(r"\s+", " ", tell_all(page))
    seen = re.sub(r"\s+", " ", name).strip()
    for start in (
        "第001网格",
        "和平小区",
        "康民药店",
        "1幢",
        "网格微家",
        "东门",
        "户数不足",
        "done",
    ):
        assert start + seen in said, start
    assert f"tea_house{seen}" in said
    assert page.locator(".folium-map img, .folium-map script, .folium-map [onload]").count() == 0
    assert "49" not in page.title()
    page.wait_for_timeout(50)


def test_layers_switch_by_mouse_and_keyboard(show, toy_plan):
    page = show(toy_plan)
    paths = page.locator(".leaflet-buildings-pane path")
    box = page.locator("input[data-layer=buildings]")
    assert paths.count() == 11
    box.uncheck()
    assert paths.count() == 0
    box.focus()
    page.keyboard.press("Space")
    assert paths.count() == 11
    for layer in page.evaluate("wangge.view.layers.map(layer => layer.id)"):
        page.evaluate("id => wangge.view.toggle(id, true)", layer)
    boxes = page.locator(".panel input")
    assert boxes.count() == 15  # the toy has one circle, and no gap
    assert all(boxes.nth(n).is_checked() for n in range(boxes.count()))


def test_clicking_tells_about_the_grid_on_top(show, toy_plan):
    page = show(toy_plan)
    page.evaluate("['buildings', 'large'].forEach(id => wangge.view.toggle(id, false))")
    page.mouse.click(*spot(page, MICRO))
    assert text_of(page, ".popup h2") == ["第00201网格微网格"]
    assert "42" in page.locator(".popup").inner_text()
    page.get_by_role("button", name="关闭").click()
    page.wait_for_selector(".popup", state="detached")
    page.evaluate("wangge.view.toggle('micro', false); wangge.view.toggle('large', true)")
    page.mouse.click(*spot(page, MICRO))
    popup = page.locator(".popup").inner_text()
    assert "第002网格" in popup
    assert "户数不足" in popup
    assert "步行距离超限" in popup
    assert "410 m（限 300 m）" in popup
    assert "将网格中心移近" in popup


def test_one_kind_of_gap_alone(show, toy_plan):
    page = show(with_living(toy_plan))
    drawn = page.locator(".leaflet-outlines-pane path:not([stroke=none])")
    assert drawn.count() == 0
    chooser = page.get_by_label("按类别查看")
    assert text_of(page, "[data-choose=gaps] option") == ["全部类别", "药店", "tea_house"]
    chooser.select_option("tea_house")
    assert page.locator("input[data-layer=gaps]").is_checked()
    assert drawn.count() == 1
    signs = page.locator(".leaflet-signs-pane .sign")
    assert signs.count() == 1, "where there is one of that kind"
    chooser.select_option("")
    assert (drawn.count(), signs.count()) == (2, 2)
    said = tell_all(page)
    for words in (
        "410 m（限 300 m）",
        "步行不可达",
        "隔墙无门",
        "微网格5分钟",
        "未调查，不计缺口：养老服务",
    ):
        assert words in said, words


def test_a_chosen_grid_shows_the_circles_that_are_switched_on(show, toy_plan):
    page = show(with_living(toy_plan))
    chosen = page.locator(".leaflet-chosen-pane path")
    page.evaluate("code => wangge.view.highlight(code)", "990000000001001")
    assert chosen.count() == 3, "two outlines and the nearest circle"
    for minutes in (5, 10):
        page.locator(f"input[data-layer=circles-large-{minutes}]").check()
    page.evaluate("code => wangge.view.highlight(code)", "990000000001001")
    assert chosen.count() == 4


def test_tooltip_is_short(show, toy_plan):
    page = show(toy_plan)
    page.mouse.move(*spot(page, "99000000000100302"))
    page.wait_for_selector(".tip")
    assert text_of(page, ".tip")[0].splitlines() == ["第00302网格", "42户", "最远步行 22 m"]


def test_every_grid_by_keyboard(show, toy_plan):
    page = show(toy_plan)
    labels = page.locator(".leaflet-labels-pane [role=button]")
    assert sorted(labels.evaluate_all("all => all.map(one => one.ariaLabel)")) == [
        "专属901网格",
        "第001网格",
        "第002网格",
        "第003网格",
    ]
    page.locator("[aria-label=第002网格]").focus()
    page.keyboard.press("Enter")
    popup = page.locator(".popup")
    assert popup.locator("h2").inner_text().startswith("第002网格")
    popup.get_by_text("微网格（2）").press("Enter")
    popup.get_by_role("button", name="第00201网格").press("Enter")
    assert page.locator(".popup h2").inner_text().startswith("第00201网格")
    page.keyboard.press("Escape")
    page.wait_for_selector(".popup", state="detached")


def test_phone_shows_a_sheet(show, toy_plan):
    page = show(toy_plan, PHONE)
    assert page.locator(".panel-body").is_hidden()
    page.evaluate("wangge.view.toggle('buildings', false)")
    page.touchscreen.tap(*spot(page, MICRO))
    sheet = page.locator(".sheet")
    assert sheet.is_visible()
    assert "第00201网格" in sheet.inner_text()
    assert sheet.bounding_box()["width"] == 360
    sheet.get_by_role("button", name="关闭").click()
    assert sheet.is_hidden()
    page.get_by_role("button", name="图层与图例").click()
    panel = page.locator(".panel").bounding_box()
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= 360


def test_code_is_zoomed_to_and_outlined(show, toy_plan):
    whole = show(toy_plan, PHONE).evaluate("wangge.view.map.getZoom()")
    page = show(toy_plan, PHONE, code=LARGE)
    assert page.evaluate("wangge.view.map.getZoom()") > whole
    assert page.locator(".leaflet-chosen-pane path").count() == 2


def test_embed_is_quiet(show, toy_plan):
    page = show(toy_plan, {"width": 800, "height": 500}, embed=True)
    assert page.locator("header").count() == 0
    assert page.locator(".panel-body").is_hidden()
    bare = show(toy_plan, embed=True, controls=False)
    assert bare.locator(".panel").count() == 0


def test_micro_grids_alone(show, toy_plan):
    page = show(toy_plan, levels=("micro",))
    assert page.locator(".leaflet-areas-pane path").count() == 7
    assert page.locator("input[data-layer=large]").count() == 0


def test_tianditu_tiles_are_asked_for_and_allowed(chromium, toy_plan, tmp_path):
    path = tmp_path / "map.html"
    write_map(toy_plan, path, PageOptions(base_map="tianditu", tianditu_key="a1b2c3"))
    context = chromium.new_context(viewport=WIDE)
    asked, wrong = [], []
    context.route(
        re.compile("^https:"), lambda route: (asked.append(route.request.url), tile(route))
    )
    page = context.new_page()
    page.on("console", lambda message: wrong.append(message.text))
    page.goto(path.as_uri())
    page.locator(".leaflet-tile-loaded").nth(4).wait_for(state="attached")
    zoom = page.evaluate("wangge.view.map.getZoom()")
    context.close()
    assert wrong == []
    assert {re.search("LAYER=(...)", url)[1] for url in asked} == {"vec", "cva"}
    assert all(re.match(r"https://t[0-7]\.tianditu\.gov\.cn/", url) for url in asked)
    level, row, column = map(
        int, re.search(r"TILEMATRIX=(\d+)&TILEROW=(\d+)&TILECOL=(\d+)", asked[0]).groups()
    )
    assert level == min(zoom, 18)
    # 120 degrees east, 32 degrees north: right of the middle, above it.
    assert column / 2**level == pytest.approx((120 + 180) / 360, abs=0.001)
    assert row / 2**level == pytest.approx(0.406, abs=0.003)


def tile(route):
    picture = '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"/>'
    route.fulfill(body=picture, content_type="image/svg+xml")


def spot(page, code):
    """Where the middle of a grid is on the screen."""
    x, y = page.evaluate(
        """code => {
        const view = wangge.view, [longitude, latitude] = view.grids.get(code).spot;
        const point = view.map.latLngToContainerPoint([latitude, longitude]);
        const box = view.map.getContainer().getBoundingClientRect();
        return [box.left + point.x, box.top + point.y];
    }""",
        code,
    )
    return x + 12, y + 12
