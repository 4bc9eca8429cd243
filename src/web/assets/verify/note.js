// Signed notes, keys, checkpoints with cosignatures, policies: the C2SP formats. A signature of a key that nobody
// named says nothing; one of a named key that does not hold refuses the whole note.

import { sha256 } from "./vendor/noble-hashes/sha2.js";
import { concat, decimal, equal, fail, hex, textOf, unbase64, utf8 } from "./bytes.js";
import { verifyEd25519 } from "./ed25519.js";

const ED25519 = 1;
const COSIGNATURE = 4;
// A name of a key or of a witness: no white space, no plus.
const NAME = /^[^\s+\u0085]+$/u;

// `name+key id+base64(type ‖ public key)`; a type that is not ours is kept, so that its signatures are ignored.
export function readVkey(vkey) {
  const [, name, id, encoded] = /^([^+]*)\+([^+]*)\+(.*)$/.exec(vkey) || fail("vkey", { vkey });
  const bytes = unbase64(encoded);
  if (!NAME.test(name) || !/^[0-9a-f]{8}$/.test(id) || !bytes || bytes.length < 2) fail("vkey", { vkey });
  const type = bytes[0];
  if (type !== ED25519 && type !== COSIGNATURE) return { vkey, name, id, type };
  const expected = hex(sha256(concat(utf8(name + "\n"), bytes)).slice(0, 4));
  if (bytes.length !== 33 || id !== expected) fail("vkey", { vkey });
  return { vkey, name, id, type, public: bytes.slice(1) };
}

// The signed text and the signature lines; at least 16 have to be accepted, more than 100 are not.
export function readNote(note) {
  const text = typeof note === "string" ? note : textOf(note);
  if (text === null || /[\x00-\x09\x0b-\x1f]/.test(text)) fail("note");
  const parts = text.lastIndexOf("\n\n");
  if (parts < 0 || !text.endsWith("\n")) fail("note");
  const lines = text.slice(parts + 2, -1).split("\n");
  if (lines.length > 100) fail("note-signatures", { found: lines.length });
  return { text: text.slice(0, parts + 1), signatures: lines.map(readSignature) };
}

function readSignature(line) {
  const [, name, encoded] = /^\u2014 ([^ ]+) ([^ ]+)$/.exec(line) || fail("note-line", { found: line });
  const bytes = unbase64(encoded);
  if (!NAME.test(name) || !bytes || bytes.length < 5) fail("note-line", { found: line });
  return { name, id: hex(bytes.slice(0, 4)), bytes: bytes.slice(4) };
}

export function readCheckpoint(note) {
  const { text, signatures } = readNote(note);
  const [origin, sizeLine, rootLine, ...more] = text.slice(0, -1).split("\n");
  const size = decimal(sizeLine || "");
  const root = unbase64(rootLine || "", 32);
  if (!origin || size === null || !root || more.includes("")) fail("checkpoint");
  return { text, signatures, origin, size, root };
}

// Which of the keys signed: key → time in seconds of a cosignature, or 0.
async function signersOf(checkpoint, keys) {
  const signers = new Map();
  for (const { name, id, bytes } of checkpoint.signatures) {
    const key = keys.find((key) => key.name === name && key.id === id);
    if (!key || !key.public) continue;
    const time = key.type === COSIGNATURE && bytes.length === 72 ? timeOf(bytes) : 0;
    const message = key.type === COSIGNATURE ? `cosignature/v1\ntime ${time}\n${checkpoint.text}` : checkpoint.text;
    const signature = key.type === COSIGNATURE ? bytes.slice(8) : bytes;
    if (time === null || !(await verifyEd25519(key.public, utf8(message), signature))) fail("signature", { name });
    signers.set(key, time);
  }
  return signers;
}

function timeOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const time = view.getUint32(0) * 2 ** 32 + view.getUint32(4);
  return Number.isSafeInteger(time) ? time : null;
}

// Signed by one of the logs that the policy names, under that log's own name; cosigned up to the quorum or not.
export async function judgeCheckpoint(note, policy) {
  const checkpoint = readCheckpoint(note);
  const logs = policy.logs.filter((key) => key.type === ED25519 && key.name === checkpoint.origin);
  const witnesses = [...policy.witnesses.values()];
  const signers = await signersOf(checkpoint, [...logs, ...witnesses]);
  const signed = logs.filter((key) => signers.has(key));
  if (!signed.length) fail("log-unsigned", { origin: checkpoint.origin });
  const cosigned = witnesses.filter((key) => key.type === COSIGNATURE && signers.has(key));
  const times = cosigned.map((key) => ({ name: key.name, time: signers.get(key) }));
  const reached = policy.reached((name) => cosigned.includes(policy.witnesses.get(name)));
  return Object.assign(checkpoint, { signed, cosigned: times, reached, asked: policy.quorum !== "none" });
}

// A policy without witnesses: whoever has one of these keys is the log.
export function policyOfKeys(vkeys) {
  return { logs: vkeys.map(readVkey), witnesses: new Map(), quorum: "none", reached: () => true };
}

// c2sp.org/tlog-policy
export function readPolicy(text) {
  const policy = { logs: [], witnesses: new Map(), groups: new Map(), quorum: null };
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(text)) fail("policy", { line: 1, found: "" });
  text.split("\n").forEach((line, index) => {
    const words = line.split(/[ \t]+/).filter(Boolean);
    if (!words.length || words[0].startsWith("#")) return;
    if (!policyLine(policy, words)) fail("policy", { line: index + 1, found: line });
  });
  if (policy.quorum === null) fail("policy-quorum");
  policy.reached = (has) => reached(policy, policy.quorum, has);
  return policy;
}

function policyLine(policy, [keyword, name, ...rest]) {
  const { logs, witnesses, groups } = policy;
  const known = (name) => witnesses.has(name) || groups.has(name);
  const twice = (keys, key) => key.public && keys.some((other) => other.public && equal(other.public, key.public));
  if (keyword === "log" && name && rest.length < 2) {
    const key = readVkey(name);
    return !twice(logs, key) && logs.push(key);
  }
  if (keyword === "witness" && (rest.length === 1 || rest.length === 2)) {
    const key = readVkey(rest[0]);
    return name !== "none" && !known(name) && !twice([...witnesses.values()], key) && witnesses.set(name, key);
  }
  if (keyword === "group" && rest.length > 1) {
    const [least, ...members] = rest;
    const k = least === "any" ? 1 : least === "all" ? members.length : decimal(least);
    const used = [...groups.values()].flatMap((group) => group.members);
    const free = (member, at) => known(member) && !used.includes(member) && members.indexOf(member) === at;
    if (name === "none" || known(name) || !(k >= 1 && k <= members.length) || !members.every(free)) return false;
    return groups.set(name, { k, members });
  }
  if (keyword !== "quorum" || policy.quorum !== null || rest.length || !(name === "none" || known(name))) return false;
  policy.quorum = name;
  return true;
}

function reached(policy, name, has) {
  const group = policy.groups.get(name);
  if (group) return group.members.filter((member) => reached(policy, member, has)).length >= group.k;
  return name === "none" || has(name);
}
