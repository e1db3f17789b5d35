// One element acts for all rows of the tree, so that rows can come from a cache and carry no attributes of htmx.
// A row says data-level, data-id, data-open (a branch only), data-children-url, data-checkin-url. Without
// JavaScript the table is a plain one and its chevrons are links; here it becomes a treegrid.
class Tree extends HTMLElement {
  connectedCallback() {
    this.table = this.querySelector("table");
    if (!this.table) return;
    this.table.setAttribute("role", "treegrid");
    this.adopt();
    // Further rows come by htmx as one scrolls.
    new MutationObserver(() => { this.adopt(); this.settle(); }).observe(this.table.tBodies[0], { childList: true });
    for (const type of ["click", "keydown", "row_checkin", "row_select", "row_in", "row_out"]) this.addEventListener(type, this);
    this.addEventListener("focusin", (event) => this.stop(event.target.closest("tbody tr")));
  }

  get rows() {
    return [...this.table.querySelectorAll("tbody > tr[data-level]")];
  }

  get visible() {
    return this.rows.filter((row) => !row.hidden);
  }

  adopt() {
    for (const row of this.rows) {
      if (row.ariaLevel) continue;
      row.setAttribute("aria-level", row.dataset.level);
      if (row.dataset.open) row.setAttribute("aria-expanded", row.dataset.open);
      row.tabIndex = -1;
      for (const each of row.querySelectorAll("a, input")) each.tabIndex = -1;
    }
    if (!this.stopped?.isConnected) this.stop(this.visible[0]);
  }

  stop(row) {
    if (!row || row === this.stopped) return;
    if (this.stopped) this.stopped.tabIndex = -1;
    this.stopped = row;
    row.tabIndex = 0;
  }

  handleEvent(event) {
    if (event.type === "keydown") return this.press(event);
    if (event.type !== "click") return this.act(event);
    const chevron = event.target.closest("a.exp");
    if (!chevron || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const row = chevron.closest("tr");
    this.turn(row, row.dataset.open !== "true");
    row.focus();
  }

  press(event) {
    const row = event.target.closest("tbody tr");
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const rtl = getComputedStyle(this).direction === "rtl";
    const key = rtl ? { ArrowLeft: "ArrowRight", ArrowRight: "ArrowLeft" }[event.key] ?? event.key : event.key;
    const act = {
      ArrowDown: () => this.go(row, 1), ArrowUp: () => this.go(row, -1),
      ArrowRight: () => this.inward(row), ArrowLeft: () => this.outward(row),
      Home: () => this.visible[0]?.focus(), End: () => this.visible.at(-1)?.focus(),
      Enter: event.target === row && (() => row.querySelector("th a:not(.exp)")?.click()),
      " ": event.target === row && (() => row.dataset.open && this.turn(row, row.dataset.open !== "true")),
    }[key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  // What a key of one's own does on a row (keys.js).
  act(event) {
    const row = event.target, { checkinUrl, id } = row.dataset, { selectUrl } = this.dataset;
    const act = {
      row_checkin: checkinUrl && (() => location.assign(checkinUrl)),
      row_select: selectUrl && !row.matches(".unit") && (() => location.assign(`${selectUrl}&id=${id}#r-${id}`)),
      row_in: () => this.inward(row), row_out: () => this.outward(row),
    }[event.type];
    if (!act) return;
    event.preventDefault();
    act();
  }

  go(row, step) {
    const rows = this.visible;
    rows[rows.indexOf(row) + step]?.focus();
  }

  inward(row) {
    if (row.dataset.open === "false") this.turn(row, true);
    else if (row.dataset.open) this.go(row, 1);
  }

  outward(row) {
    if (row.dataset.open === "true") return this.turn(row, false);
    const above = this.rows.slice(0, this.rows.indexOf(row)).reverse();
    above.find((other) => Number(other.dataset.level) < Number(row.dataset.level))?.focus();
  }

  async turn(row, open) {
    if (row.ariaBusy === "true") return;
    if (open && !this.hasRows(row) && !(await this.fetch(row))) return;
    row.dataset.open = open;
    row.setAttribute("aria-expanded", open);
    const chevron = row.querySelector("a.exp");
    chevron?.setAttribute("aria-label", chevron.getAttribute("aria-label").replace(/^\S+/, open ? "Fold" : "Unfold"));
    this.settle();
    this.remember(row.dataset.id, open);
  }

  hasRows(row) {
    return Number(row.nextElementSibling?.dataset.level) > Number(row.dataset.level);
  }

  async fetch(row) {
    row.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(row.dataset.childrenUrl, { headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Error(answer.status);
      // htmx owns the one Trusted Types policy of the page, so it parses.
      await htmx.swap({ sourceElement: row, target: row, text: await answer.text(), swap: "afterend" });
      this.adopt();
      return true;
    } catch {
      location.assign(row.querySelector("a.exp").href);
      return false;
    } finally {
      row.removeAttribute("aria-busy");
    }
  }

  settle() {
    let shut = Infinity;
    for (const row of this.rows) {
      const level = Number(row.dataset.level);
      row.hidden = level > shut;
      if (!row.hidden) shut = row.dataset.open === "false" ? level : Infinity;
    }
    if (this.stopped?.hidden) this.stop(this.visible[0]);
  }

  remember(id, open) {
    const address = new URL(location);
    for (const name of ["open", "shut"]) {
      const rest = address.searchParams.getAll(name).filter((other) => other !== id);
      address.searchParams.delete(name);
      for (const other of rest.slice(-40)) address.searchParams.append(name, other);
    }
    address.searchParams.append(open ? "open" : "shut", id);
    history.replaceState(history.state, "", address);
  }
}

customElements.define("mp-tree", Tree);
