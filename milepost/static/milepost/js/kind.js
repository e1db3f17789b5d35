// Shows only the fields that a choice needs: <div data-for="kind" data-is="range binary"> is there while the
// field called "kind" says one of these (data-isnt: none of these). Without this script all fields stand, each
// with a hint that says what it is for. What is hidden is disabled, so it is not sent.
class Kind extends HTMLElement {
  connectedCallback() {
    this.parts = [...this.querySelectorAll("[data-for]")];
    this.words = this.querySelector("[data-words]");
    if (this.words) this.explain();
    this.addEventListener("input", this);
    this.addEventListener("change", this);
    this.handleEvent();
  }

  handleEvent() {
    for (const part of this.parts) {
      const chosen = this.chosen(part.dataset.for);
      const { is, isnt } = part.dataset;
      const shown = is ? is.split(" ").includes(chosen) : !isnt.split(" ").includes(chosen);
      part.hidden = !shown;
      for (const field of part.querySelectorAll("input, select, textarea")) field.disabled = !shown;
    }
    if (this.sentence) this.sentence.textContent = this.words.querySelector(`[data-word="${this.chosen("kind")}"] dd`)?.textContent ?? "";
  }

  chosen(name) {
    const ticked = this.querySelector(`[name="${name}"]:checked`);
    return ticked?.value ?? this.querySelector(`select[name="${name}"]`)?.value;
  }

  explain() {
    this.sentence = document.createElement("p");
    this.sentence.className = "hint";
    this.words.before(this.sentence);
    this.words.hidden = true;
    for (const part of this.parts) for (const hint of part.querySelectorAll(".hint")) if (hint.textContent.startsWith("Only for")) hint.textContent = hint.textContent.replace(/^Only for [^.:]*[.:]\s*/, "").replace(/^./, (letter) => letter.toUpperCase());
  }
}

customElements.define("mp-kind", Kind);
