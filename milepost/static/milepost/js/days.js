// A comparison's two days by sliding, with the mouse or with the keys of a slider: what stands below follows, and the
// address once one lets go. They stay in their order, at least a stop apart. Without this, days are typed.
class Days extends HTMLElement {
  connectedCallback() {
    this.ranges = [...this.querySelectorAll('input[type="range"]')];
    if (!this.ranges.length) return;
    this.stops = this.dataset.stops.split(" ");
    this.words = this.dataset.words.split("|");
    this.fields = [...this.querySelectorAll('input[type="date"]')];
    this.at = this.ranges.map((range) => Number(range.value));
    this.asked = this.shown = location.search;
    this.addEventListener("input", this);
    this.addEventListener("change", this);
    window.addEventListener("popstate", this);
  }

  disconnectedCallback() {
    window.removeEventListener("popstate", this);
  }

  handleEvent(event) {
    if (event.type === "popstate") {
      if (location.search !== this.asked) location.reload();
      return;
    }
    const which = this.ranges.indexOf(event.target);
    if (which < 0) return;
    const at = Number(event.target.value);
    const [first, last] = this.at;
    this.at = which ? [first, Math.max(at, first + 1)] : [Math.min(at, last - 1), last];
    this.say();
    this.follow();
    if (event.type === "change") this.settle();
  }

  address() {
    const there = new URL(location);
    const [from, to] = this.at.map((at) => this.stops[at]);
    there.searchParams.set("from", from);
    if (this.at[1] < this.stops.length - 1) there.searchParams.set("to", to);
    else there.searchParams.delete("to");
    return there.pathname + there.search;
  }

  // Also after an answer, whose sliders may stop elsewhere: those under the hand are kept.
  say() {
    this.ranges.forEach((range, which) => {
      range.max = this.stops.length - 1;
      range.value = this.at[which];
      range.setAttribute("aria-valuetext", this.words[this.at[which]]);
      this.fields[which].value = this.stops[this.at[which]];
    });
  }

  // One question at a time, and the last one last.
  async follow() {
    if (this.isAsking) return;
    this.isAsking = true;
    if (window.htmx) htmx.config.morphIgnore = ["data-htmx-powered", "open"]; // what was opened stays so
    try {
      while (this.shown !== this.address()) {
        this.shown = this.address();
        await window.htmx?.ajax("GET", this.shown, { target: "#main", swap: "outerMorph" });
        this.say();
      }
    } finally {
      this.isAsking = false;
    }
  }

  settle() {
    // Back leads to where the sliding began.
    history[this.slides ? "replaceState" : "pushState"](null, "", this.address());
    this.slides = true;
    this.asked = location.search;
  }
}

customElements.define("mp-days", Days);
