// “What if …?”: the slider and the field beside it say the same, and the field is marked while it cannot be.
class MapWhat extends HTMLElement {
  connectedCallback() {
    const [slide, field] = this.querySelectorAll("#what-slide, #ends_at");
    const said = () => slide.setAttribute("aria-valuetext", `${slide.value} %`);
    slide.hidden = false;
    slide.addEventListener("input", () => { field.value = slide.value; said(); });
    field.addEventListener("input", () => {
      if (field.value.trim() && Number.isFinite(Number(field.value))) slide.value = field.value;
      said();
    });
    new MutationObserver(() => {
      field.setAttribute("aria-invalid", Boolean(document.querySelector("#what-wrong.err")));
    }).observe(document.querySelector("#map-what"), { attributes: true, childList: true, subtree: true });
  }
}

customElements.define("mp-what", MapWhat);
