"""Audit packs for the tests: a small story of a farm among many strangers in one log, signed, witnessed, zipped."""

import hashlib
import importlib.util
import io
import os
import zipfile

import ed25519
import tlog

_spec = importlib.util.spec_from_file_location(
    "vectors", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors", "make.py"))
vectors = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(vectors)

ORIGIN = "suyuan.example/log"
LOG = tlog.Key(ORIGIN, tlog.LOG)
WITNESSES = [tlog.Key("witness.example/%s" % name, tlog.WITNESS) for name in ("association", "university")]
LABORATORY = hashlib.sha256(b"key of the laboratory").digest()


class World:
    """Chains in one log, with leaves of strangers between them."""

    def __init__(self):
        self.log, self.tree = vectors.Log(), tlog.Tree()
        self.indices = []      # of each record of `log`

    def strangers(self, count):
        for _ in range(count):
            self.tree.append(b"\x01" + hashlib.sha256(b"stranger %d" % self.tree.size).digest() + bytes(24))

    def write(self, subject, kind, body, links=(), see=None, **other):
        if see:
            other["seen"] = {"root": self.tree.root(see).hex(), "size": see}
        self.log.write(subject, kind, body, links, **other)
        record = self.log.records[-1]
        handle = subject.split(":")[1]
        self.indices.append(self.tree.size)
        self.tree.append(tlog.leaf_entry(handle, record["seq"], vectors.record_hash(self.log.lines[-1])))

    def sign(self, subject, kind, body, links, key, nonce, org, sealed):
        """A statement that the laboratory signed before it was chained."""
        minute = self.log.minute + 7
        at = "2026-11-%02dT%02d:%02d:00.000Z" % (18 + minute // 1440, minute // 60 % 24, minute % 60)
        said = {"body": body, "kind": kind, "nonce": nonce, "occurred_at": at, "org": org, "sealed": sealed,
                "subject": subject, "v": 1}
        message = b"suyuan/statement/v1\n" + vectors.canonical(said).encode()
        signature = ed25519.sign(LABORATORY, message).hex()
        body = dict(body, statement={"key": key, "nonce": nonce, "sig": signature})
        self.write(subject, kind, body, links, sealed=sealed, actor={"key": key, "org": org, "role": "laboratory"})


def story(before=40, after=60, batches=1):
    """A world, the batches to ask for, openings and attachments."""
    world = World()
    log, link, subject, handle = world.log, world.log.link, vectors.subject_of, vectors.handle
    organisation, plot = subject("organisation", "cooperative"), subject("plot", "east slope")
    harvest, sample, key = subject("batch", "harvest"), subject("sample", "s1"), subject("key", "k1")
    laboratory = subject("organisation", "laboratory")
    person = {"person": {"name": "示范·李某", "phone": "+86 000"}}
    photo, report = b"a photo of the plot" * 40, b"%PDF-1.7 a report" * 90
    named = lambda data, media: {"attachment": {"bytes": len(data), "media_type": media,
                                                "sha256": hashlib.sha256(data).hexdigest()}}
    world.strangers(before)
    world.write(organisation, "organisation.registered", {"name": "奉节脐橙合作社"}, sealed=vectors.sealed(person))
    world.write(laboratory, "organisation.registered", {"name": "县检测中心"}, see=before)
    world.write(key, "key.registered", {"alg": "ed25519", "org": handle("laboratory"),
                                        "public": ed25519.public(LABORATORY).hex()}, [link("holder", laboratory)])
    world.write(plot, "plot.registered", {"area_m2": 6670, "name": "东坡", "photo": named(photo, "image/jpeg")},
                [link("holder", organisation)])
    world.strangers(3)
    for number in range(4):
        world.write(plot, "treatment.recorded", {"dose": "0.%d" % (number + 1), "dose_unit": "mL/L"})
    world.write(harvest, "batch.opened", {"mass_g": 1250000, "product": "脐橙"}, [link("plot", plot)], see=world.tree.size - 1)
    world.write(sample, "sample.drawn", {"mass_g": 3000}, [link("batch", harvest)])
    world.sign(sample, "report.issued", {"file": named(report, "application/pdf"), "results": [
        {"analyte": "多菌灵", "qualifier": "<LOQ", "value": "0.01"}]}, [link("key", key)], handle("k1"), "0a" * 16,
        handle("laboratory"), vectors.sealed({"price": {"amount": "120.00", "unit": "CNY"}}))
    world.write(harvest, "grading.recorded", {"grades": [{"grade": "特级", "mass_g": 800000}]}, [link("sample", sample)])
    world.write(harvest, "batch.split", {"into": [handle("child %d" % n) for n in range(batches)]})
    children = [subject("batch", "child %d" % number) for number in range(batches)]
    for child in children:
        world.strangers(2)
        world.write(child, "batch.opened", {"mass_g": 400000}, [link("grading", harvest, 1), link("parent", harvest)],
                    see=world.tree.size)
        world.write(child, "report.attached", {"passed": True}, [link("report", sample)])
        for number in range(5):
            world.write(child, "packing.recorded", {"packs": 20 + number, "text": "第 %d 班 \"A\"\n" % number})
    world.write(key, "key.revoked", {"reason": "a new key from next season on"})
    world.strangers(after)
    openings = [vectors.opening(organisation, 0, "person", vectors.salt("person"), person["person"])]
    return world, children, openings, {"image.jpg": photo, "pdf": report}


def history_lines(world, batch):
    """Positions in `log.lines` of what stands in the history of a batch."""
    kept = vectors.history_of(world.log, batch).splitlines()
    return [position for position, line in enumerate(world.log.lines) if line in set(kept)]


def members_of(world, batches, openings, attachments, witnesses=None, note=None, tiles_only=False):
    """Name → bytes of a pack over these batches."""
    witnesses = WITNESSES if witnesses is None else witnesses
    log, tree = world.log, world.tree
    note = note or tlog.checkpoint(tree, LOG, witnesses)
    histories = {batch: history_lines(world, batch) for batch in batches}
    keys = {}
    for position, record in enumerate(log.records):
        if record["subject"].startswith("key:"):
            keys.setdefault(record["subject"], []).append(position)
    everything = sorted({p for lines in [*histories.values(), *keys.values()] for p in lines})
    text = lambda lines: "".join(log.lines[p] + "\n" for p in lines).encode()
    members = {"checkpoint": note.encode(), "README.txt": b"How to verify this pack\n", "verify.html": b"<!doctype html>\n",
               "policy": tlog.policy(LOG, witnesses).encode()}
    if len(batches) == 1:
        members["history.ndjson"] = text(histories[batches[0]])
    else:
        heads = []
        for batch, lines in histories.items():
            members["history/%s.ndjson" % batch.split(":")[1]] = text(lines)
            heads.append({"hash": vectors.record_hash(log.lines[lines[-1]]), "seq": log.records[lines[-1]]["seq"],
                          "subject": batch})
        members["heads.ndjson"] = ndjson(heads)
    members["index.ndjson"] = ndjson({"index": world.indices[p], "seq": log.records[p]["seq"],
                                      "subject": log.records[p]["subject"]} for p in everything)
    seen = [log.records[p]["seen"]["size"] for p in everything if log.records[p]["seen"]]
    leaves = []
    if len(everything) >= 1000 or tiles_only:
        leaves = [world.indices[p] for p in everything]
    else:
        for p in everything:
            index = world.indices[p]
            members["proof/%d.tlog-proof" % index] = tlog.proof_file(tree, index, note).encode()
    if leaves or seen:
        members.update(tree.tiles_for(leaves, seen))
    for subject, lines in keys.items():
        members["keys/%s.ndjson" % subject.split(":")[1]] = text(lines)
    members["openings.ndjson"] = "".join(line + "\n" for line in openings).encode()
    for suffix, data in attachments.items():
        members["attachments/%s.%s" % (hashlib.sha256(data).hexdigest(), suffix.split(".")[-1])] = data
    return members


def ndjson(items):
    return "".join(vectors.canonical(item) + "\n" for item in items).encode()


def zipped(members, stored=()):
    """The archive; a list of pairs may hold a name twice."""
    pairs = members.items() if isinstance(members, dict) else members
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in pairs:
            info = zipfile.ZipInfo(name, (2026, 11, 27, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()
