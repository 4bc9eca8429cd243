"""A label before a phone's camera: the picture that the camera sees is the symbol that the service draws."""

import json
import os
import tempfile
import urllib.request

import browser
from people import PHONE, account_of, log_in

SIZE = (640, 480)
GREY = """async (address) => {
  const bitmap = await createImageBitmap(await (await fetch(address)).blob());
  const [canvas, [width, height]] = [document.createElement("canvas"), %s];
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  const high = 400, wide = high * bitmap.width / bitmap.height;
  context.drawImage(bitmap, (width - wide) / 2, (height - high) / 2, wide, high);
  return [...context.getImageData(0, 0, width, height).data].filter((_, at) => at %% 4 === 1);
}""" % json.dumps(SIZE)


def film(path, grey):
    """A second of one picture, as Chromium's camera for tests reads it."""
    # Video levels: black is 16, white 235.
    light = bytes(16 + value * 219 // 255 for value in grey)
    frame = b"FRAME\n" + light + bytes([128]) * (SIZE[0] * SIZE[1] // 2)
    with open(path, "wb") as out:
        out.write(b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n" % SIZE + frame * 10)


def is_of(base, demo, role, batch):
    request = urllib.request.Request(
        base + "/api/v1/batches?lot=" + batch["lot_code"], headers={"Authorization": "Bearer " + account_of(demo, role)["api_key"]})
    with urllib.request.urlopen(request) as answer:
        return len(json.load(answer)["items"]) > 0


def logged_in(chromium, base, demo, role):
    page = chromium.new_context(viewport=PHONE, locale="zh-CN", permissions=["camera"]).new_page()
    log_in(page, base, account_of(demo, role), "/console/scan")
    return page


def scanned(page):
    page.click("#scan .verb.first")
    page.wait_for_url(lambda url: "/console/scan" not in url, timeout=60000)
    return page.url


def camera(chromium, path, base, demo):
    batch = next(batch for batch in demo["batches"] if batch["state"] == "packed" and is_of(base, demo, "cooperative", batch))
    with tempfile.TemporaryDirectory() as work:
        page = chromium.new_context().new_page()
        page.goto(base + "/01/%s/10/%s" % (batch["gtin"], batch["lot_code"]))
        seen = os.path.join(work, "seen.y4m")
        film(seen, page.evaluate(GREY, "/api/v1/batches/%s/qr.png" % batch["id"]))
        page.context.close()
        fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--use-file-for-fake-video-capture=" + seen]
        own = browser.launch(chromium.browser_type, path, fake)
        page = logged_in(own, base, demo, "cooperative")
        assert scanned(page).split("?")[0].endswith("/console/batches/" + batch["id"]), page.url
        # Whose it is not goes where everybody goes.
        page = logged_in(own, base, demo, "laboratory")
        assert "/01/%s/10/%s" % (batch["gtin"], batch["lot_code"]) in scanned(page), page.url
        own.close()
    return "a label before the camera, %s" % batch["lot_code"]
