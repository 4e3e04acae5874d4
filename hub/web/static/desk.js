// The desk's page: keeps ages going, the list up to date, and lets the keyboard do what the mouse does. It decides nothing.
"use strict";

const TICK_MS = 1000;
const FRESH_AFTER_MS = 3000;

const words = document.getElementById("words").dataset;
const began = performance.now();
const $ = (id) => document.getElementById(id);

function ageText(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [unit, count] = seconds < 100 ? ["seconds", seconds]
    : seconds < 5400 ? ["minutes", Math.round(seconds / 60)]
    : seconds < 129600 ? ["hours", Math.round(seconds / 3600)]
    : ["days", Math.round(seconds / 86400)];
  return words[unit].replace("%count%", count);
}

function tick() {
  const now = Number(words.hubTime) + performance.now() - began;
  for (const mark of document.querySelectorAll("time[data-age]")) {
    mark.textContent = ageText(now - Number(mark.dataset.age));
  }
}

// --- the list ---------------------------------------------------------------------------------------------------------

const rows = () => [...document.querySelectorAll(".desk-row > a")];
const ticks = () => [...document.querySelectorAll(".desk-tick input")];

function countTicked() {
  const count = $("desk-ticked");
  if (count) count.textContent = String(ticks().filter((one) => one.checked).length);
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)].focus();
}

// What came or went meanwhile is drawn by the hub; ticks and the place of the eye stay.
let freshAt = performance.now();
let isFetching = false;
async function refresh() {
  if (isFetching || document.hidden || performance.now() - freshAt < FRESH_AFTER_MS) return;
  isFetching = true;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const ticked = new Set(ticks().filter((one) => one.checked).map((one) => one.value));
    const focused = document.activeElement?.getAttribute?.("href");
    for (const id of ["desk-list", "desk-sums"]) {
      if ($(id) && page.getElementById(id)) $(id).innerHTML = page.getElementById(id).innerHTML;
    }
    for (const one of ticks()) one.checked = ticked.has(one.value);
    if (focused) rows().find((one) => one.getAttribute("href") === focused)?.focus();
    countTicked();
    tick();
  } catch (error) {
    console.warn("the list could not be brought up to date", error);
  } finally {
    freshAt = performance.now();
    isFetching = false;
  }
}

document.addEventListener("keydown", (event) => {
  const inField = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "checkbox";
  if (event.key === "Escape") {
    if (inField) event.target.blur();
    else if ($("desk-back")) location.href = $("desk-back").href;
    return;
  }
  if (inField || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "ArrowDown" || event.key === "j") { event.preventDefault(); step(1); }
  if (event.key === "ArrowUp" || event.key === "k") { event.preventDefault(); step(-1); }
  if (event.key === "x") {
    const tickbox = document.activeElement?.closest?.(".desk-row")?.querySelector(".desk-tick input");
    if (tickbox) { tickbox.checked = !tickbox.checked; countTicked(); }
  }
});
document.addEventListener("change", (event) => {
  if (event.target.closest(".desk-tick")) countTicked();
  if ("submits" in event.target.dataset) event.target.form.submit();
});
// One press is one order: a second one finds the button resting.
document.addEventListener("submit", (event) => {
  setTimeout(() => { for (const one of event.target.querySelectorAll("button")) one.disabled = true; }, 0);
});
window.addEventListener("pageshow", () => {
  for (const one of document.querySelectorAll("button")) one.disabled = false;
});

if ($("desk-list")) {
  let position = 0;
  const socket = io({ transports: ["websocket"], query: { plant: words.plant, lang: words.language } });
  socket.on("board", (message) => {
    if (message.position > position && position) setTimeout(refresh, FRESH_AFTER_MS);
    position = message.position;
  });
}

tick();
setInterval(tick, TICK_MS);
