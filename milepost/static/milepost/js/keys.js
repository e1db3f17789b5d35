// The keyboard of every page. Where the letters lead is said by data attributes (data-c, data-n, data-g-h …);
// data-off switches the letters off (WCAG 2.1.4). Also shuts open menus on Esc and on a click elsewhere.
const WRITING = "input, textarea, select, [contenteditable]";

class Keys extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    document.addEventListener("keydown", this);
    document.addEventListener("click", this);
    if (!this.hasAttribute("data-off")) {
      for (const button of document.querySelectorAll('[data-keys="help"]')) button.hidden = false;
    }
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
    document.removeEventListener("click", this);
  }

  handleEvent(event) {
    if (event.type === "click") return this.click(event.target);
    if (event.key === "Escape") return this.shutMenus(null, true);
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || this.hasAttribute("data-off")) return;
    if (event.target.closest?.(WRITING) || document.querySelector("dialog[open]")) return;
    if (this.press(event.key)) event.preventDefault();
  }

  press(key) {
    const letter = key.toLowerCase();
    const afterG = Date.now() - this.pressedG < 1500;
    this.pressedG = letter === "g" ? Date.now() : 0;
    if (key === "?") return this.help();
    if (key === "/") return this.filter();
    const address = this.getAttribute(afterG ? `data-g-${letter}` : `data-${letter}`);
    if (!/^[a-z]$/.test(letter) || !address) return false;
    location.assign(address);
    return true;
  }

  help() {
    this.dialog.showModal();
    return true;
  }

  filter() {
    const field = document.querySelector('[data-keys="filter"]') ?? document.querySelector(".filters :is(input, select, a)");
    field?.focus();
    return Boolean(field);
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
