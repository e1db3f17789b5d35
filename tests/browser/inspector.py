"""Looks at pages in a browser: shape, axe in light and dark on three screens, valid HTML."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.inspection import COLOURS, SCROLLING, accessibility_problems, html_problems

# All of axe on a wide and on a narrow screen. In the other scheme each differs by its colours alone, and the
# narrowest screen, whose layout is that of the narrow one, by what has to scroll there.
SCREENS = (
    (1280, {"light": (), "dark": COLOURS}),
    (390, {"dark": ()}),
    (320, {"light": (*COLOURS, *SCROLLING)}),
)

SHAPE = """() => {
  const wrong = [], all = (css) => [...document.querySelectorAll(css)];
  if (all('h1').length !== 1) wrong.push(`${all('h1').length} h1`);
  if (!document.title.replace(/^\\s*· Milepost$/, '').trim()) wrong.push('no title');
  if (document.documentElement.lang !== 'en') wrong.push('no language');
  if (all('main').length !== 1) wrong.push(`${all('main').length} main`);
  if (!document.querySelector('a.skip[href="#main"]')) wrong.push('no way past the frame');
  for (const form of all('form:not([method=dialog])')) {
    const named = `form to ${form.getAttribute('action')}`;
    if (!form.getAttribute('action')) wrong.push(`${named}: no action`);
    if (!['get', 'post'].includes(form.getAttribute('method'))) wrong.push(`${named}: no method`);
    if (form.method === 'post' && !form.querySelector('[name=csrfmiddlewaretoken]')?.value)
      wrong.push(`${named}: no token`);
    if (form.method === 'get' && form.querySelector('[name=csrfmiddlewaretoken]'))
      wrong.push(`${named}: the token would stand in the address`);
  }
  for (const link of all('[data-refused] a'))
    if (!document.getElementById(link.hash.slice(1))) wrong.push(`${link.hash} is refused and not there`);
  for (const input of all('[aria-invalid=true]')) {
    const ids = (input.getAttribute('aria-describedby') ?? '').split(' ');
    if (!ids.some((id) => document.getElementById(id)?.matches('.err')))
      wrong.push(`${input.name} is refused without a word`);
  }
  return wrong;
}"""


@dataclass
class Inspector:
    """Looks pages over and keeps what is wrong with them; the HTML waits for one run of the checker."""

    page: object
    problems: list[str] = field(default_factory=list)
    documents: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.problems.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._heard)
        self.page.emulate_media(reduced_motion="reduce")

    def _heard(self, said) -> None:
        # A page that refuses is itself what the browser calls a failed load.
        if said.type == "error" and not (said.text.startswith("Failed to load resource")):
            self.problems.append(f"{self.page.url}: the console says {said.text}")

    def open(self, path: str, status: int = 200) -> None:
        """Go to an address and look at the page there."""
        answer = self.page.goto(path)
        if answer.status != status:
            self.problems.append(f"{path}: {answer.status} instead of {status}")
        elif status == 200 or "refused" not in self.documents:
            self.documents[path if status == 200 else "refused"] = answer.text()
            self.look(path)

    def send(self, button: str, name: str) -> None:
        """Press a button that answers with a page, and look at that."""
        with self.page.expect_navigation() as going:
            self.page.get_by_role("main").get_by_role("button", name=button).click()
        self.documents[name] = going.value.text()
        self.look(name)

    def show(self, name: str, answer, status: int) -> None:
        """Look at a page that was got without the browser, as a form was sent: under its own address."""
        if answer.status_code != status:
            self.problems.append(f"{name}: {answer.status_code} instead of {status}")
            return
        path = answer.request["PATH_INFO"]
        headers = {key: value for key, value in answer.headers.items() if key != "Content-Length"}
        self.page.route(
            lambda url: urlsplit(url).path == path,
            lambda route: route.fulfill(status=status, headers=headers, body=answer.content),
            times=1,
        )
        self.page.goto(path)
        self.documents[name] = answer.content.decode()
        self.look(name)

    def look(self, name: str) -> None:
        """Look at the page as it stands."""
        self.problems += [f"{name}: {wrong}" for wrong in self.page.evaluate(SHAPE)]
        for width, schemes in SCREENS:
            self.page.set_viewport_size({"width": width, "height": 900})
            if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                self.problems.append(f"{name}: sticks out sideways at {width}")
            for scheme, rules in schemes.items():
                self.page.emulate_media(color_scheme=scheme)
                found = accessibility_problems(self.page, only=rules)
                self.problems += [f"{name} {scheme} {width}: {each}" for each in found]

    def everything(self) -> list[str]:
        """Return all that is wrong."""
        return [*self.problems, *html_problems(self.documents)]


@contextmanager
def inspector(browser, url: str) -> Iterator[Inspector]:
    """Open a browser in which nobody is signed in, for inspecting pages."""
    context = browser.new_context(base_url=url, reduced_motion="reduce")
    yield Inspector(context.new_page())
    context.close()
