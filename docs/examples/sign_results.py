#!/usr/bin/env python3
"""Upload a laboratory's results, signed with the laboratory's own key: sign_results.py URL SAMPLE REPORT.json KEY.json

Needs PyPI `cryptography`. The API key stands in SUYUAN_API_KEY; KEY.json is of `suyuan sign --new-key`; the private key
stays here.
"""

import json
import os
import sys
import urllib.request

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def post(url, body):
    headers = {"Authorization": "Bearer " + os.environ["SUYUAN_API_KEY"], "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def main(url, sample, report, key):
    report, key = json.load(open(report, encoding="utf-8")), json.load(open(key, encoding="utf-8"))
    address = "%s/api/v1/samples/%s/reports" % (url, sample)
    prepared = post(address + "?prepare=true", report)
    said = prepared["to_sign"]
    # Sign what you mean, not what you are told: the values must be those of the report.
    for mine, theirs in zip(report["results"], said["body"]["results"], strict=True):
        assert all(theirs.get(name) == value for name, value in mine.items()), (mine, theirs)
    assert said["kind"] == "test.reported" and said["body"]["sample"] == sample
    canonical = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key["seed"]))
    sig = private.sign(b"suyuan/statement/v1\n" + canonical).hex()
    statement = {"key": key["key"], "nonce": said["nonce"], "sig": sig}
    print(json.dumps(post(address, {**report, **prepared["add"], "statement": statement}), indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
