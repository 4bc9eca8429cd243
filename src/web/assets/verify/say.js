// Sentences out of WORDS, and a result as elements of the page.

import { LANGUAGE, WORDS } from "words";

// `{name}` is replaced; `{name|one|many}` is a count with its noun.
export function say(code, facts = {}) {
  return (WORDS[code] || code).replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (_, name, one, many) => {
    const value = facts[name];
    if (one !== undefined) return `${value} ${value === 1 ? one : many}`;
    if (name === "expected") return WORDS[value] || value;
    return name === "date" ? new Date(value).toLocaleString(LANGUAGE) : value;
  });
}

export function sayFault(fault) {
  const where = ["file", "line"].filter((name) => name in fault.facts).map((name) => say(`at-${name}`, fault.facts));
  return where.join("") + say(fault.code, fault.facts);
}

// A result: {tone, text, limits, also, details: [[tone, code, facts]]}; `limits` and `also` are codes of sentences that stand
// below the line. `icon` makes the picture of a tone.
export function show(box, result, icon) {
  const line = element("p", `verify-line is-${result.tone}`, [icon(result.tone), element("span", "", result.text)]);
  const parts = [line];
  for (const code of [result.also, result.limits]) if (code) parts.push(element("p", "verify-limits", say(code)));
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
