/** The page: shows what the kiosk pushes and reports touches. It keeps no state and knows no rules. */
const HOLD_MS = 800; // a palm resting on the glass must not freeze the screen
const place = document.getElementById("screen");
const socket = window.io({ transports: ["websocket"], reconnectionDelay: 300, reconnectionDelayMax: 1500, timeout: 3000 });

let waiting = null; // the newest screen, while a finger is down: a touch ends on the screen it began on
let release = 0;

/** @param {{turn: number, html: string}} pushed */
function show(pushed) {
  const scrolled = [...place.querySelectorAll(".scrolls")].map((list) => [list.id, list.scrollTop]);
  place.innerHTML = pushed.html;
  place.dataset.turn = String(pushed.turn);
  document.documentElement.lang = place.firstElementChild?.lang ?? "";
  for (const [id, top] of scrolled) {
    const list = document.getElementById(id);
    if (list) list.scrollTop = top;
  }
  markLists();
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
  if (touched.dataset.scroll) {
    const list = document.getElementById(touched.dataset.scroll);
    list?.scrollBy({ top: list.clientHeight * Number(touched.dataset.by) });
  } else if (touched.dataset.action && socket.connected) {
    const { action, value = "" } = touched.dataset;
    socket.emit("touch", { action, value, turn: Number(place.dataset.turn) });
  }
});
