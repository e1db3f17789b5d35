"""The map taken along: on sheets of paper, and as a file."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from django.utils import timezone

from milepost.web import map_drawing
from tests.okrs import OUTSIDE_TITLE
from tests.web import acme
from tests.web.drawn import MAP, SVG, drawing
from tests.web.reading import page_of


class TestSheets:
    def test_is_one_where_it_can_be_read(self, signed_in, okrs, outside):
        """A small map goes on one sheet of paper, with cycle, day, legend and what serves nothing."""
        page = page_of(signed_in("ada").get(MAP))

        (sheet,) = page.split('class="map-sheets"')[1].split("<section")[1:]
        sheet = sheet.split("</section>")[0]
        assert f"Alignment map, {okrs.cycle.name}" in sheet and str(acme.day_of(timezone.now()).year) in sheet
        assert "contributes" in sheet and OUTSIDE_TITLE in sheet
        assert "sheet 1" not in sheet and "<mask" not in sheet

    def test_are_all_at_one_scale_and_cut_no_card(self, signed_in, okrs, monkeypatch):
        """More than goes on one sheet: each card is whole on one of them, and none is there in part."""
        monkeypatch.setattr(map_drawing, "PAPER", (130, 220))

        page = page_of(signed_in("ada").get(MAP))

        sheets = page.split('class="map-sheets"')[1].split("<section")[1:]
        views = [tuple(map(int, each.split('viewBox="')[1].split('"')[0].split())) for each in sheets]
        assert len(sheets) > 1 and f"sheet 2 of {len(sheets)}" in sheets[1]
        assert len({view[2:] for view in views}) == 1
        placed = r'class="cd .*?translate\(([\d.]+) ([\d.]+)\).*?class="hd far" width="224" height="(\d+)"'
        for x, y, height in (map(float, each) for each in re.findall(placed, drawing(page))):
            y, height = y - map_drawing.UNDER, height + 2 * map_drawing.UNDER
            is_whole = [
                left <= x <= left + wide - 224 - map_drawing.FRINGE and top <= y <= top + tall - height
                for left, top, wide, tall in views
            ]
            is_there = [
                left - 224 < x < left + wide and top - height < y < top + tall
                for left, top, wide, tall in views
            ]
            is_left_out = [f"M{x - map_drawing.FRINGE:g} {y:g}h" in sheet for sheet in sheets]
            is_in_part = [there and not whole for there, whole in zip(is_there, is_whole, strict=True)]
            assert any(is_whole) and is_left_out == is_in_part
        assert all("<mask" in sheet for sheet in sheets)


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
