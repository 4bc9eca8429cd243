#!/usr/bin/env python3
"""Test vectors for signed statements, in a second language. Written from the format's description and RFC 8032 alone, with
the standard library only; records come from make.py beside it. Run it in this folder; it is deterministic:

    signed.ndjson     a history with a root, a laboratory's key, its rotation, and reports signed by both
    statements.json   what is signed as bytes, seeds and signatures; signatures that are refused; files that are refused
"""

import hashlib
import json
import os

from make import HERE, Log, canonical, commitment, handle, record_hash, salt, subject_of

# --- Ed25519 (RFC 8032 §5.1), slow and plain ---------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    product = D * x1 * x2 * y1 * y2
    return ((x1 * y2 + x2 * y1) * pow(1 + product, P - 2, P) % P, (y1 * y2 + x1 * x2) * pow(1 - product, P - 2, P) % P)


def times(point, number):
    result = (0, 1)
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result


def recover(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert (x * x - square) % P == 0
    return (P - x if x & 1 != sign else x, y)


BASE = recover(4 * pow(5, P - 2, P) % P, 0)


def encode(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def number(data):
    return int.from_bytes(data, "little")


def halves(seed):
    digest = hashlib.sha512(seed).digest()
    return number(digest[:32]) & (2**254 - 8) | 2**254, digest[32:]


def public_of(seed):
    return encode(times(BASE, halves(seed)[0]))


def sign(seed, message):
    secret, prefix = halves(seed)
    public = encode(times(BASE, secret))
    r = number(hashlib.sha512(prefix + message).digest()) % L
    point = encode(times(BASE, r))
    k = number(hashlib.sha512(point + public + message).digest()) % L
    return point + ((r + k * secret) % L).to_bytes(32, "little")


# --- statements ----------------------------------------------------------------------------------------------------------

def seed(name):
    return hashlib.sha256(b"seed of " + name.encode()).digest()


def nonce(name):
    return hashlib.sha256(b"nonce of " + name.encode()).hexdigest()[:32]


def said(record, nonce, without):
    body = {name: value for name, value in record["body"].items() if name not in without}
    return {"v": 1, "kind": record["kind"], "subject": record["subject"], "occurred_at": record["occurred_at"],
            "org": record["actor"]["org"], "nonce": nonce, "body": body, "sealed": record["sealed"]}


def to_bytes(said):
    return b"suyuan/statement/v1\n" + canonical(said).encode()


ROOT, KEY = subject_of("key", "root"), subject_of("key", "laboratory's key")
BATCH, LABORATORY = subject_of("batch", "signed"), subject_of("organisation", "laboratory")
ASSOCIATION, OPERATOR = subject_of("organisation", "association"), subject_of("organisation", "operator")


def actor(name, role, key=None):
    return {"key": key, "org": handle(name), "role": role}


class Signed(Log):
    """A log in which records are signed: `write` first, then `statement`, which writes the last one anew."""

    def __init__(self):
        super().__init__()
        self.cases = []

    def again(self, record):
        self.records[-1] = record
        self.lines[-1] = canonical(record)

    def put(self, field, key, signer, name, without):
        record = dict(self.records[-1])
        what = said(record, nonce(name), without)
        message = to_bytes(what)
        sig = sign(seed(signer), message).hex()
        self.cases.append({"said": what, "bytes": message.decode(), "seed": seed(signer).hex(),
                           "public": public_of(seed(signer)).hex(), "sig": sig})
        record["body"] = dict(record["body"], **{field: {"key": key.split(":")[1], "nonce": nonce(name), "sig": sig}})
        self.again(record)

    def statement(self, key, signer, name):
        self.put("statement", key, signer, name, ["statement"])

    def countersign(self, signer, name):
        self.put("countersign", ROOT, signer, name, ["statement", "countersign"])

    def report(self, text, signer, name, **other):
        links = other.pop("links", None) or [self.link("key", KEY)]
        self.write(BATCH, "test.reported", {"note": text, "value": "0.058"}, links,
                   sealed={"signer": commitment("signer", salt("signer"), "示范·李某")},
                   actor=actor("laboratory", "laboratory", handle("laboratory's key")), **other)
        self.statement(KEY, signer, name)


def body(signer, org):
    return {"alg": "ed25519", "countersign": None, "org": handle(org), "public": public_of(seed(signer)).hex()}


def laboratory(log=None):
    """Everything up to a laboratory's key that an association vouched for, and a batch."""
    log = log or Signed()
    log.write(ASSOCIATION, "organisation.registered", {"name": "示范县脐橙协会"})
    log.write(LABORATORY, "organisation.registered", {"name": "示范县检测中心"})
    log.write(ROOT, "key.registered", body("root", "association"), [log.link("organisation", ASSOCIATION)],
              actor=actor("operator", "operator"))
    log.write(KEY, "key.registered", body("first", "laboratory"),
              [log.link("organisation", LABORATORY), log.link("countersign", ROOT)],
              actor=actor("laboratory", "laboratory"))
    log.countersign("root", "vouch")
    log.write(BATCH, "batch.opened", {"mass_g": 1000})
    return log


def rotate(log):
    log.write(KEY, "key.rotated", body("second", "laboratory"),
              [log.link("organisation", LABORATORY), log.link("countersign", ROOT)],
              actor=actor("laboratory", "laboratory", handle("laboratory's key")))
    log.countersign("root", "vouch again")
    log.statement(KEY, "first", "rotate")


def good():
    log = laboratory()
    log.report("啶虫脒：一次\n\"两次\"", "first", "r1")
    rotate(log)
    log.report("after the rotation", "second", "r2")
    return log


def faulty():
    files = []

    def file(rule, says, log):
        files.append({"rule": rule, "line": len(log.lines), "says": says, "file": log.text()})

    def changed(log, **other):
        log.again(dict(log.records[-1], **other))
        return log

    def reported(*arguments, **other):
        log = laboratory()
        log.report(*arguments, **other)
        return log

    file("signed by another key", "signature", reported("x", "second", "r"))
    log = reported("x", "first", "r")
    file("a value changed after it was signed", "signature",
         changed(log, body=dict(log.records[-1]["body"], value="0.001")))
    log = reported("x", "first", "r")
    file("a commitment changed after it was signed", "signature", changed(log, sealed={"signer": "ab" * 32}))
    file("the time changed after it was signed", "signature",
         changed(reported("x", "first", "r"), occurred_at="2026-11-18T00:00:00.000Z"))
    file("the organisation changed after it was signed", "is of organisation",
         changed(reported("x", "first", "r"), actor=actor("cooperative", "laboratory", handle("laboratory's key"))))
    file("an actor without the key", "found null", changed(reported("x", "first", "r"), actor=actor("laboratory", "laboratory")))
    file("an actor with another key", "actor's key",
         changed(reported("x", "first", "r"), actor=actor("laboratory", "laboratory", handle("root"))))
    log = laboratory()
    file("no link to the key", "no such link", changed(reported("x", "first", "r"), links=[]))
    log = reported("x", "first", "r")
    statement = dict(log.records[-1]["body"]["statement"], sig="ab")
    file("a signature of one byte", "key, nonce and sig",
         changed(log, body=dict(log.records[-1]["body"], statement=statement)))
    log = laboratory()
    early = log.link("key", KEY)
    rotate(log)
    log.report("x", "first", "r", links=[early])
    file("signed by a key that was changed before", "newest record", log)
    log = laboratory()
    rotate(log)
    log.report("x", "first", "r")
    file("signed by the old key, linked to the new one", "signature", log)
    log = laboratory()
    log.write(KEY, "key.revoked", {"reason": "stolen"})
    log.report("x", "first", "r")
    file("signed by a key that was revoked before", "revoked", log)
    log = laboratory()
    log.report("x", "first", "r")
    log.report("x", "first", "r")
    file("the same nonce twice", "second time", log)
    file("a text that is not in normal form C, rightly signed", "normal form", reported("Cafe\u0301", "first", "r"))
    log = Signed()
    laboratory(log)
    log.write(subject_of("key", "forged"), "key.registered", body("forged", "laboratory"), [log.link("countersign", ROOT)])
    log.countersign("forged", "forged")
    file("a key that vouches for itself in the association's name", "countersign", log)
    return files


def refused():
    message, key = b"suyuan", seed("first")
    public, sig = public_of(key), sign(key, message)
    small = recover(0, 0)  # of order 4
    cases = []

    def case(rule, public=public, sig=sig, message=message):
        cases.append({"rule": rule, "public": public.hex(), "message": message.hex(), "sig": sig.hex()})

    case("another message", message=b"suyuan.")
    case("another key", public=public_of(seed("second")))
    case("S + L", sig=sig[:32] + (number(sig[32:]) + L).to_bytes(32, "little"))
    case("S = L", sig=sig[:32] + L.to_bytes(32, "little"))
    case("R and S of nothing", sig=bytes(64))
    # Under a key of small order every message verifies for one of a few R: the equation holds without the cofactor.
    for order, point in [(1, (0, 1)), (2, (0, P - 1)), (4, small)]:
        case("a key of order %d, R the neutral point, S zero" % order, public=encode(point),
             sig=encode((0, 1)) + bytes(32))
    case("a key that is not canonical (y = p + 1)", public=(P + 1).to_bytes(32, "little"), sig=encode((0, 1)) + bytes(32))
    # R of small order with a good key: S = k·a, R the neutral point.
    secret = halves(key)[0]
    neutral = encode((0, 1))
    k = number(hashlib.sha512(neutral + public + message).digest()) % L
    case("R of small order, which the equation accepts", sig=neutral + (k * secret % L).to_bytes(32, "little"))
    odd = (P + 1).to_bytes(32, "little")
    k = number(hashlib.sha512(odd + public + message).digest()) % L
    case("R that is not canonical", sig=odd + (k * secret % L).to_bytes(32, "little"))
    # A key with a part of small order: only a verifier that multiplies by the cofactor accepts.
    mixed = encode(add(times(BASE, secret), small))
    r = 12345
    point = encode(times(BASE, r))
    k = number(hashlib.sha512(point + mixed + message).digest()) % L
    while k % 4 == 0:
        r += 1
        point = encode(times(BASE, r))
        k = number(hashlib.sha512(point + mixed + message).digest()) % L
    case("accepted only with the cofactor", public=mixed, sig=point + ((r + k * secret) % L).to_bytes(32, "little"))
    return cases


def main():
    # RFC 8032 §7.1, test 2.
    known = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    assert public_of(known).hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert sign(known, b"r").hex().startswith("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e4")
    log = good()
    with open(os.path.join(HERE, "signed.ndjson"), "w", encoding="utf-8", newline="\n") as out:
        out.write(log.text())
    value = {"statements": log.cases, "refused": refused(), "files": faulty(),
             "history": {"records": len(log.lines), "signed": len(log.cases), "head": record_hash(log.lines[-1])}}
    with open(os.path.join(HERE, "statements.json"), "w", encoding="utf-8", newline="\n") as out:
        out.write(json.dumps(value, ensure_ascii=True, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
