"""The one file that verifies packs from disk, in a real browser: by hand, and 10,000 tamperings."""

import base64
import os
import random
import re
import time
import warnings

import browser
import packs
import tamper
import tlog

OUTSIDE = tlog.policy(packs.LOG, packs.WITNESSES)


def open_file(chromium, init="", language="en"):
    context = chromium.new_context(locale=language)
    context.set_offline(True)
    page = context.new_page()
    page.add_init_script(init)
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
    page.goto(browser.offline_file())
    return page


def verify(page, zip_path, policy_path=None):
    page.set_input_files("#zip", zip_path)
    page.set_input_files("#policy", policy_path or [])
    page.click("#start")
    page.wait_for_selector("#result[data-result]")
    return page.get_attribute("#result", "data-result"), page.inner_text("#result")


def by_hand(chromium, cases, work):
    """What somebody sees who opens the file, in both languages; nothing is fetched."""
    policy = os.path.join(work, "policy.txt")
    other = os.path.join(work, "other.txt")
    with open(policy, "w") as out:
        out.write(OUTSIDE)
    with open(other, "w") as out:
        out.write(tlog.policy(tlog.Key("other.example/log", 1), packs.WITNESSES))
    paths = []
    for number, case in enumerate(cases):
        paths.append(os.path.join(work, "%d.zip" % number))
        with open(paths[-1], "wb") as out:
            # Stored and deflated members both occur.
            out.write(packs.zipped(case.members, stored={"checkpoint", "index.ndjson"}))
    for language, holds, fails in [("en", "The pack holds", "does not hold"), ("zh-CN", "审计包核对一致", "核对不上")]:
        page = open_file(chromium, language=language)
        requests = []
        page.on("request", lambda request: requests.append(request.url))
        for path in paths:
            tone, text = verify(page, path, policy)
            assert tone == "ok" and holds in text, (tone, text)
            tone, text = verify(page, path)
            assert tone == "attention" and holds in text, (tone, text)
        tone, text = verify(page, paths[0], other)
        assert tone == "stop" and fails in text, (tone, text)
        tone, text = verify(page, policy, policy)
        assert tone == "stop" and fails in text, (tone, text)
        page.click("#language")
        assert fails not in page.inner_text("body")
        assert requests == [] and page.errors == [], (requests, page.errors)
        page.context.close()
    twice = os.path.join(work, "twice.zip")
    with open(twice, "wb") as out, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out.write(packs.zipped([*cases[0].members.items(), ("index.ndjson", cases[0].members["index.ndjson"])]))
    page = open_file(chromium)
    tone, text = verify(page, twice, policy)
    assert tone == "stop" and "index.ndjson stands in the pack twice" in text, text
    folder = os.path.join(work, "unpacked")
    for name, data in cases[0].members.items():
        os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
        with open(os.path.join(folder, name), "wb") as out:
            out.write(data)
    page.set_input_files("#folder", folder)
    page.set_input_files("#policy", policy)
    page.click("#start")
    page.wait_for_selector("#result[data-result]")
    assert page.get_attribute("#result", "data-result") == "ok", page.inner_text("#result")
    page.context.close()
    return "3 packs, a folder, two languages, nothing fetched"


PREPARE = """cases => {
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  window.cases = cases.map((members) => new Map(Object.entries(members).map(([name, data]) => [name, bytes(data)])));
}"""
JUDGE = """async ([edits, policy]) => {
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const out = [];
  for (const [at, changed] of edits) {
    const members = new Map(window.cases[at]);
    for (const [name, data] of Object.entries(changed)) data === null ? members.delete(name) : members.set(name, bytes(data));
    const { tone, text, more } = await suyuan.judge(members, policy);
    out.push([tone, more[0] || text]);
  }
  return out;
}"""


def b64(data):
    return None if data is None else base64.b64encode(data).decode()


def prepared(chromium, cases, init=""):
    page = open_file(chromium, init)
    page.evaluate(PREPARE, [{name: b64(data) for name, data in case.members.items()} for case in cases])
    for at, case in enumerate(cases):
        assert page.evaluate(JUDGE, [[[at, {}]], OUTSIDE])[0][0] == "ok", case.name
    return page


def batches(items, size=200):
    held = []
    for item in items:
        held.append(item)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held


def is_refusal(tone, text):
    """Refused with a sentence: whole words, no code that has none, no hole that nothing filled."""
    return tone == "stop" and text.startswith("What is wrong: ") and len(text) > 40 and text.endswith(".") \
        and "undefined" not in text and not re.search(r"\{\w+[|}]", text)


def tampered(chromium, cases, count, init="", seed=4):
    page = prepared(chromium, cases, init)
    started, seen = time.time(), {}
    for batch in batches(tamper.tamperings(cases, count, seed)):
        edits = [[at, {name: b64(data) for name, data in changed.items()}] for at, _, changed in batch]
        for (at, what, _), (tone, text) in zip(batch, page.evaluate(JUDGE, [edits, OUTSIDE])):
            assert is_refusal(tone, text), "%s, %s: %s, %s" % (cases[at].name, what, tone, text)
            kind = text.split(": ")[-1][:40]
            seen[kind] = seen.get(kind, 0) + 1
    assert page.errors == [], page.errors
    page.context.close()
    return "%d tampered packs refused, %d different sentences, %.0f s" % (count, len(seen), time.time() - started)


def damaged(chromium, cases, count, work):
    """Bits of the archive itself: refused, or not one byte of a member is another."""
    page = prepared(chromium, cases)
    chosen = random.Random(6)
    data = packs.zipped(cases[0].members)
    script = """async ([zip, at, bit, policy]) => {
      const bytes = Uint8Array.from(atob(zip), (c) => c.charCodeAt(0));
      const good = window.cases[0];
      let [refused, same] = [0, 0];
      for (const [n, place] of at.entries()) {
        const changed = bytes.slice();
        changed[place] ^= 1 << bit[n];
        let members;
        try { members = suyuan.readZip(changed); } catch (error) {
          if (!error.facts) throw error;
          refused += 1;
          continue;
        }
        const equal = members.size === good.size && [...members].every(([name, data]) =>
          good.has(name) && data.length === good.get(name).length && data.every((byte, i) => byte === good.get(name)[i]));
        if (equal) same += 1;
        else if ((await suyuan.judge(members, policy)).tone === "stop") refused += 1;
        else throw new Error("accepted at byte " + place);
      }
      return [refused, same];
    }"""
    places = [chosen.randrange(len(data)) for _ in range(count)]
    refused, same = page.evaluate(script, [b64(data), places, [chosen.randrange(8) for _ in places], OUTSIDE])
    assert refused > count / 2, (refused, same)
    page.context.close()
    return "of %d archives with a bit changed %d refused, in %d no member changed" % (count, refused, same)
