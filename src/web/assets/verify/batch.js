// A batch as the page's own server proves it: its history, and one proof a record against one checkpoint.

import { fail } from "./bytes.js";
import { readFile } from "./chain.js";
import { includes, leafHash, readProof } from "./merkle.js";
import { judgeCheckpoint, policyOfKeys, readPolicy, readVkey } from "./note.js";

// What `GET /api/v1/batches/{id}/proof` has to be: {"checkpoint", "policy", "records", "vkeys"}.
export function checkAnswer(proof) {
  const isText = (value) => typeof value === "string";
  const isEntry = (entry) =>
    entry && [entry.index, entry.seq].every(Number.isSafeInteger) && isText(entry.subject) && Array.isArray(entry.proof);
  const { checkpoint, policy, records, vkeys } = proof || {};
  const right = isText(checkpoint) && (policy === null || isText(policy)) && Array.isArray(vkeys) && vkeys.length;
  if (!right || !vkeys.every(isText) || !Array.isArray(records) || !records.every(isEntry)) fail("answer");
}

// The history of this batch, with the record that the page was made from.
export function judgeHistory(bytes, batch, head) {
  const file = readFile(bytes, true);
  if (file.subject !== `batch:${batch}`) fail("other-batch", { found: file.subject });
  const own = file.chains.get(batch).records;
  if (head && !own.some((record) => record.hash === head)) fail("head-missing", { head });
  return file;
}

export async function judgeProof(file, proof) {
  checkAnswer(proof);
  const policy = proof.policy === null ? policyOfKeys(proof.vkeys) : readPolicy(proof.policy);
  if (!policy.logs.length) policy.logs = proof.vkeys.map(readVkey);
  const checkpoint = await judgeCheckpoint(proof.checkpoint, policy);
  const entries = new Map(proof.records.map((entry) => [`${entry.subject} ${entry.seq}`, entry]));
  if (entries.size !== proof.records.length) fail("answer");
  if (entries.size > file.records.length) fail("proof-surplus", { expected: file.records.length, found: entries.size });
  let last = -1;
  for (const record of file.records) {
    const { subject, seq } = record;
    const entry = entries.get(`${subject} ${seq}`) || fail("proof-missing", { subject, seq });
    // The file stands in the order of the log, and links lead upwards: so no record rests on a later one.
    if (!(entry.index > last)) fail("log-order", { subject, seq });
    last = entry.index;
    judgeInclusion(record, entry.index, readProof(entry.proof), checkpoint);
  }
  return checkpoint;
}

export function judgeInclusion(record, index, proof, { size, root }) {
  const { subject, seq, seen } = record;
  record.index = index;
  if (!proof || !includes(leafHash(record), index, size, proof, root)) fail("not-in-log", { subject, seq, index, size });
  if (seen && seen.size > index) fail("seen-later", { subject, seq, size: seen.size, index });
}
