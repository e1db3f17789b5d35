// The drawing of the map: zoom by buttons, keys, pinch and Ctrl with the wheel; pan by dragging. Without JavaScript
// it scrolls.
const LEAST = 0.12, MOST = 2.5, STEP = 1.25, WIDTH = 224, HEIGHT = 120;
const COMFORTABLE = 0.85; // where not all fits with its details
const LEGIBLE = 0.25; // smaller, cards are their colours alone
const ON_VIEW = ["pointerdown", "pointermove", "pointerup", "pointercancel", "keydown", "scroll"];

class MapView extends HTMLElement {
  connectedCallback() {
    this.view = this.querySelector(".map-view");
    this.mini = this.querySelector(".map-mini");
    this.fingers = new Map();
    this.querySelector(".map-tools").hidden = false;
    this.details = Number(this.dataset.details);
    this.kept = `zoom of ${location.pathname}`;
    this.addEventListener("click", this);
    for (const type of ON_VIEW) this.view.addEventListener(type, this);
    this.view.addEventListener("wheel", this, { passive: false });
    for (const type of ["pointerdown", "pointermove"]) this.mini.addEventListener(type, this);
    // Another drawing comes as large as this one.
    new MutationObserver(() => this.adopt()).observe(this.querySelector("#map-svg"), { childList: true, subtree: true, attributeFilter: ["width"] });
    new ResizeObserver(() => this.look()).observe(this.view);
    const asked = location.hash.startsWith("#m-") && document.getElementById(location.hash.slice(1));
    const fits = [this.fit, this.broad].find((scale) => scale >= this.details);
    this.zoom((asked && Number(sessionStorage.getItem(this.kept))) || fits || COMFORTABLE);
    this.adopt();
    const card = asked || this.svg.querySelector(".cd.hot");
    if (card) this.center(card);
    else if (!fits) this.begin();
    const full = this.querySelector("[data-full]");
    full.hidden = !document.fullscreenEnabled;
    this.addEventListener("fullscreenchange", () => {
      full.ariaPressed = document.fullscreenElement === this;
      // Never smaller than beside everything else.
      requestAnimationFrame(() => this.zoom(Math.max(this.scale, this.fit)));
    });
  }

  // Where not all fits: at one's own card or the first, and from the top as far as that leaves it on the screen.
  begin() {
    const card = this.svg.querySelector(".me") ?? this.svg.querySelector(".cd"), { e, f } = card.transform.baseVal[0].matrix;
    const tall = Math.min(this.view.clientHeight, innerHeight - this.view.getBoundingClientRect().top) - 16;
    this.show(e + WIDTH / 2, 0);
    this.view.scrollTop = Math.min(f * this.scale - 16, (f + card.getBBox().height) * this.scale - tall);
  }

  adopt() {
    if (Number(this.svg?.getAttribute("width")) !== Math.round(this.size.width * this.scale)) this.zoom(this.scale);
  }

  get svg() {
    return this.querySelector("#map-svg svg");
  }

  get size() {
    return this.svg.viewBox.baseVal;
  }

  get broad() {
    return Math.min(1, this.view.clientWidth / this.size.width);
  }

  // All: the frame grows as far as it may.
  get fit() {
    return Math.min(this.broad, (parseFloat(getComputedStyle(this.view).maxHeight) || this.view.clientHeight) / this.size.height);
  }

  zoom(scale, x = this.view.clientWidth / 2, y = this.view.clientHeight / 2) {
    const now = Math.min(MOST, Math.max(Math.min(LEAST, this.fit), scale)), ratio = now / (this.scale ?? now);
    const left = (this.view.scrollLeft + x) * ratio - x, top = (this.view.scrollTop + y) * ratio - y;
    this.scale = now;
    for (const name of ["width", "height"]) this.svg.setAttribute(name, Math.round(this.size[name] * now));
    this.svg.classList.toggle("small", now < this.details);
    this.svg.classList.toggle("tiny", now < LEGIBLE);
    this.querySelector("[data-zoom=details]")?.toggleAttribute("hidden", now >= this.details);
    this.view.scrollTo(left, top);
    this.querySelector("output").value = `${Math.round(now * 100)} %`;
    sessionStorage.setItem(this.kept, now);
    this.look();
  }

  look() {
    const { scrollLeft, scrollTop, clientWidth, clientHeight, scrollWidth, scrollHeight } = this.view;
    this.mini.hidden = scrollWidth <= clientWidth + 8 && scrollHeight <= clientHeight + 8;
    const part = { x: scrollLeft, y: scrollTop, width: clientWidth, height: clientHeight };
    for (const name in part) this.mini.querySelector("rect").setAttribute(name, part[name] / this.scale);
  }

  center(card) {
    const { e, f } = card.transform.baseVal[0].matrix;
    this.show(e + WIDTH / 2, f + HEIGHT / 2);
  }

  show(x, y) {
    this.view.scrollTo(x * this.scale - this.view.clientWidth / 2, y * this.scale - this.view.clientHeight / 2);
  }

  handleEvent(event) {
    const isMini = event.currentTarget === this.mini;
    if (isMini && (event.type === "pointerdown" || event.buttons)) return this.travel(event);
    if (!isMini) this[`on${event.type}`](event);
  }

  onscroll() { this.look(); }

  onclick(event) {
    const step = event.target.closest("[data-zoom]")?.dataset.zoom;
    if (event.target.closest("[data-full]")) return document.fullscreenElement ? document.exitFullscreen() : this.requestFullscreen();
    if (step) this.zoom({ fit: this.fit, in: this.scale * STEP, out: this.scale / STEP, details: this.details }[step]);
    else if (this.dragged && event.target.closest(".map-view")) event.preventDefault();
  }

  onkeydown(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const scale = { "+": this.scale * STEP, "=": this.scale * STEP, "-": this.scale / STEP, 0: this.fit }[event.key];
    if (!scale) return;
    event.preventDefault();
    this.zoom(scale);
  }

  onwheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.zoom(this.scale * Math.exp(-event.deltaY / 300), ...this.within(event.clientX, event.clientY));
  }

  within(x, y) {
    const box = this.view.getBoundingClientRect();
    return [x - box.x, y - box.y];
  }

  onpointerdown(event) {
    this.fingers.set(event.pointerId, event);
    this.dragged = false;
  }

  onpointermove(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    if (this.fingers.size === 2) {
      this.fingers.set(event.pointerId, event);
      this.pinch(...this.fingers.values());
    } else if (event.pointerType === "mouse" && event.buttons === 1) {
      const [x, y] = [before.clientX - event.clientX, before.clientY - event.clientY];
      if (!this.dragged && Math.hypot(x, y) < 5) return;
      this.fingers.set(event.pointerId, event);
      this.dragged = true;
      this.view.classList.add("drag");
      this.view.setPointerCapture(event.pointerId);
      this.view.scrollBy(x, y);
    }
  }

  pinch(one, other) {
    const apart = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    const middle = this.within((one.clientX + other.clientX) / 2, (one.clientY + other.clientY) / 2);
    if (this.apart) this.zoom((this.scale * apart) / this.apart, ...middle);
    this.apart = apart;
  }

  onpointerup(event) {
    this.fingers.delete(event.pointerId);
    this.apart = 0;
    this.view.classList.remove("drag");
  }

  onpointercancel(event) { this.onpointerup(event); }

  travel(event) {
    const box = this.mini.firstElementChild.getBoundingClientRect(), { width, height } = this.size;
    const fit = Math.min(box.width / width, box.height / height);
    this.show((event.clientX - box.x - (box.width - width * fit) / 2) / fit, (event.clientY - box.y - (box.height - height * fit) / 2) / fit);
  }
}

customElements.define("mp-map", MapView);
