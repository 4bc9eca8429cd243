#!/usr/bin/env python3
"""Change one byte of a downloaded history at several hundred places; `suyuan verify` must refuse every one of them.

usage: flip_bytes.py SUYUAN HISTORY.ndjson HEAD [PLACES]

The untouched file must be accepted. The places are drawn evenly from the file, and once more from its last record, which
nothing but the head given by --head protects. The draw is seeded: two runs change the same bytes of the same file.
"""

import os
import random
import subprocess
import sys
import tempfile


def verify(suyuan: str, path: str, head: str) -> int:
    command = [suyuan, "verify", path, "--head", head]
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode


def places(length: int, last_record: int, count: int, draw: random.Random) -> list[int]:
    edges = {0, last_record, length - 2, length - 1}
    anywhere = draw.sample(range(length), min(count, length))
    at_the_end = draw.sample(range(last_record, length), min(count // 2, length - last_record))
    return sorted(edges | set(anywhere) | set(at_the_end))


def main(suyuan: str, path: str, head: str, count: int = 400) -> int:
    with open(path, "rb") as file:
        original = file.read()
    if verify(suyuan, path, head) != 0:
        print("the untouched history is refused")
        return 1
    draw = random.Random(1)
    last_record = original.rstrip(b"\n").rfind(b"\n") + 1
    tried = places(len(original), last_record, count, draw)
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        changed_path = os.path.join(folder, "changed.ndjson")
        for place in tried:
            changed = bytearray(original)
            changed[place] ^= draw.randrange(1, 256)
            with open(changed_path, "wb") as file:
                file.write(changed)
            code = verify(suyuan, changed_path, head)
            if code != 1:
                print(f"byte {place} {original[place]:#04x} -> {changed[place]:#04x}: exit code {code}, not 1")
                wrong += 1
    print(f"{len(tried)} changed bytes of {len(original)}, {len(tried) - wrong} refused")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(main(*sys.argv[1:4], *map(int, sys.argv[4:])))
