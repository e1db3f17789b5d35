"""The tools that look pages over see what is wrong with one."""

from __future__ import annotations

import pytest

from tests.inspection import accessibility_problems, html_problems

GOOD = '<!doctype html><html lang="en"><title>Week</title><main><h1>Week</h1><p>Calm.</p></main></html>'
BAD = '<!doctype html><html lang="en"><title>Week</title><main><h1>Week</h1><img src="a.png"></main></html>'


class TestHtml:
    def test_finds_what_is_not_valid(self):
        """A mistake is named with its document and line; a valid document passes."""
        found = html_problems({"good": GOOD, "bad": BAD})

        assert len(found) == 1
        assert found[0].startswith("bad:1: ")
        assert "alt" in found[0]


@pytest.mark.browser
class TestAccessibility:
    def test_finds_what_cannot_be_read(self, page):
        """A picture without words is found; a plain page passes."""
        page.set_content(GOOD)
        good = accessibility_problems(page)
        page.set_content(BAD)
        bad = accessibility_problems(page)

        assert good == []
        assert any(problem.startswith("image-alt: ") for problem in bad)
