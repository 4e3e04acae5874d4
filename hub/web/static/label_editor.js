// The label beside its template: asks the hub to draw what is typed, a moment after the last key. It decides nothing.
"use strict";

const form = at("office-form");
const source = at("f-text");

// What the office tries in the blanks, in its own words: it is only shown, and outlives a template broken in between.
function offerFields(fields) {
  const box = at("label-fields");
  const names = fields.map((one) => one.name).join(" ");
  if (box.dataset.names === names) return;
  const typed = new Map([...box.querySelectorAll("[data-name]")].map((one) => [one.dataset.name, one.value]));
  box.dataset.names = names;
  box.replaceChildren(...fields.map((one) => {
    const label = document.createElement("label");
    const title = document.createElement("span");
    title.textContent = `${one.title} · ${one.name}`;
    const input = document.createElement(one.choices.length ? "select" : "input");
    if (one.choices.length) input.replaceChildren(...["", ...one.choices].map((text) => new Option(text, text)));
    else Object.assign(input, { placeholder: one.sample, maxLength: 200, autocomplete: "off" });
    input.dataset.name = one.name;
    input.value = typed.get(one.name) ?? "";
    label.append(title, input);
    return label;
  }));
}

async function draw() {
  const sent = new URLSearchParams(new FormData(form));
  sent.set("dots", at("label-dots").value);
  sent.set("spoken", at("label-spoken").value);
  for (const one of at("label-fields").querySelectorAll("[data-name]")) sent.set(`of.${one.dataset.name}`, one.value);
  const drawn = await drawLabel("/office/label_templates/preview", sent);
  if (drawn) offerFields(drawn.fields);
}

const later = () => atRest(draw);

// A click on what is wrong goes to its line.
at("label-problem").addEventListener("click", (event) => {
  const line = Number(event.target.dataset.line);
  if (!line) return;
  const lines = source.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  source.focus();
  source.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
});

// An earlier version goes into the text; saved, it is a new one.
at("label-version")?.addEventListener("change", async (event) => {
  const { key, plant } = event.target.dataset;
  if (!event.target.value) return;
  const asked = new URLSearchParams({ key, plant, revision: event.target.value });
  const answer = await fetch(`/office/label_templates/version?${asked}`).catch(() => null);
  if (!answer?.ok) return;
  source.value = await answer.text();
  draw();
});

at("label-shipped").addEventListener("change", async (event) => {
  const name = event.target.value;
  if (!name) return;
  const answer = await fetch(`/office/label_templates/shipped/${name}`).catch(() => null);
  if (!answer?.ok) return;
  source.value = await answer.text();
  if (!at("f-code").readOnly) at("f-code").value = name;
  draw();
});

// A picture becomes data in the text, and an element that shows it; where it goes is typed.
at("label-picture").addEventListener("change", async (event) => {
  const file = event.target.files[0];
  if (!file) return;
  const sent = new FormData(form);
  sent.set("picture", file);
  event.target.value = "";
  const answer = await fetch("/office/label_templates/picture", { method: "POST", body: sent }).catch(() => null);
  if (!answer?.ok) return;
  const taken = await answer.json();
  if (taken.problem) {
    at("label-problem").textContent = taken.problem;
    at("label-problem").hidden = false;
    at("label-problem").dataset.line = 0;
    return;
  }
  const data = `${taken.name} = "${taken.text}"\n`;
  const place = "x_mm = 2\ny_mm = 2\nwidth_mm = 16\nheight_mm = 8\n";
  const element = `\n[[elements]]\nkind = "picture"\npicture = "${taken.name}"\n${place}`;
  const has = /^\[pictures\]\n/m;
  let text = source.value.trimEnd() + "\n";
  const tail = has.test(text) ? "" : "\n[pictures]\n";
  text = text + tail;
  source.value = text.replace(has, (found) => `${element.trimStart()}\n${found}${data}`);
  draw();
});

source.addEventListener("input", later);
at("label-fields").addEventListener("input", later);
at("f-code").addEventListener("input", later);
for (const id of ["label-dots", "label-spoken"]) at(id).addEventListener("change", draw);
draw();
