"""A working day in the console, on a phone: harvest, sample, laboratory, grading, packing, label, consumer. Told by what stands on
the pages alone; no address is typed but the first."""

import contextlib
import secrets

PHONE = {"width": 360, "height": 640}


@contextlib.contextmanager
def signed_in(chromium, base, account, language="zh-CN", size=PHONE):
    """A page of somebody who logged in; fails where the console itself or a page of it complains."""
    context = chromium.new_context(viewport=size, locale=language)
    page = context.new_page()
    complaints = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" and "status of 4" not in said.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("load", lambda page: wide(page, complaints))
    page.goto(base + "/console")
    page.fill("[name=login]", account["login"])
    page.fill("[name=password]", account["password"])
    page.click(".form .button")
    page.wait_for_url("**/console")
    yield page
    assert complaints == [], complaints
    context.close()


def wide(page, complaints):
    with contextlib.suppress(Exception):
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if width > 0:
            complaints.append("%s is %d px too wide" % (page.url, width))


def press(page, text):
    """Presses what has this text, and waits for the page that comes."""
    with page.expect_navigation():
        page.get_by_text(text, exact=True).first.click()


def send(page):
    with page.expect_navigation():
        page.click(".sheet .button:not(.second)")


def day(chromium, base, demo):
    account = lambda role: next(account for account in demo["accounts"] if account["role"] == role)
    lot = "D" + secrets.token_hex(5).upper()
    with signed_in(chromium, base, account("cooperative")) as page:
        press(page, "采收，建立批次")
        harvest(page, lot)
        sample = draw_sample(page, lot)
        at_laboratory(chromium, base, account("laboratory"), sample)
        page.reload()
        assert "各项均未超过限量" in page.inner_text("main"), "the report stands on the batch's page"
        label = grade_and_pack(page, lot)
    consumer(chromium, base, label)
    return "harvest, sample, report, grades, packs and label of %s at %d px" % (lot, PHONE["width"])


def harvest(page, lot):
    page.fill("[name=quantity]", "一千二")
    page.fill("[name=lot]", lot)
    page.click(".sheet .button:not(.second)")
    page.wait_for_selector(".field-error")
    assert page.locator(".field-error").count() == 1 and page.input_value("[name=lot]") == lot, "the form keeps what was typed"
    assert page.input_value("[name=quantity]") == "一千二"
    page.fill("[name=quantity]", "1200斤")
    assert "600 kg" in page.inner_text(".sheet .button:not(.second)"), "the button says what will happen"
    send(page)
    assert page.inner_text("h1") == lot and "进 600 kg = 结余 600 kg" in page.inner_text(".equation")


def draw_sample(page, lot):
    press(page, "取样送检")
    code = "S-" + lot
    page.fill("[name=code]", code)
    page.fill("[name=quantity]", "4斤")
    send(page)
    assert "样品 2 kg" in page.inner_text(".equation")
    return code


def at_laboratory(chromium, base, account, code):
    with signed_in(chromium, base, account, size={"width": 1440, "height": 900}) as page:
        line = page.locator(".waiting li", has_text=code)
        with page.expect_navigation():
            line.get_by_role("link", name="收样").click()
        send(page)
        row = page.locator("tr", has_text=code)
        with page.expect_navigation():
            row.get_by_role("link", name="填写报告").click()
        page.fill("[name=report_no]", "R-" + code)
        rows = page.locator(".of-results .row")
        named = [at for at in range(rows.count()) if page.input_value("[name='results[%d].analyte']" % at)]
        assert named, "what was sprayed is asked for"
        for at in named:
            page.select_option("[name='results[%d].qualifier']" % at, "below_loq")
            page.fill("[name='results[%d].value']" % at, "0.01")
            page.fill("[name='results[%d].limit']" % at, "0.5")
        send(page)
        assert "R-" + code in page.inner_text("main")


def grade_and_pack(page, lot):
    with page.expect_navigation():
        page.click(".hero .verb.first")
    page.fill("[name='outputs[0].quantity']", "500")
    page.fill("[name='outputs[1].quantity']", "90")
    page.fill("[name=loss]", "8")
    send(page)
    assert "结余 0" in page.inner_text(".equation")
    press(page, "特级")
    with page.expect_navigation():
        page.click(".hero .verb.first")
    assert page.input_value("[name='outputs[0].packs']") == "100", "as many packs as the weight gives"
    send(page)
    assert page.url.split("?")[0].endswith("/label")
    symbol = page.locator(".label img")
    assert symbol.evaluate("image => image.complete && image.naturalWidth > 0"), "the symbol is drawn"
    return page.locator("main a[href^='/01/']").get_attribute("href")


def consumer(chromium, base, path):
    context = chromium.new_context(viewport=PHONE, locale="en")
    page = context.new_page()
    page.goto(base + path)
    said = page.inner_text("main")
    assert "Code issued here" in said and "Test report" in said, said[:400]
    context.close()
