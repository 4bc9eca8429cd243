"use strict";
// The fields of a form and its rows: read, filled in again, one more added.
const Rows = (() => {
  const form = document.querySelector("form.sheet");
  const OWN = ["csrf", "key", "head", "seq", "file", "more"];

  function read() {
    return [...new FormData(form)].filter(([name, value]) => !OWN.includes(name) && typeof value === "string");
  }

  const chosen = (select) => (select.selectedOptions[0] || { text: "" }).text;
  const named = (name) => [...form.elements].find((element) => element.name === name);

  // One more row, as the last one with nothing in it.
  function addRow(list) {
    const rows = list.querySelectorAll(".row");
    const last = rows[rows.length - 1];
    const row = last.cloneNode(true);
    const [from, to] = [rows.length - 1, rows.length];
    row.querySelectorAll(".field-error, .converted").forEach((element) => element.remove());
    for (const element of row.querySelectorAll("[id], [for], [name]")) {
      for (const name of ["id", "for", "aria-describedby"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace("-" + from + "--", "-" + to + "--"));
      }
      if (element.name) element.name = element.name.replace("[" + from + "]", "[" + to + "]");
      if (element.tagName === "INPUT" && element.type !== "checkbox") element.value = "";
      if (element.tagName === "SELECT" && element.options[0] && element.options[0].value === "") element.selectedIndex = 0;
    }
    if (row.ariaLabel) row.ariaLabel = row.ariaLabel.replace(String(from + 1), String(to + 1));
    for (const number of row.querySelectorAll(".row-no")) number.textContent = number.textContent.replace(to, to + 1);
    last.after(row);
    row.querySelectorAll("input[data-converts]").forEach(convert);
    return row;
  }

  function fill(fields) {
    for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = false;
    for (const [name, value] of fields) {
      const list = name.includes("[") && form.querySelector(".of-" + name.split("[")[0]);
      for (let guard = 0; list && list.querySelector(".row") && !named(name) && guard < 300; guard += 1) addRow(list);
      const element = named(name);
      if (!element || element.type === "file") continue;
      if (element.type === "checkbox") {
        element.checked = true;
        element.closest(".field").hidden = false;
      } else element.value = value;
      element.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  return { form, read, chosen, named, addRow, fill };
})();
