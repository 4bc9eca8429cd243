"""What Lighthouse gives pages as a phone sees them: `lighthouse.py DEMO.json LIGHTHOUSE CHROMIUM`."""

import json
import os
import subprocess
import sys

import browser
from people import PHONE, account_of, log_in

LANGUAGES = ["zh-CN", "en"]
CATEGORIES = ["performance", "accessibility"]
SCAN, CONSOLE = 95, 90


def addresses(chromium, base, demo):
    """Name → address, lowest score; and the session of the console."""
    context = chromium.new_context(viewport=PHONE, locale="en")
    page = context.new_page()
    log_in(page, base, account_of(demo, "cooperative"))
    page.goto(base + "/console/batches")
    batch = page.get_attribute("main tbody a", "href").split("?")[0]
    cookies = "; ".join("%s=%s" % (it["name"], it["value"]) for it in context.cookies() if it["name"] != "lang")
    context.close()
    label = next(label["url"] for label in demo["labels"] if label["state"] == "issued").replace("//0.0.0.0", "//127.0.0.1")
    grade = next(it for it in demo["batches"] if it["lot_code"] == "SF26P031117")
    console = [("home", ""), ("list", "/batches"), ("batch", batch[len("/console"):]), ("form", "/batches/%s/grade" % grade["id"])]
    found = [("scan page", label, SCAN), ("look-up", base + "/", SCAN), ("log in", base + "/login", CONSOLE)]
    return found + [("console, " + name, base + "/console" + path, CONSOLE) for name, path in console], cookies


def judged(program, path, address, language, cookies):
    headers = {"Accept-Language": language}
    if "/console" in address:
        headers["Cookie"] = cookies
    out = subprocess.run(
        [program, address, "--quiet", "--output=json", "--only-categories=" + ",".join(CATEGORIES), "--extra-headers=" + json.dumps(headers),
         "--chrome-flags=--headless=new --no-sandbox --disable-gpu"],
        capture_output=True, text=True, check=True, env={**os.environ, "CHROME_PATH": path}).stdout
    report = json.loads(out)
    assert report["finalDisplayedUrl"].split("?")[0] == address.split("?")[0], "%s became %s" % (address, report["finalDisplayedUrl"])
    return [round(100 * report["categories"][name]["score"]) for name in CATEGORIES] + [
        round(report["audits"]["largest-contentful-paint"]["numericValue"])]


def main():
    demo, program, path = json.load(open(sys.argv[1])), sys.argv[2], sys.argv[3]
    base, low = demo["base_url"].replace("//0.0.0.0", "//127.0.0.1"), []
    with browser.chromium(path) as chromium:
        pages, cookies = addresses(chromium, base, demo)
    for name, address, least in pages:
        for language in LANGUAGES:
            performance, accessibility, paint = judged(program, path, address, language, cookies)
            print("%-16s %-6s performance %3d  accessibility %3d  largest paint %4d ms" % (name, language, performance, accessibility, paint), flush=True)
            if min(performance, accessibility) < least:
                low.append("%s in %s is below %d" % (name, language, least))
    assert not low, "\n".join(low)


if __name__ == "__main__":
    main()
