// Statements that actors signed before they were chained, each judged by the key's records above it in the log. What was
// signed is put together from the record's own text: its members are canonical already, so only their order matters.
// A key whose records are not at hand leaves its statements unjudged; where they are, a statement has to hold.

import { fail, unhex, utf8 } from "./bytes.js";
import { verifyEd25519 } from "./ed25519.js";
import { handleOf } from "./records.js";

const STATEMENT = /^\{"key":"([0-9a-f]{32})","nonce":"([0-9a-f]{32})","sig":"([0-9a-f]{128})"\}$/;

// `records` in the order of the log.
export async function judgeStatements(records) {
  const state = { keys: new Map(), nonces: new Set(), signed: 0, unjudged: 0 };
  for (const record of records) {
    await judgeOwn(state, record);
    if (!record.subject.startsWith("key:")) continue;
    await judgeCountersign(state, record);
    learn(state, record);
  }
  return { statements: state.signed, unjudged: state.unjudged };
}

async function judgeOwn(state, record) {
  const { body, actor } = record;
  if (!("statement" in body)) return;
  const statement = read(body.statement);
  // Whoever signs nothing may call a fact so.
  if (!statement && actor.key === null) return;
  if (!statement) broken(record, "statement-form");
  if (statement.key !== actor.key) broken(record, "statement-actor");
  checkLink(state, record, statement.key, "key");
  const key = state.keys.get(statement.key);
  if (key && key.org && key.org !== actor.org) broken(record, "statement-org");
  await check(state, record, statement, ["statement"]);
}

// What an association signed to vouch for a key.
async function judgeCountersign(state, record) {
  const text = record.body.countersign || "null";
  if (text === "null") return;
  const statement = read(text) || broken(record, "statement-form");
  checkLink(state, record, statement.key, "countersign");
  await check(state, record, statement, ["statement", "countersign"]);
}

// A signed record rests on the newest record of its key; on the key's own chain it follows it.
function checkLink(state, record, handle, rel) {
  if (record.subject === `key:${handle}`) return;
  const link = record.links.find((link) => link.rel === rel && link.subject === `key:${handle}`);
  const key = state.keys.get(handle);
  if (!link || (key && key.seq !== link.seq)) broken(record, "statement-link");
}

async function check(state, record, { key: handle, nonce, sig }, without) {
  if (state.nonces.has(handle + nonce)) broken(record, "statement-nonce");
  state.nonces.add(handle + nonce);
  const message = messageOf(record, nonce, without);
  if (message.normalize("NFC") !== message) broken(record, "statement-nfc");
  const key = state.keys.get(handle);
  if (!key) {
    state.unjudged += 1;
    return;
  }
  if (key.revoked || !key.public) broken(record, "statement-key");
  if (!(await verifyEd25519(unhex(key.public), utf8(message), unhex(sig)))) broken(record, "statement-signature");
  state.signed += 1;
}

// Lets a key's record count for what follows.
function learn(state, { subject, seq, kind, body }) {
  const handle = handleOf(subject);
  const key = state.keys.get(handle) || { public: null, org: null, revoked: false };
  state.keys.set(handle, key);
  key.seq = seq;
  if (kind === "key.revoked") key.revoked = true;
  if (kind !== "key.registered" && kind !== "key.rotated") return;
  const isKey = /^"[0-9a-f]{64}"$/.test(body.public || "");
  key.public = isKey ? JSON.parse(body.public) : null;
  if (/^"/.test(body.org || "")) key.org = JSON.parse(body.org);
}

function messageOf(record, nonce, without) {
  const member = (name, text) => `"${name}":${text}`;
  // Sorted once more, because an object moves names that are numbers to its front.
  const bodyNames = Object.keys(record.body).filter((name) => !without.includes(name));
  const body = bodyNames.sort().map((name) => member(name, record.body[name]));
  const sealed = Object.keys(record.sealed).sort().map((name) => member(name, `"${record.sealed[name]}"`));
  return (
    `suyuan/statement/v1\n{"body":{${body.join()}},"kind":"${record.kind}","nonce":"${nonce}",` +
    `"occurred_at":"${record.occurredAt}","org":"${record.actor.org}","sealed":{${sealed.join()}},` +
    `"subject":"${record.subject}","v":1}`
  );
}

function read(text) {
  const [found, key, nonce, sig] = STATEMENT.exec(text) || [];
  return found ? { key, nonce, sig } : null;
}

function broken({ subject, seq }, code) {
  fail(code, { subject, seq });
}
