"""What a phone does with a form whose answer was lost, and with the way out where there is no network."""

import secrets

import playwright.sync_api

import cut
from orchard import PENDING, KEPT, Phone, Server, until


def leaving(chromium, base, demo):
    mine = [account for account in demo["accounts"] if account["role"] == "cooperative"][0]
    mark = secrets.token_hex(4).upper()
    with cut.network(base) as network:
        phone = Phone(chromium, network)
        phone.server = Server(chromium, base, mine)
        phone.log_in(mine)
        phone.keeps()
        tried(phone, "铜制剂" + mark)
        never_arrived(phone, "X" + mark)
        ended_in_mid_form(phone, mine, "Y" + mark)
        out_without_network(phone)
        phone.close()
    return "a lost answer is asked after before anything changes; a form that never arrived is there again; a session that ended in mid-form; logged out without a network"


def tried(phone, product):
    """Recorded, the answer lost, then opened to be changed: nothing is recorded twice, and the page says what happened."""
    page = phone.page
    phone.open(PENDING)
    plot = page.locator("a[href$='/treatments/new']").first.get_attribute("href")
    phone.fill(plot, {"product": product, "active": product, "dose": "1:1:200", "interval_days": "0"})
    page.route("**/treatments/new", lambda route: (phone.network.set("deaf"), route.continue_()))
    phone.send()
    page.unroute("**/treatments/new")
    phone.wait_states(["waiting"])
    recorded = lambda: phone.server.count(plot.rsplit("/treatments", 1)[0], product)
    until(lambda: recorded() == 1)
    # There is no telling now: it is not changed.
    page.click("#queue a")
    page.wait_for_function("wanted => document.querySelector('[name=product]').value === wanted", arg=product)
    page.fill("[name=dose]", "1:2:200")
    page.click(".sheet .acts button")
    page.wait_for_selector("#errors:has-text('可能已经送到')")
    phone.network.set("up")
    page.click(".sheet .acts button")
    page.wait_for_selector("#errors:has-text('已经记下')")
    with page.expect_navigation():
        page.click("#errors a")
    assert plot.rsplit("/treatments", 1)[0] in page.url and recorded() == 1, (page.url, recorded())
    phone.open(PENDING)
    phone.wait_states([])


def never_arrived(phone, code):
    """An ordinary form whose sending failed: its fields are there again, under the same key."""
    page = phone.page
    form = "/console/sites/new"
    phone.fill(form, {"code": code, "name.zh": "二号冷库", "place.zh": "示范县"})
    until(lambda: page.evaluate("Queue.drafts.all(Offline.who).then((all) => all.length === 1)"))
    key = page.input_value("[name=key]")
    phone.network.set("deaf")
    with page.expect_event("requestfailed", lambda request: request.method == "POST"):
        page.evaluate("() => document.querySelector('.sheet .acts button').click()")
    until(lambda: is_error(page))
    phone.network.set("up")
    # Another form that is recorded says nothing of this one.
    phone.open("/console?done=batch-new&key=1234")
    phone.open(form)
    page.wait_for_function("wanted => document.querySelector('[name=code]').value === wanted", arg=code)
    assert page.input_value("[name=key]") == key, "what may have been recorded goes under its own key"
    phone.send()
    assert "done=site-new" in page.url, page.url
    until(lambda: page.evaluate("Queue.drafts.all(Offline.who).then((all) => all.length === 0)"))
    assert phone.server.count("/console/sites", code) == 1


def ended_in_mid_form(phone, account, code):
    """Who is logged out in the middle of an ordinary form finds it filled in when he is back."""
    page = phone.page
    phone.fill("/console/sites/new", {"code": code, "name.zh": "三号冷库", "place.zh": "示范县"})
    phone.context.clear_cookies()
    page.click(".sheet .acts button")
    with phone.context.expect_page() as opened:
        page.click("main a.button")
    page.close()
    phone.page = page = opened.value
    phone.watch()
    page.fill("[name=login]", account["login"])
    page.fill("[name=password]", account["password"])
    page.click(".form .button")
    page.wait_for_function("wanted => (document.querySelector('.sheet [name=code]') || {}).value === wanted", arg=code)
    phone.send()
    assert "done=site-new" in page.url and phone.server.count("/console/sites", code) == 1, page.url


def is_error(page):
    """Whether the browser shows its own page of what went wrong."""
    try:
        return page.evaluate("location.href").startswith("chrome-error:")
    except playwright.sync_api.Error:
        return False


def out_without_network(phone):
    """Who logs out where the server is not reached is logged out when it is."""
    page = phone.page
    phone.open(PENDING)
    phone.keeps()
    phone.cut()
    phone.open(PENDING)
    page.click(".out button")
    page.wait_for_selector("#still-in:not([hidden])")
    assert not page.evaluate(KEPT, PENDING), "the pages go at once"
    with page.expect_navigation(url="**/login*"):
        phone.restore()
    phone.open("/console")
    assert "/login" in page.url, page.url
