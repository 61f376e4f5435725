"""The look-up page and the documentation in a real browser with the network cut off."""

import re

import pytest
from pyproj import Transformer
from tiny_plan import COMMUNITY, CRS_40, HOSTILE, ORIGIN, PRIVATE

from api.store.folder import FolderStore

pytestmark = pytest.mark.browser

PHONE, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
TO_DEGREES = Transformer.from_crs(CRS_40, "EPSG:4326", always_xy=True)


@pytest.fixture
def open_page(chromium, site):
    """Open a page of the site; afterwards nothing may have gone wrong in it."""
    wrong, contexts = [], []

    def foreign(request):
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            wrong.append(f"foreign: {request.url}")

    def go(path="", *, size=PHONE, locale="zh-CN", refused="\0", **options):
        context = chromium.new_context(viewport=size, locale=locale, **options)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: (
                refused in message.text or wrong.append(f"{message.type}: {message.text}")
            ),
        )
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append("dialog"), dialog.dismiss()))
        page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
        page.on("request", foreign)
        page.goto(path if path.startswith("http") else f"{site}/{path}")
        return page

    yield go
    for context in contexts:
        context.close()
    assert wrong == []


def ask(page, address):
    page.get_by_role("combobox").fill(address)
    page.keyboard.press("Enter")
    page.wait_for_function(
        """() => !document.getElementById("answer").hidden
            && document.getElementById("answer").getAttribute("aria-busy") === "false" """
    )
    return page.locator("#answer")


def test_an_answer_is_large_and_its_phones_can_be_tapped(open_page):
    page = open_page()
    answer = ask(page, "芳华苑二号楼2单元201")
    assert answer.locator("h2").inner_text() == HOSTILE
    assert answer.locator(".code").inner_text() == COMMUNITY + "00102"
    phones = [a.get_attribute("href") for a in answer.locator("a.phone").all()]
    assert phones == ["tel:0255550003", "tel:0255550002", "tel:0255550001"]
    assert (
        min(box["height"] for a in answer.locator("a.phone").all() if (box := a.bounding_box()))
        >= 44
    )
    text = answer.inner_text()
    assert "确定 · 找到户 · 99 %" in text
    assert "方案日期 2026-11-22" in text
    assert PRIVATE not in page.content()
    assert page.locator("img").count() == 0
    assert page.evaluate("document.activeElement.id") == "answer"


def test_nothing_is_wider_than_a_small_phone(open_page):
    page = open_page()
    for address in ("芳华苑2幢2单元301", "芳华苑2幢", "海棠里", "不存在的地方"):
        ask(page, address)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address


def test_a_question_back_can_be_answered_by_a_tap(open_page):
    page = open_page()
    answer = ask(page, "芳华苑2幢")
    assert "还不能确定是哪个网格" in answer.inner_text()
    assert "是哪个单元" in answer.inner_text()
    options = answer.locator("button.option")
    assert options.count() == 2
    options.nth(1).click()
    page.locator("#answer .code", has_text=COMMUNITY + "00102").wait_for()
    assert page.get_by_role("combobox").input_value() == "学府路8号芳华苑2幢2单元"


def test_the_keyboard_alone_is_enough(open_page):
    page = open_page()
    order = []
    for _ in range(5):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.id"))
    assert order[:3] == ["map-link", "other-language", "address"]
    assert order[4] == "position"


def test_the_page_speaks_the_browsers_language_or_the_one_asked_for(open_page):
    assert open_page(locale="en-GB").get_by_role("button", name="Find").count() == 1
    assert open_page(locale="fr-FR").get_by_role("button", name="查询").count() == 1
    page = open_page("?lang=en")
    answer = ask(page, "海棠里1幢")
    assert "Micro-grid" in answer.inner_text()
    assert page.evaluate("document.documentElement.lang") == "en"
    page.get_by_role("link", name="中文").click()
    assert page.get_by_role("button", name="查询").count() == 1


def test_a_position_near_a_border_is_said_to_be(open_page):
    lon, lat = TO_DEGREES.transform(ORIGIN[0] + 50, ORIGIN[1] + 97)
    page = open_page(
        geolocation={"longitude": lon, "latitude": lat, "accuracy": 12},
        permissions=["geolocation"],
    )
    page.get_by_role("button", name="用我的位置").click()
    page.wait_for_selector("#answer .code")
    text = page.locator("#answer").inner_text()
    assert COMMUNITY + "00101" in text
    assert "距网格边界 3 米" in text
    assert "定位误差约 12 米" in text
    assert "相邻的网格" in text


def test_a_refused_position_is_explained(open_page):
    page = open_page()
    page.get_by_role("button", name="用我的位置").click()
    page.wait_for_function("document.getElementById('status').textContent.includes('许可')")
    assert page.locator("#answer").is_hidden()


def test_a_page_that_is_not_secure_says_why_there_is_no_position(open_page):
    page = open_page()
    page.evaluate("Object.defineProperty(window, 'isSecureContext', { value: false })")
    page.get_by_role("button", name="用我的位置").click()
    page.wait_for_function("document.getElementById('status').textContent.includes('https')")


def test_the_map_opens_at_the_grid_that_was_found(open_page):
    page = open_page(size=WIDE)
    ask(page, "海棠里1幢").get_by_role("link", name="在地图上看").click()
    page.wait_for_url(re.compile(rf"/map\?code={COMMUNITY}00201&locale=zh"))
    page.wait_for_selector(".leaflet-interactive")


def test_who_is_nearest_answers_first_and_above_the_fold(open_page):
    page = open_page()
    answer = ask(page, "芳华苑2幢2单元301")
    posts = answer.locator(".people .post").all_inner_texts()
    assert posts == ["本单元", "本幢", "微网格", "小区", "大网格", "社区"]
    first = answer.locator(".people li").first.bounding_box()
    assert first["y"] + first["height"] <= PHONE["height"]


def test_suggestions_are_picked_by_keyboard_or_by_touch(open_page):
    page = open_page(size=PHONE)
    box, options = page.get_by_role("combobox"), page.get_by_role("option")
    box.press_sequentially("芳华苑2")
    options.first.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    box.press("ArrowDown")
    chosen = page.locator("[aria-selected=true]").inner_text()
    box.press("Enter")
    page.locator("#answer h2").wait_for()
    assert box.input_value() == chosen
    assert options.count() == 0
    box.fill("海棠里")
    options.first.wait_for()
    box.press("Escape")
    assert options.count() == 0
    box.fill("")
    box.press_sequentially("海棠里1")
    options.first.wait_for()
    assert min(option.bounding_box()["height"] for option in options.all()) >= 44
    options.first.click()
    page.locator("#answer .code", has_text=COMMUNITY + "00201").wait_for()


def test_nothing_hostile_in_suggestions_is_more_than_text(open_page):
    page = open_page()
    page.get_by_role("combobox").press_sequentially("<img src=x>")
    page.wait_for_timeout(400)
    assert page.locator("img").count() == 0


def test_another_day_is_asked_and_a_day_without_a_plan_is_explained(open_page, published):
    page = open_page(f"{published}/?lang=en", refused="status of 404")
    ask(page, "芳华苑1幢")
    source = page.locator("#answer .source")
    assert "version 1" in source.inner_text()
    assert "valid from 2026-01-01" in source.inner_text()
    page.get_by_label("On which day").fill("2020-01-01")
    page.locator("#status", has_text="No published plan").wait_for()
    assert page.locator("#answer").is_hidden()
    page.get_by_label("On which day").fill("2027-01-01")
    page.locator("#answer .code").wait_for()
    assert "at=2027-01-01" in page.get_by_role("link", name="Show on the map").get_attribute("href")


def test_a_wrong_answer_is_reported_from_the_answer_and_by_its_link(open_page, published, folder):
    page = open_page(f"{published}/")
    ask(page, "芳华苑1幢")
    page.get_by_text("这个答案不对?").click()
    page.get_by_label("哪里不对").fill("应属第2网格<b>")
    page.get_by_role("button", name="提交").click()
    page.get_by_text("已收到").wait_for()
    kept = FolderStore(folder).desk().reports()[-1]
    assert (kept.query, kept.text) == ("芳华苑1幢", "应属第2网格<b>")

    linked = open_page(f"{published}/?wrong=1&lon=120.93&lat=34.0&datum=gcj02")
    linked.get_by_label("哪里不对").wait_for()
    assert linked.evaluate("document.activeElement.id") == "wrong-text"
    assert linked.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_plan_that_nobody_published_takes_no_reports(open_page):
    assert ask(open_page(), "芳华苑1幢").get_by_text("这个答案不对?").count() == 0


def test_the_documentation_renders_from_this_server(open_page):
    page = open_page("docs", size=WIDE)
    page.wait_for_selector("#operations-look-up-locate_v1_locate_get")
    assert page.locator(".opblock").count() == 12
    assert page.locator(".errors-wrapper").count() == 0


def test_the_site_that_is_named_may_frame_the_map(open_page, portal):
    page = open_page(portal, size=WIDE)
    frame = page.frame_locator("iframe")
    frame.locator(".leaflet-interactive").first.wait_for()


def test_another_site_may_not(chromium, portal, site):
    page = chromium.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{portal.rsplit('/', 1)[0]}/{site.rsplit(':', 1)[1]}")
    assert any("frame-ancestors" in text for text in said)
    assert page.frame_locator("iframe").locator(".leaflet-interactive").count() == 0
    page.close()
