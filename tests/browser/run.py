"""The verifiers and the console in a real browser: `run.py DEMO.json [CHROMIUM]`, of a demo that is being served and whose log is shown to a
witness, as scripts/test does. Exits 1 at the first test that fails. SUYUAN_TAMPERINGS sets how many tampered packs and answers
there are (10,000 each)."""

import json
import os
import subprocess
import sys
import tempfile
import time

import playwright

import browser
import camera
import day
import desk
import fresh
import keyboard
import leaving
import offline
import orchard
import quality
import scanpage
import tamper
import vectors


def in_node(data):
    node = os.path.join(os.path.dirname(playwright.__file__), "driver", "node")
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(json.dumps(data))
        file.flush()
        script = "import(%r).then(async ({ check }) => console.log(JSON.stringify(await check(JSON.parse(%s)))))" % (
            "file://" + os.path.join(browser.ROOT, "tests", "browser", "vectors.mjs"),
            "require('fs').readFileSync(%r, 'utf8')" % file.name)
        out = subprocess.run([node, "--no-warnings", "-e", script], capture_output=True, text=True, check=True).stdout
    return judged(json.loads(out))


def in_browser(chromium, data, world):
    host, init, holds = browser.WORLDS[world]
    with browser.files() as port:
        page = chromium.new_context().new_page()
        page.add_init_script(init)
        page.goto("http://%s:%d/tests/browser/" % (host, port))
        assert page.evaluate(holds), "%s: this browser offers something else" % world
        out = page.evaluate("async (data) => (await import('/tests/browser/vectors.mjs')).check(data)", data)
        page.context.close()
    return judged(out)


def judged(out):
    assert out["wrong"] == [] and out["count"] > 10000, out["wrong"][:20]
    return "%d vectors" % out["count"]


def main():
    demo = json.load(open(sys.argv[1]))
    path = sys.argv[2] if len(sys.argv) > 2 else "/usr/bin/chromium"
    count = int(os.environ.get("SUYUAN_TAMPERINGS", "10000"))
    base = demo["base_url"].replace("//0.0.0.0", "//127.0.0.1")
    # A page of a batch that was packed: its history holds fields, tests, parents.
    url = next(label["url"] for label in demo["labels"] if label["state"] == "issued").replace("//0.0.0.0", "//127.0.0.1")
    data, cases = vectors.data(), tamper.cases()
    with browser.chromium(path) as chromium, tempfile.TemporaryDirectory() as work:
        tests = [("vectors, Node", lambda: in_node(data))]
        for world in browser.WORLDS:
            tests.append(("vectors, " + world, lambda world=world: in_browser(chromium, data, world)))
        tests += [
            ("page, own proof", lambda: scanpage.own_proof(chromium, base, url)),
            ("page, witnessed", lambda: scanpage.witnessed(chromium, base, url)),
            ("page, no script", lambda: scanpage.without_script(chromium, url)),
            ("page, words", lambda: scanpage.says(chromium, base, url)),
            ("page, memory", lambda: scanpage.remembers(chromium, base, url)),
            ("page, time", lambda: scanpage.timed(chromium, url, cases)),
            ("page, pressed", lambda: scanpage.pressed(chromium, path, url)),
            ("page, tampered", lambda: scanpage.tampered(chromium, url, cases, count)),
            ("page, no Ed25519", lambda: scanpage.tampered(chromium, url, cases, count // 20, "no Ed25519", 6)),
            ("page, plain HTTP", lambda: scanpage.tampered(chromium, url, cases, count // 20, "plain HTTP", 7)),
            ("file, by hand", lambda: offline.by_hand(chromium, cases, work)),
            ("file, damaged", lambda: offline.damaged(chromium, cases, count // 5, work)),
            ("file, tampered", lambda: offline.tampered(chromium, cases, count)),
            ("console, a day", lambda: day.day(chromium, base, demo)),
            ("console, desk", lambda: desk.desk(chromium, base, demo)),
            ("console, newcomer", lambda: fresh.fresh(chromium, base, demo)),
            ("pages, quality", lambda: quality.quality(chromium, base, demo)),
            ("pages, keyboard", lambda: keyboard.keyboard(chromium, base, demo)),
            ("console, camera", lambda: camera.camera(chromium, path, base, demo)),
            ("console, orchard", lambda: orchard.orchard(chromium, base, demo)),
            ("console, leaving", lambda: leaving.leaving(chromium, base, demo)),
            ("file, no Ed25519", lambda: offline.tampered(chromium, cases, count // 20, browser.NO_ED25519, 8)),
        ]
        only = os.environ.get("SUYUAN_BROWSER_ONLY", "")
        for name, test in [test for test in tests if only in test[0]]:
            started = time.time()
            said = test()
            print("%-20s %4.0f s  %s" % (name, time.time() - started, said), flush=True)
    print("%d tests in a browser" % len(tests))


if __name__ == "__main__":
    main()
