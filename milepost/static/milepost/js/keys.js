// The keyboard of every page. data-bound says what each key does: an address to go to, ">" and a link to follow,
// ":" and what to do here; after "@" what a row of the tree hears first. data-off switches keys off (WCAG 2.1.4).
// Also shuts menus on Esc and on a click elsewhere.
const WRITING = "input:not([type=range]), textarea, select, [contenteditable]";
const ROWS = "mp-tree tr[data-level], main :is(.kr, .rows > li, .rows > form, .tbl tbody tr, .feed, [data-keys-row])";
const EDIT = '[data-keys="edit"], a[href$="/edit/"]';

class Keys extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.bound = JSON.parse(this.dataset.bound);
    document.addEventListener("keydown", this);
    document.addEventListener("click", this);
    for (const button of document.querySelectorAll('[data-keys="help"]')) button.hidden = this.hasAttribute("data-off");
    if (/Mac|iPhone|iPad/.test(navigator.platform)) {
      for (const key of document.querySelectorAll("kbd")) key.textContent = key.textContent.replace("Ctrl", "⌘");
    }
  }

  handleEvent(event) {
    if (event.type === "click") {
      if (event.target.closest('[data-keys="help"]')) this.help();
      return this.shutMenus(event.target.closest(".pop"));
    }
    if (event.key === "Escape") return this.shutMenus(null, true);
    if (event.defaultPrevented || event.altKey || event.isComposing || this.hasAttribute("data-off")) return;
    const together = event.ctrlKey || event.metaKey;
    // A letter is a letter where one writes; keys pressed together are not.
    if (!together && event.target.closest?.(WRITING)) return;
    const open = document.querySelector("dialog[open]");
    if (open && !(together && open.matches(".pal"))) return;
    if (this.press((together ? "ctrl " : "") + event.key.toLowerCase(), event.shiftKey)) event.preventDefault();
  }

  press(key, detail) {
    const two = Date.now() - this.pressedAt < 1500 ? `${this.pressed} ${key}` : key;
    this.pressed = key;
    this.pressedAt = Date.now();
    const find = (at) => this.bound[at + two] ?? this.bound[at + key] ?? "";
    const row = document.activeElement.closest("mp-tree tr[data-level]"), does = find("");
    if (row && !row.dispatchEvent(new CustomEvent(find("@"), { bubbles: true, cancelable: true, detail }))) return true;
    if (does[0] === ":") return this[does.slice(1)]();
    const to = does[0] === ">" ? document.querySelector(does.slice(1))?.href : does;
    if (to) location.assign(to);
    return to;
  }

  palette(text) {
    document.querySelector("mp-palette")?.open(text);
    return true;
  }

  // What this page has no use for stands at the end.
  help() {
    const [here, elsewhere] = this.querySelectorAll("[data-here], [data-elsewhere]");
    for (const row of this.querySelectorAll("[data-needs]")) (document.querySelector(row.dataset.needs) ? here : elsewhere).append(row);
    elsewhere.hidden = elsewhere.previousElementSibling.hidden = !elsewhere.children.length;
    this.dialog.showModal();
    return true;
  }

  filter() {
    const field = document.querySelector('[data-keys="filter"]') ?? document.querySelector(".filters :is(input, select, a)");
    field?.focus();
    field?.select?.();
    return field;
  }

  previous() {
    return this.next(-1);
  }

  next(by = 1) {
    const rows = [...document.querySelectorAll(ROWS)].filter((row) => row.offsetParent && this.stop(row));
    const from = rows.indexOf(this.row);
    const to = rows[from < 0 ? (by < 0 ? rows.length - 1 : 0) : from + by];
    if (to) this.stop(to).focus();
    return rows.length > 0;
  }

  get row() {
    return document.activeElement.closest(ROWS);
  }

  stop(row) {
    return row.hasAttribute("tabindex") ? row : row.querySelector("a[href], button:not([hidden])");
  }

  edit() {
    const control = this.row?.querySelector(EDIT) ?? document.querySelector(`.head :is(${EDIT})`) ?? document.querySelector('main [data-keys="edit"]');
    control?.click();
    return control;
  }

  undo() {
    const control = document.querySelector('[data-keys="undo"]') ?? [...document.querySelectorAll(".toast form button")].at(-1);
    return control ? !control.click() : this.palette("undo");
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
