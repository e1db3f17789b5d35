"""The map: cards and lines, folds, lenses, the way up, list; who sees what."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from milepost.actions import alignments, checkins, key_results, objectives
from milepost.actions.key_results import Definition
from milepost.core.ids import encode
from milepost.ledger import image as images
from milepost.queries import map as maps
from milepost.web import map_lenses
from milepost.web.map_cards import hidden_in_short
from tests.okrs import OUTSIDE_TITLE, PRIVATE_TITLE, SECRET_KEY_RESULT, SECRET_TITLE
from tests.web.drawn import MAP, SVG, card, drawing, lines, serve, tray
from tests.web.reading import page_of
from tests.web.statements import STATEMENTS, count

SIX_DAYS = ">6 d ago</text>"


def framed(page: str) -> list[str]:
    """Name the cards that are framed as one's own."""
    return re.findall(r'<g class="cd[^"]* me" id="m-(\w+)"', drawing(page))


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

    @pytest.mark.parametrize(("query", "name"), [("", "Level 1"), ("?arrange=team", "Product")])
    def test_strikes_no_name_out(self, signed_in, okrs, query, name):
        """What names a row lies over the lines, and under the cards."""
        drawn = drawing(page_of(signed_in("ada").get(MAP + query)))

        assert drawn.rindex('<path class="ln') < drawn.index(f">{name}<") < drawn.index('class="nd"')

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

    def test_says_that_nothing_of_what_was_asked_for_is_joined(self, signed_in, cast, okrs, outside):
        """Filters that leave only what stands alone say nothing of the rest, and lead back to it."""
        browser = signed_in("ada")
        narrowed = page_of(browser.get(MAP, {"q": OUTSIDE_TITLE}))

        assert drawing(narrowed) == "" and OUTSIDE_TITLE in tray(narrowed)
        assert "Nothing of it is joined" in narrowed and "No objective serves another" not in narrowed
        assert 'href="?">Show the whole map</a>' in narrowed

    def test_draws_everything_where_it_is_asked_for_what_is_not_aligned(self, signed_in, okrs, outside):
        """What stands alone is no filter of a drawing: that is said, and where it is listed."""
        page = page_of(signed_in("ada").get(f"{MAP}?unaligned=1"))

        assert card(page, okrs.helpful) and OUTSIDE_TITLE in tray(page)
        assert "The map leaves nothing out for it" in page

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

    def test_leaves_the_other_cards_in_their_order(self, signed_in, cast, okrs):
        """Whatever is folded or unfolded, the cards that stay stand from left to right as they stood."""
        first, *_, last = tops = [okrs.company, *(self.drafted(cast, okrs, f"Top {at}") for at in range(3))]
        for number, top in enumerate(tops[1:-1]):
            serve(self.drafted(cast, okrs, f"Below {number}"), top, cast)
        both = self.drafted(cast, okrs, "Below two")
        serve(both, last, cast)
        serve(both, first, cast)
        browser, names = signed_in("ada"), [encode(top.id) for top in tops]

        asked = ("", f"?shut={names[0]}&shut={names[-1]}", f"?shut={names[0]}&open={names[-1]}")
        drawn = [places(page_of(browser.get(MAP + query))) for query in asked]

        orders = [sorted(names, key=lambda key: one[key]) for one in drawn]
        assert orders[0] != names  # those that have something in common were drawn together
        assert orders[1] == orders[2] == orders[0]
        assert encode(both.id) not in drawn[1]

    def drafted(self, cast, okrs, title: str):
        return objectives.draft(
            title=title, cycle=okrs.cycle.id, owner=cast.ada.person_id, by=cast.ada, at=timezone.now()
        )

    def test_says_how_those_fare_that_fare_worst(self):
        """However many are folded away, how many of them are off track has room on a small card."""
        said = [
            hidden_in_short(maps.Hidden(*counts))
            for counts in ((7, 2, 0), (23, 8, 2), (1819, 841, 323), (36_819, 16_323, 0), (5, 0, 0))
        ]

        assert said == [
            "+7 (2 at risk)",
            "+23 (2 off track)",
            "+1,819 (323 off)",
            "+36,819 (16,323 risk)",
            "+5",
        ]

    def test_begins_with_what_needs_attention_where_not_all_is_drawn(
        self, signed_in, cast, okrs, monkeypatch
    ):
        """Of a large company, what most is off track below stands first; a small one keeps its tree's."""
        calm, troubled = (self.drafted(cast, okrs, title) for title in ("Calm", "Troubled"))
        serve(self.drafted(cast, okrs, "Nothing to see"), calm, cast)
        serve(okrs.helpful, troubled, cast)
        checkins.record(
            key_result=okrs.waiting.id, value=Decimal(9), confidence=2, by=cast.cleo, at=timezone.now()
        )
        browser = signed_in("gus")
        whole = [key for key, _ in in_order(page_of(browser.get(MAP)))]
        monkeypatch.setattr(maps, "AT_ONCE", 1)
        images.forget()  # a map is kept drawn

        folded = [key for key, _ in in_order(page_of(browser.get(MAP)))]

        names = [encode(one.id) for one in (calm, troubled)]
        assert [key for key in whole if key in names] == names
        assert [key for key in folded if key in names] == names[::-1]

    def test_draws_one_branch_with_its_lines_at_least(self, signed_in, cast, okrs, outside, monkeypatch):
        """Of so large a company that all begins folded the first branch is open, and can be folded."""
        other = self.drafted(cast, okrs, "Another top")
        serve(outside, other, cast)
        monkeypatch.setattr(maps, "AT_ONCE", 1)
        browser = signed_in("gus")

        page = page_of(browser.get(MAP))
        first = in_order(page)[0][0]
        shut = page_of(browser.get(f"{MAP}?shut={first}"))

        assert len(lines(page)) >= 1 and "+1" in drawing(page)
        assert lines(shut) == [] and len(in_order(shut)) == 2

    def test_begins_with_the_first_levels_of_a_large_company(self, signed_in, okrs, monkeypatch):
        """More cards than one can look at begin folded; opening one shows what is below it."""
        monkeypatch.setattr(maps, "AT_ONCE", 1)
        monkeypatch.setattr(maps, "MOST_BEGUN", 0)
        browser = signed_in("ada")

        folded = page_of(browser.get(MAP))
        opened = page_of(browser.get(f"{MAP}?open={encode(okrs.company.id)}"))

        assert "+2" in card(folded, okrs.company) and okrs.helpful.title not in drawing(folded)
        assert "of 3 drawn:</li>" in folded and " drawn:</li>" not in page_of(
            browser.get(f"{MAP}?unfolded=1")
        )
        assert card(opened, okrs.helpful)

    @pytest.mark.parametrize("who", ["ben", "cleo"])
    def test_opens_the_way_to_what_is_ones_own(self, signed_in, okrs, monkeypatch, who: str):
        """However large the company: what one owns, else what one's team does, is drawn and framed."""
        monkeypatch.setattr(maps, "AT_ONCE", 1)
        browser = signed_in(who)

        page = page_of(browser.get(MAP))
        folded = page_of(browser.get(f"{MAP}?shut={encode(okrs.company.id)}"))

        assert framed(page) == [encode(okrs.helpful.id)] and "yours" in page.split('class="map-key"')[1]
        assert framed(folded) == [] and okrs.helpful.title not in drawing(folded)

    def test_frames_nobodys_own_in_a_file(self, signed_in, okrs):
        """A drawing for everyone says nothing of who drew it."""
        assert framed(f"{signed_in('ben').get(SVG).content.decode()}") == []

    def test_stops_at_a_number_of_cards(self, signed_in, okrs, monkeypatch):
        """A drawing does not grow without end: it says that it stops."""
        monkeypatch.setattr(maps, "MOST", 1)

        page = page_of(signed_in("cleo").get(MAP))

        assert "The drawing stops at 1 card" in page

    def test_says_how_much_stays_folded_and_what_to_do(self, signed_in, okrs, monkeypatch):
        """Where not all can be unfolded the page says how many are drawn of how many, and what to do."""
        monkeypatch.setattr(maps, "AT_ONCE", 1)
        monkeypatch.setattr(maps, "MOST_BEGUN", 0)
        monkeypatch.setattr(maps, "AT_ONCE_NARROW", 1)
        browser = signed_in("ada")

        page = page_of(browser.get(f"{MAP}?unfolded=1"))

        assert "Unfolded as far as can be read at once: 1 of 3 objectives." in page
        assert "the key results of what is drawn: 1 of 3 objectives." in page

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

    def test_tell_of_the_key_result_that_says_nothing_longest(self, signed_in, cast, okrs, now):
        """One that somebody checks in hides no other that is silent, or that never said anything."""
        lens = f"{MAP}?lens=age"

        def age(objective) -> str:
            return card(page_of(signed_in("ada").get(lens)), objective)

        definition = Definition("Answers", owner=cast.ada.person_id, start=Decimal(0), target=Decimal(9))
        more = key_results.add(objective=okrs.company.id, definition=definition, by=cast.ada, at=now)
        assert ">never</text>" in age(okrs.company)
        then = now - timedelta(days=6)
        checkins.record(key_result=more.id, value=Decimal(1), effective_at=then, by=cast.ada, at=now)
        assert SIX_DAYS in age(okrs.company)
        checkins.record(key_result=more.id, value=Decimal(2), by=cast.ada, at=now)
        assert SIX_DAYS not in age(okrs.company)

    def test_name_the_owners_of_most_and_count_the_others(self, signed_in, okrs, monkeypatch):
        """Each colour has a name; who has none is one of the others, with initials on the card."""
        monkeypatch.setattr(map_lenses, "OWNERS", ("o1",))

        page = page_of(signed_in("ada").get(f"{MAP}?lens=owner"))

        legend = re.sub(r"<[^>]*>", " ", page.split('class="map-key"')[1].split("</ul>")[0])
        named = re.findall(r"(\w+ \w+)\s+1\s", legend)
        assert len(named) == 1 and "others (" in legend
        assert "cd o1" in drawing(page) and "cd o0" in drawing(page)
        assert ">BO</text>" in card(page, okrs.helpful)

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

    def test_comes_first_where_it_is_asked_for(self, signed_in, okrs, outside):
        """Whoever chose the list has it before what is not aligned; below a drawing it comes after."""
        listed, drawn = (page_of(signed_in("ada").get(MAP, asked)) for asked in ({"as": "list"}, {}))

        assert listed.index('class="pad map-list"') < listed.index('id="tray"')
        assert drawn.index('id="tray"') < drawn.index('class="pad map-list"')

    def test_stands_below_the_drawing(self, signed_in, okrs):
        """The page of the drawing has the list too, for whoever does not look at drawings."""
        page = page_of(signed_in("ada").get(MAP))

        assert 'aria-hidden="true"' in drawing(page)[:300]
        assert okrs.helpful.title in page.split('map-list">')[1]


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
        monkeypatch.setattr(maps, "MOST_BEGUN", 0)
        images.forget()  # a map is kept drawn

        folded, unfolded = page_of(browser.get(MAP)), page_of(browser.get(f"{MAP}?unfolded=1"))

        assert "Unfold all" not in all_there and 'href="?unfolded=1">Unfold all' in folded
        assert okrs.helpful.title[:12] not in drawing(folded)
        assert okrs.helpful.title[:12] in drawing(unfolded) and "Fold again" in unfolded

    def test_leads_to_the_comparison_of_the_tree(self, signed_in, okrs):
        """Two days of what is drawn stand side by side where the tree's do."""
        assert "/w/acme/alignment/comparison/" in page_of(signed_in("ada").get(MAP))


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


def in_order(page: str) -> list[tuple[str, tuple[float, float]]]:
    """Return the cards and their places, in the order in which they are drawn up."""
    return list(places(page).items())


def places(page: str) -> dict[str, tuple[float, float]]:
    """Return where each card stands, by the id of its objective."""
    found = re.findall(r'id="m-(\w+)" transform="translate\(([\d.]+) ([\d.]+)\)"', drawing(page))
    return {key: (float(x), float(y)) for key, x, y in found}
