// The tree out of its tiles: 256 hashes of 32 bytes each, as of one size. Every tile is held against the root before
// anything is read from it: those at the right edge make the root, a full one makes its entry in the tile above.

import { equal, fail } from "./bytes.js";
import { node } from "./merkle.js";

// 1234067 → x001/x234/067
export function tilePath(level, index, width) {
  const groups = [];
  let rest = index;
  do {
    groups.unshift(String(rest % 1000).padStart(3, "0"));
    rest = Math.floor(rest / 1000);
  } while (rest > 0);
  const number = groups.map((group, at) => (at + 1 < groups.length ? "x" + group : group)).join("/");
  return `tile/${level}/${number}` + (width < 256 ? `.p/${width}` : "");
}

// `members`: path → bytes of every tile at hand, none of another size of the tree.
export function readTiles(members, size, root) {
  const tiles = new Map();
  for (const [path, bytes] of members) {
    const tile = placeOf(path, size) || fail("tile-path", { name: path, size });
    if (bytes.length !== tile.width * 32) fail("tile-length", { name: path, expected: tile.width, found: bytes.length });
    tiles.set(key(tile.level, tile.index), { ...tile, path, bytes });
  }
  const tree = new Tree(tiles);
  if (!equal(tree.head(size), root)) fail("tiles-root", { size });
  for (const { level, index, width, path, bytes } of tiles.values()) {
    if (width < 256) continue;
    if (!equal(perfect(bytes, 0, 256), tree.entry(level + 1, index))) fail("tile-hash", { name: path });
  }
  return tree;
}

const key = (level, index) => `${level} ${index}`;

// Where in the tree of this size a tile stands; null where it has no tile of that name.
function placeOf(path, size) {
  const [, levelText, groups] = /^tile\/(\d{1,2})\/((?:x\d{3}\/)*\d{3})(?:\.p\/\d{1,3})?$/.exec(path) || [];
  if (!groups) return null;
  const level = Number(levelText);
  const index = Number(groups.replace(/[x/]/g, ""));
  const hashes = Math.floor(size / 256 ** level);
  const width = Math.min(256, hashes - index * 256);
  return width > 0 && tilePath(level, index, width) === path ? { level, index, width } : null;
}

// The root of a perfect tree over hashes of a tile.
function perfect(bytes, from, count) {
  if (count === 1) return bytes.subarray(from * 32, from * 32 + 32);
  return node(perfect(bytes, from, count / 2), perfect(bytes, from + count / 2, count / 2));
}

class Tree {
  constructor(tiles) {
    this.tiles = tiles;
    // 64 KiB of hashes are combined once only.
    this.heads = new Map();
  }

  // A hash as it stands in a tile.
  entry(level, index) {
    return this.subtree(level * 8, index);
  }

  // The hash over the leaves from index · 2^height on, 2^height of them.
  subtree(height, index) {
    const level = Math.floor(height / 8);
    const count = 2 ** (height % 8);
    const first = index * count;
    const tile = this.tiles.get(key(level, Math.floor(first / 256)));
    const from = first % 256;
    if (!tile || from + count > tile.width) fail("tile-missing", { level, index: Math.floor(first / 256) });
    return perfect(tile.bytes, from, count);
  }

  // The root of the tree that the first `size` leaves make.
  head(size) {
    if (!this.heads.has(size)) this.heads.set(size, this.fold(size));
    return this.heads.get(size);
  }

  // Its perfect subtrees from the smallest, at the right, to the largest.
  fold(size) {
    let head = null;
    for (let height = 0, rest = size; rest > 0; height++, rest = Math.floor(rest / 2)) {
      if (rest % 2 === 0) continue;
      const part = this.subtree(height, rest - 1);
      head = head ? node(part, head) : part;
    }
    return head || fail("tiles-root", { size });
  }
}
