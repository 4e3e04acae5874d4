/** Scanning with the camera: the picture beside the screen, and each code handed to the kiosk, which alone beeps. */
import { CameraScanner, cameraTrouble } from "/assets/camera_scan.js";

const panel = document.getElementById("scan-camera");
const scanner = new CameraScanner(panel.querySelector("video"), handOver, say);

let words = {}; // in the language of the screen
let state = "closed";
let hasSheet = false; // the screen has a sheet over it: keys, a list, the camera for photos
let tell = () => {};

/** Tell the kiosk now, and whenever it changes, whether this page has a camera to scan with. */
export function watchCameras(socket) {
  tell = (trouble) => socket.connected && socket.emit("camera", { trouble });
  const look = async () => tell(await cameraTrouble());
  socket.on("connect", look);
  navigator.mediaDevices?.addEventListener?.("devicechange", look);
}

/** A screen was drawn anew: the picture goes on while it is offered, in the screen's language. @param {HTMLElement} place */
export function markScanner(place) {
  const key = place.querySelector("[data-scan-camera]");
  if (!key) {
    if (scanner.isOpen) closeScanner(); // why there is no camera stays until it is closed
    return;
  }
  words = JSON.parse(key.dataset.words);
  const hadSheet = hasSheet;
  hasSheet = place.querySelector(".over.sheet:not([hidden])") !== null;
  if (hasSheet && !hadSheet) closeScanner(); // something is to be typed; the trigger opens it again over the keys
  else speak();
}

/** Over a sheet a second touch makes way for its keys. @param {string} act "pull" the trigger, or "close" */
export function touchScanner(act) {
  if (act === "close" || (hasSheet && scanner.isOpen)) closeScanner();
  else scanner.pull();
}

export function closeScanner() {
  scanner.close();
}

async function handOver(text, symbology) {
  const answer = await fetch("/scan", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text, symbology, source: "camera" }),
  });
  return answer.ok;
}

function say(next) {
  if (next === "looking" && state === "opening") tell("");
  if (isTrouble(next)) tell(next);
  state = next;
  speak();
}

/** What has a way out is a trouble of the camera; that one code did not arrive is none. */
function isTrouble(one) {
  return `${one}.way_out` in words && one !== "not_taken";
}

function speak() {
  panel.hidden = state === "closed";
  if (panel.hidden) return;
  panel.dataset.state = isTrouble(state) ? "trouble" : state;
  panel.querySelector("[data-says]").textContent = words[state] ?? "";
  panel.querySelector("[data-way-out]").textContent = words[`${state}.way_out`] ?? "";
  for (const one of panel.querySelectorAll("[data-word]")) {
    if (one.tagName === "BUTTON") one.setAttribute("aria-label", words[one.dataset.word]);
    else one.textContent = words[one.dataset.word];
  }
}
