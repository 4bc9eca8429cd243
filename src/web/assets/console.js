"use strict";
// Shows what is typed in the other unit, as domain/quantity/typed.rs reads it, and on the button what will be done. Nothing needs it.
const UNITS = {
  weight: { "": 1000, kg: 1000, "公斤": 1000, "千克": 1000, g: 1, "克": 1, "斤": 500, "市斤": 500, jin: 500, "两": 50, t: 1e6, "吨": 1e6 },
  area: { "": 2000 / 3, "亩": 2000 / 3, mu: 2000 / 3, ha: 1e4, "公顷": 1e4, m2: 1, "平方米": 1, "平米": 1 },
};
// A moment on the clock of the service, as all its pages tell moments: that of the phone may be of another zone.
const clock = (at) => new Date(new Date(at).getTime() + Number(document.body.dataset.offset) * 60000).toISOString().slice(0, 16).replace("T", " ");
const shown = (number, places) => number.toLocaleString("en", { maximumFractionDigits: places });

function amount(kind, typed) {
  const text = typed.normalize("NFKC").trim().toLowerCase();
  const found = /^(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*([^\d.,\s].*)?$/.exec(text);
  const unit = found && UNITS[kind][(found[3] || "").trim()];
  return unit ? Number(found[1].replace(/,/g, "") + (found[2] || "")) * unit : null;
}

function words(kind, value) {
  const zh = document.documentElement.lang.startsWith("zh");
  if (kind === "weight") return shown(value / 1000, 3) + " kg = " + shown(value / 500, 3) + (zh ? " 斤" : " jin");
  return shown(value / (2000 / 3), 2) + (zh ? " 亩 = " : " mu = ") + shown(value / 1e4, 4) + " ha";
}

function convert(input) {
  const kind = input.dataset.converts;
  const output = document.createElement("output");
  output.className = "converted";
  output.htmlFor = input.id;
  input.closest(".field").append(output);
  const show = () => {
    const value = amount(kind, input.value);
    output.textContent = value === null ? "" : words(kind, value);
    if (input.name === "quantity" && kind === "weight") {
      const button = input.form.querySelector("button.button");
      const verb = input.form.dataset.verb;
      button.textContent = value === null ? verb : verb + " · " + shown(value / 1000, 3) + "\u00a0kg";
    }
  };
  input.addEventListener("input", show);
  show();
}
document.querySelectorAll("input[data-converts]").forEach(convert);

// Before it is sent over a weak network for nothing; the server says the same. Photos that are shrunk here may be as large as they are.
function refuseLarge(input) {
  const { most, tooLarge, shrunk } = input.dataset;
  const field = input.closest(".field");
  if (!most || !input.files.length) return;
  const isLarge = !shrunk && input.files[0].size > Number(most);
  let error = field.querySelector(".field-error");
  if (error && !isLarge) error.remove();
  if (isLarge) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  field.classList.toggle("is-wrong", isLarge);
  if (!isLarge) return;
  if (!error) {
    error = document.createElement("p");
    error.className = "field-error";
    error.setAttribute("role", "alert");
    field.querySelector("label").after(error);
  }
  error.textContent = tooLarge;
  input.value = "";
  // Whoever presses on is stopped here once: without the file it is something else that is sent.
  input.dataset.refused = "";
}

document.addEventListener("submit", (event) => {
  const input = event.target.querySelector("input[data-refused]");
  if (!input) return;
  if (!input.files.length) {
    event.preventDefault();
    event.stopImmediatePropagation();
    input.closest(".field").scrollIntoView();
    input.focus();
  }
  delete input.dataset.refused;
}, true);

// The browser's own "Choose file" speaks the browser's language: ours stands in its place, and says which file was chosen.
function inOurWords(input) {
  const { choose, none } = document.body.dataset;
  const label = document.createElement("label");
  label.className = "chosen";
  label.htmlFor = input.id;
  const verb = label.appendChild(document.createElement("span"));
  verb.className = "verb";
  verb.textContent = choose;
  const name = label.appendChild(document.createElement("output"));
  const show = () => {
    refuseLarge(input);
    name.textContent = input.files.length ? input.files[0].name : none;
  };
  input.classList.add("aloud");
  input.after(label);
  input.addEventListener("change", show);
  input.form.addEventListener("reset", () => setTimeout(show));
  show();
}
document.querySelectorAll("input[type=file]").forEach(inOurWords);

// On a phone the open navigation is left by a tap beside it, too.
document.addEventListener("click", (event) => {
  const open = document.querySelector(".side:target");
  if (!open || open.contains(event.target)) return;
  event.preventDefault();
  location.hash = "#main";
}, true);

for (const button of document.querySelectorAll("[data-copy]")) {
  const text = () => document.getElementById(button.dataset.copy).textContent.trim();
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text());
    button.textContent = button.dataset.copied;
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

const errors = document.querySelector("#errors");
if (errors) {
  errors.scrollIntoView();
  errors.focus();
}
