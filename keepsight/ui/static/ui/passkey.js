// Asks the browser for a passkey and sends what it gives. The words for the person stand here; the
// conversions come from allauth's webauthn-json.
const told = document.getElementById("passkey-told");
const data = document.getElementById("passkey-data");
const ways = {
  async add() {
    const options = JSON.parse(data.textContent).creation_options;
    const wanted = { residentKey: "required", requireResidentKey: true, userVerification: "required" };
    options.publicKey.authenticatorSelection = { ...options.publicKey.authenticatorSelection, ...wanted };
    return window.webauthnJSON.create(options);
  },
  async show() { return window.webauthnJSON.get(JSON.parse(data.textContent).request_options); },
  async login(form) {
    const answer = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
    return window.webauthnJSON.get((await answer.json()).request_options);
  },
};
for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    told.textContent = "Follow what your browser says.";
    try {
      form.elements.credential.value = JSON.stringify(await ways[form.dataset.passkey](form));
      HTMLFormElement.prototype.submit.call(form);
    } catch {
      told.textContent = "No passkey was used. You can try again, or choose another way.";
    }
  });
}
