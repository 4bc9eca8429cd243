"""What a keyboard alone comes to: every page of the table is walked by Tab, at a desk and on a phone. The way past the navigation is
the first stop and works; every stop is seen, whole or in part, with a line of 2 px at the least around it; everything that can be
pressed is a stop; no page holds on to the focus. And a harvest is recorded by keys alone, with a mistake in it on the way."""

import secrets

import playwright.sync_api

import people
import places
from people import account_of, watch

# A walk is longer than any page has stops.
MOST = 400
LINE = 2
# What the page keeps of each stop. A date has several stops in one field.
PREPARED = r"""() => {
  window.stops = new Set();
  const named = (it) => it.tagName.toLowerCase() + (it.id ? "#" + it.id : "") + (it.name ? "[" + it.name + "]" : "")
    + " " + JSON.stringify((it.getAttribute("aria-label") || it.innerText || it.textContent || it.value || "").trim().slice(0, 24));
  window.stop = () => {
    const it = document.activeElement;
    if (!it || it === document.body) return null;
    const isDay = it.type === "date" && window.last === it;
    const again = window.stops.has(it) && !isDay;
    window.last = it;
    window.stops.add(it);
    const [box, style] = [it.getBoundingClientRect(), getComputedStyle(it)];
    // The little calendar in a field of a day is the browser's own, and so is the line around it.
    const ofBrowser = it.type === "date" && !it.matches(":focus");
    const line = ofBrowser ? 9 : style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
    let seen = 0;
    for (const across of [0.05, 0.5, 0.95]) for (const down of [0.05, 0.5, 0.95]) {
      const [x, y] = [box.left + box.width * across, box.top + box.height * down];
      const over = document.elementFromPoint(x, y);
      if (over && (over === it || it.contains(over) || over.contains(it) || [...(it.labels || [])].some((label) => label.contains(over)))) seen += 1;
    }
    const main = document.querySelector("main");
    return { name: named(it), again, isDay, line, seen, sides: sides(it, box, line + (parseFloat(style.outlineOffset) || 0)), isSkip: it.matches("a.skip"),
      inside: main.contains(it), isAfter: Boolean(main.compareDocumentPosition(it) & Node.DOCUMENT_POSITION_FOLLOWING) };
  };
  // How many sides of the line around it are not cut off by what holds it.
  const sides = (it, box, far) => {
    const whole = [true, true, true, true];
    for (let holder = it.parentElement; holder && holder !== document.documentElement; holder = holder.parentElement) {
      const style = getComputedStyle(holder);
      if (holder instanceof SVGElement && holder.tagName !== "svg" || (style.overflowX === "visible" && style.overflowY === "visible")) continue;
      const edge = holder.getBoundingClientRect();
      [box.left - far >= edge.left - 1, box.top - far >= edge.top - 1, box.right + far <= edge.right + 1, box.bottom + far <= edge.bottom + 1]
        .forEach((holds, at) => { whole[at] = whole[at] && holds; });
    }
    return whole.filter(Boolean).length;
  };
  window.missed = (isWhole) => [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, audio[controls], video[controls], [tabindex], [role=button], [onclick]")]
    .filter((it) => isWhole || it.closest("main"))
    .filter((it) => !it.disabled && it.type !== "hidden" && it.checkVisibility({ visibilityProperty: true }))
    .filter((it) => !it.closest("details:not([open])") || it.matches("details > summary"))
    // Of several of one choice the arrows reach the others.
    .filter((it) => it.type !== "radio" || ![...window.stops].some((other) => other.name === it.name && other.type === "radio"))
    .filter((it) => !window.stops.has(it) && it.getAttribute("tabindex") !== "-1").map(named);
}"""


class Walker:
    """Walks pages by Tab and keeps what is wrong with them."""

    def __init__(self):
        self.faults, self.stops, self.pages = [], 0, 0

    def forth(self, page, where, is_whole):
        """The whole page with what all pages of an account share, or by the first stop at once to what is its own."""
        page.evaluate(PREPARED)
        self.pages += 1
        page.keyboard.press("Tab")
        first = page.evaluate("stop()")
        if not first["isSkip"] or first["line"] < LINE or first["seen"] == 0:
            self.faults.append("%s: first comes %s, and not in sight the way to the page itself" % (where, first["name"]))
        if not is_whole:
            page.keyboard.press("Enter")
        for stop in self.tabs(page, "Tab", where):
            if not is_whole and not stop["inside"] and not stop["isAfter"]:
                self.faults.append("%s: past the navigation one comes to %s" % (where, stop["name"]))
        self.faults += ["%s: no key comes to %s" % (where, it) for it in page.evaluate("missed", is_whole)]

    def back(self, page, where, is_whole):
        """The same the other way round, from its end to where the page itself begins."""
        page.evaluate("stops.clear()")
        # The browser itself may come between the end of a page and its last stop.
        if page.evaluate("document.activeElement.matches('a.skip')"):
            page.keyboard.press("Shift+Tab")
        for stop in self.tabs(page, "Shift+Tab", where):
            if not is_whole and not stop["inside"] and not stop["isAfter"]:
                break

    def tabs(self, page, key, where):
        was_first = False
        for _ in range(MOST):
            page.keyboard.press(key)
            stop = page.evaluate("stop()")
            # Past its end a page begins anew; anywhere else it goes round in circles.
            if stop is None or stop["again"] and (stop["isSkip"] or was_first):
                return
            if stop["again"]:
                break
            was_first = stop["isSkip"]
            if not stop["isDay"]:
                self.stops += 1
                self.judge(stop, where)
                yield stop
        self.faults.append("%s: the focus does not come out again" % where)

    def judge(self, stop, where):
        if stop["line"] < LINE:
            self.faults.append("%s: nothing shows that %s is focused" % (where, stop["name"]))
        if stop["seen"] == 0:
            self.faults.append("%s: %s is focused and hidden" % (where, stop["name"]))
        if stop["sides"] < 2:
            self.faults.append("%s: the line around %s is cut off but for %d of its sides" % (where, stop["name"], stop["sides"]))


# What is reached by Tab, told by a test of the focused element.
class Keys:
    def __init__(self, page):
        self.page = page

    def to(self, selector, key="Tab"):
        for _ in range(MOST):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return self
            self.page.keyboard.press(key)
        raise AssertionError("no key comes to %s on %s" % (selector, self.page.url))

    def write(self, selector, text, key="Tab"):
        self.to(selector, key)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        return self

    def enter(self):
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


def harvest(chromium, base, demo, language):
    """From the door to the balance and out again, by keys alone."""
    account, lot = account_of(demo, "cooperative"), "K" + secrets.token_hex(4).upper()
    context = chromium.new_context(viewport=people.DESK, locale=language)
    page, complaints = context.new_page(), []
    watch(page, complaints)
    page.goto(base + "/login?then=/console")
    keys = Keys(page)
    keys.write("[name=login]", account["login"]).write("[name=password]", account["password"]).enter()
    people.arrive(page, "/console")
    keys.to("main a[href='/console/batches/new']").enter()
    plot = keys.to("[name='plots[0].plot']")
    # The last of the list, whose harvest may begin.
    page.keyboard.press("End")
    plot.write("[name=quantity]", "many")
    page.keyboard.press("Enter")
    page.wait_for_selector("#f-quantity-error")
    # From the summary of what is wrong to its field.
    keys.to("#errors a", "Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.name === 'quantity'")
    assert page.get_attribute("[name=quantity]", "aria-invalid") == "true"
    assert "f-quantity-error" in page.get_attribute("[name=quantity]", "aria-describedby").split()
    keys.write("[name=quantity]", "500斤").write("[name=lot]", lot).to(".sheet .acts button").enter()
    page.wait_for_selector(".equation")
    assert page.inner_text("h1") == lot and "250 kg" in page.inner_text(".equation"), page.inner_text("main")
    keys.write("#q", lot).enter()
    assert page.inner_text("h1") == lot, page.url
    keys.to("form.out button", "Shift+Tab")
    page.keyboard.press("Enter")
    people.arrive(page, "/login")
    assert complaints == [], complaints
    context.close()
    return lot


def way_out(chromium, base, demo):
    """One of each role comes in and goes out again by keys alone; the session is over then."""
    faults = []
    for role in sorted({account["role"] for account in demo["accounts"]}):
        context = chromium.new_context(locale="zh-CN")
        page = context.new_page()
        people.log_in(page, base, account_of(demo, role))
        page.wait_for_load_state("load")
        Keys(page).to("form.out button")
        page.keyboard.press("Enter")
        try:
            page.wait_for_url("**/login", timeout=3000)
        except playwright.sync_api.TimeoutError:
            faults.append("%s does not get out: %s" % (role, " ".join(page.locator(".notice:visible").all_inner_texts())))
        else:
            if context.request.get(base + "/console", max_redirects=0).status == 200:
                faults.append("%s is out, and still in" % role)
        context.close()
    return faults


def outside(demo, base):
    labels = [label["url"].replace("//0.0.0.0", "//127.0.0.1")[len(base):] for label in demo["labels"]]
    return ["/", "/?q=nothing-such", "/login", "/join", "/report?code=" + labels[4], "/producers/" + account_of(demo, "cooperative")["id"],
            labels[0], labels[4], labels[4].split("/10/")[0]]


def keyboard(chromium, base, demo, accounts=None):
    lots = [harvest(chromium, base, demo, language) for language in ("zh-CN", "en")]
    walker, kinds = Walker(), set()
    walker.faults += way_out(chromium, base, demo)
    for account, cookies, paths in (accounts or list(places.places(chromium, base, demo))) + [({"role": ""}, [], outside(demo, base))]:
        context = chromium.new_context(locale="zh-CN", service_workers="block")
        context.add_cookies(cookies)
        page = context.new_page()
        for path in paths:
            # On a phone the navigation lies over the page.
            page.set_viewport_size(people.PHONE)
            page.goto(base + path)
            walker.forth(page, "%s %s on a phone" % (account["role"], path), path == paths[0])
            page.set_viewport_size(people.DESK)
            walker.back(page, "%s %s at a desk" % (account["role"], path), path == paths[0])
            kinds.add(places.kind_of(path))
        context.close()
    faults = sorted(set(walker.faults))
    assert not faults, "\n".join([""] + faults)
    return "%s harvested by keys alone; %d stops on %d pages of %d kinds, each seen" % (" and ".join(lots), walker.stops, walker.pages, len(kinds))
