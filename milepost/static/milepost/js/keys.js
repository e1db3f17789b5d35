// The keyboard of every page. data-bound says what each key does, in JSON: an address to go to, or ":" and what
// to do here. data-off switches the letters off (WCAG 2.1.4). Also shuts open menus on Esc and on a click elsewhere.
const WRITING = "input:not([type=range]), textarea, select, [contenteditable]";
const ROWS = "mp-tree tr[data-level], main :is(.kr, .rows > li, .rows > form, .tbl tbody tr, .feed, [data-keys-row])";
const EDIT = '[data-keys="edit"], a[href$="/edit/"]';

class Keys extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.bound = JSON.parse(this.dataset.bound);
    document.addEventListener("keydown", this);
    document.addEventListener("click", this);
    if (!this.hasAttribute("data-off")) {
      for (const button of document.querySelectorAll('[data-keys="help"]')) button.hidden = false;
    }
    if (/Mac|iPhone|iPad/.test(navigator.platform)) {
      for (const key of document.querySelectorAll("kbd")) key.textContent = key.textContent.replace("Ctrl", "⌘");
    }
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
    document.removeEventListener("click", this);
  }

  handleEvent(event) {
    if (event.type === "click") return this.click(event.target);
    if (event.key === "Escape") return this.shutMenus(null, true);
    if (event.defaultPrevented || event.altKey || event.isComposing || this.hasAttribute("data-off")) return;
    const together = event.ctrlKey || event.metaKey;
    // A letter is a letter where one writes; keys pressed together are not.
    if (!together && event.target.closest?.(WRITING)) return;
    const open = document.querySelector("dialog[open]");
    if (open && !(together && open.matches(".pal"))) return;
    if (this.press((together ? "ctrl " : "") + event.key.toLowerCase())) event.preventDefault();
  }

  press(key) {
    const two = Date.now() - this.pressedAt < 1500 ? `${this.pressed} ${key}` : key;
    this.pressed = key;
    this.pressedAt = Date.now();
    const does = this.bound[two] ?? this.bound[key];
    if (!does) return false;
    if (does[0] !== ":") return location.assign(does), true;
    return this[does.slice(1)]();
  }

  palette() {
    const palette = document.querySelector("mp-palette");
    palette?.open();
    return Boolean(palette);
  }

  // What this page has no use for stands at the end.
  help() {
    for (const row of this.dialog.querySelectorAll("[data-needs]")) {
      const here = document.querySelector(row.dataset.needs);
      this.dialog.querySelector(here ? "[data-here]" : "[data-elsewhere]").append(row);
    }
    const elsewhere = this.dialog.querySelector("[data-elsewhere]");
    elsewhere.hidden = elsewhere.previousElementSibling.hidden = !elsewhere.children.length;
    this.dialog.showModal();
    return true;
  }

  filter() {
    const field = document.querySelector('[data-keys="filter"]') ?? document.querySelector(".filters :is(input, select, a)");
    field?.focus();
    field?.select?.();
    return Boolean(field);
  }

  next() {
    return this.step(1);
  }

  previous() {
    return this.step(-1);
  }

  step(by) {
    const rows = [...document.querySelectorAll(ROWS)].filter((row) => row.offsetParent && this.stop(row));
    const from = rows.indexOf(document.activeElement.closest(ROWS));
    const to = rows[from < 0 ? (by < 0 ? rows.length - 1 : 0) : from + by];
    if (to) this.stop(to).focus();
    return rows.length > 0;
  }

  stop(row) {
    return row.hasAttribute("tabindex") ? row : row.querySelector("a[href], button:not([hidden])");
  }

  edit() {
    const row = document.activeElement.closest(ROWS);
    const control = row?.querySelector(EDIT) ?? document.querySelector(`.head :is(${EDIT})`) ?? document.querySelector('main [data-keys="edit"]');
    control?.click();
    return Boolean(control);
  }

  undo() {
    const control = document.querySelector('[data-keys="undo"]') ?? [...document.querySelectorAll(".toast form button")].at(-1);
    const silent = this.querySelector("template[data-nothing]");
    if (control) control.click();
    else if (!document.querySelector(".toast[data-nothing]")) {
      document.getElementById("toasts")?.append(silent.content.cloneNode(true));
    }
    return true;
  }

  earlier() {
    return this.week("[");
  }

  later() {
    return this.week("]");
  }

  week(key) {
    const link = document.querySelector(`mp-travel a[data-key="${key}"]`);
    if (link) location.assign(link.href);
    return Boolean(link);
  }

  click(target) {
    this.shutMenus(target.closest(".pop"), false);
    if (target.closest('[data-keys="help"]')) this.help();
  }

  shutMenus(except, refocus) {
    for (const menu of document.querySelectorAll(".pop[open]")) {
      if (menu === except) continue;
      if (refocus && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      menu.open = false;
    }
  }
}

customElements.define("mp-keys", Keys);
