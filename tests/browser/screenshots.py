"""Pictures of all pages, to be looked at: `screenshots.py DEMO.json FOLDER [CHROMIUM]`; and sheets of several of them side by side, in
FOLDER/sheets. Says which page is wider than its screen."""

import json
import os
import sys

from PIL import Image

import browser
import places
from people import account_of

SIZES = [(360, 640), (768, 1024), (1440, 900)]
LANGUAGES = ["zh-CN", "en"]
PUBLIC = ["/", "/login", "/join", "/report"]
# Of a sheet: so wide is each picture, so many stand side by side, so much of a long page is shown.
COLUMN, SIDE_BY_SIDE, TALL = {360: 360, 768: 480, 1440: 640}, {360: 6, 768: 4, 1440: 3}, 1800


def named(path):
    """A path as part of a file's name: `console`, `batches`, `one`, `grade`."""
    return [part if len(part) < 32 else "one" for part in path.split("?")[0].split("/") if part] or ["look-up"]


def shot(page, base, path, file, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(base + path)
    # As tall as the page, so that what stands at the bottom of a screen stands at its end.
    tall = page.evaluate("Math.max(innerHeight, document.documentElement.scrollHeight)")
    page.set_viewport_size({"width": size[0], "height": tall})
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        print("%s is %d px too wide" % (file, wide))
    page.screenshot(path=file)


def sheets(files, folder, width):
    """Several pictures on one."""
    for number in range(0, len(files), SIDE_BY_SIDE[width]):
        column, found = COLUMN[width], [Image.open(file).convert("RGB") for file in files[number:number + SIDE_BY_SIDE[width]]]
        found = [it.resize((column, max(1, it.height * column // it.width))) for it in found]
        sheet = Image.new("RGB", ((column + 8) * len(found), min(TALL, max(it.height for it in found))), "#888")
        for at, it in enumerate(found):
            sheet.paste(it.crop((0, 0, column, min(TALL, it.height))), (at * (column + 8), 0))
        sheet.save("%s-%02d.png" % (folder, number // SIDE_BY_SIDE[width]))


def main():
    demo, folder = json.load(open(sys.argv[1])), sys.argv[2]
    base = demo["base_url"].replace("//0.0.0.0", "//127.0.0.1")
    os.makedirs(os.path.join(folder, "sheets"), exist_ok=True)
    count = 0
    with browser.chromium(sys.argv[3] if len(sys.argv) > 3 else "/usr/bin/chromium") as chromium:
        label = next(it["url"] for it in demo["labels"] if it["state"] == "issued").replace("//0.0.0.0", "//127.0.0.1")[len(base):]
        public = PUBLIC + ["/producers/" + account_of(demo, "cooperative")["id"], label.split("/10/")[0], label]
        seen = [({"login": "public"}, [], public)] + list(places.places(chromium, base, demo))
        for language in LANGUAGES:
            for size in SIZES:
                files = []
                for account, cookies, paths in seen:
                    context = chromium.new_context(locale=language, service_workers="block")
                    context.add_cookies(cookies)
                    page = context.new_page()
                    for path in paths:
                        name = "%03d-%s-%d-%s.png" % (len(files), "-".join([account["login"]] + named(path)), size[0], language)
                        files.append(os.path.join(folder, name))
                        shot(page, base, path, files[-1], size)
                    context.close()
                sheets(files, os.path.join(folder, "sheets", "%d-%s" % (size[0], language)), size[0])
                count += len(files)
    print("%d pictures in %s" % (count, folder))


if __name__ == "__main__":
    main()
