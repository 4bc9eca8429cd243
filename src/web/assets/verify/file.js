// The page of the one file that verifies packs from disk: what is chosen, what is said.

import { LANGUAGE, speak } from "words";
import { Fault, fail, textOf } from "./bytes.js";
import { judgePack } from "./pack.js";
import { say, sayFault, show } from "./say.js";
import { readZip } from "./zip.js";

const MARKS = { ok: "✓", attention: "!", stop: "✕", unknown: "–" };

function icon(tone) {
  const mark = document.createElement("b");
  mark.textContent = MARKS[tone];
  return mark;
}

const chosen = (id) => document.getElementById(id).files;

// A folder's files are named with the folder before them.
async function membersOfFolder(files) {
  const members = new Map();
  for (const file of files) {
    const name = file.webkitRelativePath.split("/").slice(1).join("/");
    members.set(name, new Uint8Array(await file.arrayBuffer()));
  }
  return members;
}

async function judgeChosen() {
  const [zip, folder, policy] = ["zip", "folder", "policy"].map(chosen);
  if (!zip.length && !folder.length) return { tone: "unknown", text: say("choose-first"), more: [], details: [] };
  const outside = policy.length ? textOf(new Uint8Array(await policy[0].arrayBuffer())) : null;
  if (policy.length && outside === null) fail("not-utf8", { file: policy[0].name });
  const members = zip.length ? readZip(new Uint8Array(await zip[0].arrayBuffer())) : await membersOfFolder(folder);
  return result(await judgePack(members, outside), outside !== null);
}

function result({ checkpoint, facts, heads }, outside) {
  const details = heads.map((head) => ["ok", "d-head-of", head]);
  details.push(["ok", "d-pack-records"], ["ok", "d-log", checkpoint], ["ok", "d-signed", checkpoint.signed[0]]);
  for (const { name, time } of checkpoint.cosigned) details.push(["ok", "d-witness", { name, date: time * 1000 }]);
  details.push(["ok", "d-statements", facts], ["ok", "d-openings", facts], ["ok", "d-attachments", facts]);
  details.push(outside ? ["ok", "d-policy-outside"] : ["attention", "d-policy-own"]);
  const date = Math.max(...checkpoint.cosigned.map(({ time }) => time * 1000));
  const code = checkpoint.asked ? "pack-proven" : "pack-proven-unwitnessed";
  const text = say(code, { ...facts, found: checkpoint.cosigned.length, date });
  const more = outside ? [say("pack-limits")] : [say("d-policy-own"), say("pack-limits")];
  return { tone: outside ? "ok" : "attention", text, more, details };
}

// A result as it is shown; never throws.
async function answer(judged) {
  try {
    return await judged();
  } catch (error) {
    const reason = error instanceof Fault ? sayFault(error) : say("broke", { reason: String(error) });
    return { tone: "stop", text: say("pack-refused"), more: [say("reason", { reason })], details: [] };
  }
}

async function press() {
  const box = document.getElementById("result");
  const button = document.getElementById("start");
  button.disabled = true;
  delete box.dataset.result;
  box.textContent = say("busy");
  const shown = await answer(judgeChosen);
  show(box, shown, icon);
  box.dataset.result = shown.tone;
  button.disabled = false;
}

function write() {
  document.documentElement.lang = LANGUAGE;
  document.title = say("title");
  for (const part of document.querySelectorAll("[data-say]")) part.textContent = say(part.dataset.say);
  document.getElementById("result").textContent = "";
}

document.getElementById("start").addEventListener("click", press);
document.getElementById("language").addEventListener("click", () => {
  speak(LANGUAGE === "en" ? "zh-CN" : "en");
  write();
});
// One choice takes the other back.
for (const [id, other] of [["zip", "folder"], ["folder", "zip"]]) {
  document.getElementById(id).addEventListener("change", () => (document.getElementById(other).value = ""));
}
speak(/^zh/.test(navigator.language) ? "zh-CN" : "en");
write();

// For programs: the sentence and the tone that the page would show.
globalThis.suyuan = { judge: (members, outside) => answer(async () => result(await judgePack(members, outside), outside !== null)), readZip };
