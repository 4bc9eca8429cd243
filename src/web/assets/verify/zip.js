// The members of a zip archive, each once, whole and alone: nothing overlaps, and both places that name one agree, so that
// no two programs read two archives out of one file. Plain zip: archives above 4 GB or 65,534 members are for `suyuan
// verify`.

import { inflateSync } from "./vendor/fflate/browser.js";
import { equal, fail, textOf } from "./bytes.js";

// What a pack may unfold to; a browser holds all of it in memory.
const MAX_UNFOLDED = 2 ** 30;

export function readZip(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { count, start, end } = readEnd(bytes, view);
  const entries = [];
  let at = start;
  for (let n = 0; n < count; n++) {
    const entry = readEntry(bytes, view, at, end);
    entries.push(entry);
    at = entry.next;
  }
  if (at !== end) fail("zip");
  checkPlaces(entries, start);
  if (entries.reduce((sum, entry) => sum + entry.size, 0) > MAX_UNFOLDED) fail("zip-large");
  const members = new Map();
  for (const entry of entries) {
    if (members.has(entry.name)) fail("member-twice", { name: entry.name });
    members.set(entry.name, unfold(bytes, entry));
  }
  return members;
}

// The record at the end of the file, behind which only its comment stands.
function readEnd(bytes, view) {
  for (let at = bytes.length - 22; at >= 0 && at >= bytes.length - 22 - 0xffff; at--) {
    if (view.getUint32(at, true) !== 0x06054b50 || at + 22 + view.getUint16(at + 20, true) !== bytes.length) continue;
    const count = view.getUint16(at + 10, true);
    const start = view.getUint32(at + 16, true);
    if (count === 0xffff || start === 0xffffffff) fail("zip-large");
    const oneDisk = view.getUint32(at + 4, true) === 0 && view.getUint16(at + 8, true) === count;
    if (!oneDisk || start + view.getUint32(at + 12, true) !== at) fail("zip");
    return { count, start, end: at };
  }
  return fail("zip");
}

function readEntry(bytes, view, at, end) {
  if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) fail("zip");
  const [nameLength, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
  const rawName = bytes.subarray(at + 46, at + 46 + nameLength);
  const entry = {
    name: textOf(rawName),
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    local: view.getUint32(at + 42, true),
    next: at + 46 + nameLength + extra + comment,
  };
  if (entry.name === null || entry.next > end || entry.flags & 1) fail("zip");
  if ([entry.packed, entry.size, entry.local].includes(0xffffffff)) fail("zip-large");
  if (entry.local + 30 + nameLength > end || view.getUint32(entry.local, true) !== 0x04034b50) fail("zip");
  const [localName, localExtra] = [26, 28].map((field) => view.getUint16(entry.local + field, true));
  if (!equal(bytes.subarray(entry.local + 30, entry.local + 30 + localName), rawName)) fail("zip");
  entry.data = entry.local + 30 + localName + localExtra;
  return entry;
}

function checkPlaces(entries, end) {
  const sorted = [...entries].sort((a, b) => a.local - b.local);
  sorted.forEach(({ data, packed }, index) => {
    const next = index + 1 < sorted.length ? sorted[index + 1].local : end;
    if (data + packed > next) fail("zip");
  });
}

function unfold(bytes, { name, method, crc, packed, size, data }) {
  const stored = bytes.subarray(data, data + packed);
  const member = method === 0 ? stored : method === 8 ? inflate(stored, size) : null;
  if (!member || member.length !== size || crc32(member) !== crc) fail("zip-member", { name });
  return member;
}

// Room for one byte more than there should be, so that too much is seen and no more than that is made.
function inflate(stored, size) {
  try {
    return inflateSync(stored, { out: new Uint8Array(size + 1) });
  } catch (_) {
    return null;
  }
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC[(crc ^ byte) & 255];
  return (crc ^ 0xffffffff) >>> 0;
}
