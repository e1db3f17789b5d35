// What the value would mean, while it is typed: "62 % · +5 since last time · 0.1 ahead of plan", and the bar.
// Linear kinds only; the server computes what counts. Attributes: for, data-kind, data-start, data-target, data-last, data-plan.
const LINEAR = ["increase", "decrease", "relative"];
const FROM_ZERO = ["reach", "learning"];
const MINUS = "\u2212";
const GAP = "\u00a0";

function read(text) {
  let plain = text.replace(/[\s\u00a0\u202f'’%]/g, "").replace(MINUS, "-");
  if (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain)) plain = plain.replaceAll(",", "");
  return /^-?\d+([.,]\d+)?$/.test(plain) ? Number(plain.replace(",", ".")) : NaN;
}

const write = (value, places) => {
  const rounded = Number(value.toFixed(places));
  return (rounded < 0 ? MINUS : "") + Math.abs(rounded).toLocaleString("en");
};

class Live extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("for"));
    this.field?.addEventListener("input", this);
    this.field?.form?.addEventListener("input", this);
    if (this.field && this.field.value !== this.field.defaultValue) this.handleEvent();
  }

  disconnectedCallback() {
    this.field?.removeEventListener("input", this);
    this.field?.form?.removeEventListener("input", this);
  }

  progress(value) {
    const { kind, start, target } = this.dataset;
    if (LINEAR.includes(kind)) return (value - Number(start)) / (Number(target) - Number(start));
    if (FROM_ZERO.includes(kind)) return value / Number(target);
    return NaN;
  }

  handleEvent() {
    const value = read(this.field.value);
    const now = this.progress(value);
    const known = Number.isFinite(now);
    this.put("now", known ? `${write(now * 100, 0)}${GAP}%` : "–");
    this.put("change", known && this.dataset.last ? this.change(now) : "");
    this.put("plan", known && this.dataset.plan ? this.against(value) : "");
    const fill = this.querySelector(".bar .f");
    if (known && fill) fill.setAttribute("width", `${Math.max(0, Math.min(1, now)) * 100}%`);
  }

  change(now) {
    const points = Math.round(now * 100) - Math.round(this.progress(Number(this.dataset.last)) * 100);
    return points ? `${points > 0 ? "+" : MINUS}${Math.abs(points)} since last time` : "as last time";
  }

  against(value) {
    const apart = value - Number(this.dataset.plan);
    const rises = this.dataset.kind === "reach" || Number(this.dataset.target) > Number(this.dataset.start);
    if (Math.abs(apart) < 1e-9) return "on plan";
    return `${write(Math.abs(apart), 2)} ${apart > 0 === rises ? "ahead of" : "behind"} plan`;
  }

  put(name, text) {
    const place = this.querySelector(`[data-live="${name}"]`);
    if (place) place.textContent = text;
  }
}

customElements.define("mp-live", Live);
