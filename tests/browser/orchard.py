"""A day in the orchard on a phone whose network is cut in the middle: what is filled in is kept, sent once when the network is back,
put right where it is refused, and seen by nobody else."""

import base64
import datetime
import json
import secrets
import struct
import urllib.request

import cut
from people import KEPT, PENDING, Phone, log_in, until


class Server:
    """What is recorded, asked past the phone and its network."""

    def __init__(self, chromium, base, account):
        self.base = base
        self.key = account["api_key"]
        self.page = chromium.new_context().new_page()
        log_in(self.page, base, account)

    def read(self, path):
        request = urllib.request.Request(self.base + path, headers={"Authorization": "Bearer " + self.key, "Accept": "*/*"})
        with urllib.request.urlopen(request) as answer:
            return answer.read().decode()

    def kinds(self, batch):
        return [json.loads(line)["kind"] for line in self.read("/api/v1/batches/%s/chain" % batch).splitlines()]

    def batches(self, lot):
        return len(json.loads(self.read("/api/v1/batches?lot=" + lot))["items"])

    def count(self, page, text):
        """How often a line of a console page has a text."""
        self.page.goto(self.base + page)
        return self.page.locator("main tr, main li").filter(has_text=text).count()


def orchard(chromium, base, demo):
    mine, other = [account for account in demo["accounts"] if account["role"] == "cooperative"][:2]
    mark = secrets.token_hex(4).upper()
    with cut.network(base) as network:
        # Behind by half a day: what it writes is told by the clock of the service.
        phone = Phone(chromium, network, zone="America/New_York")
        phone.server = Server(chromium, base, mine)
        phone.log_in(mine)
        batch = harvested(phone, "A" + mark)
        phone.keeps("/console/batches/%s/process" % batch)
        phone.keeps("/console/batches/%s/grade" % batch)
        west = registered(phone, "N" + mark)
        agreed(phone, west, "N" + mark, "G" + mark)
        a_day(phone, mark, batch, west)
        found = phone.server.kinds(batch)
        assert found == ["batch.opened", "batch.processed", "grading.recorded"], found
        assert phone.server.batches("B" + mark) == 1
        lost_answers(phone, mark)
        ended_session(phone, mine, "E" + mark)
        somebody_else(phone, mine, other, "S" + mark)
        phone.close()
    return "six forms without a network, sent once each; a lost answer, an ended session, another account"


def harvested(phone, lot):
    phone.fill("/console/batches/new", {"quantity": "1000", "lot": lot})
    phone.send()
    assert phone.page.inner_text("h1") == lot, phone.page.url
    return phone.page.url.split("/batches/")[1].split("?")[0]


def china(at):
    """A moment as the pages tell it."""
    moment = datetime.datetime.fromisoformat(at.replace("Z", "+00:00")) + datetime.timedelta(hours=8)
    return moment.strftime("%Y-%m-%d %H:%M")


def somewhere():
    """Degrees east: elsewhere in each run, or a plot overlaps that of the run before."""
    return 109 + secrets.randbelow(1000) / 200


def corners(west, sides):
    """A square of 80 m whose west side lies so many sides to the east."""
    at = [(sides, 0), (sides + 1, 0), (sides + 1, 1), (sides, 1)]
    return [("%.7f" % (31.7 + north * 80 / 111320), "%.7f" % (west + east * 80 / 94712)) for east, north in at]


def type_corners(page, corners):
    """By hand, in rows of which there is one so far."""
    if not page.is_visible("[name='polygon[0].lat']"):
        page.click("#walk ~ details summary")
    for index, (lat, lon) in enumerate(corners):
        if page.locator("[name='polygon[%d].lat']" % index).count() == 0:
            page.click("#walk ~ details button.more")
        page.fill("[name='polygon[%d].lat']" % index, lat)
        page.fill("[name='polygon[%d].lon']" % index, lon)


def registered(phone, code):
    """A plot that the server knows, and so does the phone."""
    west = somewhere()
    phone.fill("/console/plots/new", {"code": code, "place.zh": "示范县", "crop.zh": "脐橙"})
    type_corners(phone.page, corners(west, 0))
    phone.send()
    phone.keeps("/console/plots/new", code)
    return west


def overlapping(phone, west, known, waiting):
    """What lies over a plot is told without a network: over one that the server has, and over one that still waits here."""
    page = phone.page
    phone.open("/console/plots/new")
    page.wait_for_selector("#walk:not([hidden])")
    over, tick = page.locator("#overlaps li"), page.locator("[name=confirm_overlap]")
    tells = lambda *lines: until(lambda: [all(word in said for word in words) for said, words in zip(over.all_inner_texts(), lines)]
                                 == [True] * len(lines) and over.count() == len(lines))
    # A quarter of it: 20 m × 80 m.
    type_corners(page, corners(west, 0.75))
    tells((known, "2.4", "25%"))
    assert tick.is_visible() and page.locator("#walk polygon.neighbour >> nth=0").is_visible()
    # Neighbours share a border, and differ by metres.
    type_corners(page, corners(west, 0.96))
    tells()
    assert not tick.is_visible()
    page.fill("[name=code]", waiting)
    page.fill("[name='place.zh']", "示范县")
    page.fill("[name='crop.zh']", "脐橙")
    phone.send()
    phone.open("/console/plots/new")
    type_corners(page, corners(west, 0.5))
    tells((waiting, "没上传", "54%"), (known, "4.8", "50%"))
    # Whoever mends what waits types its code again: that is no other plot.
    page.fill("[name=code]", waiting)
    tells((known,))
    page.check("[name=confirm_overlap]")
    type_corners(page, corners(west, 3))
    tells()
    assert not tick.is_checked(), "an answer to nothing"
    drops_draft(phone)


def drops_draft(phone):
    page = phone.page
    until(lambda: page.evaluate("Queue.drafts.all(Offline.who).then((all) => all.length === 1)"))
    phone.open("/console/plots/new")
    page.click(".sheet > .notice button")
    page.wait_for_function("() => document.querySelector('[name=code]').value === ''")


def agreed(phone, west, known, code):
    """The phone and the server find the same overlap, of outlines that lie askew."""
    page = phone.page
    phone.fill("/console/plots/new", {"code": code, "place.zh": "示范县", "crop.zh": "脐橙"})
    (low, left), (_, right), (high, _) = [(float(lat), float(lon)) for lat, lon in corners(west, 0.3)][:3]
    askew = [(low, left), (low + (high - low) * 0.2, right), (high, left + (right - left) * 0.4), ((low + high) / 2, left + (right - left) * 0.3)]
    type_corners(page, [("%.7f" % lat, "%.7f" % lon) for lat, lon in askew])
    page.wait_for_selector("#overlaps li:has-text('%s')" % known)
    percent = page.inner_text("#overlaps li").rsplit("的 ", 1)[1].strip()
    page.click(".sheet .acts button")
    page.wait_for_selector("#f-confirm-overlap-error:has-text(' %s')" % percent)
    assert 5 < int(percent[:-1]) < 95, percent
    drops_draft(phone)


def a_day(phone, mark, batch, west):
    page = phone.page
    phone.cut()
    phone.open("/console/batches")
    assert page.inner_text("h1") == "待上传" and page.is_visible("#no-network"), "no network: what is kept is shown"
    plot = page.locator("a[href$='/treatments/new']").first.get_attribute("href")
    overlapping(phone, west, "N" + mark, "W" + mark)
    walk(phone, "P" + mark)
    spray(phone, plot)
    phone.file("/console/batches/new", {"quantity": "500", "lot": "B" + mark})
    grade = "/console/batches/%s/grade" % batch
    phone.file("/console/batches/%s/process" % batch, {"output": "990"})
    # More than is left: nobody notices where there is no network.
    phone.file(grade, {"input": "990", "outputs[0].quantity": "99000"})
    phone.wait_states(["waiting"] * 6)
    filled = page.evaluate("Queue.entries.all(Offline.who).then((all) => all[0].at)")
    assert page.inner_text("#queue time >> nth=0") == china(filled), page.inner_text("#queue")
    assert page.inner_text("#no-network time") == china(page.get_attribute("body", "data-kept"))
    page.wait_for_function("() => document.querySelector('.side .count')?.textContent === '6'")
    # A draft survives a closed tab, and so does the queue.
    phone.fill("/console/plots/new", {"code": "half"})
    until(lambda: page.evaluate("Queue.drafts.all(Offline.who).then((all) => all.length === 1)"))
    page.close()
    phone.page = page = phone.context.new_page()
    phone.watch()
    phone.open("/console/plots/new")
    page.wait_for_function("() => document.querySelector('[name=code]').value === 'half'")
    page.click(".notice button")
    page.wait_for_function("() => document.querySelector('[name=code]').value === ''")
    phone.open(PENDING)
    phone.wait_states(["waiting"] * 6)
    phone.restore()
    # Five are recorded; what is refused says so beside it, with its field.
    phone.wait_states(["refused"])
    assert "99,000 kg" in page.inner_text("#queue .said"), page.inner_text("#queue")
    page.click("#queue a")
    page.wait_for_selector("#errors")
    assert page.input_value("[name='outputs[0].quantity']") == "99000" and page.locator(".field-error").count() == 1
    page.fill("[name='outputs[0].quantity']", "990")
    phone.send()
    assert "/console/batches/" in page.url and "done=batch-grade" in page.url, page.url
    assert page.locator(".side .count:visible").count() == 0


def walk(phone, code):
    """Around a plot of 100 m × 80 m, with the phone's position."""
    page = phone.page
    phone.context.grant_permissions(["geolocation"])
    phone.fill("/console/plots/new", {"code": code, "place.zh": "示范县", "crop.zh": "脐橙"})
    west = somewhere()
    at = lambda east, north, accuracy: phone.context.set_geolocation(
        {"latitude": 31.5 + north / 111320, "longitude": west + east / 94915, "accuracy": accuracy})
    at(0, 0, 35)
    page.click("#walk button >> nth=0")
    page.wait_for_selector("#walk .notice.is-attention:has-text('35')")
    at(0, 0, 6)
    page.wait_for_selector("#walk .notice:not(.is-attention):has-text('6')")
    page.click("#walk button >> nth=1")
    for number, (east, north) in enumerate([(0, 0), (100, 0), (100, 80), (0, 80)]):
        # The page knows where it is when it tells how exactly.
        at(east, north, 7 + number)
        page.wait_for_selector("#walk .notice:has-text('± %d ')" % (7 + number))
        page.click("#walk button >> nth=0")
        page.wait_for_function("n => document.querySelectorAll('#walk circle').length === n", arg=number + 1)
    area = page.inner_text(".walk-area")
    assert "8,0" in area or "7,9" in area, area
    assert page.input_value("[name='point.lat']").startswith("31.5003") and "m2" in page.input_value("[name=area_m2]")
    phone.send()


def exif():
    """What a camera notes: that it was held upright, and where."""
    entry = lambda tag, kind, count, value: struct.pack(">HHI", tag, kind, count) + value
    upright = entry(0x0112, 3, 1, struct.pack(">HH", 6, 0))
    place = entry(0x8825, 4, 1, struct.pack(">I", 38))
    gps = struct.pack(">H", 1) + entry(1, 2, 2, b"N\0\0\0") + bytes(4)
    notes = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 2) + upright + place + bytes(4) + gps
    return b"\xff\xe1" + struct.pack(">H", len(notes) + 2) + notes


def spray(phone, path):
    """With a photo: large, lying on its side, with the place where it was taken."""
    page = phone.page
    phone.fill(path, {"product": "石硫合剂", "active": "石硫合剂", "dose": "0.5°Bé", "interval_days": "0"})
    drawn = page.evaluate("""() => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [2400, 1200];
      const context = canvas.getContext("2d");
      context.fillStyle = "#c00";
      context.fillRect(0, 0, 1200, 1200);
      return canvas.toDataURL("image/jpeg", 0.9).split(",")[1];
    }""")
    plain = base64.b64decode(drawn)
    page.set_input_files("#f-file", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": plain[:2] + exif() + plain[2:]})
    page.wait_for_selector("output:has-text('800 × 1600')")
    phone.send()
    kept = page.evaluate("""() => Queue.entries.all(Offline.who).then((all) => all.find((it) => it.file).file.arrayBuffer())
        .then((bytes) => String.fromCharCode(...new Uint8Array(bytes).slice(0, 4000)))""")
    assert kept.startswith("\xff\xd8") and "Exif" not in kept, "what the camera noted stays on the phone"


def lost_answers(phone, mark):
    """The server records, its answer is lost: sent again, it is recorded once."""
    page, spray = phone.page, "波尔多液" + mark
    phone.open(PENDING)
    plot = page.locator("a[href$='/treatments/new']").first.get_attribute("href")
    phone.fill(plot, {"product": spray, "active": spray, "dose": "1:1:200", "interval_days": "0"})
    # The ticket still comes back; the answer to the form does not.
    page.route("**/treatments/new", lambda route: (phone.network.set("deaf"), route.continue_()))
    phone.send()
    page.unroute("**/treatments/new")
    phone.wait_states(["waiting"])
    recorded = lambda: phone.server.count(plot.rsplit("/treatments", 1)[0], spray)
    until(lambda: recorded() == 1)
    phone.network.set("up")
    page.click("#send")
    phone.wait_states([])
    assert recorded() == 1, "recorded %d times" % recorded()


def ended_session(phone, account, lot):
    """Who is logged out in mid-form loses nothing: it goes when he is back."""
    page = phone.page
    phone.fill("/console/batches/new", {"quantity": "300", "lot": lot})
    phone.context.clear_cookies()
    phone.send()
    assert "/login" in page.url, page.url
    phone.log_in(account, PENDING)
    phone.wait_states([])
    phone.open("/console/search?q=" + lot)
    assert page.inner_text("h1") == lot, page.url


def somebody_else(phone, mine, other, lot):
    """What one keeps on a phone, another neither sees nor sends."""
    page = phone.page
    phone.keeps()
    phone.cut()
    phone.file("/console/batches/new", {"quantity": "200", "lot": lot})
    # His session is over when the network is back, and another logs in beside his open page.
    phone.context.clear_cookies()
    phone.restore()
    page.wait_for_selector("#log-in:not([hidden])")
    first, phone.page = page, phone.context.new_page()
    phone.watch()
    phone.log_in(other)
    phone.keeps()
    phone.open(PENDING)
    phone.page.wait_for_selector("#nothing:not([hidden])")
    assert phone.states() == [] and lot not in phone.page.content()
    assert phone.page.evaluate("caches.keys().then((all) => all.filter((name) => name.startsWith('pages-')).length)") == 1
    assert first.evaluate("Offline.send().then((sent) => sent.state)") == "other"
    assert phone.server.batches(lot) == 0, "nothing of the first was sent"
    leave(phone.page)
    assert not phone.page.evaluate(KEPT, PENDING), "who logged out leaves no page"
    first.close()
    phone.log_in(mine, PENDING)
    phone.wait_states([])
    assert phone.server.batches(lot) == 1
    asked_at_the_door(phone, lot)


def asked_at_the_door(phone, lot):
    """Something is left to mend: who logs out is asked what becomes of it."""
    page = phone.page
    phone.keeps()
    phone.cut()
    phone.file("/console/batches/new", {"quantity": "200", "lot": lot})
    phone.restore()
    phone.wait_states(["refused"])
    with page.expect_navigation():
        page.click(".out button")
    page.wait_for_selector("#leave:not([hidden])")
    with page.expect_navigation(url="**/login*"):
        page.click("#leave-dropping")
    assert not page.evaluate(KEPT, PENDING)


def leave(page):
    with page.expect_navigation(url="**/login*"):
        page.click(".out button")
