// Keeps what is typed of a visit on the server, a moment after each change. Without this script the
// button "Save and finish later" does the same.
const form = document.getElementById("visit");
const told = document.getElementById("saved");
let timer, sent = false;
function keep() {
  if (sent) return;
  fetch(form.dataset.draft, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual" })
    .then((answer) => { told.textContent = answer.status === 204 ? "Your draft is kept." : "Your draft could not be kept: sign in again in another tab."; })
    .catch(() => { told.textContent = "No connection: your draft is only on this screen until it comes back."; });
}
form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 800); });
form.addEventListener("submit", () => { sent = true; clearTimeout(timer); });
