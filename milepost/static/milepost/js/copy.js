// A copy button beside what is only there to be copied: a field, a command, or (data-from) a list elsewhere.
class Copy extends HTMLElement {
  connectedCallback() {
    const { from } = this.dataset, field = this.querySelector("input");
    const texts = [...(from ? document.getElementById(from) : this).querySelectorAll("code")];
    if (!(field || texts.length) || !navigator.clipboard || this.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = field || from ? "btn" : "btn s";
    const word = document.createElement("span"), what = document.createElement("span");
    const say = (said) => { word.textContent = said; };
    what.className = "vh";
    what.textContent = this.dataset.what ?? "";
    button.append(word, what);
    say("Copy");
    button.addEventListener("click", async () => {
      field?.select();
      await navigator.clipboard.writeText(field ? field.value : texts.map((one) => one.textContent).join("\n"));
      say("Copied");
      setTimeout(say, 2000, "Copy");
    });
    field?.addEventListener("focus", () => field.select());
    this.append(button);
  }
}

customElements.define("mp-copy", Copy);
