// Short messages: each can be closed; one without a button to press leaves by itself, but never while it is
// pointed at or has the focus. A request that got no answer says so here.
const STAYS = 10000;

class Toasts extends HTMLElement {
  connectedCallback() {
    for (const toast of this.querySelectorAll(".toast")) this.show(toast);
    new MutationObserver((changes) => {
      for (const node of changes.flatMap((change) => [...change.addedNodes])) {
        if (node.matches?.(".toast")) this.show(node);
      }
    }).observe(this, { childList: true });
    document.addEventListener("htmx:error", this);
  }

  disconnectedCallback() {
    document.removeEventListener("htmx:error", this);
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
    if (!toast.querySelector("form")) this.dismiss(toast);
  }

  dismiss(toast) {
    setTimeout(() => (toast.matches(":hover, :focus-within") ? this.dismiss(toast) : toast.remove()), STAYS);
  }
}

customElements.define("mp-toasts", Toasts);
