"use strict";
// A photo before it leaves the phone: upright, at most 1600 px long, drawn anew so that nothing of the camera's notes (place, time,
// device) goes along. A browser that cannot do that sends the file as it is; the server cleans it once more in any case.
const Photos = (() => {
  const LONGEST = 1600;
  const QUALITY = 0.85;
  const shrunk = new WeakMap();

  async function shrink(file) {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const part = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * part);
    canvas.height = Math.round(bitmap.height * part);
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    if (!blob) throw new Error("no picture");
    return { blob, width: canvas.width, height: canvas.height };
  }

  function made(file) {
    if (!shrunk.has(file)) shrunk.set(file, shrink(file));
    return shrunk.get(file);
  }

  // What an input of files sends; nothing where none was chosen.
  async function of(input) {
    const file = input.files[0];
    if (!file) return null;
    return made(file).then(({ blob }) => blob, () => file);
  }

  for (const input of document.querySelectorAll("input[data-shrunk]")) {
    const output = input.closest(".field").appendChild(document.createElement("output"));
    output.className = "converted";
    input.addEventListener("change", async () => {
      const file = input.files[0];
      const { blob, width, height } = (file && (await made(file).catch(() => null))) || {};
      output.textContent = blob ? input.dataset.shrunk.replace("#", width + " × " + height + ", " + Math.ceil(blob.size / 1024) + " KB") : "";
    });
  }

  return { of };
})();
