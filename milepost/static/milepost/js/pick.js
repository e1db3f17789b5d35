// A long select that can be searched: an ARIA combobox over it. The select stays in the form and holds the value.
// Of a list too long to send (`data-find`) it holds what is near; the rest is asked for as one types.
const FEW = 8;
const MOST = 150;
const WAIT = 120; // ms without a key before the server is asked
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function make(tag, attributes, text = "") {
  const made = document.createElement(tag);
  for (const name in attributes) made.setAttribute(name, attributes[name]);
  made.textContent = text;
  return made;
}

// What was found in a list that is not sent whole is not on the page the next time: a draft names its value alone.
class Recalled {
  constructor(element, name) {
    const draft = element.closest("mp-draft")?.dataset.key;
    this.key = draft && `milepost-found:${draft}`;
    try {
      const kept = draft && JSON.parse(localStorage.getItem(`milepost-draft:${draft}`));
      this.labels = kept ? JSON.parse(localStorage.getItem(this.key)) ?? {} : {};
      if (this.key && !kept) localStorage.removeItem(this.key);
      this.values = kept?.fields[name] ?? [];
    } catch { /* no storage */ }
  }

  get lost() {
    return (this.values ?? []).filter((value) => this.labels[value]).map((value) => [value, this.labels[value]]);
  }

  add(value, text) {
    if (!this.key) return;
    try {
      const labels = JSON.parse(localStorage.getItem(this.key)) ?? {};
      localStorage.setItem(this.key, JSON.stringify({ ...labels, [value]: text }));
    } catch { /* full or forbidden */ }
  }
}

// Asks for what answers to some words, once the typing rests; only the last question is answered.
class Finding {
  constructor(url) {
    this.url = url;
  }

  ask(words, then) {
    clearTimeout(this.timer);
    this.asked?.abort();
    if (!this.url || !words.trim()) return false;
    this.timer = setTimeout(async () => {
      this.asked = new AbortController();
      const url = new URL(this.url, location);
      url.searchParams.set("q", words);
      try {
        const answer = await fetch(url, { signal: this.asked.signal, headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(answer.status);
        const { count, choices } = await answer.json();
        then(choices.map(([value, text, more, group]) => ({ value, text, more, group })), count);
      } catch (why) {
        if (why.name !== "AbortError") then([], null);
      }
    }, WAIT);
    return true;
  }
}

class Pick extends HTMLElement {
  connectedCallback() {
    const select = this.select = this.querySelector("select");
    const { find } = this.dataset;
    if (this.field || !select || !(find || select.options.length > FEW)) return;
    this.finding = new Finding(find);
    this.recalled = new Recalled(this, select.name);
    for (const [value, text] of this.recalled.lost) {
      if (![...select.options].some((option) => option.value === value)) select.append(new Option(text, value));
      select.value = value;
    }
    const { id } = select;
    const list = `${id}-list`;
    this.field = make("input", { id, class: "in", role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": false, "aria-controls": list });
    for (const name of ["aria-describedby", "aria-invalid", "required"]) if (select.hasAttribute(name)) this.field.setAttribute(name, select.getAttribute(name));
    // Where a name can be written instead, the select itself may stay empty.
    if ("required" in select.dataset) this.field.required = true;
    this.count = make("p", { class: "menu-l", role: "status" });
    this.list = make("div", { id: list, role: "listbox", "aria-label": select.labels[0].textContent });
    this.menu = make("div", { class: "menu", hidden: "" });
    this.menu.append(this.count, this.list);
    select.id += "-select";
    select.hidden = true;
    select.required = false;
    this.append(this.field, this.menu);
    this.choices = [...select.options].map((option) => {
      const group = option.parentElement.label ?? "";
      const more = option.dataset.more ?? "";
      return { value: option.value, text: option.text, group, more, says: fold(`${option.text} ${group} ${more}`) };
    });
    this.write();
    for (const type of ["input", "keydown", "click", "focus", "blur"]) this.field.addEventListener(type, this);
    select.addEventListener("input", this);
    select.form?.addEventListener("reset", () => setTimeout(() => this.write()));
    // So the field keeps the focus.
    this.menu.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(this.rows.indexOf(event.target.closest("[role=option]"))));
  }

  handleEvent(event) {
    const { type } = event;
    if (event.target === this.select) this.write();
    else if (type === "keydown") this.press(event);
    else if (type === "input") this.type(this.field.value);
    else if (type === "click") this.menu.hidden && this.open();
    else if (type === "focus") this.field.select();
    else this.leave();
  }

  press(event) {
    const { key } = event;
    const step = (key === "ArrowDown") - (key === "ArrowUp");
    const open = !this.menu.hidden;
    if (key === "Tab" && open && this.field.value.trim()) this.choose(this.at);
    if (!step && key !== "Enter" && !(open && key === "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    if (key === "Escape") this.close();
    else if (!open) this.open();
    else if (step) this.mark((this.at + step + this.rows.length) % this.rows.length);
    else this.choose(this.at);
  }

  settle() {
    this.field.setCustomValidity("");
    if (!this.select.hasAttribute("aria-invalid")) this.field.removeAttribute("aria-invalid");
  }

  // What is at hand is shown at once, and the rest when it comes.
  type(typed) {
    this.settle();
    this.open(typed);
    const near = this.shown;
    const asked = this.finding.ask(typed, (found, count) => {
      if (this.menu.hidden) return;
      const fresh = found.filter(({ value }) => !near.some((one) => one.value === value));
      const shown = [...near, ...fresh];
      this.show(shown, Math.max(count, shown.length), 0);
      if (count === null) this.count.textContent = `${near.length || "Nothing"} found near you; the rest could not be asked for`;
    });
    if (asked) this.count.textContent = "Looking…";
  }

  open(typed = "") {
    const words = fold(typed).split(/\s+/);
    const found = this.choices.filter(({ says }) => words.every((word) => says.includes(word)));
    const at = typed ? 0 : found.findIndex(({ value }) => value === this.select.value);
    this.show(found.slice(0, MOST), found.length, at);
    if (this.finding.url && !typed) this.count.textContent = "Near you. Type to find any other";
  }

  show(choices, count, at) {
    this.shown = choices;
    this.list.replaceChildren();
    let part = this.list;
    let last = "";
    this.rows = choices.map(({ value, text, group, more }, place) => {
      if (group !== last) {
        part = this.list.appendChild(make("div", { role: "group", "aria-label": group }));
        part.append(make("p", { class: "menu-l", "aria-hidden": true }, group));
        last = group;
      }
      const row = part.appendChild(make("div", { id: `${this.list.id}-${place}`, role: "option", class: "item", "aria-selected": value === this.select.value }, text));
      if (more) row.append(make("small", { class: "muted end" }, more));
      return row;
    });
    this.count.textContent = `${count || "Nothing"} found${count > choices.length ? ": type to narrow down" : ""}`;
    this.menu.hidden = false;
    this.field.setAttribute("aria-expanded", true);
    this.mark(Math.max(0, at));
  }

  mark(place) {
    this.rows[this.at]?.classList.remove("at");
    this.at = place;
    const row = this.rows[place];
    row?.classList.add("at");
    row?.scrollIntoView({ block: "nearest", container: "nearest" });
    this.field.setAttribute("aria-activedescendant", row?.id ?? "");
  }

  choose(place) {
    const chosen = this.shown[place];
    if (chosen && chosen.value !== this.select.value) {
      if (![...this.select.options].some(({ value }) => value === chosen.value)) {
        this.select.append(new Option(chosen.text, chosen.value));
        this.recalled.add(chosen.value, chosen.text);
        this.choices.push({ ...chosen, says: fold(`${chosen.text} ${chosen.group} ${chosen.more}`) });
      }
      this.select.value = chosen.value;
      for (const type of ["input", "change"]) this.select.dispatchEvent(new Event(type, { bubbles: true }));
    }
    this.close();
  }

  // An emptied field means nobody, where that is a choice; a name that is on the list once means that one. Anything
  // else stays as it was typed, and the form is not sent with another's name in its place.
  leave() {
    const typed = fold(this.field.value).trim();
    const here = [...this.choices, ...this.menu.hidden ? [] : this.shown];
    const same = new Map(here.filter(({ value, text }) => (typed ? fold(text).trim() === typed : !value)).map((one) => [one.value, one]));
    if (same.has(this.select.value)) return this.close();
    this.shown = [...same.values()];
    if (this.shown.length === 1) return this.choose(0);
    if (!typed) return this.close();
    this.hide();
    this.field.setCustomValidity("Choose one from the list, or empty the field.");
    this.field.setAttribute("aria-invalid", true);
  }

  hide() {
    this.finding.ask("");
    this.menu.hidden = true;
    this.field.setAttribute("aria-expanded", false);
    this.field.removeAttribute("aria-activedescendant");
  }

  close() {
    this.hide();
    this.write();
  }

  write() {
    this.field.value = this.select.selectedOptions[0]?.text.trim() ?? "";
    this.settle();
  }
}

customElements.define("mp-pick", Pick);

// Several of a long list: what is typed leaves the names that have it, and those that are ticked.
class Several extends HTMLElement {
  connectedCallback() {
    const [field, list] = this.children;
    const { find, name } = this.dataset;
    const finding = new Finding(find);
    const recalled = new Recalled(this, name);
    const add = (value, text, more, checked) => {
      const label = list.appendChild(make("label", { class: "check" }));
      label.append(make("input", { type: "checkbox", name, value }), text);
      if (more) label.append(" ", make("small", { class: "muted" }, more));
      label.control.checked = checked;
      label.addEventListener("change", () => recalled.add(value, text));
    };
    for (const [value, text] of recalled.lost) {
      if (![...list.children].some((label) => label.control.value === value)) add(value, text, "", true);
    }
    field.hidden = !find && list.children.length <= FEW;
    const said = this.appendChild(make("p", { class: "hint", role: "status" }));
    const tell = () => {
      const some = [...list.children].some((label) => !label.hidden);
      said.textContent = some || !field.value.trim() ? "" : "No other name has this in it";
    };
    field.addEventListener("input", () => {
      const words = fold(field.value).split(/\s+/);
      for (const label of list.children) {
        const says = fold(label.textContent);
        label.hidden = !label.control.checked && !words.every((word) => says.includes(word));
      }
      const asked = finding.ask(field.value, (found) => {
        const there = new Set([...list.children].map((label) => label.control.value));
        for (const { value, text, more } of found.filter((one) => !there.has(one.value))) add(value, text, more, false);
        tell();
      });
      if (!asked) tell();
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const left = [...list.children].find((label) => !label.hidden && !label.control.checked);
      if (field.value.trim() && left) left.control.click();
    });
  }
}

customElements.define("mp-several", Several);
