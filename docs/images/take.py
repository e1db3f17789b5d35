"""Take the pictures of this folder from a demo company of its own: `bin/screenshots` runs this.

`bin/screenshots team why` takes these two alone. The demo is told from today, so the dates on a picture
are those of the day on which it was taken.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.running import CHROMIUM_FLAGS, Installation

HERE = Path(__file__).resolve().parent
LARGEST = 250_000  # bytes; a page of documentation should open at once
WIDE, NARROW = (1280, 860), (390, 780)
COMPANY = "/w/morrowmill/"


@dataclass(frozen=True)
class Picture:
    """One picture: how to get there from the signed-in start page, and how wide and bright it is."""

    name: str
    go: Callable[[Page], object]
    size: tuple[int, int] = WIDE
    scheme: str = "light"


def _week(page: Page) -> None:
    page.goto(COMPANY)


def _sweep(page: Page) -> None:
    page.goto(f"{COMPANY}sweep/")


def _team(page: Page) -> None:
    page.goto(f"{COMPANY}teams/")
    page.get_by_role("main").get_by_role("link", name="Bread", exact=True).first.click()
    page.wait_for_load_state()


def _why(page: Page) -> None:
    _team(page)
    why = page.locator("details.why > summary").filter(has_text="Why").first
    why.click()
    page.evaluate("scrollTo(0, 180)")


def _key_result(page: Page) -> None:
    _team(page)
    page.get_by_role("main").locator("a[href*='/key-results/']").first.click()
    page.wait_for_load_state()


def _alignment(page: Page) -> None:
    page.goto(f"{COMPANY}alignment/")


PICTURES = (
    Picture("week", _week),
    Picture("sweep", _sweep),
    Picture("sweep-narrow", _sweep, size=NARROW),
    Picture("team", _team),
    Picture("why", _why),
    Picture("key-result", _key_result),
    Picture("alignment", _alignment),
    Picture("alignment-dark", _alignment, scheme="dark"),
)


def take(wanted: list[str]) -> None:
    """Start a demo, take the wanted pictures (all, where none is named), and stop it."""
    folder = Path(tempfile.mkdtemp(prefix="milepost-pictures-"))
    demo = Installation(folder)
    try:
        demo.start("demo")
        link = _link(demo)
        with sync_playwright() as playwright:
            _take_all(playwright, demo.url, link, wanted)
    finally:
        demo.stop()
        shutil.rmtree(folder)


def _link(demo: Installation) -> str:
    # The server answers a moment before it says so.
    for _ in range(100):
        if found := re.search(r"http\S+/sign-in/link/\S+", demo.output):
            return found.group()
        time.sleep(0.1)
    raise SystemExit(f"The demo printed no link:\n{demo.output}")


def _take_all(playwright, url: str, link: str, wanted: list[str]) -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    browser = playwright.chromium.launch(executable_path=chromium, args=[*CHROMIUM_FLAGS, *as_root])
    signed_in = browser.new_context()
    page = signed_in.new_page()
    page.goto(link)  # on this machine the link signs in at once
    page.wait_for_url(f"**{COMPANY}**")
    cookies = signed_in.cookies()
    for picture in PICTURES:
        if wanted and picture.name not in wanted:
            continue
        width, height = picture.size
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=picture.scheme,
            base_url=url,
            reduced_motion="reduce",
        )
        context.add_cookies(cookies)
        page = context.new_page()
        picture.go(page)
        page.mouse.move(0, 0)
        path = HERE / f"{picture.name}.png"
        page.screenshot(path=path)
        size = path.stat().st_size
        print(f"{path.name}: {size // 1000} KB" + (" - too large" if size > LARGEST else ""))
        context.close()
    browser.close()


if __name__ == "__main__":
    take(sys.argv[1:])
