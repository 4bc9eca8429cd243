// Sentences out of WORDS, and a result as elements of the page.

import { WORDS } from "words";

// `{name}` is replaced; `{name|one|many}` is a count with its noun.
export function say(code, facts = {}) {
  return (WORDS[code] || code).replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (_, name, one, many) => {
    const value = facts[name];
    if (one !== undefined) return `${value} ${value === 1 ? one : many}`;
    if (name === "expected") return WORDS[value] || value;
    return name === "date" ? localTime(value) : value;
  });
}

// 2026-11-27 20:00 by the clock of the device; no line ends within it (U+2060 joins).
function localTime(at) {
  const shifted = at - new Date(at).getTimezoneOffset() * 60000;
  return new Date(shifted).toISOString().slice(0, 16).replace("T", " ").replace(/-/g, "-\u2060");
}

export function sayFault(fault) {
  const where = ["file", "line"].filter((name) => name in fault.facts).map((name) => say(`at-${name}`, fault.facts));
  return where.join("") + say(fault.code, fault.facts);
}

// A result: {tone, text, more, details: [[tone, code, facts]]}; `more` holds sentences that stand below the line. `icon` makes the picture of a tone.
export function show(box, result, icon) {
  const line = element("p", `verify-line is-${result.tone}`, [icon(result.tone), element("span", "", result.text)]);
  const parts = [line];
  for (const sentence of result.more) parts.push(element("p", "verify-more", sentence));
  if (result.details.length) {
    const rows = result.details.map(([tone, code, facts]) =>
      element("li", `is-${tone}`, [icon(tone), element("span", "", say(code, facts))]),
    );
    parts.push(element("details", "", [element("summary", "", say("details")), element("ul", "checks", rows)]));
  }
  box.textContent = "";
  box.append(...parts);
}

export function element(name, className, inside) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (typeof inside === "string") made.textContent = inside;
  else made.append(...inside);
  return made;
}
