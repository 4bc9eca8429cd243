"""Who has never seen the system: an organisation with nothing in it, on a phone, from the public home page to the label, led by what the
pages say and offer. No address is typed but the first; each press is on what a page offers first."""

import secrets

import doors
import people
from people import PHONE, account_of, log_in, send


def fresh(chromium, base, demo):
    context = chromium.new_context(viewport=PHONE, locale="zh-CN")
    page, complaints = context.new_page(), []
    people.watch(page, complaints)
    office = chromium.new_context(viewport=people.DESK, locale="zh-CN").new_page()
    nothing = lambda *_: None
    login, name = doors.applied(page, base, nothing)
    log_in(office, base, account_of(demo, "operator"))
    doors.joined(page, doors.admitted(office, base, name, nothing), login, nothing)
    office.context.close()
    packed = first_steps(page)
    with page.expect_navigation():
        page.click("main a[href^='/01/']")
    said = page.inner_text("main")
    assert packed in said, said[:300]
    assert complaints == [], complaints
    context.close()
    return "%s, admitted a minute ago, from the home page to the label %s" % (name, packed)


def next_step(page):
    """What home says comes first; there is nothing else to press."""
    assert page.locator("main .verb.first").count() == 1, page.inner_text("main")
    with page.expect_navigation():
        page.click("main .verb.first")


def first_steps(page):
    mark = secrets.token_hex(3).upper()
    next_step(page)
    assert page.input_value("[name=gtin]").startswith("20"), "loose goods without a bar code get a number"
    page.fill("[name='name.zh']", "脐橙（散装）")
    send(page)
    next_step(page)
    page.fill("[name=gtin]", ean())
    page.fill("[name='name.zh']", "脐橙 5 公斤装")
    page.fill("[name=net_g]", "10斤")
    send(page)
    next_step(page)
    page.fill("[name=code]", "XC-P01")
    page.fill("[name=area_m2]", "18亩")
    page.fill("[name='place.zh']", "示范县新村")
    page.fill("[name='crop.zh']", "脐橙")
    page.fill("[name='point.lat']", "31.01")
    page.fill("[name='point.lon']", "110.61")
    send(page)
    next_step(page)
    page.fill("[name=quantity]", "1000斤")
    page.fill("[name=lot]", "X" + mark)
    send(page)
    # The page of the batch says what comes next, and so does the page after it.
    with page.expect_navigation():
        page.click(".hero .verb.first")
    page.fill("[name='outputs[0].quantity']", "490")
    page.fill("[name=cull]", "10")
    send(page)
    for _ in ("what was graded", "its packing"):
        with page.expect_navigation():
            page.click(".hero .verb.first")
    assert page.input_value("[name='outputs[0].packs']") == "98"
    send(page)
    assert page.locator(".label img").evaluate("image => image.complete && image.naturalWidth > 0")
    return page.inner_text(".label dd >> nth=1")


def ean():
    """A number that nobody in the demo has."""
    body = "952" + "".join(secrets.choice("0123456789") for _ in range(9))
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(body))
    return body + str(-total % 10)
