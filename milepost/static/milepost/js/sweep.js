// The keyboard of the sweep: the value is ready to be typed over, Tab leads on to confidence and note,
// arrows or a digit set the confidence (0 is 10), data-save (usually Ctrl or Cmd with Enter) saves and goes on,
// Esc leaves.
class Sweep extends HTMLElement {
  static arrived = 0;

  connectedCallback() {
    document.addEventListener("keydown", this);
    this.watch = new MutationObserver(() => this.arrive());
    this.watch.observe(this, { childList: true, subtree: true });
    this.arrive();
  }

  disconnectedCallback() {
    this.watch.disconnect();
    document.removeEventListener("keydown", this);
  }

  arrive() {
    const form = this.querySelector("form");
    if (form === this.form) return;
    this.form = form;
    // One of several is entered where it is chosen: arrows change it, as in any group of radio buttons.
    const value = ['[name="value"]:checked', '[name="value"]:not([type="hidden"])', "select", "input:not([type=hidden]), textarea"]
      .map((wanted) => form?.querySelector(wanted)).find(Boolean);
    (value ?? this.querySelector("a.btn"))?.focus();
    if (value?.select) value.select();
    if (Sweep.arrived++) this.announce();
  }

  announce() {
    // Kept outside the part that is swapped: a new live region would stay silent.
    Sweep.voice ??= document.body.appendChild(Object.assign(document.createElement("p"), { className: "vh", ariaLive: "polite" }));
    Sweep.voice.textContent = this.querySelector("[data-position]")?.textContent ?? this.querySelector("h1, h2")?.textContent ?? "";
  }

  handleEvent(event) {
    if ((event.ctrlKey || event.metaKey) && `ctrl ${event.key.toLowerCase()}` === this.dataset.save) this.save(event);
    else if (event.key === "Escape" && this.dataset.leave && !document.querySelector("dialog[open], .pop[open]")) location.assign(this.dataset.leave);
    else if (event.target.name === "confidence" && !event.ctrlKey && !event.metaKey && !event.altKey) this.choose(event);
  }

  save(event) {
    event.preventDefault();
    this.form?.requestSubmit(this.form.querySelector("button.pri, button:not([type=button])"));
  }

  choose(event) {
    const scale = [...this.form.querySelectorAll('[name="confidence"]')];
    const at = scale.indexOf(event.target);
    const rtl = getComputedStyle(this).direction === "rtl";
    const steps = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1, ArrowUp: 1, ArrowDown: -1 };
    const wanted = event.key in steps ? at + steps[event.key] : /^\d$/.test(event.key) ? (Number(event.key) || 10) - 1 : null;
    if (wanted === null) return;
    event.preventDefault();
    const radio = scale[Math.max(0, Math.min(scale.length - 1, wanted))];
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("mp-sweep", Sweep);
