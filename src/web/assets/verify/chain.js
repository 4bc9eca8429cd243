// A whole file of records: chains, links, histories. Lines are judged from the top; links lead upwards only, so it is
// enough that of every subject but the last line's own the last record is linked.

import { Fault, fail } from "./bytes.js";
import { handleOf, readRecord, recordHash } from "./records.js";

// `asHistory`: every link is followed even if the file holds one subject only.
export function readFile(bytes, asHistory) {
  if (!bytes.length) fail("file-empty", { line: 1 });
  const file = { records: [], chains: new Map(), links: 0, missing: null };
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start);
    const number = file.records.length + 1;
    try {
      if (end < 0) fail("no-line-end");
      takeLine(file, bytes.subarray(start, end));
    } catch (error) {
      if (error instanceof Fault) error.facts.line = number;
      throw error;
    }
    start = end + 1;
  }
  const last = file.records[file.records.length - 1];
  const subjects = [...file.chains.values()].filter((chain) => chain.records.length);
  if (subjects.length > 1 || asHistory) checkReach(file, last.subject);
  return Object.assign(file, { head: last.hash, subject: last.subject, subjects: subjects.length });
}

function takeLine(file, line) {
  if (!line.length) fail("line-empty");
  const record = readRecord(line);
  record.hash = recordHash(line);
  append(file, record);
  for (const link of record.links) follow(file, link);
  file.records.push(record);
}

// By handle, because a handle belongs to one subject only.
function chainOf(file, subject) {
  const handle = handleOf(subject);
  let chain = file.chains.get(handle);
  if (!chain) {
    chain = { subject, records: [], line: 0, linked: -1 };
    file.chains.set(handle, chain);
  }
  if (chain.subject !== subject) fail("handle-of-two", { expected: chain.subject, found: subject });
  return chain;
}

// The record must be the next one of its subject's chain.
function append(file, record) {
  const { subject, seq, prev, recordedAt } = record;
  const chain = chainOf(file, subject);
  const before = chain.records[chain.records.length - 1];
  const expected = chain.records.length;
  if (seq !== expected) fail("seq", { subject, expected, found: seq });
  if (before && prev !== before.hash) fail("prev", { subject, seq, expected: before.hash, found: prev });
  if (before && recordedAt < before.recordedAt) {
    fail("earlier", { subject, seq, expected: before.recordedAt, found: recordedAt });
  }
  chain.records.push(record);
  chain.line = file.records.length + 1;
}

function follow(file, link) {
  const { rel, seq, subject, hash } = link;
  const chain = chainOf(file, subject);
  const target = chain.records[seq];
  chain.linked = Math.max(chain.linked, seq);
  file.links += 1;
  if (!target) file.missing = file.missing || { line: file.records.length + 1, rel, subject, seq };
  else if (target.hash !== hash) fail("link-hash", { rel, subject, seq, expected: target.hash, found: hash });
}

function checkReach(file, own) {
  if (file.missing) fail("link-missing", file.missing);
  const surplus = [...file.chains.values()]
    .filter((chain) => chain.subject !== own && chain.linked !== chain.records.length - 1)
    .sort((a, b) => a.line - b.line)[0];
  if (!surplus) return;
  const { subject, line, linked, records } = surplus;
  if (linked < 0) fail("nothing-leads", { line, subject });
  fail("beyond-linked", { line, subject, expected: linked, found: records.length - 1 });
}
