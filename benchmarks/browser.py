"""What a browser needs: from asking for a page until its first picture, and until a long one is laid out."""

from __future__ import annotations

import shutil
import statistics

from benchmarks.servers import Server

ROUNDS = 5
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
# Reading a size makes the browser lay everything out.
LAID_OUT = "() => { document.body.offsetHeight; return performance.now(); }"
PAINTED = (
    "() => new Promise(done => requestAnimationFrame(() => setTimeout(() => "
    "done(performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? performance.now()))))"
)


def painted(server: Server, first: str, full: str) -> tuple[float, float] | None:
    """Return ms to the first picture of one page and to the layout of another; None without Chromium."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        return None
    from playwright.sync_api import sync_playwright

    cookie = dict(pair.split("=", 1) for pair in server.headers["Cookie"].split("; "))["milepost"]
    base = f"http://localhost:{server.port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        context = browser.new_context()
        context.add_cookies([{"name": "milepost", "value": cookie, "url": base}])
        page = context.new_page()
        times: dict[str, list[float]] = {first: [], full: []}
        for number in range(-1, ROUNDS):
            for path, asks in ((first, PAINTED), (full, LAID_OUT)):
                page.goto(base + path, wait_until="commit" if path == first else "domcontentloaded")
                if path == first:
                    page.wait_for_selector("tbody tr")
                took = page.evaluate(asks)
                if number >= 0:
                    times[path].append(took)
        browser.close()
    return statistics.median(times[first]), statistics.median(times[full])
