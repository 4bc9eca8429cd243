"""At a desk: a report whose results come from a file and whose paper is sent with its progress, a plot that is drawn, pages that are
printed. What works without script is tested over HTTP; here is what the scripts add."""

import os
import secrets
import tempfile

import people
from people import DESK, account_of

TABLE = "检测项目,检测结果(mg/kg),限量,RT\n啶虫脒,0.058,0.5,8.3\n毒死蜱,<0.002,0.02,9.1\n"
SLOW = {"offline": False, "latency": 20, "downloadThroughput": 10**7, "uploadThroughput": 10**6}


def desk(chromium, base, demo):
    with tempfile.TemporaryDirectory() as work:
        with people.signed_in(chromium, base, account_of(demo, "laboratory"), size=DESK) as page:
            percent = report(page, base, work)
        with people.signed_in(chromium, base, account_of(demo, "cooperative"), size=DESK) as page:
            area = drawn(page, base)
            one_act(page, base)
            printed(page, base)
    return "a file at %s, a plot of %s" % (percent, area)


def report(page, base, work):
    table, paper = os.path.join(work, "r.csv"), os.path.join(work, "r.pdf")
    with open(table, "wb") as file:
        file.write(TABLE.encode("gb18030"))
    with open(paper, "wb") as file:
        file.write(b"%PDF-1.7\n" + b"x" * 3_000_000 + b"\n%%EOF\n")
    page.goto(base + "/console/samples")
    with page.expect_navigation():
        page.locator("a[href$='/report']").first.click()
    page.set_input_files("#f-table", table)
    with page.expect_navigation():
        page.click("button[value=table]")
    # What the file says stays, whatever draft the browser has.
    for _ in range(2):
        page.evaluate("() => Queue.drafts.all(document.body.dataset.who)")
    assert page.input_value("[name='results[1].qualifier']") == "below_loq" and page.locator(".of-results .row").count() == 2
    assert "2 行" in page.inner_text(".done") and "RT" in page.inner_text(".done"), "what was taken and what was not is said"
    page.set_input_files("#f-file", paper)
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    button = page.locator(".acts button")
    button.click()
    told = page.wait_for_function("""() => {
        const text = (document.querySelector(".upload span") || {}).textContent || "";
        return /[1-9]\\d* %/.test(text) && text;
    }""").json_value()
    assert button.get_attribute("aria-disabled") == "true", "the button does not work twice"
    page.wait_for_selector("#errors")
    assert page.locator("#f-report-no-error").count() == 1 and page.locator(".upload").count() == 0
    page.fill("[name=report_no]", "R-" + secrets.token_hex(4))
    button.click()
    page.wait_for_url("**/console/samples?done=*")
    return told


def drawn(page, base):
    page.goto(base + "/console/plots/new")
    page.fill("[name='point.lat']", "31.0190")
    page.fill("[name='point.lon']", "109.4650")
    pad, corners = page.locator("#walk svg"), page.locator("#walk circle")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    for x, y in ((0.2, 0.2), (0.8, 0.2), (0.8, 0.7), (0.2, 0.7)):
        pad.click(position={"x": box["width"] * x, "y": box["height"] * y})
    assert corners.count() == 4
    page.click(".of-polygon summary")
    # 60 m by 37.5 m on a pad 100 m wide.
    area = page.inner_text(".walk-area")
    assert "2,2" in area and "3.3" in area, area
    before = page.input_value("[name='polygon[2].lat']")
    corners.nth(2).focus()
    page.keyboard.press("Shift+ArrowDown")
    moved = float(before) - float(page.input_value("[name='polygon[2].lat']"))
    assert abs(moved * 111320 - 10) < 0.1, "ten metres to the south"
    middle = corners.nth(0).bounding_box()
    page.mouse.move(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3, steps=4)
    page.mouse.up()
    assert corners.count() == 4, "a corner that is moved is no new one"
    corners.nth(3).focus()
    page.keyboard.press("Delete")
    assert corners.count() == 3 and page.input_value("[name='polygon[3].lat']") == ""
    page.fill("[name='polygon[3].lat']", "31.0186")
    page.fill("[name='polygon[3].lon']", "109.4647")
    assert corners.count() == 4, "a corner that is typed is drawn"
    return area


def one_act(page, base):
    page.goto(base + "/console/batches")
    with page.expect_navigation():
        page.locator("tbody th a").first.click()
    page.goto(page.url.split("?")[0] + "/note")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.fill("[name=note]", "桌上核对")
    with page.expect_navigation():
        page.evaluate("() => { const button = document.querySelector('.acts button'); button.click(); button.click(); }")
    assert len(sent) == 1, sent


def printed(page, base):
    page.emulate_media(media="print")
    for path in ("/console/batches", "/console/batches/board", "/console/stock", "/console/plots/new"):
        page.goto(base + path)
        shown = page.locator(".top, .side, .verb, .filters, .list-foot, .acts").evaluate_all(
            "all => all.filter((it) => it.getClientRects().length > 0).map((it) => it.className)")
        assert shown == [], (path, shown)
        assert page.pdf(format="A4").startswith(b"%PDF")
    page.emulate_media(media="screen")
