// Statements that actors signed before they were chained. What was signed is put together from the record's own text: the
// members of a record are canonical already, so only their order matters.

import { fail, unhex, utf8 } from "./bytes.js";
import { verifyEd25519 } from "./ed25519.js";
import { handleOf } from "./records.js";

const STATEMENT = /^\{"key":"([0-9a-f]{32})","nonce":"([0-9a-f]{32})","sig":"([0-9a-f]{128})"\}$/;

// `keys`: handle of a key → the records of its chain. `used`: what (key, nonce) pairs occurred so far.
export async function judgeStatement(record, keys, used) {
  const { subject, seq, body } = record;
  if (!("statement" in body)) return false;
  const [, key, nonce, sig] = STATEMENT.exec(body.statement) || fail("statement-form", { subject, seq });
  if (record.actor.key !== key) fail("statement-actor", { subject, seq });
  if (used.has(key + nonce)) fail("statement-nonce", { subject, seq });
  used.add(key + nonce);
  const message = messageOf(record, nonce, ["statement"]);
  if (message.normalize("NFC") !== message) fail("statement-nfc", { subject, seq });
  const inForce = keyOf(record, key, keys);
  if (!(await verifyEd25519(inForce, utf8(message), unhex(sig)))) fail("statement-signature", { subject, seq });
  return true;
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

// The public key that the linked record of the key's chain set, if that record was the key's newest one at the time.
function keyOf(record, key, keys) {
  const { subject, seq } = record;
  const own = record.subject === `key:${key}`;
  const link = record.links.find((link) => link.rel === "key" && handleOf(link.subject) === key);
  const at = own ? seq - 1 : link ? link.seq : -1;
  const chain = keys.get(key) || [];
  const set = chain[at];
  const next = own ? null : chain[at + 1];
  if (!set || set.kind === "key.revoked" || (next && next.index < record.index)) fail("statement-key", { subject, seq });
  const alg = set.body.alg;
  const found = /^"([0-9a-f]{64})"$/.exec(set.body.public || "");
  if (alg !== '"ed25519"' || !found) fail("statement-key", { subject, seq });
  return unhex(found[1]);
}
