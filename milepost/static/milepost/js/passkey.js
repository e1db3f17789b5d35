// A button that makes or shows a passkey and sends it with the form around it. What the browser is asked stands
// in data-options, or is fetched from data-from; the answer goes into the hidden field "credential".
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const letters = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const REFUSED = {
  InvalidStateError: "This device holds a passkey for your account already.",
  NotAllowedError: "No passkey was chosen, or the time for it was over. Try again.",
  SecurityError: "Passkeys belong to a name with HTTPS, or to localhost. Ask whoever runs this server.",
};

class Passkey extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("[name=credential]");
    this.button = this.querySelector("button");
    if (!window.PublicKeyCredential) return this.say("This browser knows no passkeys.");
    this.button.hidden = false;
    this.closest("form").addEventListener("submit", (event) => {
      if (this.field.value) return;
      event.preventDefault();
      this.run();
    });
  }

  async run() {
    this.say("");
    this.button.setAttribute("aria-busy", "true");
    try {
      const { publicKey } = await this.options();
      publicKey.challenge = bytes(publicKey.challenge);
      for (const one of [...(publicKey.allowCredentials ?? []), ...(publicKey.excludeCredentials ?? [])])
        one.id = bytes(one.id);
      if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
      const made = this.dataset.mode === "create";
      const found = await (made ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
      this.field.value = JSON.stringify(this.written(found));
      this.closest("form").requestSubmit();
    } catch (problem) {
      this.say(REFUSED[problem.name] ?? "That did not work. Try again, or use another way.");
    } finally {
      this.button.removeAttribute("aria-busy");
    }
  }

  async options() {
    if (this.dataset.options) return JSON.parse(this.dataset.options);
    const answer = await fetch(this.dataset.from, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  }

  written(found) {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
      if (found.response[name]) response[name] = letters(found.response[name]);
    return {
      id: found.id,
      rawId: letters(found.rawId),
      type: found.type,
      response,
      clientExtensionResults: found.getClientExtensionResults(),
    };
  }

  say(text) {
    const place = this.querySelector(".err");
    place.textContent = text;
    place.hidden = !text;
  }
}

customElements.define("mp-passkey", Passkey);
