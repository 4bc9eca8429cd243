"""People at their devices: who logs in and how, forms that are sent, a phone whose network can be cut. What the tests of the console
share; each of them waits for what has to come to pass, never for a time."""

import base64
import contextlib
import hashlib
import hmac
import struct
import time
import urllib.parse

PHONE = {"width": 360, "height": 640}
DESK = {"width": 1440, "height": 900}
PENDING = "/console/pending"
# What the phone has of a page, or nothing.
KEPT = """path => caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("pages-"))
    .map((name) => caches.open(name).then((cache) => cache.match(path))))).then((found) => found.find(Boolean))
    .then((found) => found ? found.text() : "")"""


def account_of(demo, role):
    return next(account for account in demo["accounts"] if account["role"] == role)


def until(holds, seconds=20):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


def wide(page, complaints):
    """A page that is wider than its screen is a complaint."""
    with contextlib.suppress(Exception):
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if width > 0:
            complaints.append("%s is %d px too wide" % (page.url, width))


def watch(page, complaints, is_offline=False):
    """What the browser or a page of it complains about. Without a network the browser complains of that too."""
    if not is_offline:
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" and "status of 4" not in said.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("load", lambda page: wide(page, complaints))


def arrive(page, path):
    """Waits for a page by its path; that of the door names it too, behind its question mark."""
    page.wait_for_url(lambda url: urllib.parse.urlsplit(url).path == path)


def show_password(page, base, account, then="/console"):
    """Shows login and password at the door."""
    if "/login?then=" + then not in page.url:
        page.goto(base + "/login?then=" + then)
    page.fill("[name=login]", account["login"])
    page.fill("[name=password]", account["password"])
    page.click(".form .button")


def log_in(page, base, account, then="/console"):
    """Logs in; whoever has set up an authenticator shows its code."""
    show_password(page, base, account, then)
    if "authenticator" in account:
        arrive(page, "/login/code")
        page.fill("[name=code]", account["authenticator"].next())
        page.click(".form .button >> nth=0")
    arrive(page, then)


@contextlib.contextmanager
def signed_in(chromium, base, account, language="zh-CN", size=None):
    """A page of somebody who logged in; fails where the browser or a page of it complains."""
    context = chromium.new_context(viewport=size or PHONE, locale=language)
    page, complaints = context.new_page(), []
    watch(page, complaints)
    log_in(page, base, account)
    yield page
    assert complaints == [], complaints
    context.close()


def press(page, text):
    """Presses what has this text, and waits for the page that comes."""
    with page.expect_navigation():
        page.locator("main").get_by_text(text, exact=True).first.click()


def go(page, text):
    """To a page of the navigation."""
    with page.expect_navigation():
        page.locator(".side a").get_by_text(text, exact=True).click()


def send(page):
    with page.expect_navigation():
        page.click(".sheet .acts button")


class Authenticator:
    """The app on a phone that makes codes (RFC 6238)."""

    def __init__(self, secret):
        text = "".join(secret.split())
        self.secret = base64.b32decode(text + "=" * (-len(text) % 8))
        self.used = 0

    def next(self):
        """A code that was not shown before. That of the next half minute is taken already, so two of them need no wait."""
        now = int(time.time()) // 30
        step = max(now, self.used + 1)
        until(lambda: step <= int(time.time()) // 30 + 1, 40)
        self.used = step
        hashed = hmac.digest(self.secret, struct.pack(">Q", step), hashlib.sha1)
        at = hashed[19] & 0xF
        return "%06d" % ((struct.unpack(">I", hashed[at:at + 4])[0] & 0x7FFFFFFF) % 1000000)


class Phone:
    """A phone of one person: its browser, its network, and what the log holds."""

    def __init__(self, chromium, network, language="zh-CN", zone=None):
        self.network = network
        self.context = chromium.new_context(viewport=PHONE, locale=language, timezone_id=zone)
        self.page = self.context.new_page()
        self.complaints = []
        self.watch()

    def watch(self):
        watch(self.page, self.complaints, is_offline=True)

    def log_in(self, account, then="/console"):
        log_in(self.page, self.network.base, account, then)

    def keeps(self, path=PENDING, text=""):
        """Waits until the phone has a page with it, and something on that page."""
        until(lambda: (text or "<main") in self.page.evaluate(KEPT, path))

    def cut(self):
        self.network.set("down")
        self.context.set_offline(True)

    def restore(self):
        self.network.set("up")
        self.context.set_offline(False)

    def open(self, path):
        self.page.goto(self.network.base + path)
        self.page.wait_for_function("() => document.readyState === 'complete'")

    def fill(self, path, fields):
        self.open(path)
        for name, value in fields.items():
            self.page.fill("[name='%s']" % name, value)

    def send(self):
        send(self.page)

    def file(self, path, fields):
        """Fills a form in where there is no network; it is kept."""
        self.fill(path, fields)
        self.send()
        assert PENDING in self.page.url, self.page.url

    def states(self):
        return self.page.eval_on_selector_all("#queue > li", "all => all.map((it) => it.dataset.state)")

    def wait_states(self, states):
        self.page.wait_for_function(
            """wanted => Number(document.querySelector("#queue").dataset.count) === wanted.length
                && [...document.querySelectorAll("#queue > li")].every((it, at) => it.dataset.state === wanted[at])""", arg=states)

    def close(self):
        assert self.complaints == [], self.complaints
        self.context.close()
