// A copy button beside a field that is only there to be copied.
class Copy extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input");
    if (!field || !navigator.clipboard || this.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      field.select();
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    field.addEventListener("focus", () => field.select());
    this.append(button);
  }
}

customElements.define("mp-copy", Copy);
