// Walking the cards of the map with the arrow keys, said aloud, and the way up from the card under the pointer.
class MapWalk extends HTMLElement {
  connectedCallback() {
    this.view = this.querySelector(".map-view");
    for (const type of ["pointerover", "pointerout"]) this.view.addEventListener(type, this);
    this.view.addEventListener("keydown", this);
    this.view.addEventListener("blur", () => this.stand(null));
    new MutationObserver(() => { this.read = null; }).observe(this.querySelector("#map-svg"), { childList: true, subtree: true });
    // Who folded a card goes on from there, once the browser has taken the focus to it.
    const back = location.hash.startsWith("#m-") && document.getElementById(location.hash.slice(1));
    const stand = () => {
      this.view.focus({ preventScroll: true });
      this.stand(this.cards.get(back.dataset.n));
    };
    if (back) addEventListener("load", () => requestAnimationFrame(stand), { once: true });
  }

  get cards() {
    const svg = this.querySelector("#map-svg svg");
    if (svg !== this.read) {
      this.read = svg;
      this.told = { tracing: svg.classList.contains("tracing"), hot: [...svg.querySelectorAll(".hot")] };
      this.known = new Map();
      for (const node of svg.querySelectorAll(".cd")) {
        const { e: x, f: y } = node.transform.baseVal[0].matrix;
        this.known.set(node.dataset.n, { node, x, y, row: node.dataset.row, up: node.dataset.up.split(" ").filter(Boolean) });
      }
    }
    return this.known;
  }

  handleEvent(event) {
    if (event.type === "keydown") return this.press(event);
    const node = event.target.closest?.(".cd"), isOver = event.type === "pointerover";
    if (node && isOver && !event.buttons) this.trace(node);
    if (node && !isOver && !event.relatedTarget?.closest?.(".cd")) this.trace(this.at?.node);
  }

  press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const act = {
      ArrowUp: () => this.walk(0, -1), ArrowDown: () => this.walk(0, 1),
      ArrowLeft: () => this.walk(-1, 0), ArrowRight: () => this.walk(1, 0),
      Enter: () => this.follow("a:not(.fd):has(.ttl)"), " ": () => this.follow("a.fd"), Escape: () => this.stand(null),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  follow(which) {
    this.at?.node.querySelector(which)?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  }

  walk(x, y) {
    const all = [...this.cards.values()], from = this.at;
    if (!from) return this.stand(all.find((card) => card.node.matches(".hot")) ?? all[0]);
    const served = y < 0 && this.cards.get(from.up[0]);
    // Sideways through all tiers of a row.
    const near = all.filter((card) => x ? card.row === from.row : y > 0 && card.up[0] === from.node.dataset.n);
    this.stand(served || this.nearest(from, near, x, y) || this.nearest(from, all, x, y) || from);
  }

  nearest(from, cards, x, y) {
    let best = null, least = Infinity;
    for (const card of cards) {
      const dx = card.x - from.x, dy = card.y - from.y, ahead = dx * x + dy * y, aside = Math.abs(x ? dy : dx);
      const far = ahead + (x ? 0.5 : 3) * aside;
      if (card !== from && ahead > (x ? Math.max(4, aside / 2) : 4) && far < least) [best, least] = [card, far];
    }
    return best;
  }

  stand(card) {
    this.at?.node.classList.remove("at");
    this.at = card;
    this.trace(card?.node);
    if (!card) return;
    card.node.classList.add("at");
    this.closest("mp-map").center(card.node);
    const words = [...card.node.querySelectorAll("title:not(.tip), .sm:not(.kt), .pc, .fd text")].map((each) => each.textContent);
    this.querySelector("[aria-live]").textContent = words.join(", ");
  }

  trace(node) {
    const cards = this.cards, svg = this.read;
    for (const hot of svg.querySelectorAll(".hot")) hot.classList.remove("hot");
    svg.classList.toggle("tracing", Boolean(node) || this.told.tracing);
    if (!node) return this.told.hot.forEach((hot) => hot.classList.add("hot"));
    const found = new Set(), waiting = [node.dataset.n];
    while (waiting.length) {
      const number = waiting.pop();
      if (!found.has(number)) waiting.push(...cards.get(number).up);
      found.add(number);
    }
    for (const number of found) cards.get(number).node.classList.add("hot");
    for (const line of svg.querySelectorAll(".ln")) line.classList.toggle("hot", found.has(line.dataset.l) && found.has(line.dataset.u));
  }
}

customElements.define("mp-walk", MapWalk);
