/** The virtual scanner's page: hands a code to the kiosk and says whether it arrived. */
const result = document.getElementById("result");
const text = document.getElementById("text");

/** @param {string} code */
async function scan(code) {
  let arrived = false;
  try {
    const answer = await fetch("/scan", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: code }),
    });
    arrived = answer.ok;
  } catch {
    arrived = false; // the kiosk is away: the words below say so
  }
  result.textContent = arrived ? `${result.dataset.sent} ${code}` : result.dataset.failed;
  result.classList.toggle("is-bad", !arrived);
}

document.addEventListener("click", (event) => {
  const sample = event.target instanceof Element ? event.target.closest("[data-code]") : null;
  if (sample) scan(sample.dataset.code);
});
document.getElementById("free").addEventListener("submit", (event) => {
  event.preventDefault();
  scan(text.value);
  text.value = "";
  text.focus();
});
