"""What pages are like for whoever sees little, uses a keyboard or has a slow network: what stands in the navigation of each role, some forms and one page of
each kind (screenshots.paths), and the public ones, judged by axe-core (no serious finding), by what the first load weighs, and by whether it is wider than its screen."""

import importlib.resources

import screenshots

# Bytes that a first load may weigh, as they travel, without photos.
FIRST_LOAD = 100_000
# Width, language, colours: each page is judged once in each.
LOOKS = [(360, 640, "zh-CN", "light"), (360, 640, "en", "dark"), (1440, 900, "en", "light")]
PUBLIC = ["/", "/login", "/join"]
WEIGHT = """() => performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))
  .filter((it) => !/[/]attachments[/]/.test(it.name)).reduce((sum, it) => sum + it.transferSize, 0)"""
JUDGED = """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
  .filter((it) => ['serious', 'critical'].includes(it.impact))
  .map((it) => it.id + ': ' + it.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(', '))"""


def axe():
    return importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def wrong(page, address, axe_core):
    """What is not as it should be on one page."""
    page.goto(address)
    page.evaluate(axe_core)
    found = page.evaluate(JUDGED)
    if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
        found.append("wider than its screen")
    return found


def first_load(chromium, address, cookies):
    """Bytes of a page for whoever was never here."""
    context = chromium.new_context(service_workers="block")
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(address, wait_until="load")
    weight = page.evaluate(WEIGHT)
    context.close()
    return weight


def quality(chromium, base, demo):
    axe_core, places = axe(), {}
    public = PUBLIC + [label["url"].replace("//0.0.0.0", "//127.0.0.1")[len(base):] for label in demo["labels"]]
    places["public"] = ([], public)
    for account in demo["accounts"]:
        if account["role"] in places:
            continue
        context = chromium.new_context(service_workers="block")
        page = context.new_page()
        screenshots.log_in(page, base, account)
        paths = screenshots.paths(page, base, account["role"])
        places[account["role"]] = (context.cookies(), paths)
        context.close()
    faults, judged, heaviest = [], 0, (0, "")
    for role, (cookies, paths) in places.items():
        for width, height, language, colours in LOOKS:
            context = chromium.new_context(
                viewport={"width": width, "height": height}, locale=language, color_scheme=colours, service_workers="block")
            context.add_cookies(cookies)
            page = context.new_page()
            for path in paths:
                judged += 1
                faults += ["%s %s %d %s %s: %s" % (role, path, width, language, colours, it) for it in wrong(page, base + path, axe_core)]
            context.close()
        for path in paths:
            heaviest = max(heaviest, (first_load(chromium, base + path, cookies), path))
    assert not faults, "\n".join([""] + sorted(faults))
    assert heaviest[0] <= FIRST_LOAD, "the first load of %s weighs %d bytes" % (heaviest[1], heaviest[0])
    return "%d pages looked at, no serious finding; the heaviest first load weighs %d KB (%s)" % (judged, heaviest[0] // 1000, heaviest[1])
