"""Waiting for what a page does a moment later, where `expect` has no words for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.running import PATIENCE

# The browser tells of it before it asks the server anything, so what is not told by now was never begun.
LISTEN = """() => {
  window.left = [];
  navigation.addEventListener('navigate', ({ destination }) => {
    if (!destination.sameDocument) left.push(destination.url);
  });
}"""


def until(page, holds: Callable[[], bool]) -> None:
    """Wait until something holds; the pages' strict policy stops the driver's own wait_for_function."""
    last = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > last:
            pytest.fail(f"It did not happen within {PATIENCE} s.")
        page.wait_for_timeout(25)


def sent(page):
    """Wait for the answer to the form that is sent inside: by then what it asked for is done, or refused."""
    return page.expect_response(lambda answer: answer.request.method == "POST")


@contextmanager
def staying(page) -> Iterator[None]:
    """Let nothing that is done inside lead away from the page."""
    page.evaluate(LISTEN)
    yield
    left = page.evaluate("window.left")
    assert left == [], f"It led to {left}."
