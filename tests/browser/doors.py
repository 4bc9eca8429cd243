"""The ways in: an organisation asks to be admitted, its first member joins by a link, sets up an authenticator, forgets a password. Each
page on the way is shown to `look(page, what)`. Told by names of fields alone: so in any language."""

import random
import secrets

import people
from people import log_in

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code():
    """A unified social credit code (GB 32100-2015) that nobody has."""
    code = "93" + "".join(random.choice("0123456789") for _ in range(15))
    total = sum(LETTERS.index(letter) * pow(3, at, 31) for at, letter in enumerate(code))
    return code + LETTERS[(31 - total % 31) % 31]


def press(page, selector):
    with page.expect_navigation():
        page.click(selector)


def sent_empty(page, form=".form"):
    """Sends a form with nothing in it, past what the browser would say itself."""
    page.evaluate("form => { document.querySelector(form).noValidate = true; }", form)
    press(page, form + " button[type=submit]")


def applied(page, base, look, kind="cooperative"):
    """Asks to be admitted; answers the login that the first member wishes for."""
    page.goto(base + "/")
    look(page, "/")
    press(page, "a[href='/join']")
    look(page, "/join")
    sent_empty(page)
    look(page, "/join, nothing filled in")
    login = "fresh" + secrets.token_hex(5)
    said = {"name_zh": "新果" + login[-6:] + "合作社", "uscc": credit_code(), "place": "示范县新村", "contact": "13800000000",
            "manager_name": "示范·王某", "manager_login": login}
    page.select_option("[name=kind]", kind)
    for name, value in said.items():
        page.fill("[name=%s]" % name, value)
    press(page, ".form button[type=submit]")
    look(page, "/join, done")
    return login, said["name_zh"]


def admitted(page, base, name, look):
    """The operator lets it in; answers the link that he passes on."""
    page.goto(base + "/console")
    press(page, ".waiting a.verb[href='/console/applications']")
    press(page, "main a:has-text('%s')" % name)
    look(page, "/console/applications/{id}")
    sent_empty(page, "form[action$='/refuse']")
    look(page, "/console/applications/{id}, no reason")
    press(page, "form[action$='/approve'] button")
    look(page, "/console/applications/{id}, approved")
    return page.inner_text("#link code")


def joined(page, link, login, look):
    """The first member joins; answers the account."""
    account = {"login": login, "password": "six crates before noon"}
    page.goto(link)
    look(page, "/invitation/{token}")
    page.fill("[name=password]", account["password"])
    page.fill("[name=again]", "something else")
    press(page, ".form button[type=submit]")
    look(page, "/invitation/{token}, two passwords")
    page.fill("[name=password]", account["password"])
    page.fill("[name=again]", account["password"])
    press(page, ".form button[type=submit]")
    assert "/console" in page.url, page.inner_text("main")
    return account


def two_steps(page, base, account, look):
    """Sets up an authenticator, and comes in with it."""
    page.goto(base + "/console/account")
    look(page, "/console/account")
    press(page, "a[href^='/login/authenticator']")
    look(page, "/login/authenticator")
    page.fill("[name=code]", "12")
    press(page, ".form >> nth=0 >> button")
    look(page, "/login/authenticator, wrong code")
    account["authenticator"] = people.Authenticator(page.input_value("[name=secret]"))
    page.fill("[name=code]", account["authenticator"].next())
    press(page, ".form >> nth=0 >> button")
    look(page, "/login/authenticator, done")
    page.goto(base + "/console/account")
    look(page, "/console/account, with an authenticator")
    press(page, "form.out button")
    people.show_password(page, base, {**account, "password": "not this one at all"})
    page.wait_for_selector("[role=alert]")
    look(page, "/login, wrong password")
    people.show_password(page, base, account)
    people.arrive(page, "/login/code")
    look(page, "/login/code")
    page.fill("[name=code]", "12")
    press(page, ".form >> nth=0 >> button")
    look(page, "/login/code, wrong code")
    page.fill("[name=code]", account["authenticator"].next())
    press(page, ".form >> nth=0 >> button")


def another_member(page, visitor, base, look):
    """Takes in a second member, who forgets her password."""
    page.goto(base + "/console/members")
    sent_empty(page)
    look(page, "/console/members, nothing filled in")
    page.fill("[name=name]", "示范·赵某")
    page.select_option("[name=kind]", "worker")
    press(page, ".form button[type=submit]")
    look(page, "/console/members, a link")
    visitor.goto(page.inner_text("#link code"))
    login = "second" + secrets.token_hex(4)
    for field, value in {"login": login, "password": "six crates before noon", "again": "six crates before noon"}.items():
        visitor.fill("[name=%s]" % field, value)
    press(visitor, ".form button[type=submit]")
    page.goto(base + "/console/members")
    look(page, "/console/members, two")
    page.click("#members details summary >> nth=0")
    look(page, "/console/members, one opened")
    press(page, "button[value=reset] >> nth=0")
    look(page, "/console/members, a reset link")
    visitor.context.clear_cookies()
    link = page.inner_text("#link code")
    visitor.goto(link)
    look(visitor, "/reset/{token}")
    sent_empty(visitor)
    look(visitor, "/reset/{token}, nothing filled in")
    visitor.goto(link[:-4] + "aaaa")
    look(visitor, "/reset/{token}, gone")


def programs(page, base, look):
    """A key for a program, and an address that is told."""
    page.goto(base + "/console/keys")
    sent_empty(page)
    look(page, "/console/keys, nothing filled in")
    page.goto(base + "/console/webhooks")
    look(page, "/console/webhooks")
    page.fill("[name=url]", "http://127.0.0.1/")
    press(page, ".sheet .acts button")
    look(page, "/console/webhooks, an address that is refused")
    page.fill("[name=url]", "https://hooks.example.com/suyuan")
    press(page, ".sheet .acts button")
    look(page, "/console/webhooks, made")
    press(page, "#webhooks a")
    look(page, "/console/webhooks/{id}")
    page.click("main a[href$='/list']")
    look(page, "/console/webhooks/{id}/list")
    page.goto(base + "/console/keys")
    page.fill("[name=name]", "packing line")
    page.context.clear_cookies()
    press(page, ".form .acts button")
    look(page, "/console/keys, the session has ended meanwhile")


def walk(new_page, base, operator, look):
    """All the ways in. `new_page()` is a browser of its own."""
    visitor, office = new_page(), new_page()
    login, name = applied(visitor, base, look)
    log_in(office, base, operator)
    account = joined(visitor, admitted(office, base, name, look), login, look)
    look(visitor, "/console, of who has just begun")
    two_steps(visitor, base, account, look)
    another_member(visitor, new_page(), base, look)
    programs(visitor, base, look)
    return visitor
