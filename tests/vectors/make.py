#!/usr/bin/env python3
"""Test vectors for records, chains and histories, and the format itself in a second language.

This file shares no code with the service; it is written from the format's description alone and uses the standard
library only. Run it in this folder; it writes the files beside it and is deterministic:

    records.ndjson   records that a verifier accepts one by one; expected.json has their hashes
    chain.ndjson     the chain of one batch
    history.ndjson   that batch with everything it rests on, in log order
    openings.ndjson  openings of sealed fields of history.ndjson
    opened.json      lines of openings by how deep their values nest
    refused.json     lines that a verifier refuses, each with the rule it breaks
    files.json       files whose lines are records, but which are no chain and no history
    expected.json    hashes, heads, counts, commitments
"""

import hashlib
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))
ZERO = "0" * 64


# --- the format ----------------------------------------------------------------------------------------------------

def canonical(value):
    """Sorted keys, no white space, integers, the shortest escapes."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(escape(character) for character in value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in sorted(value)) + "}"


def escape(character):
    short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
    if character in short:
        return short[character]
    return "\\u%04x" % ord(character) if ord(character) < 0x20 else character


def record_hash(line):
    return hashlib.sha256(b"suyuan/record/v1\n" + line.encode()).hexdigest()


def commitment(field, salt, value):
    covered = b"suyuan/sealed/v1\n" + field.encode() + b"\n" + bytes.fromhex(salt) + canonical(value).encode()
    return hashlib.sha256(covered).hexdigest()


def opening(subject, seq, field, salt, value):
    return canonical({"field": field, "salt": salt, "seq": seq, "subject": subject, "value": value})


# --- writing records -------------------------------------------------------------------------------------------------

def subject_of(kind, name):
    return kind + ":" + handle(name)


def handle(name):
    """A stand-in for 16 random bytes."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def salt(name):
    return hashlib.sha256(b"salt of " + name.encode()).hexdigest()


class Log:
    """Records in the order in which they were written, each chained to the one before of its subject."""

    def __init__(self):
        self.lines = []      # canonical text
        self.records = []    # the same as objects
        self.minute = 0

    def write(self, subject, kind, body, links=(), sealed=None, **other):
        chain = [i for i, record in enumerate(self.records) if record["subject"] == subject]
        self.minute += 7
        at = "2026-11-%02dT%02d:%02d:00.000Z" % (18 + self.minute // 1440, self.minute // 60 % 24, self.minute % 60)
        record = {
            "v": 1,
            "subject": subject,
            "seq": len(chain),
            "prev": record_hash(self.lines[chain[-1]]) if chain else ZERO,
            "kind": kind,
            "occurred_at": at,
            "recorded_at": at.replace(":00.000Z", ":01.250Z"),
            "actor": {"key": None, "org": handle("cooperative"), "role": "cooperative"},
            "body": body,
            "sealed": sealed or {},
            "links": sorted(links, key=lambda link: (link["rel"], link["subject"], link["seq"])),
            "seen": None,
        }
        record.update(other)
        self.records.append(record)
        self.lines.append(canonical(record))
        return subject

    def link(self, rel, subject, seq=None):
        """To a record of another subject, by default its newest one so far."""
        chain = [line for line, record in zip(self.lines, self.records) if record["subject"] == subject]
        seq = len(chain) - 1 if seq is None else seq
        return {"hash": record_hash(chain[seq]), "rel": rel, "seq": seq, "subject": subject}

    def text(self, keep=lambda record: True):
        return "".join(line + "\n" for line, record in zip(self.lines, self.records) if keep(record))


def sealed(fields):
    return {name: commitment(name, salt(name), value) for name, value in fields.items()}


# --- a farm, a batch, its child ------------------------------------------------------------------------------------

def farm():
    log = Log()
    organisation, plot = subject_of("organisation", "cooperative"), subject_of("plot", "east slope")
    parent, child = subject_of("batch", "harvest"), subject_of("batch", "first grade")
    laboratory, sample, key = subject_of("organisation", "laboratory"), subject_of("sample", "s1"), subject_of("key", "k1")
    person = {"person": {"name": "示范·李某", "phone": "+86 000"}}
    place = {"position": {"latitude": "31.02", "longitude": "109.46"}}
    log.write(organisation, "organisation.registered", {"name": "奉节脐橙合作社"}, sealed=sealed(person))
    log.write(plot, "plot.registered", {"area_m2": 6670, "name": "东坡"}, [log.link("holder", organisation)],
              sealed=sealed(place))
    log.write(plot, "treatment.recorded", {"dose": "0.5", "dose_unit": "mL/L", "product": "阿维菌素"})
    log.write(parent, "batch.opened", {"mass_g": 1250000, "product": "脐橙"}, [log.link("plot", plot)])
    log.write(plot, "treatment.recorded", {"dose": "1.0", "dose_unit": "g/L", "product": "after the harvest"})
    log.write(organisation, "organisation.renamed", {"name": "nothing rests on this one"})
    log.write(laboratory, "organisation.registered", {"name": "县检测中心"})
    log.write(key, "key.registered", {"alg": "ed25519", "public": "ab" * 32}, [log.link("holder", laboratory)])
    log.write(sample, "sample.drawn", {"mass_g": 3000}, [log.link("batch", parent)])
    log.write(parent, "grading.recorded", {"grades": [{"grade": "特级", "mass_g": 800000}, {"grade": "一级", "mass_g": 447000}]},
              [log.link("sample", sample)])
    log.write(parent, "batch.split", {"into": [handle("first grade")]})
    log.write(child, "batch.opened", {"mass_g": 447000},
              [log.link("parent", parent), log.link("grading", parent, 1)], seen={"root": "5a" * 32, "size": 9})
    log.write(sample, "report.issued", {"results": [{"analyte": "多菌灵", "qualifier": "<LOQ", "value": "0.01"}]},
              [log.link("key", key)], actor={"key": handle("k1"), "org": handle("laboratory"), "role": "laboratory"})
    log.write(child, "report.attached", {"passed": True}, [log.link("report", sample)])
    log.write(parent, "batch.closed", {"note": "nothing rests on this one"})
    first = record_hash(log.lines[11])
    log.write(child, "batch.corrected", {"corrects": {"hash": first, "seq": 0}, "new": 446500, "old": 447000,
                                         "path": "/body/mass_g", "reason": "scale read again \"twice\"\n\tby two"})
    openings = [opening(organisation, 0, "person", salt("person"), person["person"]),
                opening(plot, 0, "position", salt("position"), place["position"])]
    return log, child, openings


def history_of(log, start):
    """Everything that a subject rests on: go on taking records in until nothing new is found."""
    last = {start: max(record["seq"] for record in log.records if record["subject"] == start)}
    grown = True
    while grown:
        grown = False
        for record in log.records:
            if record["seq"] <= last.get(record["subject"], -1):
                for link in record["links"]:
                    if link["seq"] > last.get(link["subject"], -1):
                        last[link["subject"]] = link["seq"]
                        grown = True
    return log.text(lambda record: record["seq"] <= last.get(record["subject"], -1))


# --- single records at the edges -------------------------------------------------------------------------------------

def base(**other):
    log = Log()
    org = subject_of("organisation", "cooperative")
    log.write(org, "organisation.registered", {})
    log.write(subject_of("batch", "edge"), "batch.opened", {"mass_g": 5}, [log.link("holder", org)],
              sealed={"buyer": "0b" * 32, "price": "0c" * 32}, seen={"root": "5a" * 32, "size": 1})
    record = log.records[-1]
    record.update(other)
    return record


def nested(depth):
    value = []
    for _ in range(depth - 1):
        value = {"a": value} if depth % 2 else [value]
    return value


def edges():
    """(record, whether its subject kinds belong to this version of the service)"""
    link = base()["links"][0]
    later = dict(link, subject="orchard_row:" + handle("r"))
    return [
        (base(), True),
        (base(seq=2**53 - 1, prev="ff" * 32), True),
        (base(body={"least": -(2**53 - 1), "most": 2**53 - 1, "none": None, "no": False, "yes": True, "zero": 0}), True),
        (base(body={"text": "".join(map(chr, range(1, 0x81)))}), True),
        (base(body={"text": "脐橙 é e\u0301 \u2028 \ufeff \ufffe \U0001f34a \U0010ffff \ue000"}), True),
        (base(body={"text": "橙" * 1365 + "x"}), True),
        (base(body={"text": "\n" * 4096}), True),
        (base(body={"text": "\x01" * 4096}), True),
        (base(body={"k" * 64: 0, "0": 1, "_": 2, "a": 3, "a0": 4, "a_": 5, "aa": 6}), True),
        (base(body={"deep": nested(6)}), True),
        (base(body={"deep": nested(6), "wide": [[], {}, [{}], ""]}), True),
        (base(sealed={"a": "00" * 32, "a0": "11" * 32, "b" * 64: "22" * 32}), True),
        (base(links=[]), True),
        (base(links=[dict(link, rel="a"), dict(link, rel="a", seq=2), dict(link, rel="a", seq=10),
                     dict(link, rel="a", subject="plot:" + handle("p")), dict(link, rel="aa"), dict(link, rel="b")]), True),
        (base(seen=None), True),
        (base(seen={"root": ZERO, "size": 2**53 - 1}), True),
        (base(occurred_at="2000-01-01T00:00:00.000Z", recorded_at="9999-12-31T23:59:59.999Z"), True),
        (base(occurred_at="2028-02-29T12:34:56.789Z"), True),
        (base(occurred_at="2400-02-29T12:34:56.789Z"), True),
        (base(kind="a.b.c.2"), True),
        (base(kind="x" * 4000 + ".y"), True),
        (base(actor={"key": handle("k"), "org": handle("o"), "role": "regulator"}), True),
        (base(subject="orchard:" + handle("later")), False),
        (base(links=[later]), False),
    ]


# --- what a verifier must refuse -------------------------------------------------------------------------------------

def refused():
    good = canonical(base())
    lines = []

    def swap(rule, old, new):
        assert good.count(old) == 1, (rule, good.count(old))
        lines.append((rule, good.replace(old, new)))

    def body(rule, text):
        swap(rule, '"body":{"mass_g":5}', '"body":' + text)

    def record(rule, **other):
        lines.append((rule, canonical(base(**other))))

    # shape of the whole
    lines.append(("not JSON", "<html>"))
    lines.append(("not an object", "[]"))
    lines.append(("cut off", good[:-1]))
    lines.append(("something behind the record", good + "{}"))
    lines.append(("white space before", " " + good))
    lines.append(("white space behind", good + " "))
    swap("white space after a comma", ',"kind"', ', "kind"')
    swap("white space after a colon", '"kind":', '"kind": ')
    swap("a tab between members", ',"kind"', ',\t"kind"')
    swap("a comma behind the last member", '"v":1}', '"v":1,}')
    lines.append(("a byte order mark", "\ufeff" + good))
    lines.append(("carriage return", good + "\r"))
    for key in base():
        lines.append(("missing key " + key, canonical({k: v for k, v in base().items() if k != key})))
    record("unknown key", zone="+08:00")
    record("unknown key that sorts first", aaa=1)
    swap("duplicate key", '"v":1}', '"v":1,"v":1}')
    swap("duplicate key with another value", '"kind":"batch.opened"', '"kind":"batch.closed","kind":"batch.opened"')
    swap("unsorted keys", '"v":1}', '"v":1,"a":1}')
    lines.append(("two keys changed places", good.replace('"seq":0,"subject"', '"subject"').replace('"v":1', '"seq":0,"v":1')))
    # numbers
    body("a float", '{"mass_g":5.0}')
    body("a fraction", '{"mass_g":0.5}')
    body("an exponent", '{"mass_g":5e0}')
    body("an upper-case exponent", '{"mass_g":5E2}')
    body("minus zero", '{"mass_g":-0}')
    body("2^53", '{"mass_g":9007199254740992}')
    body("-2^53", '{"mass_g":-9007199254740992}')
    body("2^64 + 5", '{"mass_g":18446744073709551621}')
    body("a number of forty digits", '{"mass_g":' + "9" * 40 + "}")
    body("a leading zero", '{"mass_g":05}')
    body("a leading zero after the minus", '{"mass_g":-05}')
    body("a plus", '{"mass_g":+5}')
    body("a lonely minus", '{"mass_g":-}')
    body("NaN", '{"mass_g":NaN}')
    body("Infinity", '{"mass_g":Infinity}')
    body("hexadecimal", '{"mass_g":0x5}')
    # strings
    body("a lone high surrogate", r'{"a":"\ud83c"}')
    body("a lone low surrogate", r'{"a":"\udf4a"}')
    body("an escaped surrogate pair", r'{"a":"\ud83c\udf4a"}')
    body("an escape of a printable character", r'{"a":"\u0041"}')
    body("an escape of a Chinese character", r'{"a":"\u6a59"}')
    body("an escaped slash", r'{"a":"\/"}')
    body("a long escape where a short one exists", r'{"a":"\u000a"}')
    body("a long escape of a quote", r'{"a":"\u0022"}')
    body("upper-case hex in an escape", r'{"a":"\u001F"}')
    body("an unknown escape", r'{"a":"\x41"}')
    body("an escape of U+007F", r'{"a":"\u007f"}')
    body("an escaped U+0000", r'{"a":"\u0000"}')
    body("a raw U+0000", '{"a":"\x00"}')
    body("a raw control character", '{"a":"\x1f"}')
    body("a raw tab", '{"a":"\t"}')
    body("a string that does not end", '{"a":"')
    body("single quotes", "{'a':1}")
    body("a string of 4,097 bytes", '{"a":"' + "x" * 4097 + '"}')
    body("a string of 1,366 characters of three bytes", '{"a":"' + "橙" * 1366 + '"}')
    body("a string of 4,097 bytes after unescaping", '{"a":"' + "\\n" * 4097 + '"}')
    # keys and nesting
    body("an empty key", '{"":1}')
    body("an upper-case key", '{"Mass":1}')
    body("a key with a hyphen", '{"mass-g":1}')
    body("a Chinese key", '{"质量":1}')
    body("an escaped key", r'{"\u0061":1}')
    body("a key of 65 characters", '{"' + "k" * 65 + '":1}')
    body("a key without quotes", "{a:1}")
    body("duplicate keys in the body", '{"a":1,"a":1}')
    body("unsorted keys in the body", '{"b":1,"a":1}')
    body("unsorted keys deep in the body", '{"a":[{"b":{"d":1,"c":1}}]}')
    body("nine levels of arrays", '{"a":' + "[" * 7 + "]" * 7 + "}")
    body("nine levels of objects", canonical({"a": nested(7)}))
    body("a thousand levels", '{"a":' + "[" * 1000 + "]" * 1000 + "}")
    body("a comma behind the last item", '{"a":[1,]}')
    body("no comma between items", '{"a":[1 2]}')
    body("two commas", '{"a":[1,,2]}')
    body("a comment", '{"a":1/*x*/}')
    body("True", '{"a":True}')
    body("nul", '{"a":nul}')
    body("a body that is an array", "[]")
    body("a body that is null", "null")
    body("a body that is a string", '"x"')
    # the envelope
    record("version 2", v=2)
    record("version 0", v=0)
    record("version as a string", v="1")
    swap("version as a float", '"v":1}', '"v":1.0}')
    record("negative seq", seq=-1, prev="ff" * 32)
    record("seq 2^53", seq=2**53, prev="ff" * 32)
    record("seq as a string", seq="0")
    swap("seq as a float", '"seq":0,"subject":"batch', '"seq":0.0,"subject":"batch')
    record("prev other than zeros at seq 0", prev="ff" * 32)
    record("prev in upper case", seq=1, prev="FF" * 32)
    record("prev too short", seq=1, prev="ff" * 31)
    record("prev too long", seq=1, prev="ff" * 33)
    record("prev null", prev=None)
    record("subject without a handle", subject="batch")
    record("subject with an empty kind", subject=":" + handle("edge"))
    record("subject with an upper-case kind", subject="Batch:" + handle("edge"))
    record("subject with a digit in its kind", subject="batch2:" + handle("edge"))
    record("subject with an upper-case handle", subject="batch:" + handle("edge").upper())
    record("subject with a short handle", subject="batch:" + handle("edge")[1:])
    record("subject with a long handle", subject="batch:" + handle("edge") + "0")
    record("subject with a hyphenated handle", subject="batch:0f8fad5b-d9cb-469f-a165-70867728950e")
    swap("an escape in the subject", '"subject":"batch:', '"subject":"batch\\u003a')
    record("kind without a dot", kind="batch")
    record("kind with an empty part", kind="batch..opened")
    record("kind that starts with a dot", kind=".opened")
    record("kind that ends with a dot", kind="batch.")
    record("kind in upper case", kind="Batch.opened")
    record("kind with a hyphen", kind="batch.re-opened")
    record("kind of 4,097 characters", kind="x" * 4090 + ".opened")
    for rule, instant in [
        ("30 February", "2026-02-30T00:00:00.000Z"),
        ("29 February of a common year", "2026-02-29T00:00:00.000Z"),
        ("29 February 2100", "2100-02-29T00:00:00.000Z"),
        ("31 April", "2026-04-31T00:00:00.000Z"),
        ("month 13", "2026-13-01T00:00:00.000Z"),
        ("month 0", "2026-00-01T00:00:00.000Z"),
        ("day 0", "2026-01-00T00:00:00.000Z"),
        ("hour 24", "2026-11-18T24:00:00.000Z"),
        ("minute 60", "2026-11-18T01:60:00.000Z"),
        ("second 60", "2016-12-31T23:59:60.000Z"),
        ("the year 1999", "1999-12-31T23:59:59.999Z"),
        ("the year 10000", "10000-01-01T00:00:00.000Z"),
        ("no decimals", "2026-11-18T01:20:00Z"),
        ("six decimals", "2026-11-18T01:20:00.000000Z"),
        ("an offset", "2026-11-18T09:20:00.000+08:00"),
        ("a lower-case z", "2026-11-18T01:20:00.000z"),
        ("a space for T", "2026-11-18 01:20:00.000Z"),
        ("a comma before the decimals", "2026-11-18T01:20:00,000Z"),
        ("a sign in the year", "+026-11-18T01:20:00.000Z"),
        ("full-width digits", "２026-11-18T01:20:00.000Z"),
    ]:
        record("occurred_at: " + rule, occurred_at=instant)
        record("recorded_at: " + rule, recorded_at=instant)
    record("occurred_at as a number", occurred_at=1794964800000)
    actor = base()["actor"]
    record("actor null", actor=None)
    record("actor with an unknown key", actor=dict(actor, name="x"))
    record("actor without key", actor={"org": actor["org"], "role": actor["role"]})
    record("actor without org", actor={"key": None, "role": actor["role"]})
    record("actor with org null", actor=dict(actor, org=None))
    record("actor with an unknown role", actor=dict(actor, role="consumer"))
    record("actor with a role in upper case", actor=dict(actor, role="Cooperative"))
    record("actor with role null", actor=dict(actor, role=None))
    record("actor with org in upper case", actor=dict(actor, org="AB" * 16))
    record("actor with a key that is a subject", actor=dict(actor, key="key:" + handle("k")))
    record("sealed null", sealed=None)
    record("sealed that is an array", sealed=[])
    record("sealed with a commitment in upper case", sealed={"buyer": "AB" * 32})
    record("sealed with a short commitment", sealed={"buyer": "ab" * 31})
    record("sealed with a commitment that is null", sealed={"buyer": None})
    record("sealed with a key of 65 characters", sealed={"b" * 65: ZERO})
    swap("sealed unsorted", '"sealed":{"buyer"', '"sealed":{"zone":"%s","buyer"' % ZERO)
    swap("sealed twice", '"sealed":{"buyer"', '"sealed":{"buyer":"%s","buyer"' % ZERO)
    link = base()["links"][0]
    record("links null", links=None)
    record("links that are an object", links={})
    record("links with an item that is null", links=[None])
    record("links twice the same", links=[link, link])
    record("links twice the same but for the hash", links=[link, dict(link, hash="ff" * 32)])
    record("links unsorted by rel", links=[dict(link, rel="b"), dict(link, rel="a")])
    record("links unsorted by subject", links=[dict(link, subject="site:" + handle("a")), dict(link, subject="plot:" + handle("a"))])
    record("links unsorted by handle", links=[dict(link, subject="plot:" + "b" * 32), dict(link, subject="plot:" + "a" * 32)])
    record("links unsorted by seq", links=[dict(link, seq=10), dict(link, seq=2)])
    record("a link to itself", links=[dict(link, subject=base()["subject"])])
    record("a link to itself behind another one", links=[dict(link, rel="a"), dict(link, rel="b", subject=base()["subject"])])
    record("a link with an empty rel", links=[dict(link, rel="")])
    record("a link with an upper-case rel", links=[dict(link, rel="Holder")])
    record("a link with a dotted rel", links=[dict(link, rel="a.b")])
    record("a link with a rel of 4,097 characters", links=[dict(link, rel="r" * 4097)])
    record("a link with a negative seq", links=[dict(link, seq=-1)])
    record("a link with seq 2^53", links=[dict(link, seq=2**53)])
    record("a link with a hash in upper case", links=[dict(link, hash="AB" * 32)])
    record("a link with a short hash", links=[dict(link, hash="ab" * 31)])
    record("a link with an unknown key", links=[dict(link, note="x")])
    record("a link without rel", links=[{k: v for k, v in link.items() if k != "rel"}])
    record("a link without a subject's kind", links=[dict(link, subject=handle("a"))])
    seen = base()["seen"]
    record("seen with size 0", seen=dict(seen, size=0))
    record("seen with a negative size", seen=dict(seen, size=-1))
    record("seen with size 2^53", seen=dict(seen, size=2**53))
    record("seen without size", seen={"root": seen["root"]})
    record("seen with an unknown key", seen=dict(seen, time=1))
    record("seen with a root in base64", seen=dict(seen, root="WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlo="))
    record("seen that is false", seen=False)

    entries = [{"rule": rule, "line": line} for rule, line in lines]
    raw = good.encode()
    for rule, old, new in [
        ("a byte that is no UTF-8", b'"body":{"mass_g":5}', b'"body":{"a":"\xff"}'),
        ("an overlong encoding", b'"body":{"mass_g":5}', b'"body":{"a":"\xc0\xaf"}'),
        ("a surrogate in UTF-8", b'"body":{"mass_g":5}', b'"body":{"a":"\xed\xa0\xbc"}'),
        ("a cut sequence", b'"body":{"mass_g":5}', b'"body":{"a":"\xe6\xa9"}'),
        ("beyond U+10FFFF", b'"body":{"mass_g":5}', b'"body":{"a":"\xf4\x90\x80\x80"}'),
    ]:
        assert raw.count(old) == 1
        entries.append({"rule": rule, "hex": raw.replace(old, new).hex()})
    return entries


def faulty_files():
    """Small files around a plot (2 records) and a batch (2 records) that rests on the first of them."""
    plot, batch = subject_of("plot", "p"), subject_of("batch", "b")

    def small(change=None):
        log = Log()
        log.write(plot, "plot.registered", {})
        log.write(plot, "treatment.recorded", {"n": 1})
        log.write(batch, "batch.opened", {}, [log.link("plot", plot)])
        log.write(batch, "batch.closed", {})
        if change:
            change(log)
        return log

    good = small()
    a, b, c, d = good.lines
    files = []

    def file(rule, line, *lines, end="\n"):
        files.append({"rule": rule, "line": line, "file": "\n".join(lines) + end})

    def linked(rule, line, **other):
        log = Log()
        log.write(plot, "plot.registered", {})
        log.write(plot, "treatment.recorded", {"n": 1})
        log.write(batch, "batch.opened", {}, [dict(log.link("plot", plot), **other)])
        file(rule, line, *log.lines)

    def other_chain(rule, line, **other):
        log = Log()
        log.write(batch, "batch.opened", {})
        log.write(batch, "batch.graded", {}, **other)
        file(rule, line, *log.lines)

    files.append({"rule": "an empty file", "line": 1, "file": ""})
    file("no line feed at the end", 4, a, b, c, d, end="")
    file("an empty line at the end", 5, a, b, c, d, end="\n\n")
    file("an empty line at the start", 1, "", a, b, c, d)
    file("an empty line between", 3, a, b, "", c, d)
    file("only a line feed", 1, "")
    file("carriage returns", 1, a, b, c, d, end="\r\n")
    files[-1]["file"] = "\r\n".join([a, b, c, d]) + "\r\n"
    file("a byte order mark", 1, "\ufeff" + a, b, c, d)
    file("the first record of the plot is missing", 1, b, c, d)
    file("the first record of the batch is missing", 3, a, b, d)
    file("a record twice", 5, a, b, c, d, d)
    file("two records changed places", 3, a, b, d, c)
    file("a linked record stands behind the one that links it", 2, a, c, b, d)
    file("the linked subject stands at the end", 1, c, d, a, b)
    log = small(lambda log: log.write(plot, "treatment.recorded", {"n": 2}))
    file("a record beyond the last one linked", 3, a, b, log.lines[4], c, d)
    log = small(lambda log: log.write(subject_of("site", "s"), "site.registered", {}))
    file("a subject that nothing leads to", 3, a, b, log.lines[4], c, d)
    log = Log()
    log.write(plot, "plot.registered", {})
    log.write(batch, "batch.opened", {}, [log.link("plot", plot)])
    log.write(plot, "treatment.recorded", {"n": 1})
    file("the history ends with another subject's record", 2, *log.lines)
    linked("a link with another hash", 3, hash="ab" * 32)
    linked("a link to an earlier record with the hash of a later one", 3, seq=0)
    linked("a link to a record that is missing", 3, seq=2)
    linked("a link to a subject that is missing", 3, subject=subject_of("plot", "elsewhere"))
    linked("a link to the same handle under another kind", 3, subject="site:" + handle("p"))
    other_chain("a record that goes back in time", 2, recorded_at="2026-11-18T00:07:01.249Z")
    other_chain("another record before", 2, prev="ab" * 32)
    other_chain("zeros as the record before", 2, prev=ZERO)
    other_chain("a gap in seq", 2, seq=2)
    log = Log()
    for number in range(3):
        log.write(batch, "batch.opened", {}, seq=min(number, 1))
    file("the same seq again on the right record before", 3, *log.lines)
    log = Log()
    log.write("plot:" + handle("b"), "plot.registered", {})
    log.write(batch, "batch.opened", {})
    file("one handle for two subjects", 2, *log.lines)
    return files


def opened():
    """Lines of openings by how deep their values nest, and whether that is allowed; as objects, as lists, mixed."""
    def case(what, value, holds):
        line = opening(subject_of("batch", "edge"), 0, "price", salt(what), value)
        return {"what": what, "line": line, "holds": holds}

    cases = [case("a string", "12.50", True), case("null", None, True)]
    for depth in (1, 2, 7, 8, 9):
        lists, objects = "[" * depth + "]" * depth, '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1)
        for what, text in [("lists", lists), ("objects", objects), ("lists beside others", lists[:-1] + ",{},1" * (depth > 1) + "]")]:
            cases.append(case("%d %s" % (depth, what), json.loads(text), depth <= 8))
    return cases


def main():
    log, child, openings = farm()
    history, chain = history_of(log, child), log.text(lambda record: record["subject"] == child)
    singles = edges()
    lines = [canonical(record) for record, _ in singles]
    commitments = [{"field": field, "salt": salt(field + canonical(value)), "value": value}
                   for field, value in [("buyer", "张三"), ("price", {"amount": "12.50", "unit": "CNY/kg"}), ("photo", None),
                                        ("list", [1, -1, True, "\u0001\n\"\\/", {"b": 1, "a": 2}]), ("empty", "")]]
    for item in commitments:
        item["commitment"] = commitment(item["field"], item["salt"], item["value"])
        item["canonical"] = canonical(item["value"])

    def facts(text):
        rows = text.splitlines()
        return {"records": len(rows), "subjects": len({json.loads(row)["subject"] for row in rows}),
                "head": record_hash(rows[-1]), "subject": json.loads(rows[-1])["subject"]}

    def save(name, text):
        with open(os.path.join(HERE, name), "w", encoding="utf-8", newline="\n") as out:
            out.write(text)

    def save_json(name, value):
        save(name, json.dumps(value, ensure_ascii=True, indent=1, sort_keys=True) + "\n")

    # A second opinion on our own writer: the standard library agrees on every line.
    for line in lines + history.splitlines():
        assert line == json.dumps(json.loads(line), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    save("records.ndjson", "".join(line + "\n" for line in lines))
    save("chain.ndjson", chain)
    save("history.ndjson", history)
    save("openings.ndjson", "".join(line + "\n" for line in openings))
    save_json("opened.json", opened())
    save_json("refused.json", refused())
    save_json("files.json", faulty_files())
    save_json("expected.json", {
        "records": [{"hash": record_hash(line), "known_kinds": known} for line, (_, known) in zip(lines, singles)],
        "chain": facts(chain), "history": facts(history), "commitments": commitments})


if __name__ == "__main__":
    main()
