// The board's page: shows what the hub sends, and says loudly how old it is when the hub falls silent. It decides nothing.
"use strict";

const STALE_AFTER_MS = 10000;
const AGAIN_AFTER_MS = 3000;
const TICK_MS = 500;

const body = document.body;
const words = body.dataset;
const $ = (id) => document.getElementById(id);
const time = new Intl.DateTimeFormat("en-GB", {
  timeZone: words.zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

// The last word of the hub, and when it came by this page's own steady clock.
let word = {
  turn: Number(words.turn), position: Number(words.position), ledger: Number(words.ledger),
  hub_time_ms: Number(words.hubTime), age_ms: Number(words.age),
};
let heardAt = performance.now();
let reason = "";

const fill = (text, blanks) => text.replace(/%(\w+)%/g, (_, name) => blanks[name]);

function ageText(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [unit, count] = seconds < 100 ? ["seconds", seconds]
    : seconds < 5400 ? ["minutes", Math.round(seconds / 60)]
    : seconds < 129600 ? ["hours", Math.round(seconds / 3600)]
    : ["days", Math.round(seconds / 86400)];
  return fill(words[unit], { count });
}

function tick() {
  const silence = performance.now() - heardAt;
  const hubNow = word.hub_time_ms + silence;
  const age = word.age_ms + silence;
  const asOf = { time: time.format(hubNow - age), age: ageText(age), count: word.ledger - word.position };
  const isStale = age > STALE_AFTER_MS;
  $("as-of").textContent = fill(words.asOf, asOf);
  $("clock").textContent = time.format(hubNow).slice(0, 5);
  $("position").textContent = word.position.toLocaleString("en");
  body.classList.toggle("stale", isStale);
  $("banner").hidden = !isStale && !reason;
  if (isStale || reason) {
    const isSilent = silence > STALE_AFTER_MS || !word.age_ms;
    $("banner-words").textContent = fill(isSilent ? words.staleHub : words.staleBooking, asOf);
    $("banner-reason").textContent = reason;
  }
  for (const mark of document.querySelectorAll("time[data-age]")) {
    mark.textContent = ageText(hubNow - Number(mark.dataset.age));
  }
}

function show(message, isWhole) {
  if (!isWhole && message.turn <= word.turn) return;
  word = message;
  heardAt = performance.now();
  reason = "";
  for (const [name, html] of Object.entries(message.tiles)) {
    const tile = $(`tile-${name}`);
    if (tile) tile.querySelector(".tile-body").innerHTML = html;
  }
  for (const [name, position] of Object.entries(message.positions)) {
    const tile = $(`tile-${name}`);
    if (tile) tile.querySelector(".tile-position span").textContent = position.toLocaleString("en");
  }
  $("live").classList.toggle("beat");
  tick();
}

const socket = io({
  transports: ["websocket"],
  query: { plant: words.plant, lang: words.language, board: words.board, subject: words.subject },
  reconnectionDelay: 500,
  reconnectionDelayMax: AGAIN_AFTER_MS,
});
let isFirst = false;
socket.on("connect", () => { isFirst = true; });
socket.on("board", (message) => { show(message, isFirst); isFirst = false; });
// A refusal by the hub (too many boards) ends the client's own attempts: the page keeps asking.
socket.on("connect_error", (error) => {
  if (socket.active) return;
  reason = error.message;
  tick();
  setTimeout(() => socket.connect(), AGAIN_AFTER_MS);
});
socket.on("disconnect", () => { if (!socket.active) setTimeout(() => socket.connect(), AGAIN_AFTER_MS); });

tick();
setInterval(tick, TICK_MS);
