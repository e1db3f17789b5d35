// Appearance without a new page: the form inside works by itself, this only answers at once.
class Theme extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", this);
  }

  handleEvent(event) {
    const chosen = event.submitter;
    if (chosen?.name !== "theme") return;
    event.preventDefault();
    const body = new FormData(event.target, chosen);
    fetch(event.target.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
    if (chosen.value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen.value;
    for (const button of this.querySelectorAll("button")) {
      button.ariaPressed = String(button === chosen);
    }
  }
}

customElements.define("mp-theme", Theme);
