// A label as the hub draws it, dot for dot, on the page's canvas, with what is wrong with it. It decides nothing.
"use strict";

const at = (id) => document.getElementById(id);
const REST_MS = 300;
let restTimer = 0;
let askedTimes = 0;

async function drawLabel(address, sent) {
  const number = ++askedTimes;
  const answer = await fetch(address, { method: "POST", body: sent }).catch(() => null);
  if (!answer?.ok || number !== askedTimes) return; // a later key has asked again
  const drawn = await answer.json();
  const problem = at("label-problem");
  problem.textContent = drawn.problem;
  problem.hidden = !drawn.problem;
  problem.dataset.line = drawn.line;
  at("label-size").textContent = drawn.size;
  at("label-findings").replaceChildren(...drawn.findings.map((one) => {
    const item = document.createElement("li");
    item.textContent = one.words;
    if (one.stops) item.className = "bad";
    return item;
  }));
  const canvas = at("label-canvas");
  canvas.classList.toggle("stale", !drawn.png);
  if (!drawn.png) return; // the last label that could be drawn stays, dimmed
  const bytes = Uint8Array.from(atob(drawn.png), (one) => one.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  if (number !== askedTimes) return;
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d").drawImage(picture, 0, 0);
  canvas.hidden = false;
  canvas.dataset.drawn = String(number);
  return drawn;
}

// A moment after the last key.
function atRest(act) {
  clearTimeout(restTimer);
  restTimer = setTimeout(act, REST_MS);
}
