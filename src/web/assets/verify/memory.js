// The newest state of the log that this device has proven: what shows it a log that was cut, forked or replaced.

import { fail, unbase64 } from "./bytes.js";
import { consistent, readProof } from "./merkle.js";

const MEMORY = "suyuan-log";

export function recall() {
  try {
    const memory = JSON.parse(localStorage.getItem(MEMORY));
    return memory && Number.isSafeInteger(memory.size) && unbase64(memory.root, 32) ? memory : null;
  } catch (_) {
    return null;
  }
}

// A browser may keep nothing: then the next check is a first one.
function remember({ origin, size, root, signed }) {
  const encoded = btoa(String.fromCharCode(...root));
  const memory = { origin, size, root: encoded, vkey: signed[0].vkey, at: Date.now() };
  try {
    localStorage.setItem(MEMORY, JSON.stringify(memory));
  } catch (_) {}
}

// Holds a checkpoint against the memory; a detail of the result. `fetchLines(from, to)` answers the lines of a
// consistency proof, or null where the log has none. An older checkpoint is fine if the log still proves it to be the
// beginning of the newer one.
export async function compare(memory, checkpoint, vkeys, fetchLines) {
  const { origin, size } = checkpoint;
  if (!memory || memory.origin !== origin) remember(checkpoint);
  if (!memory) return ["ok", "d-first"];
  const date = memory.at;
  if (memory.origin !== origin) return ["attention", "d-epoch", { date, expected: memory.origin, found: origin }];
  if (!vkeys.includes(memory.vkey)) fail("key-changed", { date, expected: memory.vkey });
  const now = { size, root: checkpoint.root };
  const then = { size: memory.size, root: unbase64(memory.root, 32) };
  const [from, to] = then.size <= size ? [then, now] : [now, then];
  const lines = from.size === to.size || from.size === 0 ? [] : await fetchLines(from.size, to.size);
  if (!lines) fail("log-shrunk", { date, expected: then.size, found: size });
  const proof = readProof(lines);
  if (!proof || !consistent(from.size, from.root, to.size, to.root, proof)) fail("log-forked", { date });
  if (to === now) remember(checkpoint);
  const code = checkpoint.signed.some((key) => key.vkey === memory.vkey) ? "d-grew" : "d-new-key";
  return [code === "d-grew" ? "ok" : "attention", code, { date, from: then.size, to: size }];
}
