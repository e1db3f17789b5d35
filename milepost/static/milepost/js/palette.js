// The palette: a dialog with a combobox. What can be chosen comes from the server as one types; what the page
// itself offers to do (buttons and links that are only there for who may) is read from the page.
const WAIT = 60;
const KEPT = 12;
const THING = /^\/w\/[^/]+\/(?:objectives|key-results|teams|people)\/([0-9a-z]{13})\/$/;
const OFFERED = "main :is(.head :is(a, button), .sec > a, .sec > .end a):not(:disabled, details a[aria-current])";
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
const made = (name, as, ...inside) => {
  const element = Object.assign(document.createElement(name), as);
  element.append(...inside);
  return element;
};

class Palette extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.field = this.querySelector("input");
    this.list = this.querySelector("[role=listbox]");
    this.key = `milepost-recent:${this.dataset.who}`;
    this.remember();
    this.field.addEventListener("input", () => this.ask(WAIT));
    this.field.addEventListener("keydown", (event) => this.press(event));
    this.field.form.addEventListener("submit", (event) => this.enter(event));
    this.list.addEventListener("click", (event) => this.choose(event));
    this.list.addEventListener("mousemove", (event) => this.mark(event.target.closest("[role=option]") ?? this.at));
    this.addEventListener("click", (event) => {
      if (event.target === this.dialog || event.target.closest("[data-close]")) this.dialog.close();
    });
    document.addEventListener("click", (event) => {
      const control = event.target.closest('[data-keys="palette"]');
      if (!control || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.open();
    });
  }

  // At once: who types on writes in the field.
  open(text = "") {
    if (this.dialog.open) return this.field.select();
    this.sheet();
    // What can be acted on: a row or card that has the focus, else what the heading names.
    const at = document.querySelector("mp-keys").row ?? document.querySelector(".cd.at") ?? document.querySelector(".head");
    const link = at?.querySelector('[href*="/objectives/"], [href*="/key-results/"]');
    this.on = THING.exec(link?.getAttribute("href"))?.[1] ?? "";
    this.field.value = text;
    this.shown = null;
    this.hurried = false;
    this.dialog.showModal();
    this.field.focus();
    this.ask(0);
  }

  // Its look comes with its first use.
  sheet() {
    const { sheet } = this.dataset;
    if (sheet) document.head.append(made("link", { rel: "stylesheet", href: sheet }));
    delete this.dataset.sheet;
  }

  // Who types fast and presses Enter means what will be found, not what was.
  enter(event) {
    this.hurried = this.shown !== this.field.value;
    if (!this.hurried && !this.at) return;
    event.preventDefault();
    if (!this.hurried) this.at.click();
  }

  ask(wait) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.fetch(this.field.value), wait);
  }

  async fetch(text) {
    this.stale?.abort();
    const { signal } = this.stale = new AbortController();
    const asked = new URLSearchParams({ q: text, at: this.on, recent: this.recent().filter((id) => id !== this.here).join(".") });
    try {
      const answer = await fetch(`${this.dataset.url}?${asked}`, { signal, headers: { "HX-Request": "true" } });
      if (answer.redirected || !answer.ok) throw new Error(answer.status);
      const html = await answer.text();
      if (signal.aborted) return;
      // htmx owns the one Trusted Types policy of the page, so it parses.
      this.group?.remove();
      await htmx.swap({ sourceElement: this.list, target: this.list, text: html, swap: "innerMorph" });
    } catch (error) {
      if (error.name === "AbortError") return;
      this.list.replaceChildren(made("p", { className: "opt-none" }, "No answer from the server. Enter searches on a page."));
    }
    this.offer(text);
    this.settle();
    this.shown = text;
    if (this.hurried && text === this.field.value) {
      this.hurried = false;
      this.at?.click();
    }
  }

  // What this page offers, by its name or words that the server has for it.
  offer(text) {
    const group = this.group = this.list.querySelector("[data-answers]"), options = Object.create(null);
    if (!group) return;
    const answers = JSON.parse(group.dataset.answers), words = fold(text), typed = words.join(" ");
    for (const control of document.querySelectorAll(OFFERED)) {
      const said = control.cloneNode(true);
      said.querySelectorAll("kbd").forEach((key) => key.remove());
      const says = said.textContent.trim().replace(/\s+/g, " "), name = fold(says).join(" "), isMeant = Object.hasOwn(answers, name);
      if (says && (isMeant || words.every((word) => ` ${name}`.includes(` ${word}`)))) options[says] ??= made("button", {
        type: "button", className: "item opt", role: "option", tabIndex: -1, rank: 2 * name.startsWith(typed) || isMeant,
        onclick: () => { this.dialog.close(); control.click(); },
      }, said.querySelector("svg") ?? group.querySelector("svg").cloneNode(true), made("span", { className: "opt-t" }, isMeant && answers[name] || says));
    }
    const found = Object.values(options).sort((one, other) => other.rank - one.rank);
    if (!found[0]) return;
    group.append(...found);
    group.hidden = false;
    if (this.list.querySelector(".opt-none, .opt-slip")) this.list.replaceChildren(group);
    else if (typed && found[0].rank) this.list.prepend(group);
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  settle() {
    this.list.scrollTop = 0;
    this.options.forEach((option, number) => { option.id = `pal-${number}`; option.ariaSelected = "false"; });
    this.at = null;
    this.mark(this.options[0]);
    const count = this.options.length, slip = this.list.querySelector(".opt-slip")?.textContent ?? "";
    this.querySelector("[data-count]").textContent = `${slip} ${count === 1 ? "1 choice" : `${count} choices`}`.trim();
  }

  mark(option, scroll) {
    if (option === this.at) return;
    if (this.at) this.at.ariaSelected = "false";
    this.at = option ?? null;
    if (!option) return this.field.removeAttribute("aria-activedescendant");
    option.ariaSelected = "true";
    this.field.setAttribute("aria-activedescendant", option.id);
    if (scroll) option.scrollIntoView({ block: "nearest" });
  }

  press(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      // A search field would take the first one to empty itself.
      event.preventDefault();
      return this.dialog.close();
    }
    const options = this.options, from = options.indexOf(this.at), last = options.length - 1;
    const to = {
      ArrowDown: from < last ? from + 1 : 0, ArrowUp: from > 0 ? from - 1 : last,
      PageDown: Math.min(from + 8, last), PageUp: Math.max(from - 8, 0),
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.mark(options[to], true);
  }

  choose(event) {
    const press = event.target.closest("[data-press]")?.dataset.press;
    if (!press) return;
    this.dialog.close();
    if (press === ":copy") navigator.clipboard?.writeText(location.href);
    else if (press === ":help") document.querySelector("mp-keys")?.help();
    else document.querySelector(press)?.click();
  }

  recent() {
    try { return JSON.parse(localStorage.getItem(this.key)) ?? []; } catch { return []; }
  }

  // Ids alone: what they are called, and whether one may still see them, the server says.
  remember() {
    const id = this.here = THING.exec(location.pathname)?.[1];
    if (!id) return;
    try {
      localStorage.setItem(this.key, JSON.stringify([id, ...this.recent().filter((other) => other !== id)].slice(0, KEPT)));
    } catch { /* storage is full or switched off */ }
  }
}

customElements.define("mp-palette", Palette);
