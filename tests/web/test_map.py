"""The map: cards and lines, folds, lenses, the way up, what would follow, list and file; who sees what."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from milepost.actions import alignments, checkins, key_results, objectives, workspaces
from milepost.actions.key_results import Definition
from milepost.core.ids import encode
from milepost.core.problems import NotFound
from milepost.ledger import image as images
from milepost.queries import map as maps
from milepost.queries import what_if
from milepost.queries.cards import Reader
from milepost.web import map_drawing
from tests import cast as the_cast
from tests.cast import Cast
from tests.okrs import OUTSIDE_TITLE, PRIVATE_TITLE, SECRET_KEY_RESULT, SECRET_TITLE
from tests.web import acme
from tests.web.reading import page_of
from tests.web.statements import STATEMENTS, count

MAP, SVG = "/w/acme/map/", "/w/acme/map.svg"
HX = {"HTTP_HX_REQUEST": "true"}


def tray(page: str) -> str:
    """Return what lies beside the drawing."""
    return page.split('id="tray"')[1].split("</details>")[0] if 'id="tray"' in page else ""


def drawing(page: str) -> str:
    """Return the drawing of a page; where there is none, nothing."""
    found = re.search(r'<svg class="map.*?</svg>', page, re.DOTALL)
    return found[0] if found else ""


def card(page: str, one) -> str:
    """Return the markup of a card in the drawing."""
    found = re.search(
        rf'<g class="cd[^>]*id="m-{encode(one.id)}".*?(?=<g class="cd|$)', drawing(page), re.DOTALL
    )
    assert found, f"{one.title} has no card"
    return found[0]


def lines(page: str) -> list[str]:
    return re.findall(r'<path class="ln[^>]*>', drawing(page))


def serve(child, parent, cast: Cast, how: str = "contributes", **more) -> None:
    alignments.align(child=child.id, objective=parent.id, how=how, by=cast.ada, at=timezone.now(), **more)


class TestDrawing:
    def test_shows_cards_and_what_joins_them(self, signed_in, okrs):
        """A card says title, owner, status in a word, progress; a line leads up with its weight."""
        page = page_of(signed_in("ada").get(MAP))

        helpful = card(page, okrs.helpful)
        assert "Nobody waits for an" in helpful and "Ben Okri" in helpful and ">No data<" not in helpful
        assert "25 %" in helpful and okrs.waiting.title in helpful
        number = re.search(r'data-n="(\d+)"', helpful)[1]
        assert [line for line in lines(page) if f'data-l="{number}"' in line]
        assert ">×2</text>" in drawing(page)

    def test_draws_support_dashed(self, signed_in, cast, okrs, outside):
        """What only supports has a dashed line, and no weight."""
        serve(outside, okrs.company, cast, how="supports")

        page = page_of(signed_in("ada").get(MAP))

        assert sum("sup" in line for line in lines(page)) == 1
        assert drawing(page).count("×") == 1

    def test_leads_a_line_to_the_key_result_that_is_served(self, signed_in, cast, okrs, outside):
        """One line, whether key results are shown or not; the list says which one is meant."""
        alignments.align(
            child=outside.id, key_result=okrs.growth.id, by=cast.ada, at=timezone.now(), how="contributes"
        )
        browser = signed_in("cleo")

        with_them, without = (page_of(browser.get(f"{MAP}?key_results={shown}")) for shown in (1, 0))

        assert len(lines(with_them)) == len(lines(without)) == 2
        assert "contributes to “Raise repeat buyers”" in with_them

    def test_can_leave_key_results_out(self, signed_in, okrs):
        """Without key results there are objectives alone, in the drawing and in the list."""
        page = page_of(signed_in("ada").get(f"{MAP}?key_results=0"))

        assert okrs.waiting.title not in drawing(page)
        assert okrs.helpful.title in page

    def test_puts_what_stands_alone_into_the_tray(self, signed_in, cast, okrs, outside):
        """What serves nothing and is served by nothing lies beside the drawing until it serves something."""
        browser = signed_in("ada")
        before = page_of(browser.get(MAP))
        serve(outside, okrs.helpful, cast)

        after = page_of(browser.get(MAP))

        assert OUTSIDE_TITLE in tray(before) and OUTSIDE_TITLE not in drawing(before)
        assert OUTSIDE_TITLE not in tray(after) and OUTSIDE_TITLE in drawing(after)

    def test_counts_what_is_not_aligned_as_the_tree_does(self, signed_in, cast, okrs, outside):
        """What serves nothing counts once, whether it lies in the tray or is drawn with what serves it."""
        served = objectives.draft(
            title="Bells that ring", cycle=okrs.cycle.id, team=cast.product.id, by=cast.ben, at=timezone.now()
        )
        serve(okrs.helpful, served, cast)
        browser = signed_in("ada")

        tree, page = page_of(browser.get("/w/acme/alignment/")), page_of(browser.get(MAP))

        counted = int(re.search(r"Not aligned <b>(\d+)</b>", tree)[1])
        assert re.search(r'href="#tray">Not aligned</a> <b class="num">(\d+)', page)[1] == str(counted)
        assert f'Not aligned <span class="muted num">{counted}<' in tray(page)

    def test_draws_what_stands_alone_but_is_served(self, signed_in, cast, okrs, outside):
        """An objective that serves nothing and has work below it is drawn with that."""
        below = objectives.draft(
            title="Ring them up", cycle=okrs.cycle.id, team=cast.product.id, owner=cast.ben.person_id,
            by=cast.ben, at=timezone.now(),
        )  # fmt: skip
        serve(below, outside, cast)

        page = page_of(signed_in("ada").get(MAP))

        assert card(page, outside) and card(page, below)

    def test_groups_by_team(self, signed_in, okrs):
        """By team, the company's own cards and each team's stand under their name."""
        page = page_of(signed_in("ada").get(f"{MAP}?arrange=team"))

        assert re.search(r'class="sm em lt"[^>]*>Product<', drawing(page))
        assert "Level 1" not in drawing(page)

    def test_narrows_to_problems(self, signed_in, cast, okrs):
        """Only problems: what is at risk or off track, and what stands above it."""
        checkins.record(
            key_result=okrs.waiting.id, value=Decimal(9), confidence=2, by=cast.cleo, at=timezone.now()
        )

        page = page_of(signed_in("ada").get(f"{MAP}?attention=1"))

        assert okrs.waiting.title in drawing(page) and okrs.growth.title not in drawing(page)

    def test_says_when_nothing_fits_and_when_nothing_is_there(self, signed_in, cast):
        """An empty company learns what the map is for; a filter that nothing fits says so."""
        browser = signed_in("ada")

        assert "Nothing to draw yet" in page_of(browser.get(MAP))
        assert "Write the first one" not in page_of(signed_in("gus").get(MAP))
        assert "Nothing matches" in page_of(browser.get(f"{MAP}?owner=nobody"))

    def test_does_not_mind_nonsense(self, signed_in, okrs):
        """What the address says wrongly is left aside."""
        page = page_of(
            signed_in("ada").get(f"{MAP}?lens=x&arrange=y&path=0&branch=%00&whatif=:::&open=q&key_results=7")
        )

        assert card(page, okrs.company)

    def test_costs_a_frozen_number_of_statements(self, signed_in, okrs):
        """Everything comes from the image: who asks, and what changed."""
        browser = signed_in("ada")

        assert count(browser, MAP) == STATEMENTS["map"]
        assert count(browser, f"{MAP}?whatif={encode(okrs.waiting.id)}:30") == STATEMENTS["map"]
        assert count(browser, SVG) == STATEMENTS["map_svg"]


class TestFolding:
    def test_hides_a_branch_and_counts_it(self, signed_in, cast, okrs):
        """A folded card says how many are below it and how they fare; the address keeps it."""
        checkins.record(
            key_result=okrs.waiting.id, value=Decimal(9), confidence=2, by=cast.cleo, at=timezone.now()
        )
        browser, key = signed_in("cleo"), encode(okrs.company.id)

        page = page_of(browser.get(f"{MAP}?shut={key}"))

        assert "+1 (1 off track)" in card(page, okrs.company)
        assert f"?open={key}#m-{key}" in card(page, okrs.company)
        assert okrs.helpful.title not in page

    def test_begins_with_the_first_levels_of_a_large_company(self, signed_in, okrs, monkeypatch):
        """More cards than one can look at begin folded; opening one shows what is below it."""
        monkeypatch.setattr(maps, "AT_ONCE", 1)
        browser = signed_in("cleo")

        folded = page_of(browser.get(MAP))
        opened = page_of(browser.get(f"{MAP}?open={encode(okrs.company.id)}"))

        assert "+1" in card(folded, okrs.company) and okrs.helpful.title not in drawing(folded)
        assert card(opened, okrs.helpful)

    def test_stops_at_a_number_of_cards(self, signed_in, okrs, monkeypatch):
        """A drawing does not grow without end: it says that it stops."""
        monkeypatch.setattr(maps, "MOST", 1)

        page = page_of(signed_in("cleo").get(MAP))

        assert "The drawing stops at 1 card" in page

    def test_shows_one_branch_alone(self, signed_in, cast, okrs, outside):
        """A branch is drawn with the way up from it, and without its neighbours."""
        serve(outside, okrs.company, cast)

        page = page_of(signed_in("ada").get(f"{MAP}?branch={encode(okrs.helpful.id)}"))

        assert card(page, okrs.helpful) and card(page, okrs.company)
        assert OUTSIDE_TITLE not in drawing(page)


class TestPath:
    def test_lights_up_all_the_way(self, signed_in, cast, okrs, outside):
        """The card, what it serves and the lines between are told apart; others are not."""
        serve(outside, okrs.company, cast)

        page = page_of(signed_in("ada").get(f"{MAP}?path={encode(okrs.helpful.id)}"))

        assert (
            " hot" in card(page, okrs.helpful).split(">")[0]
            and " hot" in card(page, okrs.company).split(">")[0]
        )
        assert " hot" not in card(page, outside).split(">")[0]
        assert sum(" hot" in line for line in lines(page)) == 1

    def test_opens_what_is_folded(self, signed_in, okrs, monkeypatch):
        """The way up from a card is drawn, however large the company is."""
        monkeypatch.setattr(maps, "AT_ONCE", 1)

        page = page_of(signed_in("cleo").get(f"{MAP}?path={encode(okrs.helpful.id)}"))

        assert card(page, okrs.helpful)


class TestLenses:
    @pytest.mark.parametrize(
        ("lens", "said"),
        [
            ("owner", "Ben Okri"),
            ("confidence", "4 to 6: may be"),
            ("age", "In time"),
            ("status", "Off track"),
        ],
    )
    def test_come_with_a_legend(self, signed_in, okrs, lens: str, said: str):
        """Each lens says in words what its colours mean."""
        page = page_of(signed_in("ada").get(f"{MAP}?lens={lens}"))

        legend = page.split('class="map-key"')[1].split("</ul>")[0]
        assert said in legend

    def test_leave_a_number_of_few_out_of_confidence(self, signed_in, cast, okrs):
        """A key result that not all who see the objective see has no part in its confidence."""
        now = timezone.now()
        quiet = Definition(
            "Whispered", start=Decimal(0), target=Decimal(10), owner=cast.ben.person_id,
            visibility="people", visible_to=[cast.ada.person_id],
        )  # fmt: skip
        one = key_results.add(objective=okrs.helpful.id, definition=quiet, by=cast.ben, at=now)
        checkins.record(key_result=one.id, value=Decimal(9), confidence=1, by=cast.ben, at=now)

        pages = [
            page_of(signed_in(who).get(f"{MAP}?lens=confidence&key_results=0")) for who in ("ada", "cleo")
        ]

        assert all("5/10" in card(page, okrs.helpful) for page in pages)


class TestList:
    def test_says_the_same(self, signed_in, cast, okrs, outside):
        """Every card of the drawing is in the list with its status and what it serves; once in full."""
        for parent in (okrs.company, okrs.helpful):
            serve(outside, parent, cast, weight=Decimal(3))

        page = page_of(signed_in("ada").get(f"{MAP}?as=list"))

        listed = page.split('map-list">')[1]
        assert drawing(page) == ""
        assert listed.count(f">{OUTSIDE_TITLE}</a>") == 2
        assert "contributes, weight 3" in listed and "listed above" in listed
        assert "25 %" in listed and "On track" in listed

    def test_stands_below_the_drawing(self, signed_in, okrs):
        """The page of the drawing has the list too, for whoever does not look at drawings."""
        page = page_of(signed_in("ada").get(MAP))

        assert 'aria-hidden="true"' in drawing(page)[:300]
        assert okrs.helpful.title in page.split('map-list">')[1]


class TestWhatIf:
    def test_shows_before_and_after_upwards(self, signed_in, okrs):
        """Half of Cleo's key result moves its objective, and the company's by its weight."""
        browser, key = signed_in("cleo"), encode(okrs.waiting.id)

        page = page_of(browser.get(f"{MAP}?whatif={key}:100"))

        # Helpful: (1 + 0) / 2; the company: (1 × 0.5 + 2 × 0.5) / 3.
        assert "25 % → 50 %" in card(page, okrs.helpful)
        assert "33 % → 50 %" in card(page, okrs.company)
        assert "+16.7" in page and "4 days" in page

    def test_writes_nothing_and_leaves_the_image_alone(self, signed_in, cast, okrs):
        """Whatever was supposed, everything is as it was."""
        browser, key = signed_in("ada"), encode(okrs.waiting.id)
        before = browser.get(SVG).content

        page_of(browser.get(f"{MAP}?whatif={key}:0"))

        assert browser.get(SVG).content == before
        assert images.of(cast.acme.id).exact(okrs.helpful.id) == Fraction(1, 4)

    def test_takes_a_form_without_javascript(self, signed_in, okrs):
        """What the form sends leads to an address that says it in one word."""
        key = encode(okrs.waiting.id)

        answer = signed_in("ada").get(f"{MAP}?whatif={key}&ends_at=62,5+%25&lens=age")

        assert answer.status_code == 302
        assert answer.headers["Location"] == f"?lens=age&whatif={key}%3A62.5"

    def test_answers_htmx_with_what_changes(self, signed_in, okrs):
        """As one slides, the outcome and the drawing come alone, and the address follows."""
        key = encode(okrs.waiting.id)

        answer = signed_in("ada").get(f"{MAP}?whatif={key}&ends_at=30", **HX)

        assert "<html" not in page_of(answer) and "25 % → 15 %" in card(page_of(answer), okrs.helpful)
        assert answer.headers["HX-Replace-Url"] == f"?whatif={key}%3A30"

    @pytest.mark.parametrize("said", ["101", "-1", "a lot", "1e9", "nan"])
    def test_says_what_it_cannot_take(self, signed_in, okrs, said: str):
        """Something that is no share of the way is refused in words, and the map stays."""
        page = page_of(signed_in("ada").get(f"{MAP}?whatif={encode(okrs.waiting.id)}&ends_at={said}"))

        assert 'aria-invalid="true"' in page and 'id="what-wrong" class="err"' in page
        assert f'autocomplete="off" value="{said}"' in page and "ended at" not in page
        assert card(page, okrs.helpful)

    def test_takes_several_at_once(self, signed_in, cast, okrs):
        """What several ends make together is shown; each can be left out again, and one more be added."""
        one, other = encode(okrs.waiting.id), encode(okrs.guides.id)
        browser = signed_in("ada")

        page = page_of(browser.get(f"{MAP}?also={other}:100&also=junk:5&also={other}:x&whatif={one}:50"))
        found = what_if.suppose(
            Reader(cast.ada, the_cast.TODAY), {okrs.guides.id: Fraction(1), okrs.waiting.id: Fraction(1, 2)}
        )

        assert found.effects[0].after == Fraction(3, 4)
        assert "25 % → 75 %" in card(page, okrs.helpful)
        assert page.count("leave out<") == 2 and f"?whatif={one}%3A50" in page
        assert f'&amp;also={one}%3A50#what">And another' in page
        assert f'name="also" value="{other}:100"' in page

    def test_says_what_status_would_follow(self, signed_in, cast, okrs):
        """Cards, legend and table say the status that would be, and the table the one that is."""
        page = page_of(signed_in("ada").get(f"{MAP}?whatif={encode(okrs.waiting.id)}:100"))
        reader = Reader(cast.ada, timezone.localdate())
        found = what_if.suppose(reader, {okrs.waiting.id: Fraction(1)})

        assert found.last.key_result.status_after == "achieved"
        assert [effect.status_after for effect in found.effects] != [
            effect.status_before for effect in found.effects
        ]
        assert "was off track" in page
        assert 'class="kl done supposed"' in card(page, okrs.helpful)

    def test_begins_on_a_card_and_on_the_page_of_a_key_result(self, signed_in, okrs):
        """The figure of a key result leads to the question, and so does its page."""
        key, browser = encode(okrs.waiting.id), signed_in("ada")

        on_card = card(page_of(browser.get(MAP)), okrs.helpful)
        on_page = page_of(browser.get(f"/w/acme/key-results/{key}/"))

        assert f'href="?whatif={key}#what"' in on_card
        assert f'href="/w/acme/map/?whatif={key}#what"' in on_page

    def test_unfolds_the_way_to_what_is_supposed(self, signed_in, okrs):
        """A key result on a card that lies folded away is shown."""
        browser, folded = signed_in("ada"), f"{MAP}?shut={encode(okrs.company.id)}"

        before, after = (
            page_of(browser.get(folded + more)) for more in ("", f"&whatif={encode(okrs.waiting.id)}:50")
        )

        assert okrs.helpful.title[:12] not in drawing(before)
        assert "supposed" in card(after, okrs.helpful)

    def test_is_exact(self, cast, okrs):
        """A third is a third all the way up."""
        found = what_if.suppose(Reader(cast.ada, the_cast.TODAY), {okrs.waiting.id: Fraction(1, 3)})

        assert [effect.after for effect in found.effects] == [Fraction(1, 6), Fraction(5, 18)]
        assert found.last.value == 9 - Fraction(5, 3)

    def test_knows_no_key_result_that_one_may_not_see(self, signed_in, cast, okrs):
        """Restricted work answers like work that is not there."""
        with pytest.raises(NotFound):
            what_if.suppose(Reader(cast.cleo, the_cast.TODAY), {okrs.shares.id: Fraction(1, 2)})

        browser = signed_in("cleo")
        hidden, missing = (
            page_of(browser.get(f"{MAP}?whatif={encode(id)}:30")) for id in (okrs.shares.id, 2**61 + 5)
        )
        assert "If this key result" in hidden and "ended at" not in hidden and "ended at" not in missing

    def test_follows_no_way_through_restricted_work(self, cast, okrs):
        """Even where restricted work counts, what moves through it moves for those alone who see it."""
        now = timezone.now()
        workspaces.update(changed={"count_restricted_work": True}, by=cast.ada, at=now)
        middle = objectives.draft(
            title="Between", cycle=okrs.cycle.id, owner=cast.ada.person_id, visibility="people",
            visible_to=[cast.ben.person_id], by=cast.ada, at=now,
        )  # fmt: skip
        low = objectives.draft(
            title="Seen by all", cycle=okrs.cycle.id, owner=cast.ada.person_id, by=cast.ada, at=now
        )
        measured = Definition("Number", start=Decimal(0), target=Decimal(10), owner=cast.ada.person_id)
        key_results.add(objective=middle.id, definition=measured, by=cast.ada, at=now)
        one = key_results.add(objective=low.id, definition=measured, by=cast.ada, at=now)
        serve(low, middle, cast)
        serve(middle, okrs.company, cast)
        for row in (low, middle):
            objectives.activate(objective=row.id, by=cast.ada, at=now)

        told = {
            who.name: [
                effect.title
                for effect in what_if.suppose(Reader(who, now.date()), {one.id: Fraction(1)}).effects
            ]
            for who in (cast.ben, cast.cleo)
        }

        assert okrs.company.title in told[cast.ben.name]
        assert told[cast.cleo.name] == ["Seen by all"]


class TestPast:
    def test_is_drawn_as_it_stood(self, signed_in, okrs):
        """On a past day the map has that day's figures, and its links stay on that day."""
        day = timezone.now().date() - timedelta(days=4)

        page = page_of(signed_in("ada").get(f"{MAP}?on={day}"))

        assert "As it stood" in page
        assert "25 %" in card(page_of(signed_in("ada").get(MAP)), okrs.helpful)
        assert "25 %" not in card(page, okrs.helpful)
        assert f"?on={day}&amp;shut=" in card(page, okrs.company)


class TestUnfolding:
    def test_all_as_far_as_it_can_be_read(self, signed_in, okrs, monkeypatch):
        """What is folded by itself is unfolded at once, and folded again; nothing is offered in vain."""
        browser = signed_in("ada")
        all_there = page_of(browser.get(MAP))
        monkeypatch.setattr(maps, "AT_ONCE", 1)

        folded, unfolded = page_of(browser.get(MAP)), page_of(browser.get(f"{MAP}?unfolded=1"))

        assert "Unfold all" not in all_there and 'href="?unfolded=1">Unfold all' in folded
        assert okrs.helpful.title[:12] not in drawing(folded)
        assert okrs.helpful.title[:12] in drawing(unfolded) and "Fold again" in unfolded

    def test_leads_to_the_comparison_of_the_tree(self, signed_in, okrs):
        """Two days of what is drawn stand side by side where the tree's do."""
        assert "/w/acme/alignment/comparison/" in page_of(signed_in("ada").get(MAP))


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


class TestWhoSees:
    @pytest.mark.parametrize(("who", "sees"), [("ada", True), ("ben", True), ("cleo", False), ("gus", False)])
    def test_restricted_work_is_drawn_for_its_audience_alone(self, signed_in, okrs, who: str, sees: bool):
        """Neither title nor key result nor count of restricted work is anywhere for others."""
        browser, key = signed_in(who), encode(okrs.company.id)

        answers = [page_of(browser.get(f"{MAP}{query}")) for query in ("", "?as=list", "?arrange=team")]
        answers.append(page_of(browser.get(SVG)))
        folded = card(page_of(browser.get(f"{MAP}?shut={key}")), okrs.company)

        drawn = [SECRET_TITLE.split()[0] + " the rival" in answer for answer in answers]
        assert drawn == [sees] * 4
        assert [SECRET_KEY_RESULT in answer for answer in answers] == [sees] * 4
        assert ("+2" in folded, "+1" in folded) == (sees, not sees)

    def test_personal_work_is_its_owners(self, signed_in, okrs):
        """A personal objective is on nobody else's map."""
        assert PRIVATE_TITLE not in page_of(signed_in("ada").get(f"{MAP}?cycles=all"))

    def test_a_child_of_restricted_work_lies_in_the_tray_for_others(self, signed_in, cast, okrs, outside):
        """Whoever may not see the parent finds the child alone, without a line that leads nowhere."""
        serve(outside, okrs.secret, cast)

        ben, cleo = page_of(signed_in("ben").get(MAP)), page_of(signed_in("cleo").get(MAP))

        assert OUTSIDE_TITLE in drawing(ben)
        assert OUTSIDE_TITLE not in drawing(cleo) and OUTSIDE_TITLE in tray(cleo)

    @pytest.mark.parametrize("path", [MAP, SVG])
    def test_strangers_find_nothing(self, signed_in, client, okrs, path: str):
        """Another workspace's people get the same answer as for what does not exist; others sign in first."""
        assert signed_in("zed").get(path).status_code == 404
        assert client.get(path).status_code == 302
