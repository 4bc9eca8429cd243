// One record: the restricted JCS profile and the envelope, read from front to back. What is accepted is canonical in
// every character, so that only one spelling of a record exists; the body's meaning is not judged.

import { sha256 } from "./vendor/noble-hashes/sha2.js";
import { concat, fail, hex, textOf, unhex, utf8 } from "./bytes.js";

const MAX_BYTES = 256 * 1024;
const MAX_STRING = 4096;
const MAX_DEPTH = 8;
const ZEROS = "0".repeat(64);

export function recordHash(bytes) {
  return hex(sha256(concat(utf8("suyuan/record/v1\n"), bytes)));
}

export function commitment(field, salt, canonical) {
  return hex(sha256(concat(utf8(`suyuan/sealed/v1\n${field}\n`), unhex(salt), utf8(canonical))));
}

export function handleOf(subject) {
  return subject.slice(-32);
}

export function readRecord(bytes) {
  if (bytes.length > MAX_BYTES) fail("record-long", { found: bytes.length });
  const text = textOf(bytes);
  if (text === null) fail("not-utf8");
  const record = envelope(new Cursor(text));
  record.bytes = bytes;
  record.text = text;
  return record;
}

// Every key is always there and they are sorted, so the envelope is a fixed sequence of literals and values.
function envelope(at) {
  const record = { actor: {} };
  at.literal('{"actor":{"key":');
  record.actor.key = at.orNull(() => at.quoted(HANDLE, "x-handle"));
  at.literal(',"org":');
  record.actor.org = at.quoted(HANDLE, "x-handle");
  at.literal(',"role":');
  record.actor.role = at.quoted(ROLE, "x-role");
  at.literal('},"body":');
  record.body = Object.create(null);
  at.members(2, (key) => (record.body[key] = at.span(() => at.value(3))));
  at.literal(',"kind":');
  record.kind = at.short(KIND, "x-kind");
  at.literal(',"links":');
  record.links = at.list(1, () => readLink(at));
  at.literal(',"occurred_at":');
  record.occurredAt = at.instant();
  at.literal(',"prev":');
  record.prev = at.quoted(DIGEST, "x-hash");
  at.literal(',"recorded_at":');
  record.recordedAt = at.instant();
  at.literal(',"sealed":');
  record.sealed = Object.create(null);
  at.members(2, (key) => (record.sealed[key] = at.quoted(DIGEST, "x-hash")));
  at.literal(',"seen":');
  record.seen = at.orNull(() => readSeen(at));
  at.literal(',"seq":');
  record.seq = at.unsigned();
  at.literal(',"subject":');
  record.subject = at.short(SUBJECT, "x-subject");
  at.literal(',"v":1}');
  at.end();
  if (record.seq === 0 && record.prev !== ZEROS) fail("prev-zeros");
  checkLinks(record);
  return record;
}

function readLink(at) {
  const link = {};
  at.literal('{"hash":');
  link.hash = at.quoted(DIGEST, "x-hash");
  at.literal(',"rel":');
  link.rel = at.short(WORD, "x-rel");
  at.literal(',"seq":');
  link.seq = at.unsigned();
  at.literal(',"subject":');
  link.subject = at.short(SUBJECT, "x-subject");
  at.literal("}");
  return link;
}

function readSeen(at) {
  at.literal('{"root":');
  const root = at.quoted(DIGEST, "x-hash");
  at.literal(',"size":');
  const size = at.unsigned();
  if (size === 0) at.stop("x-size");
  at.literal("}");
  return { root, size };
}

function checkLinks({ links, subject }) {
  links.forEach((link, index) => {
    if (link.subject === subject) fail("link-own");
    if (index > 0 && !sorts(links[index - 1], link)) fail("links-unsorted");
  });
}

// All ASCII, so that the order of strings is the order of bytes.
function sorts(a, b) {
  if (a.rel !== b.rel) return a.rel < b.rel;
  return a.subject !== b.subject ? a.subject < b.subject : a.seq < b.seq;
}

const HANDLE = /[0-9a-f]{32}/y;
export const DIGEST = /[0-9a-f]{64}/y;
const WORD = /[a-z0-9_]+/y;
export const KEY_NAME = /[a-z0-9_]{1,64}/y;
const KEY = /"([a-z0-9_]{1,64})":/y;
const KIND = /[a-z0-9_]+(?:\.[a-z0-9_]+)+/y;
export const SUBJECT = /[a-z_]+:[0-9a-f]{32}/y;
const ROLE = /cooperative|laboratory|association|operator|regulator/y;
const INSTANT = /[2-9]\d{3}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z/y;
const INTEGER = /0|[1-9][0-9]*/y;
const PLAIN = /[^"\\\x00-\x1f]*/y;
const ESCAPE = /\\(?:["\\bfnrt]|u00(?:0[1-7bef]|1[0-9a-f]))/y;

export class Cursor {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  stop(expected, at = this.at) {
    const found = this.text.slice(at, at + 24);
    fail("broken", { at: at + 1, expected, found });
  }

  // Steps over what matches here, or answers null.
  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  take(character) {
    const found = this.text[this.at] === character;
    if (found) this.at += 1;
    return found;
  }

  literal(literal) {
    if (!this.text.startsWith(literal, this.at)) this.stop(literal);
    this.at += literal.length;
  }

  end() {
    if (this.at !== this.text.length) this.stop("x-end");
  }

  // The text that `read` steps over.
  span(read) {
    const start = this.at;
    read();
    return this.text.slice(start, this.at);
  }

  orNull(read) {
    return this.text[this.at] === "n" ? (this.literal("null"), null) : read();
  }

  quoted(pattern, expected) {
    const start = this.at;
    const found = this.take('"') && this.match(pattern);
    if (!found || !this.take('"')) this.stop(expected, start);
    return found[0];
  }

  short(pattern, expected) {
    const found = this.quoted(pattern, expected);
    if (found.length > MAX_STRING) this.stop("x-string");
    return found;
  }

  instant() {
    const start = this.at;
    const found = this.quoted(INSTANT, "x-instant");
    // A day that a month does not have comes back as one of the next month.
    const day = new Date(found);
    if (isNaN(day) || day.toISOString() !== found) this.stop("x-instant", start);
    return found;
  }

  unsigned() {
    const found = this.match(INTEGER);
    if (!found) this.stop("x-integer");
    if (found[0].length > 16 || !Number.isSafeInteger(Number(found[0]))) this.stop("x-integer");
    return Number(found[0]);
  }

  // Any value; its outermost object or list is at `depth`.
  value(depth) {
    const next = this.text[this.at];
    if (next === '"') this.string();
    else if (next === "{") this.members(depth, () => this.value(depth + 1));
    else if (next === "[") this.list(depth, () => this.value(depth + 1));
    else if (next === "t") this.literal("true");
    else if (next === "f") this.literal("false");
    else if (next === "n") this.literal("null");
    else {
      if (this.take("-") && this.text[this.at] === "0") this.stop("x-integer");
      this.unsigned();
    }
  }

  members(depth, read) {
    if (depth > MAX_DEPTH) this.stop("x-depth");
    this.literal("{");
    if (this.take("}")) return;
    let last = "";
    do {
      const start = this.at;
      const key = this.match(KEY);
      if (!key || key[1] <= last) this.stop("x-key", start);
      last = key[1];
      read(last);
    } while (this.take(","));
    if (!this.take("}")) this.stop("}");
  }

  list(depth, read) {
    if (depth > MAX_DEPTH) this.stop("x-depth");
    const items = [];
    this.literal("[");
    if (this.take("]")) return items;
    do items.push(read());
    while (this.take(","));
    if (!this.take("]")) this.stop("]");
    return items;
  }

  string() {
    const start = this.at;
    this.at += 1;
    let length = 0;
    for (;;) {
      const run = this.match(PLAIN)[0];
      length += utf8(run).length;
      if (this.take('"')) break;
      if (!this.match(ESCAPE)) this.stop("x-escape");
      length += 1;
    }
    if (length > MAX_STRING) this.stop("x-string", start);
  }
}
