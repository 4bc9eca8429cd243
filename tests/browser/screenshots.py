"""Pictures of the main pages: `screenshots.py DEMO.json FOLDER [CHROMIUM]`. Says which page is wider than its screen."""

import json
import os
import sys

import browser
from people import log_in

WIDTHS = [(360, 640), (768, 1024), (1440, 900)]
LANGUAGES = ["zh-CN", "en"]
PUBLIC = ["/", "/login"]
# Beside what the navigation leads to: forms, and pages of one thing, by the first link that leads to such a one.
FORMS = {"cooperative": ["/console/plots/new", "/console/batches/new", "/console/products/new"],
         "association": ["/console/licences/new", "/console/marks/new"]}
OF_ONE = ["/console/plots/", "/console/batches/", "/console/licences/", "/console/samples/"]
# Of one plot or batch.
MORE = ["/treatments/new", "/process", "/grade", "/pack", "/ship", "/sample", "/label", "/report"]


def paths(page, base, role):
    """What somebody of this role can come to from his navigation."""
    page.goto(base + "/console")
    found = page.eval_on_selector_all(".side a", "all => all.map((it) => it.getAttribute('href'))") + FORMS.get(role, [])
    for listed in list(found):
        page.goto(base + listed)
        links = page.eval_on_selector_all("main a[href]", "all => all.map((it) => it.getAttribute('href').split('?')[0])")
        for start in OF_ONE:
            one = [link for link in links if link.startswith(start) and not link.endswith("/new")][:1]
            found += [link for link in one if link not in found]
    for one in [path for path in found if any(path.startswith(start) for start in OF_ONE) and path.count("/") == 3]:
        page.goto(base + one)
        links = page.eval_on_selector_all("main a[href]", "all => all.map((it) => it.getAttribute('href').split('?')[0])")
        for end in MORE:
            found += [link for link in links if link.endswith(end) and link not in found][:1]
    return found


def named(path):
    """A path as part of a file's name: `console`, `batches`, `one`, `grade`."""
    return [part if len(part) < 32 else "one" for part in path.split("/") if part] or ["look-up"]


def shot(page, base, path, name, folder):
    page.goto(base + path)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        print("%s is %d px too wide" % (name, wide))
    page.screenshot(path=os.path.join(folder, name + ".png"), full_page=True)


def main():
    demo, folder = json.load(open(sys.argv[1])), sys.argv[2]
    base = demo["base_url"].replace("//0.0.0.0", "//127.0.0.1")
    os.makedirs(folder, exist_ok=True)
    count, seen = 0, {}
    with browser.chromium(sys.argv[3] if len(sys.argv) > 3 else "/usr/bin/chromium") as chromium:
        for account in demo["accounts"]:
            if account["role"] in seen:
                continue
            role = seen.setdefault(account["role"], account["role"])
            # One session a role: what is drawn depends on nothing else.
            context = chromium.new_context()
            page = context.new_page()
            log_in(page, base, account)
            all_paths, cookies = paths(page, base, role), context.cookies()
            context.close()
            for language in LANGUAGES:
                for width, height in WIDTHS:
                    context = chromium.new_context(viewport={"width": width, "height": height}, locale=language)
                    context.add_cookies(cookies)
                    page = context.new_page()
                    for path in all_paths + (PUBLIC if len(seen) == 1 else []):
                        name = "-".join([role] + named(path) + [str(width), language])
                        shot(page, base, path, name, folder)
                        count += 1
                    context.close()
    print("%d pictures in %s" % (count, folder))


if __name__ == "__main__":
    main()
