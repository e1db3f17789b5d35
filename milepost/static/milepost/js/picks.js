// Choosing rows of the tree for one change: counts them, takes a whole range with Shift, a whole group with the
// box in its head, and a key on the row that has the focus. Without it the boxes are plain ones of a plain form.
class Picks extends HTMLElement {
  connectedCallback() {
    this.table = document.querySelector("mp-tree table");
    this.count = this.querySelector("[data-count]");
    if (!this.table) return;
    this.table.addEventListener("click", this);
    this.table.addEventListener("change", () => this.tell());
    this.table.addEventListener("row_select", this);
    new MutationObserver(() => this.tell()).observe(this.table.tBodies[0], { childList: true });
    for (const id of new URL(location).searchParams.getAll("id")) {
      for (const box of this.boxes) if (box.value === id) box.checked = true;
    }
    document.querySelector(`[data-id="${CSS.escape(location.hash.slice(3))}"]`)?.focus();
    this.tell();
  }

  get boxes() {
    return [...this.table.querySelectorAll('input[name="id"]')];
  }

  handleEvent(event) {
    if (event.type === "row_select") return this.press(event);
    const box = event.target.closest("input");
    if (!box) return;
    if (box.name !== "id") return this.all(box);
    if (event.shiftKey && this.last?.isConnected) this.range(this.last, box);
    this.last = box;
    this.tell();
  }

  press(event) {
    const box = event.target.querySelector("input");
    if (!box) return;
    event.preventDefault();
    box.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: event.detail }));
  }

  range(from, to) {
    const shown = this.boxes.filter((box) => !box.closest("tr").hidden);
    const [start, end] = [shown.indexOf(from), shown.indexOf(to)].sort((a, b) => a - b);
    for (const box of shown.slice(Math.max(start, 0), end + 1)) box.checked = to.checked;
  }

  // The rows below a head, down to the next one.
  under(head) {
    const found = [];
    for (let row = head.nextElementSibling; row && !row.matches(".unit"); row = row.nextElementSibling) {
      const box = row.querySelector('input[name="id"]');
      if (box && !row.hidden) found.push(box);
    }
    return found;
  }

  all(box) {
    for (const each of this.under(box.closest("tr"))) each.checked = box.checked;
    this.tell();
  }

  tell() {
    for (const head of this.table.querySelectorAll("tr.unit")) {
      const boxes = this.under(head);
      const all = head.querySelector("input") ?? this.head(head);
      all.checked = boxes.length > 0 && boxes.every((box) => box.checked);
      all.indeterminate = !all.checked && boxes.some((box) => box.checked);
    }
    const chosen = new Set(this.boxes.filter((box) => box.checked).map((box) => box.value)).size;
    this.count.textContent = `${chosen} selected`;
    this.querySelector("[data-go]").disabled = chosen === 0;
  }

  head(row) {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.setAttribute("aria-label", `Select all of ${row.querySelector("th").innerText.trim()}`);
    box.tabIndex = -1;
    row.querySelector(".lead-cell").prepend(box);
    return box;
  }
}

customElements.define("mp-picks", Picks);
