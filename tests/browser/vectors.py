"""The data of vectors.mjs: published vectors, those of tests/vectors, and what the second implementation makes."""

import hashlib
import json
import os
import random

import ed25519
import packs
import tlog

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.path.join(HERE, "..", "vectors")

# RFC 6962's reference tree (certificate-transparency, merkletree test vectors): leaves and the roots of their prefixes.
CT_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
CT_ROOTS = ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"]

# RFC 8032 §7.1, tests 1 to 3.
RFC8032 = [("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", ""),
           ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72"),
           ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82")]
RFC8032_SIGNATURES = [
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"]


def read(name):
    with open(os.path.join(SHARED, name), encoding="utf-8", newline="") as file:
        return file.read()


def trees():
    ct = tlog.Tree()
    for leaf, root in zip(CT_LEAVES, CT_ROOTS):
        ct.append(bytes.fromhex(leaf))
        assert ct.root().hex() == root
    big = tlog.Tree()
    for number in range(70):
        big.append(b"%d" % number)
    return ct, big


def inclusions(tree, chosen):
    cases = []
    for size in range(1, tree.size + 1):
        for index in range(size):
            leaf, proof, root = tree.levels[0][index], tree.inclusion(index, size), tree.root(size)

            def case(what, **other):
                good = {"what": "%d of %d: %s" % (index, size, what), "leaf": leaf.hex(), "index": index, "size": size,
                        "proof": [value.hex() for value in proof], "root": root.hex(), "valid": False}
                cases.append(dict(good, **other))

            case("right", valid=True)
            hexed = [value.hex() for value in proof]
            if chosen.random() < 0.2:
                case("one more", proof=hexed + ["00" * 32])
                case("another root", root=tlog.leaf_hash(root).hex())
                case("another leaf", leaf=root.hex() if size > 1 else "11" * 32)
                case("index beyond", index=size)
                case("size 0", size=0)
                left = 1 << (size - 1).bit_length() - 1 if size > 1 else 0
                if index < left:
                    part = [value.hex() for value in tree.inclusion(index, left)]
                    case("a part of the tree for the whole", proof=part, root=tree.root(left).hex())
                if proof:
                    case("one less", proof=hexed[:-1])
                    case("none", proof=[])
                    case("a hash changed", proof=["22" * 32] + hexed[1:])
                    case("another index", index=(index + 1) % size)
    return cases


def consistencies(tree, chosen):
    cases = []
    for second in range(tree.size + 1):
        for first in range(second + 1):
            hexed = [value.hex() for value in tree.consistency(first, second)]
            roots = {"firstRoot": tree.root(first).hex(), "secondRoot": tree.root(second).hex()}

            def case(what, **other):
                good = {"what": "%d to %d: %s" % (first, second, what), "first": first, "second": second, "proof": hexed,
                        "valid": False, **roots}
                cases.append(dict(good, **other))

            case("right", valid=True)
            if chosen.random() < 0.2:
                case("one more", proof=hexed + ["00" * 32])
                case("another root before", firstRoot="33" * 32)
                if first:
                    case("another root after", secondRoot="33" * 32)
                left = 1 << (second - 1).bit_length() - 1 if second > 1 else 0
                if 0 < first < left:
                    part = [value.hex() for value in tree.consistency(first, left)]
                    case("a part of the tree for the whole", proof=part, secondRoot=tree.root(left).hex())
                if first < second:
                    case("backwards", first=second, second=first)
                if hexed:
                    case("one less", proof=hexed[:-1])
                    case("none", proof=[])
                    case("a hash changed", proof=["22" * 32] + hexed[1:])
    return cases


def signatures():
    cases = json.load(open(os.path.join(HERE, "vectors", "speccheck.json")))["cases"]
    for (seed, message), expected in zip(RFC8032, RFC8032_SIGNATURES):
        seed, data = bytes.fromhex(seed), bytes.fromhex(message)
        key, signature = ed25519.public(seed), ed25519.sign(seed, data)
        assert signature.hex() == expected

        def case(what, key=key, data=data, signature=signature, valid=False):
            cases.append({"what": "RFC 8032, %s: %s" % (message or "empty", what), "key": key.hex(), "message": data.hex(),
                          "signature": signature.hex(), "valid": valid})

        case("right", valid=True)
        case("another message", data=data + b"x")
        case("another key", key=ed25519.public(bytes(32)))
        for at in (0, 31, 32, 63):
            case("byte %d changed" % at, signature=signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1:])
        s = int.from_bytes(signature[32:], "little") + ed25519.L
        case("S + L", signature=signature[:32] + s.to_bytes(32, "little"))
        case("63 bytes", signature=signature[:63])
        case("a key that is no point", key=bytes([2]) + bytes(31))
    return cases


def notes():
    log, (one, two) = packs.LOG, packs.WITNESSES
    tree = tlog.Tree()
    for number in range(9):
        tree.append(b"%d" % number)
    policy, text = tlog.policy(log, [one, two]), tlog.checkpoint_text(log.name, 9, tree.root())
    stranger = tlog.Key("stranger.example/w", tlog.WITNESS)
    signed, cosigned = log.line(text), one.line(text, 7) + two.line(text, 8)
    cases = []

    def case(what, checkpoint, fault=None, cosigned=2, reached=True, policy=policy):
        cases.append({"what": what, "checkpoint": checkpoint, "policy": policy, "fault": fault, "cosigned": cosigned,
                      "reached": reached})

    good = text + "\n" + signed + cosigned
    case("all signed", good)
    case("signatures in another order", text + "\n" + cosigned + signed)
    case("a witness is missing", text + "\n" + signed + one.line(text, 7), cosigned=1, reached=False)
    case("one of two is enough", text + "\n" + signed + two.line(text, 7), cosigned=1, policy=tlog.policy(log, [one, two], "any"))
    case("no witness asked for", text + "\n" + signed, cosigned=0, policy=tlog.policy(log, []))
    case("17 signatures", good + "".join(tlog.Key("s%d" % n, 1).line(text) for n in range(14)))
    case("a stranger's signature that does not hold", good + stranger.line("x\n", 3))
    case("a stranger under a known name", good + tlog.Key(one.name, 4, "other").line(text, 3))
    case("the same cosignature twice", good + one.line(text, 7))
    case("extension lines", "", "note")
    more = text + "more\n"
    cases[-1] = dict(cases[-1], checkpoint=more + "\n" + log.line(more) + one.line(more, 1) + two.line(more, 2), fault=None)
    case("101 signatures", good + signed * 98, "note-signatures")
    case("the log did not sign", text + "\n" + cosigned, "log-unsigned")
    case("another key signed for the log", text + "\n" + tlog.Key(log.name, 1, "other").line(text) + cosigned, "log-unsigned")
    case("a signature of the log that does not hold", text + "\n" + log.line(text + "x\n") + cosigned, "signature")
    case("a cosignature that does not hold", text + "\n" + signed + one.line("x\n", 7), "signature")
    case("a cosignature as a plain signature", text + "\n" + signed +
         tlog.Key(one.name, 4).line(text, 7)[:-2] + "\n", "note-line")
    case("another origin", good.replace(log.name + "\n", "other.example/log\n"), "signature")
    case("another origin, without witnesses", (text + "\n" + signed).replace(log.name + "\n", "other.example/log\n"),
         "log-unsigned", policy=tlog.policy(log, []))
    case("another size", good.replace("\n9\n", "\n8\n"), "signature")
    for what, line in [("a leading zero", "09"), ("a sign", "+9"), ("a negative size", "-9"), ("hexadecimal", "0x9"),
                       ("no size", ""), ("more than 2^63", "9223372036854775808"), ("a space", "9 ")]:
        changed = text.replace("\n9\n", "\n%s\n" % line)
        case("size: " + what, changed + "\n" + log.line(changed), "checkpoint")
    for what, root in [("31 bytes", tlog.b64(bytes(31))), ("no padding", tlog.b64(tree.root())[:-1]),
                       ("other bits behind the end", "A" * 42 + "B="), ("url alphabet", "-" * 43 + "=")]:
        changed = "%s\n9\n%s\n" % (log.name, root)
        case("root: " + what, changed + "\n" + log.line(changed), "checkpoint")
    case("no blank line", text + signed, "note")
    case("no signature", text + "\n", "note-line")
    case("no line feed at the end", good[:-1], "note")
    case("a carriage return", good.replace("\n9\n", "\r\n9\n"), "note")
    case("a hyphen for the dash", good.replace("\u2014", "-", 1), "note-line")
    case("two spaces", good.replace("\u2014 ", "\u2014  ", 1), "note-line")
    case("an empty note", "", "note")
    return cases


def vkeys():
    good = packs.LOG.vkey
    name, identity, data = good.split("+", 2)
    return [{"what": what, "vkey": vkey, "fault": fault} for what, vkey, fault in [
        ("right", good, None),
        ("another id", "+".join([name, "00000000", data]), "vkey"),
        ("an id in upper case", "+".join([name, identity.upper(), data]), "vkey" if identity.upper() != identity else None),
        ("no name", "+".join(["", identity, data]), "vkey"),
        ("a space in the name", "+".join(["a b", identity, data]), "vkey"),
        ("a short key", "+".join([name, identity, tlog.b64(b"\x01" + bytes(31))]), "vkey"),
        ("an unknown type", "+".join([name, identity, tlog.b64(b"\x07" + bytes(31))]), None),
        ("no plus", "abc", "vkey")]]


def policies():
    key = [tlog.Key("k%d.example" % number, tlog.WITNESS).vkey for number in range(3)]
    log = "log " + packs.LOG.vkey + "\n"
    three = log + "".join("witness w%d %s https://w%d.example\n" % (n, k, n) for n, k in enumerate(key))
    return [{"what": what, "text": text, "fault": fault} for what, text, fault in [
        ("no witness", log + "quorum none\n", None),
        ("white space and comments", " # x\n\n\t" + log + "quorum\tnone  \n#quorum none\n", None),
        ("no line feed at the end", log + "quorum none", None),
        ("one witness", three + "quorum w1\n", None),
        ("groups of groups", three + "group a 2 w0 w1\ngroup b all a w2\nquorum b\n", None),
        ("no quorum", three, "policy-quorum"),
        ("two quorums", three + "quorum w0\nquorum w1\n", 6),
        ("an unknown quorum", three + "quorum w9\n", 5),
        ("a group of a later one", three + "group b all a\ngroup a all w0\nquorum b\n", 5),
        ("a witness in two groups", three + "group a all w0\ngroup b all w0\nquorum b\n", 6),
        ("a witness twice in a group", three + "group a 2 w0 w0\nquorum a\n", 5),
        ("k of 0", three + "group a 0 w0\nquorum a\n", 5),
        ("k above n", three + "group a 2 w0\nquorum a\n", 5),
        ("k with a leading zero", three + "group a 01 w0\nquorum a\n", 5),
        ("none in a group", three + "group a any none\nquorum a\n", 5),
        ("a group without members", three + "group a all\nquorum a\n", 5),
        ("a name twice", three + "witness w0 " + tlog.Key("k9", 4).vkey + "\nquorum w0\n", 5),
        ("a key twice", three + "witness w9 " + key[0] + "\nquorum w0\n", 5),
        ("a log twice", log + log + "quorum none\n", 2),
        ("an unknown word", log + "witnesses w\nquorum none\n", 2),
        ("a carriage return", log + "quorum none\r\n", 1),
        ("a broken key", "log abc\nquorum none\n", "vkey")]]


def published():
    """What others publish: tests/vectors/published/README.md says where, and where we differ."""
    folder = os.path.join("published", "jcs")
    lines = [line.split(",")[1] for line in read(os.path.join(folder, "numbers.txt")).splitlines()]
    names = sorted(os.listdir(os.path.join(SHARED, folder, "output")))
    return {
        "ed25519": json.loads(read("published/ed25519vectors.json")), "merkle": json.loads(read("published/merkle.json")),
        "numbers": lines, "canonical": {name: read(os.path.join(folder, "output", name)) for name in names},
        "other": {name: read(os.path.join(folder, "input", name)) for name in names}}


def data():
    chosen = random.Random(4)
    ct, big = trees()
    handle = packs.vectors.handle("leaf")
    leaves = [(seq, hashlib.sha256(b"%d" % seq).hexdigest()) for seq in (0, 1, 255, 2**32, 2**32 - 1, 2**53 - 1)]
    paths = [(0, 0, 256), (0, 999, 256), (1, 1000, 256), (0, 1234067, 256), (2, 1000000, 7), (63, 5, 255)]
    expected = ["tile/0/000", "tile/0/999", "tile/1/x001/000", "tile/0/x001/x234/067", "tile/2/x001/x000/000.p/7",
                "tile/63/005.p/255"]
    # Made by statements.py beside make.py.
    has_statements = os.path.exists(os.path.join(SHARED, "statements.json"))
    signed = dict(json.loads(read("statements.json")), signed=read("signed.ndjson")) if has_statements else None
    return {
        "published": published(), "statements": signed, "records": read("records.ndjson").split("\n")[:-1], "refused": json.loads(read("refused.json")),
        "files": json.loads(read("files.json")), "opened": json.loads(read("opened.json")), "expected": json.loads(read("expected.json")),
        "chain": read("chain.ndjson"), "history": read("history.ndjson"),
        "leaves": [{"handle": handle, "seq": seq, "hash": value,
                    "leaf": tlog.leaf_hash(tlog.leaf_entry(handle, seq, value)).hex()} for seq, value in leaves],
        "inclusions": inclusions(ct, chosen) + inclusions(big, chosen),
        "consistencies": consistencies(ct, chosen) + consistencies(big, chosen),
        "paths": [{"level": l, "index": i, "width": w, "path": p} for (l, i, w), p in zip(paths, expected)],
        "signatures": signatures(), "checkpoints": notes(), "vkeys": vkeys(), "policies": policies(),
    }


if __name__ == "__main__":
    print(json.dumps(data()))
