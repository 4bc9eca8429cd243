"use strict";
// That something is being done: the button says so and does not work twice; a file that is sent shows how far it has come; a file that
// is made for keeping is announced. Without script all of it works as it is.
(() => {
  const { working, preparing } = document.body.dataset;

  // After the browser has read the form: a button that is pressed sends its own name.
  function mark(form, submitter) {
    form.dataset.sending = "1";
    const button = submitter && !submitter.hidden ? submitter : form.querySelector(".acts button") || form.querySelector("button:not([hidden])");
    if (!button) return;
    setTimeout(() => {
      button.dataset.said = button.textContent;
      button.textContent = working;
      button.setAttribute("aria-disabled", "true");
    });
  }

  function unmark(form) {
    delete form.dataset.sending;
    for (const button of form.querySelectorAll("button[data-said]")) {
      button.textContent = button.dataset.said;
      delete button.dataset.said;
      button.removeAttribute("aria-disabled");
    }
    form.querySelectorAll(".upload").forEach((element) => element.remove());
  }

  function shown(form) {
    const box = document.createElement("p");
    box.className = "upload";
    const bar = box.appendChild(document.createElement("progress"));
    bar.max = 100;
    const text = box.appendChild(document.createElement("span"));
    text.setAttribute("aria-hidden", "true");
    // Told aloud at the beginning and at the end, not at each hundredth.
    const aloud = box.appendChild(document.createElement("output"));
    aloud.className = "aloud";
    bar.setAttribute("aria-label", form.dataset.uploaded.replace("#", ""));
    form.querySelector(".acts").before(box);
    aloud.textContent = form.dataset.uploaded.replace("#", "0");
    return (part) => {
      const percent = Math.floor(part * 100);
      if (bar.value === percent) return;
      bar.value = percent;
      text.textContent = percent < 100 ? form.dataset.uploaded.replace("#", String(percent)) : working;
      if (percent === 100) aloud.textContent = working;
    };
  }

  // The answer is the same as that of the page, as data: where to go, or what is wrong at which field.
  function upload(form) {
    const request = new XMLHttpRequest();
    const far = shown(form);
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) far(event.loaded / event.total); });
    request.addEventListener("load", () => {
      let told = null;
      try { told = JSON.parse(request.responseText); } catch { told = null; }
      // With its key, by which the page that comes knows what has arrived.
      if (told && told.location) location.assign(told.location + "&key=" + encodeURIComponent(form.elements.key.value));
      else if (told && told.errors && told.meanwhile) {
        unmark(form);
        Forms.refused(told);
      } else form.submit();
    });
    // Where there is no network the browser says so, as of any form.
    request.addEventListener("error", () => form.submit());
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.send(new FormData(form));
  }

  const chosen = (input) => Boolean(input && input.files && input.files.length);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    // A form may have a field called "method".
    if (form.getAttribute("method") !== "post" || event.defaultPrevented) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    mark(form, event.submitter);
    const { file, table } = form.elements;
    const isWhole = !(event.submitter && event.submitter.name === "more");
    if (form.dataset.uploaded && isWhole && chosen(file) && !chosen(table)) {
      event.preventDefault();
      upload(form);
    }
  });

  // Who comes back by the browser's own button finds a form that works.
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(unmark));

  for (const link of document.querySelectorAll("a[download], a[href*='.csv'], a[href*='.xlsx']")) {
    link.addEventListener("click", () => {
      const foot = link.parentElement;
      const told = foot.querySelector(".preparing") || foot.appendChild(document.createElement("output"));
      told.className = "preparing quiet";
      told.textContent = preparing;
      setTimeout(() => told.remove(), 20000);
    });
  }
})();
