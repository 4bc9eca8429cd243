"""A browser for the tests, and the places where it finds what it needs."""

import contextlib
import functools
import http.server
import os
import threading

from playwright.sync_api import sync_playwright

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
ASSETS = os.path.join(ROOT, "src", "web", "assets")
# A name that is not localhost: over plain HTTP a browser gives it no WebCrypto.
PLAIN_HOST = "suyuan.test"

# Before any script of the page: a browser without Ed25519.
NO_ED25519 = """
const importKey = SubtleCrypto.prototype.importKey;
SubtleCrypto.prototype.importKey = function (format, key, algorithm, ...rest) {
  if ((algorithm.name || algorithm) === "Ed25519") return Promise.reject(new DOMException("no", "NotSupportedError"));
  return importKey.call(this, format, key, algorithm, ...rest);
};
"""
# What a browser offers: name → (host, script that runs first, what has to hold for the test to mean something).
WORLDS = {
    "WebCrypto": ("127.0.0.1", "", "isSecureContext && !!crypto.subtle"),
    "no Ed25519": ("127.0.0.1", NO_ED25519, "isSecureContext && !!crypto.subtle"),
    "plain HTTP": (PLAIN_HOST, "", "!isSecureContext && !crypto.subtle"),
}


def launch(kind, path, more=()):
    return kind.launch(
        executable_path=path, args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP %s 127.0.0.1" % PLAIN_HOST, *more])


@contextlib.contextmanager
def chromium(path):
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium, path)
        try:
            yield browser
        finally:
            browser.close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def files():
    """The repository's own files over HTTP, for modules; answers the port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=ROOT))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()


def offline_file():
    return "file://" + os.path.join(ASSETS, "verify.html")
