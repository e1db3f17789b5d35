// “What if …?”: the slider and the field beside it say the same.
class MapWhat extends HTMLElement {
  connectedCallback() {
    const [slide, field] = this.querySelectorAll("#what-slide, #ends_at");
    slide.closest("[hidden]").hidden = false;
    slide.addEventListener("input", () => { field.value = slide.value; });
    field.addEventListener("input", () => {
      if (field.value.trim() && Number.isFinite(Number(field.value))) slide.value = field.value;
    });
  }
}

customElements.define("mp-what", MapWhat);
