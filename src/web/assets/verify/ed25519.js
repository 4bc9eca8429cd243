// Ed25519 as every verifier of these records has it: S < L, key and R canonical and not of small order, no cofactor.
// The rules that libraries differ in are judged here, before the equation; then WebCrypto, where it knows Ed25519, or
// the vendored arithmetic says whether it holds. SHA-256 is always the vendored one: a page on plain HTTP
// has no other, and over a batch it costs milliseconds (360 hashes: 20 ms the first time, WebCrypto 3).

import { Point } from "./vendor/noble-ed25519/index.js";
import { sha512 } from "./vendor/noble-hashes/sha2.js";
import { concat, equal, hex, unhex } from "./bytes.js";

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

function littleEndian(bytes) {
  return BigInt("0x" + hex(Uint8Array.from(bytes).reverse()));
}

// A point by RFC 8032 §5.1.3, or null. `fromBytes` refuses y ≥ p and a negative zero.
function pointOf(bytes) {
  try {
    const point = Point.fromBytes(bytes, false);
    return point.isSmallOrder() ? null : point;
  } catch (_) {
    return null;
  }
}

export async function verifyEd25519(key, message, signature) {
  if (key.length !== 32 || signature.length !== 64) return false;
  const r = signature.slice(0, 32);
  const s = littleEndian(signature.slice(32));
  const point = s < ORDER ? pointOf(key) : null;
  if (!point || !pointOf(r)) return false;
  const native = await nativeEd25519();
  return native ? native(key, message, signature) : holds(point, r, s, concat(r, key, message));
}

// R = S·B − k·A, compared as bytes. Both products in one pass of doublings, because the table that the library makes for
// multiples of B costs more than the few signatures there are.
function holds(point, r, s, hashed) {
  const minus = point.negate();
  const terms = [null, Point.BASE, minus, Point.BASE.add(minus)];
  const bits = (number) => number.toString(2).padStart(253, "0");
  const ofB = bits(s);
  const ofA = bits(littleEndian(sha512(hashed)) % ORDER);
  let sum = Point.ZERO;
  for (let at = 0; at < 253; at++) {
    const term = terms[Number(ofB[at]) + 2 * Number(ofA[at])];
    sum = sum.double();
    if (term) sum = sum.add(term);
  }
  return equal(sum.toBytes(), r);
}

// RFC 8032 §7.1, test 1: a browser's own Ed25519 is taken if it accepts this and refuses it changed.
const PROBE = {
  key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
};

let probed;

// A function like `holds` by WebCrypto, or null; found out once.
function nativeEd25519() {
  probed = probed || probe().catch(() => null);
  return probed;
}

async function probe() {
  const subtle = globalThis.crypto && globalThis.crypto.subtle;
  if (!subtle) return null;
  const native = async (key, message, signature) => {
    const imported = await subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return subtle.verify({ name: "Ed25519" }, imported, signature, message);
  };
  const key = unhex(PROBE.key);
  const signature = unhex(PROBE.signature);
  const right = await native(key, new Uint8Array(0), signature);
  const wrong = await native(key, new Uint8Array(1), signature);
  return right === true && wrong === false ? native : null;
}
