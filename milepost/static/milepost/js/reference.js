// The reference of the API, narrowed to some words as they are typed; the form does the same without a script.
const field = document.querySelector("#q");
const told = field.form.querySelector("[role=status]");
const plain = (text) => text.toLowerCase().replaceAll("-", "");
const lines = [...document.querySelectorAll(".ref-op")].map((one) => [
  one, plain(`${one.parentElement.firstElementChild.textContent} ${one.firstElementChild.textContent}`),
]);
const chapters = [...document.querySelectorAll("main > section")].filter((one) => one.querySelector(".ref-op"));

function narrow() {
  const words = plain(field.value).split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const [one, line] of lines) {
    one.hidden = !words.every((word) => line.includes(word));
    shown += !one.hidden;
  }
  for (const chapter of chapters) {
    chapter.hidden = !chapter.querySelector(".ref-op:not([hidden])");
    document.querySelector(`li[data-of="${chapter.id}"]`).hidden = chapter.hidden;
  }
  for (const one of document.querySelectorAll("#begin, [data-of=begin]")) one.hidden = words.length > 0;
  document.querySelector("#none").hidden = shown > 0;
  told.textContent = words.length ? `${shown} of ${told.dataset.of}` : "";
  const here = new URL(location);
  here.searchParams.delete("q");
  if (words.length) here.searchParams.set("q", field.value.trim());
  history.replaceState(null, "", here);
}

// A link to what is not shown shows it: a record that an operation names.
function reach() {
  const there = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!there) return;
  if (there.closest("[hidden]")) {
    field.value = "";
    narrow();
  }
  if (there.matches("details")) there.open = true;
  there.scrollIntoView();
}

field.form.querySelector("button").hidden = true;
field.addEventListener("input", narrow);
field.form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", reach);
reach();
