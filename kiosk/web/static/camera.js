/** The camera: a preview over the screen, and one picture at a time handed to the kiosk, bounded in size. */
const PX_MAX = 1280;
const BYTES_MAX = 300_000;
const QUALITIES = [0.8, 0.65, 0.5, 0.35];
const WANTED = { video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 960 } }, audio: false };

let stream = null; // the camera's, while the preview is open
let openedAt = ""; // the turn it was opened on: a screen that goes on closes it

/**
 * @param {string} act "open", "take" or "close"
 * @param {HTMLElement} place where the screen is
 * @param {(code: string) => void} refuse says why there is no photo
 */
export async function touchCamera(act, place, refuse) {
  if (act === "close") close(place);
  else if (act === "take") await take(place, refuse);
  else await open(place, refuse);
}

/** A screen was drawn anew: the preview goes on over it, unless the turn is another. @param {HTMLElement} place */
export function markCamera(place) {
  if (!stream) return;
  const panel = place.querySelector("[data-camera-panel]");
  if (!panel || place.dataset.turn !== openedAt) close(place);
  else if (panel.hidden) preview(panel);
}

async function open(place, refuse) {
  close(place);
  const turn = place.dataset.turn;
  try {
    const found = await navigator.mediaDevices.getUserMedia(WANTED);
    [stream, openedAt] = [found, turn];
  } catch {
    refuse("no_camera");
    return;
  }
  markCamera(place);
}

function preview(panel) {
  const picture = panel.querySelector("[data-camera-picture]");
  picture.srcObject = stream;
  panel.hidden = false;
}

function close(place) {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  const panel = place.querySelector("[data-camera-panel]");
  if (panel) panel.hidden = true;
}

async function take(place, refuse) {
  const picture = place.querySelector("[data-camera-picture]");
  if (!stream || !picture?.videoWidth) return;
  const turn = openedAt;
  const jpeg = await small(picture);
  close(place);
  if (!jpeg) {
    refuse("photo_too_large");
    return;
  }
  try {
    await fetch(`/photo?turn=${turn}`, { method: "POST", headers: { "Content-Type": "image/jpeg" }, body: jpeg });
  } catch {
    refuse("photo_not_stored");
  }
}

/** @param {HTMLVideoElement} picture */
async function small(picture) {
  const scale = Math.min(1, PX_MAX / Math.max(picture.videoWidth, picture.videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.videoWidth * scale);
  canvas.height = Math.round(picture.videoHeight * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  for (const quality of QUALITIES) {
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (made && made.size <= BYTES_MAX) return made;
  }
  return null;
}
