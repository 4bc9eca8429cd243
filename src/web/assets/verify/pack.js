// An audit pack: members, none other and none twice, and what each has to agree with. Nothing is believed but the policy:
// where it is the pack's own, the result says so.

import { sha256 } from "./vendor/noble-hashes/sha2.js";
import { decimal, equal, fail, hex, textOf, unhex } from "./bytes.js";
import { readFile } from "./chain.js";
import { includes, leafHash, readProof } from "./merkle.js";
import { judgeCheckpoint, readPolicy } from "./note.js";
import { Cursor, DIGEST, KEY_NAME, SUBJECT, commitment, handleOf } from "./records.js";
import { judgeStatements } from "./statements.js";
import { readTiles } from "./tiles.js";

const MEMBERS = [
  /^(checkpoint|index\.ndjson|history\.ndjson|heads\.ndjson|openings\.ndjson|policy|README\.txt|verify\.html)$/,
  /^(history|keys)\/[0-9a-f]{32}\.ndjson$/,
  /^proof\/(0|[1-9][0-9]*)\.tlog-proof$/,
  /^tile\/[0-9]{1,2}\/[x0-9/]+(\.p\/[0-9]{1,3})?$/,
  /^attachments\/[0-9a-f]{64}(\.[a-z0-9]+)?$/,
];

// `members`: name → bytes. `outside`: the text of a policy that did not come with the pack, or null.
export async function judgePack(members, outside) {
  const pack = new Pack(members);
  const policy = readPolicy(outside === null ? textOf(pack.need("policy")) || fail("not-utf8", { file: "policy" }) : outside);
  const checkpoint = await pack.inside("checkpoint", (bytes) => judgeCheckpoint(bytes, policy));
  const histories = readHistories(pack);
  const keys = readKeys(pack);
  const records = gather(pack, [...histories, ...keys.values()]);
  readIndex(pack, records, checkpoint.size);
  judgeOrder(records, histories);
  judgeInclusions(pack, records, checkpoint);
  const inOrder = [...records.values()].sort((a, b) => a.index - b.index);
  const statements = await judgeStatements(inOrder);
  const openings = readOpenings(pack, records);
  const attachments = judgeAttachments(pack, records, openings);
  if (!checkpoint.reached) fail("pack-quorum", { found: checkpoint.cosigned.length });
  const subjects = new Set([...records.values()].map(({ subject }) => subject)).size;
  const facts = { records: records.size, subjects, batches: histories.length, openings: openings.length };
  return { checkpoint, facts: { ...facts, ...statements, ...attachments }, heads: histories.map(({ subject, head }) => ({ subject, head })) };
}

class Pack {
  constructor(members) {
    this.members = members;
    for (const name of members.keys()) {
      if (!MEMBERS.some((pattern) => pattern.test(name))) fail("member-other", { name });
    }
  }

  need(name) {
    return this.members.get(name) || fail("member-missing", { name });
  }

  // What `judge` says of a member; a fault names the member.
  inside(name, judge) {
    const naming = (error) => {
      if (error.facts) error.facts.file = name;
      throw error;
    };
    try {
      const judged = judge(this.need(name));
      return judged instanceof Promise ? judged.catch(naming) : judged;
    } catch (error) {
      return naming(error);
    }
  }

  // Names of members below a folder.
  below(folder) {
    return [...this.members.keys()].filter((name) => name.startsWith(folder + "/"));
  }

  // Lines of an NDJSON member, each read whole by `read`.
  lines(name, read) {
    return this.inside(name, (bytes) => {
      const text = textOf(bytes);
      if (text === null) fail("not-utf8");
      if (text && !text.endsWith("\n")) fail("no-line-end");
      return text.split("\n").slice(0, -1).map((line, index) => {
        try {
          const cursor = new Cursor(line);
          const item = read(cursor);
          cursor.end();
          return item;
        } catch (error) {
          if (error.facts) error.facts.line = index + 1;
          throw error;
        }
      });
    });
  }
}

// One history, or several with their heads.
function readHistories(pack) {
  const names = pack.below("history");
  const single = pack.members.has("history.ndjson");
  if (single === names.length > 0 || single === pack.members.has("heads.ndjson")) fail("pack-histories");
  const read = (name) => pack.inside(name, (bytes) => readFile(bytes, true));
  if (single) return [read("history.ndjson")];
  const heads = pack.lines("heads.ndjson", (at) => {
    const head = {};
    at.literal('{"hash":');
    head.hash = at.quoted(DIGEST, "x-hash");
    at.literal(',"seq":');
    head.seq = at.unsigned();
    at.literal(',"subject":');
    head.subject = at.short(SUBJECT, "x-subject");
    at.literal("}");
    return head;
  });
  if (heads.length !== names.length) fail("heads-other", { file: "heads.ndjson" });
  return names.map((name) => {
    const file = read(name);
    const last = file.records[file.records.length - 1];
    const head = heads.filter(({ subject }) => subject === file.subject);
    const fits = head.length === 1 && head[0].hash === last.hash && head[0].seq === last.seq;
    if (!fits || name !== `history/${handleOf(file.subject)}.ndjson`) fail("heads-other", { file: name });
    return file;
  });
}

// Handle → the whole chain of a key.
function readKeys(pack) {
  const keys = new Map();
  for (const name of pack.below("keys")) {
    const file = pack.inside(name, (bytes) => readFile(bytes, false));
    const handle = handleOf(file.subject);
    if (file.subjects > 1 || file.subject !== `key:${handle}` || name !== `keys/${handle}.ndjson`) {
      fail("key-file", { file: name });
    }
    keys.set(handle, file);
  }
  return keys;
}

// Every record of the pack once. One that stands in two files has to be the same in both.
function gather(pack, files) {
  const records = new Map();
  for (const file of files) {
    file.records.forEach((record, at) => {
      const place = `${record.subject} ${record.seq}`;
      const known = records.get(place);
      if (known && known.hash !== record.hash) fail("record-two", { subject: record.subject, seq: record.seq });
      if (known) file.chains.get(handleOf(record.subject)).records[record.seq] = known;
      if (known) file.records[at] = known;
      else records.set(place, record);
    });
  }
  return records;
}

function readIndex(pack, records, size) {
  let last = -1;
  let count = 0;
  pack.lines("index.ndjson", (at) => {
    at.literal('{"index":');
    const index = at.unsigned();
    at.literal(',"seq":');
    const seq = at.unsigned();
    at.literal(',"subject":');
    const subject = at.short(SUBJECT, "x-subject");
    at.literal("}");
    const record = records.get(`${subject} ${seq}`);
    if (!record) fail("index-other", { subject, seq });
    if (index <= last || index >= size) fail("index-order", { index, size });
    last = index;
    count += 1;
    record.index = index;
  });
  if (count !== records.size) {
    const { subject, seq } = [...records.values()].find(({ index }) => index === undefined);
    fail("index-missing", { subject, seq });
  }
}

// Within a chain and along links the log's order is that of time.
function judgeOrder(records, histories) {
  for (const { subject, seq, index, links, seen } of records.values()) {
    const before = seq > 0 && records.get(`${subject} ${seq - 1}`);
    const later = (other) => other && other.index >= index;
    if (later(before) || links.some((link) => later(records.get(`${link.subject} ${link.seq}`)))) {
      fail("log-order", { subject, seq });
    }
    if (seen && seen.size > index) fail("seen-later", { subject, seq, size: seen.size, index });
  }
  for (const { records } of histories) {
    const wrong = records.find((record, at) => at > 0 && record.index <= records[at - 1].index);
    if (wrong) fail("log-order", { subject: wrong.subject, seq: wrong.seq });
  }
}

// By proof files below 1,000 records, else by tiles; what records saw of the log by tiles always.
function judgeInclusions(pack, records, checkpoint) {
  const { size, root } = checkpoint;
  const tileNames = pack.below("tile");
  const tiles = tileNames.map((name) => [name, pack.members.get(name)]);
  const tree = tiles.length ? readTiles(tiles, size, root) : null;
  const proofs = pack.below("proof");
  if (proofs.length && proofs.length !== records.size) fail("proofs-other", { found: proofs.length, records: records.size });
  for (const record of records.values()) {
    const { subject, seq, index, seen } = record;
    const leaf = leafHash(record);
    const proven = proofs.length
      ? includes(leaf, index, size, readProofFile(pack, index), root)
      : tree && equal(tree.subtree(0, index), leaf);
    if (!proven) fail("not-in-log", { subject, seq, index, size });
    if (seen && !(tree && equal(tree.head(seen.size), unhex(seen.root)))) fail("seen-other", { subject, seq, size: seen.size });
  }
}

// c2sp.org/tlog-proof@v1, about the pack's own checkpoint.
function readProofFile(pack, index) {
  const checkpoint = textOf(pack.need("checkpoint"));
  return pack.inside(`proof/${index}.tlog-proof`, (bytes) => {
    const text = textOf(bytes) || "";
    const parts = text.indexOf("\n\n");
    const lines = text.slice(0, parts).split("\n");
    if (parts < 0 || lines.shift() !== "c2sp.org/tlog-proof@v1") fail("proof-form");
    if (lines.length && lines[0].startsWith("extra ")) lines.shift();
    const [, named] = /^index (.*)$/.exec(lines.shift() || "") || [];
    if (decimal(named || "") !== index) fail("proof-form");
    if (text.slice(parts + 2) !== checkpoint) fail("proof-checkpoint");
    return readProof(lines) || fail("proof-form");
  });
}

function readOpenings(pack, records) {
  if (!pack.members.has("openings.ndjson")) return [];
  const opened = new Set();
  return pack.lines("openings.ndjson", (at) => {
    const { field, salt, seq, subject, value } = readOpening(at);
    const record = records.get(`${subject} ${seq}`);
    const sealed = record && record.sealed[field];
    const place = `${subject} ${seq} ${field}`;
    if (!sealed || opened.has(place) || commitment(field, salt, value) !== sealed) fail("opening", { subject, seq, field });
    opened.add(place);
    return value;
  });
}

// The value is a whole by itself: its own outermost object or list is the first level.
export function readOpening(at) {
  at.literal('{"field":');
  const field = at.quoted(KEY_NAME, "x-key");
  at.literal(',"salt":');
  const salt = at.quoted(DIGEST, "x-hash");
  at.literal(',"seq":');
  const seq = at.unsigned();
  at.literal(',"subject":');
  const subject = at.short(SUBJECT, "x-subject");
  at.literal(',"value":');
  const value = at.span(() => at.value(1));
  at.literal("}");
  return { field, salt, seq, subject, value };
}

function judgeAttachments(pack, records, openings) {
  const named = new Map();
  for (const record of records.values()) Object.values(record.body).forEach((text) => collect(text, named));
  openings.forEach((text) => collect(text, named));
  const found = new Set();
  for (const name of pack.below("attachments")) {
    const digest = name.slice(12, 76);
    const bytes = pack.members.get(name);
    if (!named.has(digest) || found.has(digest)) fail("attachment-other", { name });
    if (hex(sha256(bytes)) !== digest || named.get(digest) !== bytes.length) fail("attachment-hash", { name });
    found.add(digest);
  }
  return { attachments: found.size, withheld: named.size - found.size };
}

// Every `{"attachment":{"bytes","media_type","sha256"}}` in a canonical value: sha256 → length.
function collect(text, named) {
  if (!text.includes('"attachment":')) return;
  const visit = (value) => {
    if (!value || typeof value !== "object") return;
    const { bytes, sha256 } = (!Array.isArray(value) && value.attachment) || {};
    if (typeof sha256 === "string") named.set(sha256, bytes);
    Object.values(value).forEach(visit);
  };
  visit(JSON.parse(text));
}
