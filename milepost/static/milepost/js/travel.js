// Time travel by sliding, with the mouse or with the keys of a slider (arrows, Page Up, Home, End): the page's middle
// follows, and what stands around it leads to the same day. Nothing is loaded anew, so the slider keeps the focus.
// [ and ] (js/keys.js) go a week back and on. Without this, the arrows are links and any day can be typed.
class Travel extends HTMLElement {
  connectedCallback() {
    this.stops = this.dataset.stops.split(" ");
    this.places = new RegExp(`^/w/[^/]+/(?:${this.dataset.places})/(?:[^/?#]+/)?(?:[?#]|$)`);
    this.ranges = this.querySelectorAll('input[type="range"]');
    this.on = this.shown = new URL(location).searchParams.get("on");
    // What that page lacks (sheets, scripts) comes with a whole page only.
    this.isWhole = Boolean(document.querySelector("#not-yet"));
    for (const part of this.querySelectorAll("[data-slides]")) part.hidden = false;
    this.addEventListener("input", this, true);
    this.addEventListener("change", this, true);
    window.addEventListener("popstate", this);
  }

  disconnectedCallback() {
    window.removeEventListener("popstate", this);
  }

  handleEvent(event) {
    if (event.type === "popstate") {
      if (new URL(location).searchParams.get("on") !== this.on) location.reload();
    } else if (event.target.type === "range") {
      this.at = Number(event.target.value);
      this.say();
      this.follow();
      // Letting go settles where one is; on the way there the page only shows it.
      if (event.type === "change") this.settle();
    }
  }

  // The day of a stop, as the address says it; today is not said.
  day(at) {
    return at < this.stops.length - 1 ? this.stops[at] : null;
  }

  address(at) {
    const there = new URL(location);
    dated(there, "on", this.day(at));
    return there.pathname + there.search;
  }

  say() {
    const words = this.words();
    this.querySelector("summary b").textContent = words;
    for (const range of this.ranges) {
      range.value = this.at;
      range.setAttribute("aria-valuetext", words);
    }
  }

  words() {
    if (!this.day(this.at)) return "Today";
    const [day, today] = [this.stops[this.at], this.stops.at(-1)].map((on) => new Date(`${on}T12:00`));
    const year = day.getFullYear() === today.getFullYear() ? {} : { year: "numeric" };
    const words = day.toLocaleDateString("en-GB", { day: "numeric", month: "short", ...year });
    return words.replace("Sept", "Sep").replaceAll(" ", "\u00a0");
  }

  // One question at a time, and the last one last.
  async follow() {
    if (this.isAsking || this.isWhole) return;
    this.isAsking = true;
    try {
      while (this.shown !== this.day(this.at)) {
        this.shown = this.day(this.at);
        await window.htmx?.ajax("GET", this.address(this.at), { target: "#main", swap: "outerMorph" });
      }
    } finally {
      this.isAsking = false;
    }
  }

  settle() {
    const address = this.address(this.at);
    if (this.isWhole) return location.assign(address);
    this.on = this.day(this.at);
    // Back leads to where the sliding began.
    history[this.slides ? "replaceState" : "pushState"](null, "", address);
    this.slides = true;
    this.querySelector('input[type="date"]').value = this.stops[this.at];
    for (const [rel, at] of [["prev", this.at - 1], ["next", this.at + 1]]) {
      const link = this.querySelector(`a[rel="${rel}"]`);
      link.hidden = !this.stops[at];
      if (!link.hidden) link.href = this.address(at);
    }
    for (const link of document.querySelectorAll("a:is([href^='/w/'], [href^='?']):not(#main *)")) {
      const beside = "beside" in link.dataset;
      if (!beside && ("day" in link.dataset || !this.places.test(link.pathname))) continue;
      const there = new URL(link.href);
      dated(there, beside ? "from" : "on", this.on);
      link.href = there.pathname + there.search + there.hash;
    }
  }
}

function dated(url, name, day) {
  if (day) url.searchParams.set(name, day);
  else url.searchParams.delete(name);
}

customElements.define("mp-travel", Travel);
