"""The log over all chains in a second language, written from its description: tree, tiles, notes, keys, cosignatures,
proofs. Standard library only; shares no code with the service or with the verifiers."""

import base64
import hashlib

import ed25519


def b64(data):
    return base64.b64encode(data).decode()


# --- the tree ------------------------------------------------------------------------------------------------------------

def leaf_entry(handle, seq, record_hash):
    return b"\x01" + bytes.fromhex(handle) + seq.to_bytes(8, "big") + bytes.fromhex(record_hash)


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """All hashes of all perfect subtrees, lowest level first."""

    def __init__(self):
        self.levels = [[]]

    @property
    def size(self):
        return len(self.levels[0])

    def append(self, entry):
        self.set(self.size, leaf_hash(entry))

    def set(self, index, value):
        """A leaf at the end, or another one in the place of one that stands there."""
        for level in range(64):
            if level == len(self.levels):
                self.levels.append([])
            row = self.levels[level]
            if index == len(row):
                row.append(value)
            else:
                row[index] = value
            if index % 2 == 0 and index + 1 >= len(row):
                return
            value = node(row[index & ~1], row[index | 1])
            index //= 2

    def range(self, start, end):
        """The root of the leaves from start to end."""
        count = end - start
        if count == 0:
            return hashlib.sha256(b"").digest()
        if count & (count - 1) == 0 and start % count == 0:
            return self.levels[count.bit_length() - 1][start // count]
        k = 1 << (count - 1).bit_length() - 1
        return node(self.range(start, start + k), self.range(start + k, end))

    def root(self, size=None):
        return self.range(0, self.size if size is None else size)

    def inclusion(self, index, size=None, start=0):
        end = self.size if size is None else size
        if end - start == 1:
            return []
        k = start + (1 << (end - start - 1).bit_length() - 1)
        if index < k:
            return self.inclusion(index, k, start) + [self.range(k, end)]
        return self.inclusion(index, end, k) + [self.range(start, k)]

    def consistency(self, first, second=None):
        second = self.size if second is None else second
        if first in (0, second):
            return []
        return self._consistency(first, 0, second, True)

    def _consistency(self, first, start, end, whole):
        if first == end - start:
            return [] if whole else [self.range(start, end)]
        k = 1 << (end - start - 1).bit_length() - 1
        if first <= k:
            return self._consistency(first, start, start + k, whole) + [self.range(start + k, end)]
        return self._consistency(first - k, start + k, end, False) + [self.range(start, start + k)]

    def tile(self, level, index, size=None):
        size = self.size if size is None else size
        hashes = size >> 8 * level
        row = self.levels[8 * level][index * 256:min(index * 256 + 256, hashes)]
        return tile_path(level, index, len(row)), b"".join(row)

    def tiles_for(self, indices, heads=()):
        """Tiles that lead from these leaves, and from the heads of these sizes, to the root; and those at the right edge."""
        wanted = [(0, index) for index in indices]
        for head in heads:
            # The head over the first n leaves is made of one perfect subtree for each bit of n.
            bits = [bit for bit in range(head.bit_length()) if head >> bit & 1]
            wanted += [(bit // 8, (head >> bit) - 1 << bit % 8) for bit in bits]
        places = set()
        for level in range(8):
            hashes = self.size >> 8 * level
            if hashes % 256:
                places.add((level, hashes // 256))
        for level, entry in wanted:
            while entry < self.size >> 8 * level:
                places.add((level, entry // 256))
                level, entry = level + 1, entry // 256
        return dict(self.tile(level, index) for level, index in sorted(places))


def tile_path(level, index, width):
    groups = ["%03d" % (index % 1000)]
    while index >= 1000:
        index //= 1000
        groups.insert(0, "x%03d" % (index % 1000))
    return "tile/%d/%s%s" % (level, "/".join(groups), "" if width == 256 else ".p/%d" % width)


# --- notes ---------------------------------------------------------------------------------------------------------------

LOG, WITNESS = 1, 4


class Key:
    """A key of a log or a witness, made out of its name."""

    def __init__(self, name, kind, seed=None):
        self.name, self.kind = name, kind
        self.seed = hashlib.sha256((seed or "seed of " + name).encode()).digest()
        self.public = ed25519.public(self.seed)
        data = bytes([kind]) + self.public
        self.id = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
        self.vkey = "%s+%s+%s" % (name, self.id.hex(), b64(data))

    def line(self, text, time=None):
        if self.kind == LOG:
            signature = ed25519.sign(self.seed, text.encode())
        else:
            message = "cosignature/v1\ntime %d\n%s" % (time, text)
            signature = time.to_bytes(8, "big") + ed25519.sign(self.seed, message.encode())
        return "\u2014 %s %s\n" % (self.name, b64(self.id + signature))


def checkpoint_text(origin, size, root):
    return "%s\n%d\n%s\n" % (origin, size, b64(root))


def checkpoint(tree, log, witnesses=(), size=None, time=1795766400):
    size = tree.size if size is None else size
    text = checkpoint_text(log.name, size, tree.root(size))
    return text + "\n" + log.line(text) + "".join(w.line(text, time + i) for i, w in enumerate(witnesses))


def policy(log, witnesses, least=None):
    lines = ["# who signs", "log " + log.vkey]
    lines += ["witness w%d %s" % (i, w.vkey) for i, w in enumerate(witnesses)]
    if witnesses:
        lines.append("group all-of-them %s %s" % (least or "all", " ".join("w%d" % i for i in range(len(witnesses)))))
    return "\n".join(lines + ["quorum " + ("all-of-them" if witnesses else "none")]) + "\n"


def proof_file(tree, index, note, size=None):
    hashes = "".join(b64(value) + "\n" for value in tree.inclusion(index, size))
    return "c2sp.org/tlog-proof@v1\nindex %d\n%s\n%s" % (index, hashes, note)
