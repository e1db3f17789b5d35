// Time travel by dragging: the page's middle follows the slider. [ and ] (js/keys.js) go a week back and on.
// Without this, the arrows are links and any day can be typed.
class Travel extends HTMLElement {
  connectedCallback() {
    this.range = this.querySelector("input");
    if (!this.range) return;
    this.stops = this.range.dataset.stops.split(" ");
    this.range.hidden = false;
    this.range.addEventListener("input", this);
    this.range.addEventListener("change", this);
  }

  handleEvent(event) {
    const address = this.address();
    this.range.setAttribute("aria-valuetext", this.words());
    this.closest("nav").querySelector("summary b").textContent = this.words();
    clearTimeout(this.waiting);
    // Letting go settles where one is; on the way there the page only shows it.
    if (event.type === "change") return location.assign(address);
    this.waiting = setTimeout(() => this.show(address), 60);
  }

  address() {
    const there = new URL(location.href);
    if (this.range.value === this.range.max) there.searchParams.delete("on");
    else there.searchParams.set("on", this.stops[this.range.value]);
    return there.pathname + there.search;
  }

  words() {
    if (this.range.value === this.range.max) return "Today";
    const day = new Date(`${this.stops[this.range.value]}T12:00`);
    return day.toLocaleDateString("en-GB", { day: "numeric", month: "short" }).replace("Sept", "Sep");
  }

  show(address) {
    window.htmx?.ajax("GET", address, { target: "#main", swap: "outerMorph" });
  }
}

customElements.define("mp-travel", Travel);
