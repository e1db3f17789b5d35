// Appearance without a round trip: the form inside works by itself, this only answers at once.
const YEAR = 31536000;

class Theme extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", this);
  }

  handleEvent(event) {
    const chosen = event.submitter;
    if (chosen?.name !== "theme") return;
    event.preventDefault();
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${encodeURIComponent(chosen.value)}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
    if (chosen.value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen.value;
    for (const button of this.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button === chosen));
    }
  }
}

customElements.define("mp-theme", Theme);
