"""What pages are like for whoever sees little, uses a keyboard or has a slow network. Every page of the table (docs/PERMISSIONS.md), the
public ones and the ways in, and forms with what is wrong beside their fields are judged by axe-core (no serious finding), by whether they
are wider than their screen, and by what the first load weighs. A page that nobody came to fails."""

import importlib.resources
import json
import secrets
import urllib.request

import playwright.sync_api

import doors
import places
from people import account_of, log_in, watch

# Bytes that a first load may weigh, as they travel, without photos.
FIRST_LOAD = 100_000
# Width, height and colours in which a page is judged, by language: with both languages every pair of them.
LOOKS = {"zh-CN": [(360, 640, "light"), (1440, 900, "dark")], "en": [(360, 640, "dark"), (1440, 900, "light")]}
NOBODY = "0" * 32
WEIGHT = """() => performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))
  .filter((it) => !/[/]attachments[/]/.test(it.name)).reduce((sum, it) => sum + it.transferSize, 0)"""
# The second time the same page is judged by what its width and colours can change.
JUDGED = """async (again) => (await axe.run(document, again
  ? { resultTypes: ['violations'], runOnly: ['color-contrast', 'target-size', 'scrollable-region-focusable'] }
  : { resultTypes: ['violations'] })).violations
  .filter((it) => ['serious', 'critical'].includes(it.impact))
  .map((it) => it.id + ': ' + it.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(', '))
  .concat(document.documentElement.scrollWidth > innerWidth ? ['wider than its screen'] : [])"""
# Text that no field takes. What is ticked, chosen or put in by the form itself stays.
SPOIL = """() => {
  const form = document.querySelector("form.sheet");
  const fields = [...form.querySelectorAll("input, textarea")].filter((it) => ["text", "date", "search", "textarea"].includes(it.type));
  for (const it of fields) it.value = it.type === "date" ? "" : "\\u202e" + "?".repeat(3000);
  form.noValidate = true;
  return fields.some((it) => it.type !== "date");
}"""


def axe():
    return importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


class Judge:
    """Looks at pages in one language; keeps what is wrong, and which were seen."""

    def __init__(self, language):
        self.language, self.axe, self.faults, self.judged, self.kinds = language, axe(), [], 0, set()

    def look(self, page, what, who=""):
        self.kinds.add(places.kind_of(what.split(", ")[0]))
        assert page.get_attribute("html", "lang") == self.language, "%s is in the other language" % what
        page.evaluate(self.axe)
        for again, (width, height, colours) in enumerate(LOOKS[self.language]):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=colours)
            self.judged += 1
            self.faults += ["%s %s %d %s %s: %s" % (who, what, width, self.language, colours, it) for it in page.evaluate(JUDGED, again)]

    def new_page(self, chromium, cookies=()):
        context = chromium.new_context(locale=self.language, service_workers="block")
        context.add_cookies(list(cookies))
        page = context.new_page()
        watch(page, self.faults, is_offline=True)
        return page

    def inside(self, chromium, base, account, cookies, paths):
        """The pages of one account, and its forms with what is wrong."""
        page, role = self.new_page(chromium, cookies), account["role"]
        for path in paths:
            page.goto(base + path)
            self.look(page, path, role)
            kind = places.kind_of(path)
            if page.locator("form.sheet").count() and kind + ", wrong" not in self.kinds and kind.count("webhooks") == 0:
                self.kinds.add(kind + ", wrong")
                self.wrong_form(page, path, role)
        page.context.close()

    def wrong_form(self, page, path, role):
        if not page.evaluate(SPOIL):
            return
        page.click(".sheet .acts button")
        # From the server as a page, or put in by a script.
        try:
            page.wait_for_selector(".field-error", timeout=10000)
        except playwright.sync_api.TimeoutError:
            self.faults.append("%s %s: nothing is said beside its fields, now at %s" % (role, path, page.url))
        self.look(page, path + ", wrong", role)

    def outside(self, chromium, base, demo):
        """What everybody sees."""
        page = self.new_page(chromium)
        labels = [label["url"].replace("//0.0.0.0", "//127.0.0.1")[len(base):] for label in demo["labels"]]
        producer = "/producers/" + account_of(demo, "cooperative")["id"]
        looked_up = ["/", "/?q=nothing-such", "/?q=" + demo["labels"][4]["lot_code"], producer, "/01/1234", labels[4].split("/10/")[0]]
        for path in looked_up + labels:
            page.goto(base + path)
            self.look(page, "/01/{tail:.*}" if path.startswith("/01/") else path.split("?")[0].replace(producer, "/producers/{id}"), path)
        page.goto(base + "/report?code=" + labels[4])
        self.look(page, "/report")
        doors.sent_empty(page)
        self.look(page, "/report, nothing filled in")
        page.select_option("[name=kind]", index=1)
        page.fill("[name=text]", "The seal is broken.")
        doors.press(page, ".form button[type=submit]")
        self.look(page, "/report, done")
        page.context.close()

    def refused(self, chromium, base, demo):
        """What is not there, what is not for somebody, a form that is old, a session that is over."""
        page = self.new_page(chromium)
        log_in(page, base, account_of(demo, "laboratory"))
        for path in ["/console/plots", "/console/batches/" + NOBODY, "/console/nothing"]:
            assert page.goto(base + path).status in (403, 404)
            self.look(page, "refused " + path)
        page.context.close()
        page, mine = self.new_page(chromium), account_of(demo, "cooperative")
        log_in(page, base, mine)
        batch = next(it for it in demo["batches"] if it["lot_code"] == "SF26P031117")
        path = "/console/batches/%s/note" % batch["id"]
        other = page.context.new_page()
        for one in (page, other):
            one.goto(base + path)
            one.fill("textarea", "Looked at on the day.")
        doors.press(other, ".sheet .acts button")
        doors.press(page, ".sheet .acts button")
        assert page.locator("#errors").count() == 1 and path in page.url, page.url
        self.look(page, path + ", old")
        page.context.clear_cookies()
        doors.press(page, ".sheet .acts button")
        assert page.locator("main a[href^='/login']").count() == 1, page.url
        self.look(page, path + ", session over")
        page.context.close()


def first_load(chromium, address, cookies):
    """Bytes of a page for whoever was never here."""
    context = chromium.new_context(service_workers="block")
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(address, wait_until="load")
    weight = page.evaluate(WEIGHT)
    context.close()
    return weight


def draw_sample(base, demo):
    """The laboratory has a sample to receive."""
    batch = next(it for it in demo["batches"] if it["lot_code"] == "SF26P031117")
    sample = {"laboratory": account_of(demo, "laboratory")["id"], "code": "Q-" + secrets.token_hex(4), "quantity": 1000}
    request = urllib.request.Request(
        "%s/api/v1/batches/%s/samples" % (base, batch["id"]), json.dumps(sample).encode(),
        {"Authorization": "Bearer " + account_of(demo, "cooperative")["api_key"], "Content-Type": "application/json",
         "Idempotency-Key": sample["code"]})
    urllib.request.urlopen(request).close()


def quality(chromium, base, demo):
    draw_sample(base, demo)
    accounts = list(places.places(chromium, base, demo))
    judges = [Judge(language) for language in LOOKS]
    for judge in judges:
        judge.outside(chromium, base, demo)
        doors.walk(lambda: judge.new_page(chromium), base, account_of(demo, "operator"), judge.look)
        judge.refused(chromium, base, demo)
        for account, cookies, paths in accounts:
            judge.inside(chromium, base, account, cookies, paths)
    kinds, heaviest = set(), (0, "")
    for _, cookies, paths in accounts:
        for path in paths:
            if places.kind_of(path) not in kinds:
                kinds.add(places.kind_of(path))
                heaviest = max(heaviest, (first_load(chromium, base + path, cookies), path))
    faults = sorted(set(sum((judge.faults for judge in judges), [])))
    assert not faults, "\n".join([""] + faults)
    by_role, public, arriving = places.table()
    for judge in judges:
        missed = set.union(public, arriving, *by_role.values()) - judge.kinds
        assert not missed, "nobody came to %s in %s" % (sorted(missed), judge.language)
    assert heaviest[0] <= FIRST_LOAD, "the first load of %s weighs %d bytes" % (heaviest[1], heaviest[0])
    return "%d looks at %d kinds of pages, no serious finding; the heaviest first load weighs %d KB (%s)" % (
        sum(judge.judged for judge in judges), len(judges[0].kinds), heaviest[0] // 1000, heaviest[1])
