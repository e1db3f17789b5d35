// Moving in the tree: each objective that one may move (data-only; without it, all) gets a grip. Dragged onto
// another row, or pressed (its key in the row does the same), it leads to the page that shows what would follow;
// nothing moves before that page is agreed to.
class Move extends HTMLElement {
  connectedCallback() {
    this.body = this.querySelector("table.tree > tbody");
    if (!this.body) return;
    this.only = this.dataset.only === undefined ? null : new Set(this.dataset.only.split(" "));
    this.grip();
    new MutationObserver(() => this.grip()).observe(this.body, { childList: true });
    for (const kind of ["dragstart", "dragover", "dragleave", "drop", "dragend", "row_move"]) {
      this.body.addEventListener(kind, this);
    }
  }

  grip() {
    for (const row of this.body.querySelectorAll("tr.o:not([data-moves])")) {
      const isMine = !this.only || this.only.has(row.dataset.id);
      const link = isMine && row.querySelector('th a[href*="/objectives/"]');
      row.dataset.moves = link ? new URL(link.href).pathname + "place/" : "";
      if (!link) continue;
      const grip = this.querySelector("template").content.firstElementChild.cloneNode(true);
      grip.href = this.address(row);
      grip.setAttribute("aria-label", `Move ${link.textContent}`);
      grip.tabIndex = row.tabIndex;
      link.parentElement.append(" ", grip);
    }
  }

  // Where a row stands: what the nearest row above it with a lower level is.
  above(row) {
    for (let other = row.previousElementSibling; other; other = other.previousElementSibling) {
      if (Number(other.dataset.level) < Number(row.dataset.level)) return other;
    }
    return null;
  }

  name(row) {
    if (!row || row.matches(".unit")) return "";
    return (row.matches(".k") ? "k" : "o") + row.dataset.id;
  }

  address(row, onto) {
    const from = this.name(this.above(row));
    const said = new URLSearchParams({ from });
    if (onto) said.set("to", this.name(onto) || "none");
    return `${row.dataset.moves}?${said}`;
  }

  handleEvent(event) {
    const row = event.target.closest?.("tr");
    if (event.type === "row_move") {
      if (!row.dataset.moves) return;
      event.preventDefault();
      return location.assign(this.address(row));
    }
    if (event.type === "dragstart") {
      if (!event.target.closest?.(".grip")) return;
      this.dragged = row;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setDragImage(row, 12, 12);
    } else if (!this.dragged) {
      return;
    } else if (event.type === "dragover") {
      if (!this.takes(row)) return;
      event.preventDefault();
      this.mark(row);
    } else if (event.type === "dragleave") {
      if (!row?.contains(event.relatedTarget)) this.mark(null);
    } else if (event.type === "drop") {
      event.preventDefault();
      location.assign(this.address(this.dragged, row));
    } else {
      this.mark(null);
      this.dragged = null;
    }
  }

  // Anywhere but onto itself, where it stands, and what stands below it.
  takes(row) {
    if (!row || row === this.above(this.dragged)) return false;
    for (let other = row; other; other = this.above(other)) if (other === this.dragged) return false;
    return true;
  }

  mark(row) {
    this.marked?.classList.remove("drop");
    this.marked = row;
    row?.classList.add("drop");
  }
}

customElements.define("mp-move", Move);
