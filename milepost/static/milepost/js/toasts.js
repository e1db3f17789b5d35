// Short messages: each can be closed; good news without a button to press leaves by itself, but never while it is
// pointed at or has the focus. What could not be done stays until the next message, and of many the last
// three stay. A request that got no answer says so here.
const STAYS = 10000;
const MOST = 3;

class Toasts extends HTMLElement {
  connectedCallback() {
    for (const toast of this.querySelectorAll(".toast")) this.show(toast);
    new MutationObserver((changes) => {
      const fresh = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.matches?.(".toast"));
      fresh.forEach((toast) => this.show(toast));
      if (fresh.length) this.clear(fresh);
    }).observe(this, { childList: true });
    document.addEventListener("htmx:error", this);
  }

  handleEvent() {
    const silent = this.querySelector("template");
    if (silent) this.append(silent.content.cloneNode(true));
  }

  show(toast) {
    const close = toast.querySelector("[data-close]");
    if (close) {
      close.hidden = false;
      close.addEventListener("click", () => toast.remove());
    }
    if (!toast.matches(".bad") && !toast.querySelector("form")) this.dismiss(toast);
  }

  clear(fresh) {
    const shown = [...this.querySelectorAll(".toast")];
    shown.filter((toast, at) => !fresh.includes(toast) && (toast.matches(".bad") || at < shown.length - MOST)).forEach((toast) => toast.remove());
  }

  dismiss(toast) {
    setTimeout(() => (toast.matches(":hover, :focus-within") ? this.dismiss(toast) : toast.remove()), STAYS);
  }
}

customElements.define("mp-toasts", Toasts);
