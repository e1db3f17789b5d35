// A button that prints the page: there only where a script can do it.
class Print extends HTMLElement {
  connectedCallback() {
    if (this.firstChild) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = "Print";
    button.addEventListener("click", () => print());
    this.append(button);
  }
}

customElements.define("mp-print", Print);
