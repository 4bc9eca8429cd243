"use strict";
// Reads the symbol of a label with the camera: by the browser's own reader where it has one, else by one of ours, which is loaded only
// then. The typed field beside it does the same without a camera. Pictures are looked at here and sent nowhere.
(() => {
  const card = document.querySelector("#scan");
  const [button, video, said] = [card.querySelector("button"), card.querySelector("video"), card.querySelector("#scan-said")];
  const field = card.querySelector("[name=q]");
  const EVERY_MS = 200;
  const LONGEST = 960;

  async function ownReader() {
    await new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = card.dataset.reader;
      script.onload = resolve;
      script.onerror = reject;
      document.head.appendChild(script);
    });
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { willReadFrequently: true });
    return () => {
      const part = Math.min(1, LONGEST / Math.max(video.videoWidth, video.videoHeight));
      canvas.width = Math.round(video.videoWidth * part);
      canvas.height = Math.round(video.videoHeight * part);
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      const found = self.jsQR(context.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width, canvas.height);
      return found && found.data;
    };
  }

  async function reader() {
    const formats = self.BarcodeDetector ? await BarcodeDetector.getSupportedFormats() : [];
    if (!formats.includes("qr_code")) return ownReader();
    const detector = new BarcodeDetector({ formats: ["qr_code", "data_matrix", "ean_13"].filter((it) => formats.includes(it)) });
    return async () => ((await detector.detect(video))[0] || {}).rawValue;
  }

  async function start() {
    button.hidden = true;
    said.textContent = card.dataset.looking;
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    const read = await reader();
    let text = null;
    while (!text) {
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
      text = video.videoWidth > 0 && (await read());
    }
    stream.getTracks().forEach((track) => track.stop());
    video.hidden = true;
    field.value = text;
    field.form.submit();
  }

  button.hidden = !(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
  button.addEventListener("click", () => start().catch(() => {
    said.textContent = card.dataset.denied;
    button.hidden = false;
  }));
})();
