// Bytes and their spellings, each with one reading only, and the fault that everything else throws.

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// What does not hold: a code that WORDS has a sentence for, and what the sentence names.
export class Fault extends Error {
  constructor(code, facts) {
    super(code);
    this.code = code;
    this.facts = facts || {};
  }
}

export function fail(code, facts) {
  throw new Fault(code, facts);
}

export function utf8(text) {
  return encoder.encode(text);
}

// The text of bytes that are UTF-8 to the letter, else null.
export function textOf(bytes) {
  try {
    return decoder.decode(bytes);
  } catch (_) {
    return null;
  }
}

export function hex(bytes) {
  let text = "";
  for (const byte of bytes) text += (byte + 256).toString(16).slice(1);
  return text;
}

// Bytes of lower-case hex that the caller has judged already.
export function unhex(text) {
  return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
}

// Bytes of base64 with its padding; null where it is not the one spelling of them, or not `length` bytes.
export function unbase64(text, length) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4) return null;
  const raw = atob(text);
  const bytes = Uint8Array.from(raw, (character) => character.charCodeAt(0));
  return btoa(raw) === text && (length === undefined || bytes.length === length) ? bytes : null;
}

// A decimal without sign or leading zero that a number holds exactly, else null.
export function decimal(text) {
  const number = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(number) ? number : null;
}

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equal(a, b) {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

export function u64(number) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(0, Math.floor(number / 2 ** 32));
  new DataView(bytes.buffer).setUint32(4, number % 2 ** 32);
  return bytes;
}
