// All that a scan page loads before somebody asks: puts the button in the place of the sentence about no script, and
// fetches the verifier when it is pressed, and at the same time what it will ask for first.
(() => {
  "use strict";
  const box = document.getElementById("verify");
  if (!box || typeof BigInt === "undefined" || !window.TextDecoder) return;
  const icons = box.querySelector("template");
  const icon = (tone) => icons.content.querySelector(`[data-tone=${tone}]`).firstElementChild.cloneNode(true);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = box.dataset.button;
  box.textContent = "";
  box.append(button);
  button.addEventListener("click", () => {
    button.disabled = true;
    button.textContent = box.dataset.busy;
    const ask = (url) => fetch(url, { cache: "no-cache", credentials: "omit" }).catch(() => null);
    const asked = [ask(box.dataset.history), ask(box.dataset.proof)];
    const script = document.createElement("script");
    script.src = box.dataset.script;
    script.onload = () => window.suyuan.verifyPage(box, icon, asked);
    script.onerror = () => {
      button.disabled = false;
      button.textContent = box.dataset.failed;
    };
    document.head.append(script);
  });
})();
