"""One whole working day, of all who have a part in it: a plot is registered, oranges are harvested, tested, graded, packed under the
association's mark, labelled and scanned. The cooperative has a phone, whose network is cut twice, and so has everybody else. Told by
what stands on the pages alone; no address is typed but the first."""

import datetime
import secrets

import cut
import people
from people import PHONE, Phone, account_of, go, press, send, signed_in

HEAD = """path => fetch(path).then((answer) => answer.text())
    .then((text) => new DOMParser().parseFromString(text, "text/html").querySelector("[name=head]").value)"""


def day(chromium, base, demo):
    mark = secrets.token_hex(4).upper()
    plot, lot = "P" + mark, "D" + mark
    signer = joined(chromium, base, account_of(demo, "laboratory"), "signer" + mark.lower())
    with cut.network(base) as network:
        phone = Phone(chromium, network)
        phone.log_in(account_of(demo, "cooperative"))
        register(phone, plot)
        harvest(phone, plot, lot)
        sample = draw_sample(phone.page, lot)
        at_laboratory(chromium, base, signer, sample)
        grade(phone, lot)
        label, packed, licence = pack_and_label(phone.page)
        phone.close()
    association(chromium, base, account_of(demo, "association"), licence, packed)
    consumer(chromium, base, label, packed)
    return "plot, harvest, sample, report, grades, packs and label of %s at %d px, the network cut twice; %s read it" % (
        lot, PHONE["width"], "association and consumer")


def joined(chromium, base, manager, login):
    """The laboratory takes in a signer; she sets up an authenticator, without whose code nobody enters as her."""
    signer = {"login": login, "password": "rapid results under purple lamps"}
    with signed_in(chromium, base, manager) as page:
        go(page, "成员")
        page.fill("[name=name]", "示范·李某")
        page.select_option("[name=kind]", "signer")
        with page.expect_navigation():
            page.get_by_role("button", name="生成邀请链接").click()
        link = page.inner_text("#link code")
    context = chromium.new_context(viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    page.goto(link)
    page.fill("[name=login]", signer["login"])
    page.fill("[name=password]", signer["password"])
    page.fill("[name=again]", signer["password"])
    page.click(".form .button")
    people.arrive(page, "/console")
    with page.expect_navigation():
        page.click(".me a[href='/console/account']")
    press(page, "设置验证器")
    signer["authenticator"] = people.Authenticator(page.input_value("[name=secret]"))
    page.fill("[name=code]", signer["authenticator"].next())
    page.click(".form .button >> nth=0")
    page.wait_for_selector(".codes li")
    context.close()
    return signer


def register(phone, code):
    page = phone.page
    go(page, "地块")
    press(page, "登记地块")
    page.fill("[name=code]", code)
    page.fill("[name=area_m2]", "12亩")
    page.fill("[name='place.zh']", "示范县")
    page.fill("[name='crop.zh']", "脐橙")
    page.fill("[name='point.lat']", "31.02")
    page.fill("[name='point.lon']", "110.67")
    send(page)
    assert page.inner_text("h1") == code, page.url
    # What is sprayed is what the laboratory will look for.
    press(page, "记用药")
    page.fill("[name=product]", "毒死蜱乳油")
    page.fill("[name=active]", "毒死蜱")
    page.fill("[name=dose]", "1500倍液")
    today = datetime.date.fromisoformat(page.input_value("[name=on]"))
    page.fill("[name=on]", str(today - datetime.timedelta(days=30)))
    page.fill("[name=interval_days]", "28")
    send(page)
    assert "毒死蜱乳油" in page.inner_text("main")


def harvest(phone, plot, lot):
    """In the orchard, where there is no network."""
    page = phone.page
    phone.keeps("/console/batches/new", plot)
    phone.keeps()
    phone.cut()
    phone.open("/console")
    assert page.is_visible("#no-network"), "no network: what is kept is shown"
    with page.expect_navigation():
        page.click("main a[href='/console/batches/new']")
    page.select_option("[name='plots[0].plot']", label=offered(page, plot))
    page.fill("[name=quantity]", "1200斤")
    assert "600 kg" in page.inner_text(".sheet .acts button").replace("\u00a0", " "), "the button says what will happen"
    page.fill("[name=lot]", lot)
    send(page)
    phone.wait_states(["waiting"])
    phone.restore()
    phone.wait_states([])
    find(page, lot)
    assert "进 600 kg = 结余 600 kg" in page.inner_text(".equation")


def offered(page, plot):
    options = page.locator("[name='plots[0].plot'] option").all_inner_texts()
    return next(option for option in options if plot in option)


def find(page, lot):
    with page.expect_navigation():
        page.fill("#q", lot)
        page.press("#q", "Enter")
    assert page.inner_text("h1") == lot, page.url


def draw_sample(page, lot):
    press(page, "取样送检")
    code = "S-" + lot
    page.fill("[name=code]", code)
    page.fill("[name=quantity]", "四斤")
    page.click(".sheet .acts button")
    page.wait_for_selector(".field-error")
    assert page.locator(".field-error").count() == 1 and page.input_value("[name=code]") == code, "the form keeps what was typed"
    assert page.input_value("[name=quantity]") == "四斤"
    page.fill("[name=quantity]", "4斤")
    send(page)
    assert "样品 2 kg" in page.inner_text(".equation")
    return code


def at_laboratory(chromium, base, signer, code):
    context = chromium.new_context(viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    people.show_password(page, base, signer)
    people.arrive(page, "/login/code")
    page.goto(base + "/console")
    assert "/login" in page.url, "with the password alone nobody gets in"
    context.close()
    with signed_in(chromium, base, signer) as page:
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
        assert [page.input_value("[name='results[%d].analyte']" % at) for at in named] == ["毒死蜱"], "what was sprayed is asked for"
        for at in named:
            page.select_option("[name='results[%d].qualifier']" % at, "below_loq")
            page.fill("[name='results[%d].value']" % at, "0.01")
            page.fill("[name='results[%d].limit']" % at, "0.5")
        send(page)
        assert "R-" + code in page.inner_text("main")


def grade(phone, lot):
    """At the sorting line the network is gone again."""
    page = phone.page
    page.reload()
    assert "各项均未超过限量" in page.inner_text("main"), "the report stands on the batch's page"
    path = page.get_attribute(".hero .verb.first", "href")
    # The form as it is after the report: an older one would be shown to be old.
    phone.keeps(path, page.evaluate(HEAD, path))
    phone.cut()
    with page.expect_navigation():
        page.click(".hero .verb.first")
    page.fill("[name='outputs[0].quantity']", "500")
    page.fill("[name='outputs[1].quantity']", "90")
    page.fill("[name=loss]", "8")
    send(page)
    phone.wait_states(["waiting"])
    phone.restore()
    phone.wait_states([])
    find(page, lot)
    assert "结余 0" in page.inner_text(".equation")


def pack_and_label(page):
    """Under the mark that the pack is licensed for; answers what stands on the label, its lot, and the licence."""
    press(page, "特级")
    with page.expect_navigation():
        page.click(".hero .verb.first")
    assert page.input_value("[name='outputs[0].packs']") == "100", "as many packs as the weight gives"
    licence = page.input_value("[name='outputs[0].licence']")
    assert licence, "the licence for this pack is chosen already"
    packed = page.input_value("[name='outputs[0].lot']")
    send(page)
    symbol = page.locator(".label img")
    assert symbol.evaluate("image => image.complete && image.naturalWidth > 0"), "the symbol is drawn"
    assert packed in page.inner_text(".label")
    return page.locator("main a[href^='/01/']").get_attribute("href"), packed, licence


def association(chromium, base, account, licence, packed):
    """Reads what was packed under its mark, and nothing of how it came about."""
    with signed_in(chromium, base, account) as page:
        go(page, "品牌授权")
        with page.expect_navigation():
            page.click("main a[href^='/console/licences/%s']" % licence)
        while page.locator("tr", has_text=packed).count() == 0:
            press(page, "后面的")
        assert "100" in page.locator("tr", has_text=packed).inner_text()
        with page.expect_navigation():
            page.get_by_role("link", name=packed).click()
        assert packed in page.inner_text("main") and "/console/batches" not in page.url, page.url


def consumer(chromium, base, path, packed):
    context = chromium.new_context(viewport=PHONE, locale="en")
    page, complaints = context.new_page(), []
    people.watch(page, complaints)
    page.goto(base + path)
    said = page.inner_text("main")
    assert "Code issued here" in said and "Test report" in said and packed in said, said[:400]
    assert complaints == [], complaints
    context.close()
