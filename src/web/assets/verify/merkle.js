// The tree over all chains: leaf entries, inclusion and consistency, by RFC 9162 §2.1. Sizes are numbers up to 2^53,
// hence divisions where the RFC shifts. Hashes are bytes, proofs lists of 32 bytes.

import { sha256 } from "./vendor/noble-hashes/sha2.js";
import { concat, equal, u64, unbase64, unhex } from "./bytes.js";
import { handleOf } from "./records.js";

export function leafHash(record) {
  const entry = concat(Uint8Array.of(1), unhex(handleOf(record.subject)), u64(record.seq), unhex(record.hash));
  return sha256(concat(Uint8Array.of(0), entry));
}

export function node(left, right) {
  return sha256(concat(Uint8Array.of(1), left, right));
}

const half = (number) => Math.floor(number / 2);
const odd = (number) => number % 2 === 1;

// §2.1.3.2
export function includes(leaf, index, size, proof, root) {
  if (!(index < size)) return false;
  let [f, s, hash] = [index, size - 1, leaf];
  for (const other of proof) {
    if (s === 0) return false;
    if (odd(f) || f === s) {
      hash = node(other, hash);
      while (!odd(f) && f !== 0) [f, s] = [half(f), half(s)];
    } else {
      hash = node(hash, other);
    }
    [f, s] = [half(f), half(s)];
  }
  return s === 0 && equal(hash, root);
}

// §2.1.4.2, for 0 ≤ first ≤ second; an empty tree and the same tree need no proof.
export function consistent(first, firstRoot, second, secondRoot, proof) {
  if (first === second) return !proof.length && equal(firstRoot, secondRoot);
  if (first > second) return false;
  if (first === 0) return !proof.length && equal(firstRoot, sha256(new Uint8Array(0)));
  if (!proof.length) return false;
  let [f, s] = [first - 1, second - 1];
  while (odd(f)) [f, s] = [half(f), half(s)];
  // 2^k has no smaller part to start from.
  const path = f === 0 ? [firstRoot, ...proof] : proof;
  let [a, b] = [path[0], path[0]];
  for (const other of path.slice(1)) {
    if (s === 0) return false;
    if (odd(f) || f === s) {
      [a, b] = [node(other, a), node(other, b)];
      while (!odd(f) && f !== 0) [f, s] = [half(f), half(s)];
    } else {
      b = node(b, other);
    }
    [f, s] = [half(f), half(s)];
  }
  return s === 0 && equal(a, firstRoot) && equal(b, secondRoot);
}

// Hashes in base64, at most 63; null where one is none.
export function readProof(lines) {
  const proof = lines.map((line) => (typeof line === "string" ? unbase64(line, 32) : null));
  return proof.length > 63 || proof.includes(null) ? null : proof;
}
