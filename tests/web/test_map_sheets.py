"""The map taken along: on sheets of paper, and as a file."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from django.utils import timezone

from milepost.web import map_paper
from tests.okrs import OUTSIDE_TITLE
from tests.web import acme
from tests.web.drawn import MAP, SVG, drawing, serve
from tests.web.reading import page_of


class TestSheets:
    def test_is_one_where_it_can_be_read(self, signed_in, okrs, outside):
        """A small map goes on paper as one part, with cycle, day and legend; below it what serves nothing."""
        page = page_of(signed_in("ada").get(MAP))

        (part,) = parts(page)
        assert f"Alignment map, {okrs.cycle.name}" in part and str(acme.day_of(timezone.now()).year) in part
        assert "contributes" in part and "part 1" not in part
        assert OUTSIDE_TITLE in page.split('class="map-rest"')[1].split("</ul>")[0]

    def test_has_every_card_whole_and_says_where_it_goes_on(
        self, signed_in, cast, okrs, outside, monkeypatch
    ):
        """More than goes on one sheet: parts at one scale, each card within one, joined by their numbers."""
        serve(outside, okrs.helpful, cast)
        monkeypatch.setattr(map_paper, "PAPER", (200, 200))

        page = page_of(signed_in("ada").get(f"{MAP}?key_results=0"))

        found, heights = parts(page), dict(enumerate(placed(page)))
        assert len(found) > 1 and f"part 2 of {len(found)}" in found[1]
        assert {float(re.search(r'class="map" viewBox="0 0 (\d+)', part)[1]) for part in found} == {
            round(200 / map_paper.IN_PARTS)
        }
        seen = set()
        for part in found:
            wide, tall = map(int, re.search(r'class="map" viewBox="0 0 (\d+) (\d+)"', part).groups())
            for number, x, y in re.findall(r'<use href="#c-(\d+)" x="([-\d.]+)" y="([-\d.]+)"', part):
                left, top, height = heights[int(number)]
                assert 0 <= left + float(x) <= wide - 224 and 0 <= top + float(y) <= tall - height
                seen.add(int(number))
        assert seen == set(heights)
        assert "↓ 2" in found[0] and "↑ 1" in found[-1]


def parts(page: str) -> list[str]:
    """Return the parts in which the map is printed."""
    sheets = page.split('class="map-sheets"')[1].split("<section")[1:]
    return [each.split("</section>")[0] for each in sheets]


def placed(page: str) -> list[tuple[float, ...]]:
    """Return where each card of the drawing stands, and how tall it is."""
    card = r'class="cd .*?translate\(([\d.]+) ([\d.]+)\).*?class="hd far" width="224" height="(\d+)"'
    return [tuple(map(float, each)) for each in re.findall(card, drawing(page))]


class TestFile:
    def test_stands_alone(self, signed_in, okrs):
        """The file is well-formed, brings its styles, and asks nothing of anybody."""
        answer = signed_in("ada").get(f"{SVG}?lens=owner")

        drawn = page_of(answer)
        assert ElementTree.fromstring(answer.content).tag.endswith("svg")
        assert answer.headers["Content-Type"].startswith("image/svg+xml")
        assert "attachment" in answer.headers["Content-Disposition"]
        assert okrs.growth.title in drawn
        assert not re.search(r"<a[ >]|<script|var\(|light-dark|http(?!://www\.w3\.org)", drawn)

    def test_may_use_its_styles(self, signed_in, okrs):
        """The policy of the answer names the styles by what they are, and lets nothing else in."""
        policy = signed_in("ada").get(SVG).headers["Content-Security-Policy"]

        assert policy.startswith("default-src 'none'; style-src 'sha256-")
