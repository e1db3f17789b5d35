// What was typed and not sent stays in this browser until the server has it: fields that differ from what the page
// came with, under data-key. It has it where htmx heard no error, or a page without refusals followed the form's own;
// going back or reloading proves nothing. What is sent again unchanged carries the `submission` it had, and counts once.
const DAYS_KEPT = 30;
const UNKEPT = "button, [type=hidden], [type=password], [type=file]";

// Where a browser's storage is full or forbidden, the page still works.
const store = (storage, prefix) => {
  const tried = (ask) => { try { return ask(storage()); } catch { return null; } };
  return {
    read: (key) => tried((kept) => JSON.parse(kept.getItem(prefix + key))),
    write: (key, value) => tried((kept) => kept.setItem(prefix + key, JSON.stringify(value))),
    drop: (key) => tried((kept) => kept.removeItem(prefix + key)),
  };
};
const drafts = store(() => localStorage, "milepost-draft:");
const sent = store(() => sessionStorage, "milepost-sent");
// Signed out in another tab: this one follows.
addEventListener("storage", ({ key }) => key === "milepost-out" && location.reload());
const came = () => performance.getEntriesByType("navigation")[0]?.type;

function clearWhatWasSent() {
  const last = sent.read("");
  sent.drop("");
  const followed = last && came() === "navigate" && document.referrer === last.from;
  if (!followed || document.querySelector("[data-refused]")) return;
  drafts.drop(last.key);
  if (last.tried) sent.write(last.key, last.tried);
}

const isTick = (field) => field.type === "radio" || field.type === "checkbox";

function changed(field) {
  if (isTick(field)) return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}

class Draft extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form || !this.dataset.key) return;
    this.restore();
    // Caught on the way down: htmx reads the form before the event comes up again.
    this.addEventListener("submit", (event) => this.sign(event.submitter?.name), true);
    this.addEventListener("input", this);
    this.addEventListener("change", this);
    this.addEventListener("submit", this);
    this.addEventListener("htmx:after:request", this);
    addEventListener("pagehide", this);
    addEventListener("pageshow", this);
  }

  disconnectedCallback() {
    removeEventListener("pagehide", this);
    removeEventListener("pageshow", this);
    clearTimeout(this.timer);
  }

  handleEvent(event) {
    if (event.type === "htmx:after:request") return this.answered(event.detail.ctx);
    if (event.type === "submit") return event.defaultPrevented ? this.keep() : this.submitted();
    if (event.type === "pageshow") return event.persisted && sent.drop("");
    clearTimeout(this.timer);
    if (event.type === "pagehide") this.keep();
    else this.timer = setTimeout(() => this.keep(), 150);
  }

  get fields() {
    return [...this.form.elements].filter((field) => field.name && !field.matches(UNKEPT));
  }

  keep() {
    if (this.sent) return;
    const dirty = new Set(this.fields.filter(changed).map((field) => field.name));
    if (!dirty.size) return drafts.drop(this.dataset.key);
    const kept = Object.create(null);
    for (const name of dirty) kept[name] = [];
    for (const [name, value] of new FormData(this.form)) kept[name]?.push(value);
    drafts.write(this.dataset.key, { at: Date.now(), fields: kept, tried: drafts.read(this.dataset.key)?.tried });
  }

  sign(button) {
    const token = this.form.elements.submission;
    if (!token) return;
    this.keep();
    const draft = drafts.read(this.dataset.key);
    const fields = this.fields.map((field) => [field.name, isTick(field) ? field.checked : field.value]);
    const said = JSON.stringify([...fields, button]);
    // Going back brings back what was typed, with another submission on a page made anew.
    const before = came() === "back_forward" && sent.read(this.dataset.key);
    const same = [draft?.tried, before].find((tried) => tried?.said === said);
    if (same) token.value = same.submission;
    this.tried = { said, submission: token.value };
    if (draft && !same) drafts.write(this.dataset.key, { ...draft, tried: this.tried });
  }

  submitted() {
    clearTimeout(this.timer);
    this.keep();
    sent.write("", { key: this.dataset.key, from: location.href.split("#")[0], tried: this.tried });
  }

  answered(ctx) {
    if (!ctx.response || ctx.response.status >= 400) return;
    // To sign in, and then on with it.
    if (ctx.response.headers.has("HX-Redirect")) return sent.write("", { key: this.dataset.key });
    this.sent = true;
    drafts.drop(this.dataset.key);
  }

  restore() {
    const draft = drafts.read(this.dataset.key);
    if (!draft) return;
    if (Date.now() - draft.at > DAYS_KEPT * 86400000) return drafts.drop(this.dataset.key);
    const touched = this.fields.filter((field) => field.name in draft.fields && this.fill(field, draft.fields[field.name]));
    if (!touched.length) return;
    for (const field of touched) field.dispatchEvent(new Event("input", { bubbles: true }));
    this.say();
  }

  fill(field, values) {
    if (isTick(field)) field.checked = values.includes(field.value);
    else if (field.options) for (const option of field.options) option.selected = values.includes(option.value);
    else if (values.length) field.value = values[0];
    return changed(field);
  }

  say() {
    const line = document.createElement("p");
    const discard = document.createElement("button");
    line.className = "row xs muted no-print";
    line.role = "status";
    discard.className = "link";
    discard.type = "button";
    discard.textContent = "Discard it";
    discard.addEventListener("click", () => {
      this.form.reset();
      drafts.drop(this.dataset.key);
      line.remove();
      this.fields[0]?.focus();
      this.form.dispatchEvent(new Event("input", { bubbles: true }));
    });
    line.append("Draft restored. ", discard);
    this.prepend(line);
  }
}

clearWhatWasSent();
customElements.define("mp-draft", Draft);
