// The button of the scan page: fetches the history and its proof, judges both on this device, says what that proves.

import { Fault, fail, textOf } from "./bytes.js";
import { judgeHistory, judgeProof } from "./batch.js";
import { compare, recall } from "./memory.js";
import { say, sayFault, show } from "./say.js";

class Unreachable extends Error {}

// `asked`: the answer, where it was asked for already.
async function get(url, asked) {
  const answer = await (asked || fetch(url, { cache: "no-cache", credentials: "omit" }).catch(() => null));
  // An operation that a service does not have answers 401 to whoever is not known.
  if (answer && [401, 404].includes(answer.status)) return null;
  if (!answer || !answer.ok) throw new Unreachable(url);
  const body = await answer.arrayBuffer().catch(() => null);
  if (!body) throw new Unreachable(url);
  return new Uint8Array(body);
}

async function getLines(from, to) {
  const bytes = await get(`/log/consistency?from=${from}&to=${to}`);
  const text = bytes && textOf(bytes);
  return text === null ? null : text.split("\n").slice(0, -1);
}

// `page`: {batch, head, history, proof}, as they stand there. A record may be written between the two answers, so
// that one of them is longer: then both are fetched once more, when what others keep of them is old.
async function judge(page, asked) {
  try {
    return await judgeOnce(page, asked);
  } catch (error) {
    if (!["proof-missing", "proof-surplus"].includes(error.code)) throw error;
    await new Promise((done) => setTimeout(done, 1500));
    return judgeOnce(page, []);
  }
}

async function judgeOnce(page, asked) {
  const [history, answer] = await Promise.all([get(page.history, asked[0]), get(page.proof, asked[1])]);
  if (!history) throw new Unreachable(page.history);
  const started = performance.now();
  const file = judgeHistory(history, page.batch, page.head);
  const facts = { records: file.records.length, subjects: file.subjects, links: file.links, head: file.head };
  const details = [["ok", "d-records", facts], ["ok", "d-head", facts]];
  const memory = recall();
  if (!answer) {
    if (memory) fail("log-gone", { date: memory.at });
    return { tone: "unknown", code: "chain-only", facts, details };
  }
  const proof = readAnswer(answer);
  const checkpoint = await judgeProof(file, proof);
  const taken = Math.round(performance.now() - started);
  Object.assign(facts, { origin: checkpoint.origin, size: checkpoint.size, found: checkpoint.cosigned.length });
  details.push(["ok", "d-log", facts], ["ok", "d-signed", { vkey: checkpoint.signed[0].vkey }]);
  for (const { name, time } of checkpoint.cosigned) details.push(["ok", "d-witness", { name, date: time * 1000 }]);
  const compared = await compare(memory, checkpoint, proof.vkeys, getLines);
  details.push(compared, ["unknown", "d-trust"], ["unknown", "d-time", { ms: taken }]);
  facts.date = Math.max(...checkpoint.cosigned.map(({ time }) => time * 1000));
  return { ...verdict(checkpoint, compared), facts, details };
}

function readAnswer(bytes) {
  try {
    return JSON.parse(textOf(bytes));
  } catch (_) {
    return fail("answer");
  }
}

// A quorum that is not reached is not a proof, whatever else holds.
function verdict(checkpoint, [compared]) {
  if (!checkpoint.reached) return { tone: "attention", code: "quorum" };
  const code = checkpoint.asked ? "proven" : "proven-unwitnessed";
  return { tone: compared, code };
}

globalThis.suyuan = { verifyPage };

// `asked`: what was asked for while this script came.
async function verifyPage(box, icon, asked = []) {
  let result;
  try {
    const { tone, code, facts, details } = await judge(box.dataset, asked);
    result = { tone, text: say(code, facts), more: [say("limits")], details };
  } catch (error) {
    result = { tone: "attention", text: say("unreachable"), more: [], details: [] };
    if (error instanceof Fault) {
      result = { tone: "stop", text: say("refused"), more: [say("reason", { reason: sayFault(error) })], details: [] };
    } else if (!(error instanceof Unreachable)) {
      result.text = say("broke", { reason: String(error) });
    }
  }
  box.dataset.result = result.tone;
  show(box, result, icon);
}
