/** The page: shows what the kiosk pushes and reports touches. It knows no rules, and keeps nothing but half a PIN. */
import { markCamera, touchCamera } from "./camera.js";
import { closeScanner, markScanner, touchScanner, watchCameras } from "./scan_camera.js";

const HOLD_MS = 800; // a palm resting on the glass must not freeze the screen
const place = document.getElementById("screen");
const socket = window.io({ transports: ["websocket"], reconnectionDelay: 300, reconnectionDelayMax: 1500, timeout: 3000 });

let waiting = null; // the newest screen, while a finger is down: a touch ends on the screen it began on
let release = 0;
let pin = ""; // what was typed of a PIN: it stands here and nowhere else, until it is handed over whole
let pinAsked = "";

/** @param {{turn: number, html: string}} pushed */
function show(pushed) {
  const scrolled = [...place.querySelectorAll(".scrolls")].map((list) => [list.id, list.scrollTop]);
  const isNew = place.dataset.turn !== String(pushed.turn);
  place.innerHTML = pushed.html;
  place.dataset.turn = String(pushed.turn);
  document.documentElement.lang = place.firstElementChild?.lang ?? "";
  for (const [id, top] of scrolled) {
    const list = document.getElementById(id);
    if (list) list.scrollTop = top;
  }
  if (isNew) place.querySelector(".scrolls > .is-next")?.scrollIntoView({ block: "nearest" });
  markLists();
  markPin();
  markCamera(place);
  markScanner(place);
}

/** As many dots as digits; nothing stays once the pad is gone, or asks anew. */
function markPin() {
  const pad = place.querySelector("[data-pin-asked]");
  const asked = pad?.dataset.pinAsked ?? "";
  if (asked !== pinAsked) pin = "";
  pinAsked = asked;
  if (!pad) return;
  const dots = pad.querySelector("[data-pin-dots]");
  dots.textContent = pin ? "●".repeat(pin.length) : dots.dataset.empty;
  dots.parentElement.classList.toggle("is-empty", !pin);
  pad.querySelector('[data-pin-key="done"]').disabled = pin.length < Number(pad.dataset.pinMin);
}

/** @param {string} key a digit, "back", "clear" or "done" */
function typePin(key) {
  const pad = place.querySelector("[data-pin-asked]");
  if (!pad) return;
  if (key === "done") {
    if (pin.length < Number(pad.dataset.pinMin) || !socket.connected) return;
    socket.emit("touch", { action: "pin", value: pin, turn: Number(place.dataset.turn) });
    pin = "";
  } else if (key === "back") pin = pin.slice(0, -1);
  else if (key === "clear") pin = "";
  else if (pin.length < Number(pad.dataset.pinMax)) pin += key;
  markPin();
}

/** Arrows stand beside a list only where it is longer than its place. */
function markLists() {
  for (const list of place.querySelectorAll(".scrolls")) {
    const keys = place.querySelector(`[data-scrolls="${list.id}"]`);
    keys?.classList.toggle("is-needed", list.scrollHeight > list.clientHeight + 1);
  }
}

function letGo() {
  clearTimeout(release);
  release = 0;
  if (waiting) show(waiting);
  waiting = null;
}

socket.on("screen", (pushed) => {
  if (pushed.version !== document.documentElement.dataset.version) location.reload();
  else if (release) waiting = pushed;
  else show(pushed);
});
socket.on("connect", () => document.body.classList.remove("is-lost"));
watchCameras(socket);
for (const gone of ["disconnect", "connect_error"]) {
  socket.on(gone, () => {
    document.body.classList.add("is-lost");
    if (!socket.active) setTimeout(() => socket.connect(), 500); // ended by the kiosk itself: ask again
  });
}

addEventListener("resize", markLists);
document.addEventListener("pointerdown", () => {
  clearTimeout(release);
  release = setTimeout(letGo, HOLD_MS);
});
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => setTimeout(letGo, 0));
document.addEventListener("contextmenu", (event) => event.preventDefault());
document.addEventListener("click", (event) => {
  const touched = event.target instanceof Element ? event.target.closest("button") : null;
  if (!touched || touched.disabled) return;
  if (touched.closest(".over.sheet")) closeScanner(); // whoever types does not scan
  if (touched.dataset.scroll) {
    const list = document.getElementById(touched.dataset.scroll);
    list?.scrollBy({ top: list.clientHeight * Number(touched.dataset.by) });
  } else if (touched.dataset.pinKey) {
    typePin(touched.dataset.pinKey);
  } else if (touched.dataset.scanCamera) {
    touchScanner(touched.dataset.scanCamera);
  } else if (touched.dataset.camera) {
    closeScanner(); // one camera, one use
    touchCamera(touched.dataset.camera, place, (code) => touch("photo_refused", code));
  } else if (touched.dataset.action) {
    touch(touched.dataset.action, touched.dataset.value);
  }
});

function touch(action, value = "") {
  if (socket.connected) socket.emit("touch", { action, value, turn: Number(place.dataset.turn) });
}

const PIN_KEYS = { Enter: "done", Backspace: "back", Delete: "clear" };
document.addEventListener("keydown", (event) => {
  const key = PIN_KEYS[event.key] ?? (/^[0-9]$/.test(event.key) ? event.key : "");
  if (!key || !place.querySelector("[data-pin-asked]")) return;
  event.preventDefault();
  typePin(key);
});
