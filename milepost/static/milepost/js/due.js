// What is due on my week: when a row was saved in place, the next one's field is ready to be typed over; after the
// last, the heading has the focus. Who went on elsewhere meanwhile stays there.
class Due extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", this);
    this.watch = new MutationObserver(() => this.goOn());
    this.watch.observe(this, { childList: true, subtree: true });
  }

  disconnectedCallback() {
    this.watch.disconnect();
    this.removeEventListener("submit", this);
  }

  handleEvent(event) {
    this.sent = event.target.closest("li").id;
  }

  goOn() {
    const saved = this.sent && document.getElementById(this.sent);
    if (!saved || saved.querySelector("form")) return;
    this.sent = null;
    if (document.activeElement !== document.body) return;
    const left = [...this.querySelectorAll("form")];
    const next = left.find((form) => saved.compareDocumentPosition(form) & Node.DOCUMENT_POSITION_FOLLOWING) ?? left[0];
    const field = next?.querySelector('input[name="value"], .btn') ?? this.querySelector("h2");
    field.focus();
    field.select?.();
  }
}

customElements.define("mp-due", Due);
