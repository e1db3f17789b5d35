"""The tree listed otherwise: columns, groups, order, all in the address."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from milepost.actions import checkins, key_results
from milepost.core.ids import encode
from tests.okrs import SECRET_TITLE
from tests.web.reading import page_of
from tests.web.statements import STATEMENTS, count
from tests.web.tree import HX, ROWS, TREE, row_of, titles

pytestmark = pytest.mark.both_databases


def heads(page: str) -> list[str]:
    """List the heads of the columns."""
    head = page.split("<thead>")[1].split("</thead>")[0]
    return [re.sub(r"<[^>]*>", "", each) for each in re.findall(r"<th [^>]*>(.*?)</th>", head)]


class TestColumns:
    def test_stand_in_the_order_of_the_address(self, signed_in, okrs):
        """A row says what was asked for, in that order, and its title does not say it again."""
        page = page_of(signed_in("ada").get(f"{TREE}?columns=team,weight,due,status"))

        assert heads(page) == ["Objective or key result", "Team", "Weight", "Next due", "Status"]
        row = row_of(page, okrs.helpful.title)
        assert re.findall(r"<td[^>]*>([^<]*)", row)[:2] == ["Product", "2"]
        assert "Product · weight 2" not in row

    def test_are_chosen_and_moved_by_a_form(self, signed_in, okrs):
        """The form leads to the short address; an arrow moves a column and leaves the form open."""
        browser = signed_in("ada")
        said = "arranged=1&column=team&column=owner&group=&sort=due&down=1&status=at_risk"

        shown = browser.get(f"{TREE}?{said}")
        moved = browser.get(f"{TREE}?{said}&earlier=owner")

        assert shown.headers["Location"] == "?status=at_risk&columns=team%2Cowner&sort=-due"
        assert moved.headers["Location"] == "?status=at_risk&columns=owner%2Cteam&sort=-due&panel=1"
        assert 'class="pop arrange" open' in page_of(browser.get(TREE + moved.headers["Location"]))

    def test_of_an_objective_say_the_mean_of_how_sure_its_key_results_are(self, signed_in, cast, okrs):
        """In columns of one's choice, in the usual ones and on the map; what is restricted takes no part."""
        quiet = key_results.Definition(
            "Whispered", start=Decimal(0), target=Decimal(10), visibility="people",
            visible_to=[cast.ada.person_id], owner=cast.ben.person_id,
        )  # fmt: skip
        hidden = key_results.add(
            objective=okrs.helpful.id, definition=quiet, by=cast.ben, at=timezone.now() - timedelta(days=9)
        )
        checkins.record(key_result=hidden.id, value=Decimal(1), confidence=1, by=cast.ben, at=timezone.now())
        checkins.record(
            key_result=okrs.guides.id, value=None, parts=(Decimal(1), Decimal(0)), confidence=6, by=cast.ben,
            at=timezone.now(),
        )  # fmt: skip

        for who in ("ada", "cleo"):
            browser = signed_in(who)
            page, usual = page_of(browser.get(f"{TREE}?columns=confidence")), page_of(browser.get(TREE))
            assert re.findall(r"<td[^>]*>([^<]*)", row_of(page, okrs.helpful.title)) == ["5.5"]
            assert '<td class="r">5.5</td>' in row_of(usual, okrs.helpful.title)
            assert "sure 5.5/10" in page_of(browser.get("/w/acme/map/?as=list"))
            assert "of an objective, the mean" in usual and "of an objective, the mean" in page

    def test_cost_no_statement_a_row(self, signed_in, okrs):
        """Everything comes from the image, whatever is asked for."""
        browser = signed_in("ada")

        for query in ("columns=due,ends,weight,team,cycle,type,state", "group=owner&sort=due", "select=1"):
            assert count(browser, f"{TREE}?{query}") == STATEMENTS["alignment"]

    def test_stand_in_print_as_well(self, signed_in, okrs):
        """The plain list of everything has the same columns, as words."""
        page = page_of(signed_in("ada").get(f"{TREE}?open=all&columns=team,ends&group=status"))

        assert heads(page) == ["Objective or key result", "Team", "Ends"]
        assert "Product" in row_of(page, okrs.waiting.title)


class TestGroups:
    @pytest.mark.parametrize(
        ("by", "expected"),
        [
            ("team", ["Acme", "Product"]),
            ("type", ["Committed", "Aspirational"]),
            ("cycle", ["Autumn"]),
        ],
    )
    def test_hold_objectives_with_their_key_results(self, signed_in, okrs, by, expected):
        """Each objective stands once, below what it has in common with others."""
        page = page_of(signed_in("cleo").get(f"{TREE}?group={by}"))

        units = [row for row in page.split("<tr ") if 'class="unit' in row]
        found = [
            re.sub(r"<[^>]*>", " ", row.split("</svg><span>")[-1]).split("  ")[0].strip() for row in units
        ]
        assert found[: len(expected)] == expected
        assert page.count(f'data-id="{encode(okrs.helpful.id)}"') == 1
        assert 'data-level="3"' in row_of(page, okrs.waiting.title)
        assert SECRET_TITLE not in page

    def test_by_owner_hold_the_key_results_of_each(self, signed_in, okrs):
        """A key result stands with its own owner, by itself where its objective is somebody else's."""
        page = page_of(signed_in("ada").get(f"{TREE}?group=owner"))
        without = page_of(signed_in("ada").get(f"{TREE}?group=owner&key_results=0"))

        cleo = page.split("Cleo Park</")[0].rsplit("<tr ", 1)[0]
        assert page.count(f'data-id="{encode(okrs.waiting.id)}"') == 1
        assert f'data-id="{encode(okrs.waiting.id)}"' not in cleo
        assert 'data-level="2"' in row_of(page, okrs.waiting.title)
        assert "1 key result<" in page and okrs.waiting.title not in without

    def test_lead_to_the_team_or_the_person(self, signed_in, okrs, cast):
        """A team's name leads to its page, the company's to its own, a person's to theirs; a day stays."""
        ada, on = signed_in("ada"), str(okrs.cycle.starts_on + timedelta(days=20))

        teams, owners = (page_of(ada.get(f"{TREE}?group={group}")) for group in ("team", "owner"))
        then = page_of(ada.get(f"{TREE}?group=team&on={on}"))

        product = f"/w/acme/teams/{encode(cast.product.id)}/"
        assert f'<a href="{product}">Product</a>' in teams and '<a href="/w/acme/company/">Acme</a>' in teams
        assert f'<a href="/w/acme/people/{encode(cast.ben.person_id)}/">Ben' in owners
        assert f'<a href="{product}?on={on}">Product</a>' in then
        assert 'class="unit' in (states := page_of(ada.get(f"{TREE}?group=status")))
        assert not re.search(r'<tr class="unit.*?<a href', states.split("<tbody>")[1].split("</th>")[0])

    def test_are_narrowed_by_filters(self, signed_in, okrs):
        """A group holds what fits the filter alone, not what stands above it."""
        page = page_of(signed_in("ada").get(f"{TREE}?group=team&owner={encode(okrs.waiting.owner_id)}"))

        assert titles(page, okrs.waiting.title, okrs.company.title) == [okrs.waiting.title]

    def test_open_and_shut_by_themselves(self, signed_in, okrs, cast):
        """A group's rows can be fetched alone, like a branch's; a group that is not there has none."""
        browser, team = signed_in("ada"), encode(cast.product.id)

        rows = page_of(browser.get(f"{ROWS}?group=team&under={team}", **HX))
        shut = page_of(browser.get(f"{TREE}?group=team&shut={team}"))

        assert titles(rows, okrs.helpful.title) == [okrs.helpful.title]
        assert okrs.helpful.title not in shut
        assert page_of(browser.get(f"{ROWS}?group=team&under=nowhere", **HX)) == ""


class TestOrder:
    def test_sorts_siblings_and_turns_round(self, signed_in, okrs):
        """Rows below the same thing stand in order; what has no value stands last both ways."""
        browser = signed_in("cleo")
        three = (okrs.waiting.title, okrs.guides.title)

        by_title = page_of(browser.get(f"{TREE}?group=team&sort=title"))
        turned = page_of(browser.get(f"{TREE}?group=team&sort=-title"))
        by_age = [page_of(browser.get(f"{TREE}?group=team&sort={sort}")) for sort in ("checked", "-checked")]

        assert titles(by_title, *three) == [okrs.waiting.title, okrs.guides.title]
        assert titles(turned, *three) == [okrs.guides.title, okrs.waiting.title]
        assert [titles(page, *three)[-1] for page in by_age] == [okrs.guides.title] * 2

    def test_follows_a_check_in(self, signed_in, cast, okrs):
        """A figure that moves moves its row, although rows are kept as text."""
        browser, there = signed_in("ada"), f"{TREE}?group=type&sort=-progress"
        both = (okrs.company.title, okrs.helpful.title)
        before = titles(page_of(browser.get(f"{TREE}?sort=-progress&group=cycle")), *both)

        checkins.record(
            key_result=okrs.waiting.id, value=Decimal(4), confidence=9, by=cast.cleo, at=timezone.now()
        )

        after = titles(page_of(browser.get(f"{TREE}?sort=-progress&group=cycle")), *both)
        assert set(before) == set(after) == set(both)
        assert "100 %" in row_of(page_of(browser.get(there)), okrs.waiting.title)

    def test_heads_say_how_it_is_sorted(self, signed_in, okrs):
        """A head sorts by its column, then the other way, then not at all, and says so to screen readers."""
        browser = signed_in("ada")

        plain, up, down = (
            page_of(browser.get(f"{TREE}{query}"))
            for query in ("", "?sort=due&columns=due", "?sort=-due&columns=due")
        )

        assert 'href="?sort=progress"' in plain and "aria-sort" not in plain
        assert 'aria-sort="ascending"' in up and 'href="?columns=due&amp;sort=-due"' in up
        assert 'aria-sort="descending"' in down and 'href="?columns=due"' in down
