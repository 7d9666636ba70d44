"use strict";
/* Comforts only: every page works without this file. */

const progress = document.getElementById("progress");

/* A thin bar while the next page is on its way; gone again when the browser comes back to this one. */
const loading = (on) => { progress.hidden = !on; };
addEventListener("pageshow", () => loading(false));
document.addEventListener("submit", () => loading(true));
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
  if (link && !elsewhere && !link.getAttribute("href").startsWith("#")) loading(true);
});

/* Order and switches take effect at once. */
for (const field of document.querySelectorAll("[data-submit]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}

/* Back to the search one came from, with its words and filters. */
const back = document.querySelector("[data-back]");
if (back && document.referrer.startsWith(location.origin + "/console?")) back.href = document.referrer;

/* `/` goes to the search box, as in a text editor; j and k walk through the results. */
const results = [...document.querySelectorAll(".results h2 a")];
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
  const at = results.indexOf(document.activeElement);
  if (event.key === "/") document.getElementById("q")?.focus();
  else if (event.key === "j") results[Math.min(at + 1, results.length - 1)]?.focus();
  else if (event.key === "k") results[Math.max(at - 1, 0)]?.focus();
  else return;
  event.preventDefault();
});

/* A one-time link carries the token behind `#`, which browsers never send to a server; it leaves the address at once. */
const login = document.getElementById("login");
const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (login && given) {
  history.replaceState(null, "", location.pathname + location.search);
  login.elements.token.value = given;
  login.requestSubmit();
}
