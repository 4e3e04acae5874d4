// The office's pages by keyboard: search, new, up and down a list, save. It decides nothing.
"use strict";

const $ = (id) => document.getElementById(id);
const links = () => [...document.querySelectorAll(".office-link")];

function step(by) {
  const all = links();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)].focus();
}

document.addEventListener("keydown", (event) => {
  const inField = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && !/^(checkbox|radio|submit)$/.test(event.target.type);
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    if ($("office-save")) { event.preventDefault(); $("office-save").click(); }
    return;
  }
  if (event.key === "Escape") {
    if (inField && event.target.id === "office-search") event.target.blur();
    else if ($("office-back")) location.href = $("office-back").href;
    return;
  }
  if (event.key === "ArrowDown" && event.target.id === "office-search") { event.preventDefault(); step(1); return; }
  if (inField || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && $("office-search")) { event.preventDefault(); $("office-search").focus(); $("office-search").select(); }
  if (event.key === "n" && $("office-new")) location.href = $("office-new").href;
  if (event.key === "ArrowDown" || event.key === "j") { event.preventDefault(); step(1); }
  if (event.key === "ArrowUp" || event.key === "k") { event.preventDefault(); step(-1); }
  if (event.key === "ArrowRight" && $("office-next")) location.href = $("office-next").href;
});

document.addEventListener("change", (event) => {
  if ("submits" in event.target.dataset) event.target.form.submit();
});

// Deleting asks once more: the first press only changes what the button says.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-sure]");
  if (!button || button.dataset.isSure) return;
  event.preventDefault();
  button.dataset.isSure = "1";
  button.textContent = button.dataset.sure;
});

// One press is one order: a second one finds the button resting.
document.addEventListener("submit", (event) => {
  setTimeout(() => { for (const one of event.target.querySelectorAll("button")) one.disabled = true; }, 0);
});
window.addEventListener("pageshow", () => {
  for (const one of document.querySelectorAll("button")) one.disabled = false;
});

// A further line is a copy of the last one, emptied and numbered on.
$("office-add-line")?.addEventListener("click", () => {
  const rows = $("office-lines").tBodies[0].rows;
  const fresh = rows[rows.length - 1].cloneNode(true);
  for (const one of fresh.querySelectorAll("[name]")) {
    one.name = one.name.replace(/^line\.\d+\./, `line.${rows.length}.`);
    one.id = `f-${one.name}`;
    one.value = "";
  }
  for (const one of fresh.querySelectorAll("small")) one.remove();
  $("office-lines").tBodies[0].append(fresh);
  fresh.querySelector("[name]").focus();
});

// The matrix of rights: arrows go from box to box, the name of a row or column ticks all of it, or none.
const boxes = (table) => [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.querySelector("input")));

function countRights() {
  for (const sheet of document.querySelectorAll(".rights-sheet")) {
    const count = sheet.querySelectorAll("input:checked").length;
    const words = sheet.querySelector("[data-count]");
    words.textContent = words.dataset.count.replace("%count%", count);
  }
}

function tickAll(some) {
  const those = some.filter(Boolean);
  const all = those.every((one) => one.checked);
  for (const one of those) one.checked = !all;
  countRights();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".rights button");
  if (!button) return;
  const grid = boxes(button.closest("table"));
  if ("row" in button.dataset) tickAll(grid[button.closest("tr").sectionRowIndex]);
  else tickAll(grid.map((row) => row[Number(button.dataset.column)]));
});

document.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (!by || !event.target.matches(".rights input")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const grid = boxes(event.target.closest("table"));
  let row = event.target.closest("tr").sectionRowIndex;
  let column = event.target.closest("td").cellIndex;
  do {
    row += by[0];
    column += by[1];
  } while (grid[row] && column > 0 && column < grid[row].length && !grid[row][column]);
  grid[row]?.[column]?.focus();
}, true);

document.addEventListener("change", (event) => { if (event.target.matches(".rights input")) countRights(); });
countRights();
