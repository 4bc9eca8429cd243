"""Seeded tamperings of packs and of what the button of a page fetches. Each is something that a verifier has to refuse: what
only proves nothing (README, a zip's dates, a stranger's signature) is left alone."""

import copy
import json
import random

import packs
import tlog
from packs import vectors


def rewritten(world, position, change):
    """The world of a liar: one record says something else, and everything after it that rests on it is hashed again."""
    liar = copy.copy(world)
    liar.tree, liar.log = copy.deepcopy(world.tree), copy.copy(world.log)
    liar.log.lines, liar.log.records = list(world.log.lines), [copy.deepcopy(r) for r in world.log.records]
    change(liar.log.records[position])
    hashes = {}
    for at, record in enumerate(liar.log.records):
        record["prev"] = hashes.get(record["prev"], record["prev"])
        for link in record["links"]:
            link["hash"] = hashes.get(link["hash"], link["hash"])
        line = vectors.canonical(record)
        old, new = vectors.record_hash(world.log.lines[at]), vectors.record_hash(line)
        if old == new:
            continue
        hashes[old], liar.log.lines[at] = new, line
        handle = record["subject"].split(":")[1]
        liar.tree.set(liar.indices[at], tlog.leaf_hash(tlog.leaf_entry(handle, record["seq"], new)))
    return liar


def lie(record):
    record["body"]["mass_g"] = record["body"].get("mass_g", 0) + 1000


class Case:
    """A good pack, with what is needed to make liars' packs of the same story."""

    def __init__(self, name, world, batches, openings, attachments, tiles_only):
        self.name, self.world, self.batches = name, world, batches
        self.openings, self.attachments, self.tiles_only = openings, attachments, tiles_only
        self.members = self.pack(world)
        lines = {p for batch in batches for p in packs.history_lines(world, batch)}
        self.positions = sorted(lines)
        self.liars = {}

    def pack(self, world, note=None):
        return packs.members_of(world, self.batches, self.openings, self.attachments, note=note, tiles_only=self.tiles_only)

    def liar(self, chosen):
        """One of a few liars' worlds; copying a large tree takes its time."""
        position = chosen.choice(self.positions if self.world.tree.size < 1000 else self.positions[:2])
        if position not in self.liars:
            self.liars[position] = rewritten(self.world, position, lie)
        return self.liars[position]


def cases():
    one, several = packs.story(), packs.story(300, 200, 3)
    deep = packs.story(66000, 600, 2)
    return [Case("one batch, proofs", *one, False), Case("three batches, proofs", *several, False),
            Case("two batches, three levels of tiles", *deep, True)]


# --- packs -----------------------------------------------------------------------------------------------------------------

def flip(data, chosen):
    at = chosen.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chosen.randrange(8)]) + data[at + 1:]


def lines_of(data):
    return data.splitlines(keepends=True)


def swapped(data, chosen):
    lines = lines_of(data)
    at = chosen.randrange(len(lines) - 1)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    return b"".join(lines)


def dropped(data, chosen):
    lines = lines_of(data)
    del lines[chosen.randrange(len(lines))]
    return b"".join(lines)


def doubled(data, chosen):
    lines = lines_of(data)
    at = chosen.randrange(len(lines))
    lines.insert(chosen.randrange(at, len(lines) + 1), lines[at])
    return b"".join(lines)


def cut(data, chosen):
    return data[:chosen.randrange(len(data))]


def some(members, chosen, *starts):
    return chosen.choice(sorted(name for name in members if name.startswith(starts)))


RECORDS = ("history", "keys/")
PROVEN = ("checkpoint", "history", "heads", "index", "keys/", "openings", "attachments/", "proof/", "tile/")


def edit_bytes(case, chosen):
    name = some(case.members, chosen, *PROVEN)
    return "a bit of %s" % name, {name: flip(case.members[name], chosen)}


def edit_lines(case, chosen):
    """In histories two or more lines stand; of one line only dropping is left."""
    name = some(case.members, chosen, "history", "index")
    how = chosen.choice([swapped, dropped, doubled, cut])
    return "%s in %s" % (how.__name__, name), {name: how(case.members[name], chosen)}


def edit_members(case, chosen):
    how = chosen.randrange(3)
    if how == 0:
        name = some(case.members, chosen, "checkpoint", "history", "index", "proof/", "tile/", "keys/", "heads")
        return "%s is missing" % name, {name: None}
    if how == 1:
        name = chosen.choice(["x.txt", "history/x.ndjson", "proof/01.tlog-proof", "tile/0/001.p/256", "attachments/" + "0" * 64,
                              "Checkpoint", "proof/99999.tlog-proof", "keys/%s.ndjson" % ("0" * 32)])
        return "%s is too much" % name, {name: chosen.randbytes(20)}
    a, b = (some(case.members, chosen, "proof/", "tile/", "attachments/") for _ in range(2))
    if case.members[a] == case.members[b]:
        return edit_bytes(case, chosen)
    return "%s for %s" % (a, b), {a: case.members[b]}


def edit_proof(case, chosen):
    proofs = [name for name in case.members if name.startswith("proof/")]
    if not proofs:
        return edit_bytes(case, chosen)
    name = chosen.choice(proofs)
    head, note = case.members[name].split(b"\n\n", 1)
    lines = head.split(b"\n")
    how = chosen.randrange(5)
    if how == 0 and len(lines) > 2:
        del lines[chosen.randrange(2, len(lines))]
    elif how == 1:
        lines.insert(chosen.randrange(2, len(lines) + 1), tlog.b64(chosen.randbytes(32)).encode())
    elif how == 2:
        lines[1] = b"index %d" % (int(lines[1][6:]) + chosen.choice([-1, 1]))
    elif how == 3:
        lines[2:] = [tlog.b64(chosen.randbytes(32)).encode()] * chosen.choice([0, 1, 63, 64, 100])
    else:
        lines[1] = lines[1].replace(b"index ", chosen.choice([b"index 0", b"index  ", b"index +", b"Index "]))
    return "the lines of %s" % name, {name: b"\n".join(lines) + b"\n\n" + note}


def note_of(case, tree, chosen):
    """A checkpoint that does not fit the pack, signed as well as a liar can."""
    size = case.world.tree.size
    last = max(case.world.indices)
    text = tlog.checkpoint_text(packs.ORIGIN, size, tree.root())
    how = chosen.randrange(6)
    good = case.members["checkpoint"].decode()
    if how == 0:
        return "rolled back", tlog.checkpoint(case.world.tree, packs.LOG, packs.WITNESSES, size=chosen.randrange(1, last))
    if how == 1:
        return "another key", tlog.checkpoint(tree, tlog.Key(packs.ORIGIN, 1, "liar"), packs.WITNESSES)
    if how == 2:
        return "no witness", text + "\n" + packs.LOG.line(text)
    if how == 3:
        return "witnesses of another view", text + "\n" + packs.LOG.line(text) + "".join(good.splitlines(True)[5:])
    if how == 4:
        changed = tlog.checkpoint_text(packs.ORIGIN, size + chosen.choice([-1, 1, size]), tree.root())
        return "wrong size", changed + "\n" + packs.LOG.line(changed) + "".join(w.line(changed, 9) for w in packs.WITNESSES)
    changed = tlog.checkpoint_text(packs.ORIGIN, size, chosen.randbytes(32))
    return "wrong root", changed + "\n" + packs.LOG.line(changed) + "".join(w.line(changed, 9) for w in packs.WITNESSES)


def edit_checkpoint(case, chosen):
    """The pack's checkpoint and that of its proofs: another one, over the true tree or a liar's."""
    liar = case.liar(chosen)
    what, note = note_of(case, liar.tree, chosen)
    edits = {"checkpoint": note.encode()}
    old = case.members["checkpoint"]
    for name in case.members:
        if name.startswith("proof/"):
            edits[name] = case.members[name].replace(old, note.encode())
    return "checkpoint: " + what, edits


def edit_story(case, chosen):
    """Records that fit together and say something else: with the true log, or with a log of the liar's own."""
    liar = case.liar(chosen)
    how = chosen.randrange(3)
    if how == 0:
        pack = case.pack(liar)
        kept = ("history", "keys/", "heads", "openings")
        return "rewritten records in the true log", {n: d for n, d in pack.items() if n.startswith(kept)}
    if how == 1:
        what, note = "signed with another key", tlog.checkpoint(liar.tree, tlog.Key(packs.ORIGIN, 1, "liar"), packs.WITNESSES)
    else:
        text = tlog.checkpoint_text(packs.ORIGIN, liar.tree.size, liar.tree.root())
        what, note = "not witnessed", text + "\n" + packs.LOG.line(text)
    pack = case.pack(liar, note)
    return "a rewritten log, " + what, {n: d for n, d in pack.items() if case.members[n] != d and n != "policy"}


def edit_other_tree(case, chosen):
    liar = case.pack(case.liar(chosen))
    changed = sorted(n for n in liar if n.startswith(("proof/", "tile/")) and liar[n] != case.members.get(n))
    name = chosen.choice(changed)
    return "%s of another tree" % name, {name: liar[name]}


EDITS = [edit_bytes, edit_bytes, edit_bytes, edit_lines, edit_lines, edit_members, edit_proof, edit_checkpoint, edit_story,
         edit_other_tree]


def tamperings(all_cases, count, seed=4):
    """(number of the case, what, name → new bytes or None)"""
    chosen = random.Random(seed)
    while count:
        at = chosen.randrange(len(all_cases))
        what, edits = chosen.choice(EDITS)(all_cases[at], chosen)
        edits = {n: d for n, d in edits.items() if d is None or all_cases[at].members.get(n) != d}
        if edits:
            count -= 1
            yield at, what, edits


# --- what a page fetches -----------------------------------------------------------------------------------------------------

def answers(case, world, note, witnesses=None):
    """The history of the case's first batch in this world, and its proof."""
    lines = packs.history_lines(world, case.batches[0])
    policy = tlog.policy(packs.LOG, packs.WITNESSES if witnesses is None else witnesses)
    entries = [{"index": world.indices[p], "seq": world.log.records[p]["seq"], "subject": world.log.records[p]["subject"],
                "proof": [tlog.b64(value) for value in world.tree.inclusion(world.indices[p])]} for p in lines]
    return {"history": "".join(world.log.lines[p] + "\n" for p in lines).encode(),
            "proof": {"checkpoint": note, "policy": policy, "records": entries, "vkeys": [packs.LOG.vkey]}}


def page_tampering(case, chosen):
    good = answers(case, case.world, case.members["checkpoint"].decode())
    history, proof = good["history"], good["proof"]
    how = chosen.randrange(9)
    if how == 0:
        return "a bit of the history", flip(history, chosen), proof
    if how == 1:
        change = chosen.choice([swapped, dropped, doubled, cut])
        return change.__name__ + " in the history", change(history, chosen), proof
    entry = chosen.choice(proof["records"])
    if how == 2:
        entry["index"] += chosen.choice([-1, 1, 1000])
    elif how == 3 and entry["proof"]:
        entry["proof"][chosen.randrange(len(entry["proof"]))] = tlog.b64(chosen.randbytes(32))
    elif how == 4:
        entry["proof"].insert(chosen.randrange(len(entry["proof"]) + 1), tlog.b64(chosen.randbytes(32)))
    elif how == 5:
        proof["records"].remove(entry)
    elif how == 6:
        liar = case.liar(chosen)
        return "rewritten records in the true log", answers(case, liar, "")["history"], proof
    elif how == 7:
        liar = case.liar(chosen)
        what, note = note_of(case, liar.tree, chosen)
        while what == "no witness":
            what, note = note_of(case, liar.tree, chosen)
        return "checkpoint: " + what, history, dict(proof, checkpoint=note)
    else:
        checkpoint = flip(proof["checkpoint"].split("\n\n")[0].encode(), chosen)
        text = checkpoint.decode("latin-1")
        return "a bit of the checkpoint", history, dict(proof, checkpoint=text + "\n\n" + proof["checkpoint"].split("\n\n")[1])
    return "an entry of the proof", history, proof


def page_tamperings(all_cases, count, seed=5):
    """(number of the case, what, history, proof), none as it was."""
    chosen = random.Random(seed)
    good = [answers(case, case.world, case.members["checkpoint"].decode()) for case in all_cases]
    while count:
        at = chosen.randrange(len(all_cases))
        what, history, proof = page_tampering(all_cases[at], chosen)
        if history == good[at]["history"] and json.dumps(proof) == json.dumps(good[at]["proof"]):
            continue
        count -= 1
        yield at, what, history, proof
