/** Fields for a code are filled by the camera of a phone: the button beside each opens the picture, what is read is sent. */
import { CameraScanner, cameraTrouble } from "/assets/camera_scan.js";

const dialog = document.getElementById("scan-dialog");
const words = JSON.parse(dialog.dataset.words);
const scanner = new CameraScanner(dialog.querySelector("video"), fill, say);
let field = null;

offer();

/** A button stands beside a field where a camera is, or where a finger may hope for one: it is told then why there is none. */
async function offer() {
  const trouble = await cameraTrouble();
  if (trouble && !matchMedia("(pointer: coarse)").matches) return;
  for (const button of document.querySelectorAll("[data-scan-field]")) {
    button.hidden = false;
    button.addEventListener("click", () => open(button));
  }
}

function open(button) {
  field = button.form.elements[button.dataset.scanField];
  dialog.showModal();
  scanner.pull();
}

/** The symbology identifier goes in front, as a scanner sends it: with it a GS1 code is read as one, and no other is. */
async function fill(text, symbology) {
  field.value = symbology + text;
  dialog.close();
  field.form.requestSubmit();
  return true;
}

function say(state) {
  const wayOut = words[`${state}.way_out`] ?? "";
  dialog.dataset.state = wayOut ? "trouble" : state;
  dialog.querySelector("[data-says]").textContent = words[state] ?? "";
  dialog.querySelector("[data-way-out]").textContent = wayOut;
}

dialog.addEventListener("close", () => scanner.close());
dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
for (const again of dialog.querySelectorAll("[data-again]")) again.addEventListener("click", () => scanner.pull());
