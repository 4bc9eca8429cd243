"""The button of the scan page, on pages of a running service: what is said when all holds, when something is missing, and when
anything was changed. What the service does not hand out itself is put beside its answers by the second implementation."""

import base64
import json
import random
import re
import time
import urllib.error
import urllib.request

import browser
import offline
import packs
import tamper
import tlog

SCAN_WORDS = {
    "en": {"proven": "2 witnesses signed", "one": "1 witness signed", "unwitnessed": "No witness is asked",
           "chain": "keeps no signed log", "quorum": "Not proven", "refused": "These records do not hold",
           "net": "could not be fetched", "limits": "Not checked"},
    "zh-CN": {"proven": "由 2 个见证方签署", "one": "由 1 个见证方签署", "unwitnessed": "没有见证方确认",
              "chain": "没有签名日志", "quorum": "尚不能证明", "refused": "记录核对不上", "net": "记录没有取到", "limits": "未核对"},
}
FORBIDDEN = ["正品", "真品", "假", "genuine", "fake"]


def exists(url):
    try:
        with urllib.request.urlopen(url):
            return True
    except urllib.error.HTTPError as error:
        assert error.code in (401, 404), url
        return False


class SecondLog:
    """A log that holds one history among strangers."""

    def __init__(self, history, log=packs.LOG, before=1000, name="stranger"):
        self.history, self.log, self.name, self.tree, self.entries = history, log, name, tlog.Tree(), []
        self.strangers(before)
        for line in history.decode().splitlines():
            record = json.loads(line)
            self.strangers(3)
            self.entries.append({"index": self.tree.size, "seq": record["seq"], "subject": record["subject"]})
            handle = record["subject"].split(":")[1]
            self.tree.append(tlog.leaf_entry(handle, record["seq"], packs.vectors.record_hash(line)))
        self.strangers(50)

    def strangers(self, count):
        for _ in range(count):
            self.tree.append(b"%s %d" % (self.name.encode(), self.tree.size))

    def proof(self, witnesses=packs.WITNESSES, signers=None, size=None, policy=True):
        size = size or self.tree.size
        note = tlog.checkpoint(self.tree, self.log, witnesses if signers is None else signers, size)
        records = [dict(entry, proof=[tlog.b64(value) for value in self.tree.inclusion(entry["index"], size)])
                   for entry in self.entries]
        text = tlog.policy(self.log, witnesses) if policy else None
        return {"checkpoint": note, "policy": text, "records": records, "vkeys": [self.log.vkey]}

    def consistency(self, first, second):
        if max(first, second) > self.tree.size:
            return None
        return "".join(tlog.b64(value) + "\n" for value in self.tree.consistency(first, second))


class Answers:
    """What a page gets in the place of the service's own answers; None is a 404, an exception no answer at all."""

    def __init__(self, page):
        self.history, self.proof, self.log = "own", None, None
        page.route("**/api/v1/batches/*/history", self.on_history)
        page.route("**/api/v1/batches/*/proof", self.on_proof)
        page.route("**/log/consistency?**", self.on_consistency)

    def on_history(self, route):
        if self.history == "own":
            route.continue_()
        elif self.history is None:
            route.abort()
        else:
            route.fulfill(body=self.history, content_type="application/x-ndjson")

    def on_proof(self, route):
        if self.proof is None:
            route.fulfill(status=404, body="{}")
        elif self.proof == "broken":
            route.abort()
        else:
            route.fulfill(body=json.dumps(self.proof), content_type="application/json")

    def on_consistency(self, route):
        query = dict(pair.split("=") for pair in route.request.url.split("?")[1].split("&"))
        text = self.log.consistency(int(query["from"]), int(query["to"]))
        route.fulfill(status=404) if text is None else route.fulfill(body=text, content_type="text/plain")


def open_page(chromium, url, world="WebCrypto", language="en", width=360):
    host, init, holds = browser.WORLDS[world]
    port = url.split("/")[2].split(":")[1]
    path = url.split("/", 3)[3]
    context = chromium.new_context(locale=language, viewport={"width": width, "height": 640 if width < 700 else 900})
    page = context.new_page()
    page.add_init_script(init)
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.address = "http://%s:%s/%s?lang=%s" % (host, port, path, language)
    page.answers = Answers(page)
    page.goto(page.address)
    assert page.evaluate(holds), "%s: this browser offers something else" % world
    return page


def press(page):
    """One verification from a fresh page; tone, text of the box."""
    page.goto(page.address)
    page.click("#verify button")
    page.wait_for_selector("#verify[data-result]")
    # What is folded too.
    text = page.text_content("#verify")
    assert not [word for word in FORBIDDEN if word in text], text
    return page.get_attribute("#verify", "data-result"), text


def expect(page, tone, words):
    found, text = press(page)
    assert found == tone and words in text, (tone, words, found, text)
    assert page.errors == [], page.errors
    return text


def batch_of(page):
    page.goto(page.address)
    return page.get_attribute("#verify", "data-history")


def history_of(base, url, chromium):
    page = open_page(chromium, url)
    path = batch_of(page)
    page.context.close()
    with urllib.request.urlopen(base + path) as answer:
        return answer.read()


def says(chromium, base, url):
    """All that the button can say, with every kind of browser and in both languages."""
    history = history_of(base, url, chromium)
    log = SecondLog(history)
    count = 0
    for world in browser.WORLDS:
        for language, words in SCAN_WORDS.items():
            page = open_page(chromium, url, world, language)
            answers = page.answers
            forget = lambda: page.evaluate("localStorage.clear()")
            expect(page, "unknown", words["chain"])
            answers.log, answers.proof = log, log.proof()
            assert words["limits"] in expect(page, "ok", words["proven"])
            answers.proof = log.proof(witnesses=[], policy=False)
            expect(page, "ok", words["unwitnessed"])
            answers.proof = log.proof(signers=packs.WITNESSES[:1])
            expect(page, "attention", words["quorum"])
            answers.proof = "broken"
            expect(page, "attention", words["net"])
            answers.proof, answers.history = log.proof(), None
            expect(page, "attention", words["net"])
            answers.history = tamper.flip(history, random.Random(count))
            expect(page, "stop", words["refused"])
            answers.history = "own"
            forget()
            count += 7
            page.context.close()
    return "%d verdicts in %d kinds of browser, two languages" % (count, len(browser.WORLDS))


def remembers(chromium, base, url):
    """A device that checked before sees a log that was cut, forked, replaced or hidden."""
    history = history_of(base, url, chromium)
    page = open_page(chromium, url)
    answers = page.answers
    log = SecondLog(history)
    size = log.tree.size
    answers.log, answers.proof = log, log.proof()
    expect(page, "ok", "This is the first check")
    expect(page, "ok", "nothing in the log was changed")
    log.strangers(77)
    answers.proof = log.proof()
    expect(page, "ok", "(%d entries then, %d now)" % (size, size + 77))
    # An older state that the log still proves to be the beginning of the newer one.
    answers.proof = log.proof(size=size)
    expect(page, "ok", "nothing in the log was changed")
    answers.proof = None
    expect(page, "stop", "now it shows none")
    fork = SecondLog(history, before=1000, name="another stranger")
    fork.strangers(500)
    answers.log, answers.proof = fork, fork.proof()
    expect(page, "stop", "entries of the log were changed or removed")
    short = SecondLog(history)
    answers.log, answers.proof = short, short.proof()
    expect(page, "stop", "does not show them any more")
    other = SecondLog(history, log=tlog.Key(packs.ORIGIN, tlog.LOG, "another key"))
    other.strangers(500)
    answers.log, answers.proof = other, other.proof()
    expect(page, "stop", "does not name any more")
    epoch = SecondLog(history, log=tlog.Key(packs.ORIGIN + "/2", tlog.LOG))
    answers.log, answers.proof = epoch, epoch.proof()
    expect(page, "attention", "has started another log")
    expect(page, "ok", "nothing in the log was changed")
    # A record is written between the two answers; the second time both have it.
    whole = epoch.proof()
    waiting = [dict(whole, records=whole["records"][:-1]), whole]
    page.route("**/api/v1/batches/*/proof", lambda route: route.fulfill(body=json.dumps(waiting.pop(0))))
    expect(page, "ok", "nothing in the log was changed")
    page.context.close()
    return "a log that was hidden, forked, cut, given another key, begun anew: told"


# The whole button with answers of our own: `fetch` is the only part that is not the page's.
JUDGE = """async (items) => {
  const box = document.getElementById("verify");
  const picture = () => document.createElement("i");
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const out = [];
  // The second look at answers that do not fit each other comes at once.
  window.setTimeout = (then) => Promise.resolve().then(then);
  for (const { batch, head, history, proof } of items) {
    Object.assign(box.dataset, { batch, head });
    window.fetch = async (url) => new Response(url.endsWith("/history") ? bytes(history) : proof);
    localStorage.clear();
    await suyuan.verifyPage(box, picture);
    out.push([box.dataset.result, box.querySelector(".verify-more").textContent]);
  }
  return out;
}"""


def item(case, history, proof):
    last = packs.history_lines(case.world, case.batches[0])[-1]
    return {"batch": case.batches[0].split(":")[1], "head": packs.vectors.record_hash(case.world.log.lines[last]),
            "history": base64.b64encode(history).decode(), "proof": json.dumps(proof)}


def tampered(chromium, url, cases, count, world="WebCrypto", seed=5):
    page = open_page(chromium, url, world)
    press(page)
    started, kinds = time.time(), set()
    for case in cases:
        good = tamper.answers(case, case.world, case.members["checkpoint"].decode())
        tone, text = page.evaluate(JUDGE, [item(case, good["history"], good["proof"])])[0]
        assert tone == "ok", text
    for batch in offline.batches(tamper.page_tamperings(cases, count, seed)):
        found = page.evaluate(JUDGE, [item(cases[at], history, proof) for at, _, history, proof in batch])
        for (at, what, _, _), (tone, text) in zip(batch, found):
            sentence = text.startswith("What is wrong: ") and len(text) > 40
            assert tone == "stop" and sentence, "%s, %s: %s, %s" % (cases[at].name, what, tone, text)
            kinds.add(text[15:55])
    page.context.close()
    return "%s: %d tampered answers refused, %d different sentences, %.0f s" % (world, count, len(kinds), time.time() - started)


def timed(chromium, url, cases):
    """One batch of 20 records from a cold page: the first verification, no compiled script, no warmed-up arithmetic."""
    out = []
    for world in browser.WORLDS:
        for slower in (1, 6):
            times = []
            for _ in range(7):
                page = open_page(chromium, url, world)
                case = cases[0]
                good = tamper.answers(case, case.world, case.members["checkpoint"].decode())
                page.evaluate("""() => new Promise((done) => {
                  const script = document.createElement("script");
                  script.src = document.getElementById("verify").dataset.script;
                  script.onload = done;
                  document.head.append(script);
                })""")
                page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
                page.evaluate("""({ batch, head, history, proof }) => {
                  const box = document.getElementById("verify");
                  const bytes = Uint8Array.from(atob(history), (c) => c.charCodeAt(0));
                  Object.assign(box.dataset, { batch, head });
                  window.fetch = async (url) => new Response(url.endsWith("/history") ? bytes : proof);
                }""", item(case, good["history"], good["proof"]))
                times.append(page.evaluate("""async () => {
                  const started = performance.now();
                  await suyuan.verifyPage(document.getElementById("verify"), () => document.createElement("i"));
                  return performance.now() - started;
                }"""))
                assert page.get_attribute("#verify", "data-result") == "ok"
                page.context.close()
            times.sort()
            out.append((world, slower, times[len(times) // 2], times[-1]))
    for world, slower, median, worst in out:
        assert median < (150 if slower == 1 else 1000), out
    records = len(packs.history_lines(cases[0].world, cases[0].batches[0]))
    return "%d records, median (worst of 7), ms: " % records + "; ".join(
        "%s %d× %.0f (%.0f)" % row for row in out)


# From the press to the verdict, by the page's own clock.
PRESS = """() => new Promise((done) => {
  const box = document.getElementById("verify");
  const started = performance.now();
  new MutationObserver(() => box.dataset.result && done(performance.now() - started)).observe(box, { attributes: true });
  box.querySelector("button").click();
})"""


def pressed(chromium, path, url):
    """As somebody has it who scans a first label: the browser just started, the verifier and the answers of the service still
    to be fetched."""
    out = []
    for slower, bound in ((1, 150), (6, 1000)):
        times = []
        for _ in range(5):
            started = browser.launch(chromium.browser_type, path)
            page = started.new_context(locale="en", viewport={"width": 360, "height": 640}).new_page()
            page.goto(url)
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
            times.append(page.evaluate(PRESS))
            assert page.get_attribute("#verify", "data-result") == "ok", page.inner_text("#verify")
            started.close()
        times.sort()
        out.append((slower, times[2], times[-1]))
        assert times[2] < bound, out
    return "press to verdict, median (worst of 5), ms: " + "; ".join("%d× %.0f (%.0f)" % row for row in out)


def without_script(chromium, url):
    context = chromium.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto(url + "?lang=en")
    text = page.inner_text("#verify")
    assert "follow the steps below" in text and page.locator("#verify button").count() == 0, text
    context.close()
    return "a sentence stands where the button would"


def own_proof(chromium, base, url):
    """The service's own answers, nothing put beside them."""
    page = open_page(chromium, url)
    path = batch_of(page).replace("/history", "/proof")
    page.unroute_all()
    tone, text = press(page)
    text = page.inner_text("#verify .verify-line")
    page.context.close()
    if not exists(base + path):
        assert tone == "unknown", text
        return "the service keeps no log: " + text
    assert tone == "ok", text
    return text


def witnessed(chromium, base, url):
    """What the page itself says of the witness that the service asks, in both languages and on a phone and a desktop."""
    with urllib.request.urlopen(base + "/log/witnessed") as answer:
        size = int(answer.read().decode().splitlines()[1])
    by, at = "示范县脐橙协会", r"\d{4}-\d\d-\d\d \d\d:\d\d"
    for language, line in [
            ("en", r"log of all records was witnessed up to record (\d+) at %s by %s; every record" % (at, by)),
            ("zh-CN", r"全部记录的日志截至第 (\d+) 条，已于 %s 得到见证（见证方：%s）；本页的记录都在其中" % (at, by))]:
        for width in (360, 1440):
            page = open_page(chromium, url, language=language, width=width)
            text = page.inner_text("#checks .checks").replace("\u2060", "")
            found = re.search(line, text)
            # A page may be a minute old, and the log may have grown since.
            assert found and 0 < int(found[1]) <= size, text
            assert page.evaluate("document.documentElement.scrollWidth") == width, "wider than the screen"
            page.unroute_all()
            tone, text = press(page)
            assert tone == "ok" and SCAN_WORDS[language]["one"] in text and "witness.example" in text, (tone, text)
            page.context.close()
    return "a log of %d records, witnessed by %s; the button proves the same" % (size, by)
