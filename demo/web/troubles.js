/** Asks the demo how everything is, shows it, and hands on presses. It decides nothing. */
const EVERY_MS = 600;
const words = JSON.parse(document.getElementById("words").textContent);
const language = document.documentElement.lang;
const timeZone = document.body.dataset.zone;
const byId = (id) => document.getElementById(id);

/** @param {Element} place @param {string} text */
function put(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/** "12 to send": a phrase with its number in bold. */
function fact(place, number, word) {
  const key = `${number}|${word}`;
  if (place.dataset.shown === key) return;
  place.dataset.shown = key;
  const bold = document.createElement("b");
  bold.textContent = String(number);
  const [before, after] = word.split("{n}");
  place.replaceChildren(before, bold, after);
}

function showCount(count) {
  for (const key of ["confirmed", "in_hub", "waiting", "lost", "doubled"]) put(byId(key), String(count[key]));
  byId("sum-lost").classList.toggle("bad", count.lost > 0);
  byId("sum-doubled").classList.toggle("bad", count.doubled > 0);
  byId("sum-waiting").classList.toggle("attention", count.waiting > 0);
  byId("sum-hub").classList.toggle("old", !count.is_answering);
  put(byId("in_hub_hint"), count.is_answering ? words.in_hub_hint : words.in_hub_old);
  const ago = count.proven_at ? Math.max(0, Math.round((Date.now() - Date.parse(count.proven_at)) / 1000)) : null;
  put(byId("proven"), ago === null ? words.unproven : words.proven.replace("{n}", String(ago)));
}

function showActs(card, acts) {
  for (const button of card.querySelectorAll("button")) {
    const what = button.dataset.what;
    const { may, broken, under_way: isUnderWay } = acts[what];
    const undo = words[`undo.${what}`];
    const isHealing = isUnderWay && !(broken && undo);
    button.disabled = !may;
    button.classList.toggle("is-broken", broken && Boolean(undo));
    button.classList.toggle("is-healing", isHealing);
    put(button, isHealing ? words.busy : broken ? undo : words[`act.${what}`]);
  }
}

function showDoor(door, shown) {
  const card = document.querySelector(`.card-of[data-door="${door}"]`);
  card.classList.toggle("is-down", shown.state !== "up");
  card.classList.toggle("is-working", shown.green);
  put(card.querySelector(".state-word"), words[`state.${shown.state}`]);
  fact(card.querySelector(".seen"), shown.confirmed, words.packages);
  fact(card.querySelector(".pending"), shown.pending ?? "–", words.pending);
  card.querySelector(".pending").classList.toggle("is-waiting", shown.pending > 0);
  fact(card.querySelector(".epoch"), shown.epoch, words.epoch);
  showActs(card, shown.acts);
}

function showCable(door, shown, hub) {
  const cable = document.querySelector(`.cable[data-door="${door}"]`);
  cable.classList.toggle("is-cut", shown.line === "cut");
  cable.classList.toggle("is-dead", shown.line !== "cut" && (shown.state !== "up" || hub.state !== "up"));
  put(cable.querySelector(".cable-word"), words[`line.${shown.line}`]);
}

function showHub(hub) {
  const card = byId("hub");
  card.classList.toggle("is-down", hub.state !== "up");
  put(card.querySelector(".state-word"), words[`state.${hub.state}`]);
  fact(card.querySelector(".position"), hub.position, words.position);
  fact(card.querySelector(".generation"), hub.generation, words.generation);
  showActs(card, hub.acts);
}

const MARKS = { act: "⚡", noac: "→", good: "✓", bad: "✕" };
let newest = "";
function showDiary(lines) {
  if (!lines.length || newest === lines[0].at) return;
  newest = lines[0].at;
  byId("diary").replaceChildren(
    ...lines.map((line) => {
      const row = document.createElement("li");
      row.className = line.kind;
      const time = document.createElement("time");
      time.textContent = new Date(line.at).toLocaleTimeString("zh-CN", { hour12: false, timeZone });
      const mark = document.createElement("span");
      mark.textContent = MARKS[line.kind];
      const text = document.createElement("span");
      text.textContent = line[language];
      row.append(time, mark, text);
      return row;
    }),
  );
}

async function look() {
  try {
    const state = await (await fetch("/state")).json();
    document.body.classList.remove("is-gone");
    showCount(state.count);
    for (const [door, shown] of Object.entries(state.doors)) {
      showDoor(door, shown);
      showCable(door, shown, state.hub);
    }
    showHub(state.hub);
    showDiary(state.diary);
  } catch (error) {
    console.warn(error);
    document.body.classList.add("is-gone");
    put(byId("proven"), words.gone);
  }
  const minute = { hour12: false, hour: "2-digit", minute: "2-digit", timeZone };
  put(byId("clock"), new Date().toLocaleTimeString("zh-CN", minute));
  setTimeout(look, EVERY_MS);
}

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (!button || button.disabled) return;
  const { what, door = "" } = button.dataset;
  button.disabled = true;
  await fetch("/press", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ what, door }),
  });
});
look();
