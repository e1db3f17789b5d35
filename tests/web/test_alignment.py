"""The alignment tree: what stands below what, filters, further rows, the plain list, the same as JSON."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from milepost.actions import alignments, checkins, key_results, objectives
from milepost.core.ids import encode
from milepost.queries import shortlists
from milepost.web import alignment as web
from tests.okrs import OUTSIDE_TITLE, PRIVATE_TITLE, SECRET_KEY_RESULT, SECRET_TITLE
from tests.web.reading import page_of
from tests.web.statements import STATEMENTS, count
from tests.web.tree import HX, ROWS, TREE, row_of, titles

pytestmark = pytest.mark.both_databases

JSON = "/w/acme/alignment.json"


class TestTree:
    def test_shows_what_stands_below_what(self, signed_in, okrs):
        """The company's objective, its key result, and below them what contributes, with its weight."""
        page = page_of(signed_in("ada").get(TREE))

        assert titles(page, okrs.company.title, okrs.growth.title, okrs.helpful.title) == [
            okrs.company.title, okrs.growth.title, okrs.helpful.title,
        ]  # fmt: skip
        assert 'data-level="2"' in row_of(page, okrs.company.title)
        helpful = row_of(page, okrs.helpful.title)
        assert 'data-level="3"' in helpful and 'data-open="false"' in helpful
        assert "Product · weight 2" in helpful
        assert okrs.waiting.title not in page

    def test_opens_by_a_link(self, signed_in, okrs):
        """Without JavaScript the chevron is a link to the page with that branch open, and then shut again."""
        browser, key = signed_in("ada"), encode(okrs.helpful.id)

        opened = page_of(browser.get(f"{TREE}?open={key}"))

        assert f'href="?open={key}#r-{key}"' in page_of(browser.get(TREE))
        assert okrs.waiting.title in opened
        assert f"shut={key}" in row_of(opened, okrs.helpful.title)
        assert okrs.growth.title not in page_of(browser.get(f"{TREE}?shut={encode(okrs.company.id)}"))

    def test_shows_one_with_two_parents_under_each(self, signed_in, cast, okrs, outside):
        """An objective that serves two things has a row under both, which says so; one only supports."""
        for parent in (okrs.company, okrs.helpful):
            alignments.align(
                child=outside.id, objective=parent.id, by=cast.ben, at=timezone.now(),
                how="supports" if parent is okrs.helpful else "contributes",
            )  # fmt: skip

        page = page_of(signed_in("ada").get(f"{TREE}?open={encode(okrs.helpful.id)}"))

        rows = [row for row in page.split("<tr ") if OUTSIDE_TITLE in row]
        assert len(rows) == 2 and all("also under 1 other" in row for row in rows)
        assert ["supports" in row for row in rows].count(True) == 1
        assert page.count(f'id="r-{encode(outside.id)}"') == 1

    def test_keeps_what_is_not_aligned_apart(self, signed_in, okrs, outside):
        """An objective of a team that serves nothing stands in a group of its own."""
        page = page_of(signed_in("ada").get(TREE))

        assert page.index('data-id="unaligned"') < page.index(OUTSIDE_TITLE)
        assert page.index(okrs.company.title) < page.index('data-id="unaligned"')

    def test_sums_up_what_the_filters_leave(self, signed_in, cast, okrs):
        """The card says how many of all key results fit, and how those stand; the rest of it stays whole."""
        team = encode(cast.product.id)

        for who in ("ada", "cleo"):
            whole, product, nothing, without = (
                page_of(signed_in(who).get(f"{TREE}{query}")).partition('aria-label="Summary"')[2]
                for query in ("", f"?team={team}", "?q=nothing+has+this", "?mine=1&key_results=0")
            )

            assert "<h2>3 key results <" in whole and "in 2 objectives<" in whole
            assert "<h2>2 of 3 key results <" in product and 'aria-label="2 key results: ' in product
            assert "<h2>0 of 3 key results <" in nothing and 'class="strip"' not in nothing
            assert "<h2>3 key results <" in without and ", whatever is asked for" in without

    def test_leaves_cancelled_work_out(self, signed_in, cast, okrs):
        """What was cancelled is no part of the tree, objective or key result."""
        now = timezone.now()
        key_results.cancel(key_result=okrs.growth.id, reason="Measured twice.", by=cast.ada, at=now)
        objectives.cancel(objective=okrs.helpful.id, reason="Somebody else does it.", by=cast.ada, at=now)

        page = page_of(signed_in("ada").get(TREE))

        assert titles(page, okrs.company.title, okrs.growth.title, okrs.helpful.title) == [okrs.company.title]

    def test_follows_a_check_in(self, signed_in, cast, okrs):
        """A row drawn before says the new figures after a check-in, and so does what stands above."""
        browser = signed_in("ada")
        before = page_of(browser.get(TREE))

        checkins.record(
            key_result=okrs.growth.id, value=Decimal(50), confidence=9, by=cast.ada, at=timezone.now()
        )

        after = page_of(browser.get(TREE))
        assert "50 %" in row_of(before, okrs.growth.title)
        assert "100 %" in row_of(after, okrs.growth.title) and "today" in row_of(after, okrs.growth.title)
        assert row_of(after, okrs.company.title) != row_of(before, okrs.company.title)

    def test_says_what_it_is_for_when_empty(self, signed_in):
        """Without any objective the page says what it will show and how to begin."""
        page = page_of(signed_in("ada").get(TREE))

        assert "Nothing to align yet" in page and "Write the first one" in page
        assert "Write the first one" not in page_of(signed_in("gus").get(TREE))

    def test_costs_a_frozen_number_of_statements(self, signed_in, okrs):
        """Everything comes from the image: who asks, and what changed."""
        browser = signed_in("ada")

        assert count(browser, TREE) == STATEMENTS["alignment"]
        assert (
            count(browser, ROWS + f"?under={encode(okrs.company.id)}", **HX) == STATEMENTS["alignment_rows"]
        )
        assert count(browser, JSON) == STATEMENTS["alignment_json"]

    def test_costs_no_more_on_another_past_day(self, signed_in, okrs):
        """Who belonged to a team then is read once for all days; each request looks once for what is new."""
        browser, today = signed_in("ada"), timezone.now().date()
        browser.get(f"{TREE}?on={today - timedelta(days=1)}")

        pages = {
            "alignment": TREE, "alignment_json": JSON, "map": "/w/acme/map/", "overview": "/w/acme/overview/",
        }  # fmt: skip
        # Two days of one structure, each new to the first two pages.
        for days, (name, page) in zip((2, 3, 2, 3), pages.items(), strict=True):
            with CaptureQueriesContext(connection) as captured:
                browser.get(f"{page}?on={today - timedelta(days=days)}")
            assert len(captured) == STATEMENTS[f"{name}, a past day"], name


class TestWhoSees:
    @pytest.mark.parametrize(("who", "sees"), [("ada", True), ("ben", True), ("cleo", False), ("gus", False)])
    def test_restricted_work_is_named_to_its_audience_alone(self, signed_in, okrs, who, sees):
        """Title and key result of restricted work are nowhere for others: tree, branches, list, JSON."""
        browser, company = signed_in(who), encode(okrs.company.id)

        answers = [
            page_of(browser.get(TREE)),
            page_of(browser.get(f"{TREE}?open=all")),
            page_of(browser.get(f"{ROWS}?under={company}&level=3", **HX)),
            page_of(browser.get(f"{JSON}?key_results=1")),
        ]

        assert [SECRET_TITLE in answer for answer in answers] == [sees] * 4
        assert [SECRET_KEY_RESULT in answer for answer in answers] == [False, sees, False, sees]

    def test_its_branch_is_not_there_for_others(self, signed_in, okrs):
        """Asking for the rows below restricted work tells nobody else that there are any."""
        url = f"{ROWS}?under={encode(okrs.secret.id)}&level=3"

        assert SECRET_KEY_RESULT in page_of(signed_in("ben").get(url, **HX))
        assert page_of(signed_in("cleo").get(url, **HX)) == ""

    def test_counts_are_the_same_for_everyone(self, signed_in, okrs):
        """The numbers above the tree leave restricted work out for all; who sees some is told so."""
        ada, cleo = page_of(signed_in("ada").get(TREE)), page_of(signed_in("cleo").get(TREE))

        assert "3 key results <small" in ada and "3 key results <small" in cleo
        assert "Restricted work" in ada and "Restricted work" not in cleo

    def test_work_below_restricted_work_stands_at_the_end_for_others(self, signed_in, cast, okrs, outside):
        """Whoever may not see the parent finds the child among those that are not aligned, without a hint."""
        alignments.align(child=outside.id, objective=okrs.secret.id, by=cast.ada, at=timezone.now())

        ben, cleo = page_of(signed_in("ben").get(TREE)), page_of(signed_in("cleo").get(TREE))

        assert OUTSIDE_TITLE not in ben.split('data-id="unaligned"')[-1] or 'data-id="unaligned"' not in ben
        assert 'data-id="unaligned"' in cleo and "also under" not in row_of(cleo, OUTSIDE_TITLE)
        assert OUTSIDE_TITLE in page_of(signed_in("ben").get(f"{TREE}?open={encode(okrs.secret.id)}"))

    def test_nothing_stands_there_for_hidden_work_alone(self, signed_in, cast, okrs):
        """What stands above hidden work alone, in another cycle or behind a filter, is not drawn for it."""
        now = timezone.now()
        later = objectives.draft(
            title="Snow does not stop us", cycle=okrs.next_cycle.id, owner=cast.ada.person_id,
            by=cast.ada, at=now,
        )  # fmt: skip
        for lower, upper in ((okrs.secret, later), (okrs.helpful, okrs.secret)):
            alignments.align(child=lower.id, objective=upper.id, by=cast.ada, at=now)
        whole, narrow = TREE, f"{TREE}?team={encode(cast.product.id)}"

        assert all(later.title in page_of(signed_in("ben").get(path)) for path in (whole, narrow))
        assert not any(later.title in page_of(signed_in("cleo").get(path)) for path in (whole, narrow))

    def test_lists_the_owners_of_what_one_sees(self, signed_in, cast, okrs):
        """Whoever owns hidden work alone is no owner to choose for others."""
        objectives.update(
            objective=okrs.secret.id, changed={"owner": cast.gus.person_id}, by=cast.ada, at=timezone.now()
        )
        choice = f'<option value="{encode(cast.gus.person_id)}">'

        assert choice in page_of(signed_in("ben").get(TREE))
        assert choice not in page_of(signed_in("cleo").get(TREE))

    def test_personal_work_is_its_owners(self, signed_in, okrs):
        """A personal objective is no part of anybody's tree but its owner's."""
        assert PRIVATE_TITLE not in page_of(signed_in("ada").get(f"{TREE}?cycles=all&open=all"))

    @pytest.mark.parametrize("path", [TREE, ROWS, JSON])
    def test_strangers_find_nothing(self, signed_in, client, okrs, path):
        """Another workspace's people get the same answer as for what does not exist; others sign in first."""
        assert signed_in("zed").get(path).status_code == 404
        assert client.get(path).status_code == 302


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("type=committed", ["company", "helpful", "waiting", "guides"]),
            ("type=learning", []),
            ("status=no_data", ["company", "helpful", "guides"]),
            ("key_results=0", ["company", "helpful"]),
            ("mine=1", ["company", "helpful", "waiting", "guides"]),
            ("unaligned=1", []),
        ],
    )
    def test_keep_the_path_to_what_fits(self, signed_in, okrs, query, shown):
        """What fits is shown open, with everything above it, and nothing else."""
        page = page_of(signed_in("cleo").get(f"{TREE}?{query}"))

        known = ("company", "growth", "helpful", "waiting", "guides")
        names = {name: getattr(okrs, name).title for name in known}
        assert titles(page, *names.values()) == [names[name] for name in shown]

    def test_narrow_to_a_team_and_an_owner(self, signed_in, cast, okrs):
        """A team is named by its id; an owner by id or by part of a name."""
        browser, team = signed_in("ada"), encode(cast.product.id)

        of_team = page_of(browser.get(f"{TREE}?team={team}"))
        by_id, by_name = (
            page_of(browser.get(f"{TREE}?owner={owner}")) for owner in (encode(cast.cleo.person_id), "cleo")
        )

        assert okrs.growth.title not in of_team and okrs.waiting.title in of_team
        assert f'<option value="{team}" selected>' in of_team
        for page in (by_id, by_name):
            assert titles(page, okrs.waiting.title, okrs.guides.title) == [okrs.waiting.title]

    def test_take_a_teams_name_where_there_are_too_many_to_list(self, signed_in, cast, okrs, monkeypatch):
        """A field instead of ten thousand options: a part of the name is enough."""
        monkeypatch.setattr(shortlists, "LISTED", 0)
        ada, chosen = (
            signed_in("ada"),
            page_of(signed_in("ada").get(f"{TREE}?team={encode(cast.product.id)}")),
        )

        typed = page_of(ada.get(f"{TREE}?team=prod"))

        assert titles(typed) == titles(chosen) and 'value="Product"' in typed and 'value="Product"' in chosen
        assert "<option" not in typed.split('name="team"')[1].split('name="owner"')[0]
        assert titles(page_of(ada.get(f"{TREE}?team=nobody+here"))) == []

    def test_find_words_in_titles(self, signed_in, okrs):
        """What begins with every word typed is shown with what stands above it; the field keeps them."""
        browser, words = signed_in("cleo"), okrs.waiting.title.upper()[:12]

        page = page_of(browser.get(TREE, {"q": words}))
        nothing = page_of(browser.get(TREE, {"q": "zebra crossings"}))

        shown = [okrs.company.title, okrs.helpful.title, okrs.waiting.title]
        assert titles(page, *shown, okrs.growth.title) == shown
        assert f'value="{words}"' in page and "Save as a view" in page
        assert "Nothing matches" in nothing

    def test_find_what_needs_attention(self, signed_in, cast, okrs):
        """At risk and off track, with as many as the chip says."""
        checkins.record(
            key_result=okrs.waiting.id, value=Decimal(9), confidence=2, by=cast.cleo, at=timezone.now()
        )

        page = page_of(signed_in("ada").get(f"{TREE}?attention=1"))

        assert "Needs attention <b>1</b>" in page
        assert titles(page, okrs.growth.title, okrs.waiting.title) == [okrs.waiting.title]

    @pytest.mark.parametrize(
        ("narrowed", "counts"),
        [
            ("", [3, 1, 2]),
            ("owner=cleo", [1, 1, 1]),
            ("q=cut", [1, 1, 0]),
            ("q=win", [0, 0, 1]),
            ("q=cut&key_results=0", [1, 1, 0]),
            ("type=committed", [2, 1, 0]),
            ("attention=1", [1, 1, 0]),
            ("unaligned=1", [0, 0, 2]),
        ],
    )
    def test_count_what_each_would_leave(self, signed_in, cast, okrs, outside, narrowed, counts):
        """A chip says how much it would leave beside the filters that hold, not how much there is."""
        checkins.record(
            key_result=okrs.waiting.id, value=Decimal(9), confidence=2, by=cast.cleo, at=timezone.now()
        )

        page = page_of(signed_in("ada").get(f"{TREE}?{narrowed}"))

        said = [
            int(page.split(f">{words} <b>")[1].split("<")[0])
            for words in ("Key results", "Needs attention", "Not aligned")
        ]
        assert said == counts

    def test_say_when_nothing_fits(self, signed_in, okrs):
        """An owner nobody knows gives an empty tree and a way back."""
        page = page_of(signed_in("ada").get(f"{TREE}?owner=Nobody"))

        assert "Nothing matches" in page and ">Clear</a>" in page

    def test_do_not_mind_nonsense(self, signed_in, okrs):
        """Values that no filter knows are left aside."""
        page = page_of(signed_in("ada").get(f"{TREE}?team=x&status=great&type=1&rows=-1&open=%00&cycle=no"))

        assert okrs.company.title in page

    def test_keep_themselves_in_every_link(self, signed_in, okrs):
        """Opening a branch of a narrowed tree leaves it narrowed."""
        page = page_of(signed_in("ada").get(f"{TREE}?type=committed"))

        row = row_of(page, okrs.helpful.title)
        assert 'href="?type=committed&amp;shut=' in row and "&amp;type=committed" in row


class TestCycles:
    def test_show_the_running_one_and_what_holds_it(self, signed_in, cast, okrs):
        """Work of the next cycle is not in this one's tree; every cycle shows all."""
        later = objectives.draft(
            title="Snow does not stop us", cycle=okrs.next_cycle.id, owner=cast.ada.person_id,
            by=cast.ada, at=timezone.now(),
        )  # fmt: skip
        browser = signed_in("ada")

        assert later.title not in page_of(browser.get(TREE))
        assert later.title in page_of(browser.get(f"{TREE}?cycles=all"))
        assert later.title in page_of(browser.get(f"{TREE}?cycle={okrs.next_cycle.key}"))

    def test_show_what_is_served_from_another_cycle(self, signed_in, cast, okrs):
        """A parent in an earlier cycle stands above its child, so that no work hangs in the air."""
        later = objectives.draft(
            title="Snow does not stop us", cycle=okrs.next_cycle.id, owner=cast.ada.person_id,
            by=cast.ada, at=timezone.now(),
        )  # fmt: skip
        alignments.align(child=later.id, objective=okrs.company.id, by=cast.ada, at=timezone.now())

        page = page_of(signed_in("ada").get(f"{TREE}?cycle={okrs.next_cycle.key}"))

        assert titles(page, okrs.company.title, okrs.growth.title, okrs.helpful.title, later.title) == [
            okrs.company.title, later.title,
        ]  # fmt: skip


class TestRows:
    def test_answers_with_a_branch(self, signed_in, okrs):
        """What stands below a row comes as bare rows one level deeper, without anything of htmx in them."""
        url = f"{ROWS}?under={encode(okrs.helpful.id)}&level=4"

        rows = page_of(signed_in("ada").get(url, **HX))

        assert rows.startswith("<tr ") and rows.count("<tr ") == 2
        assert rows.count('data-level="4"') == 2 and "hx-" not in rows and " id=" not in rows

    def test_sends_a_browser_without_htmx_to_the_tree(self, signed_in, okrs):
        """The address of a branch, opened by hand, leads to the tree with the branch open."""
        key = encode(okrs.helpful.id)

        answer = signed_in("ada").get(f"{ROWS}?under={key}")

        assert answer.status_code == 302 and answer.headers["Location"] == f"{TREE}?open={key}"

    def test_come_in_stretches(self, signed_in, okrs, monkeypatch):
        """The page shows the first rows and a link to more, which htmx follows as one scrolls."""
        monkeypatch.setattr(web, "ROWS", 2)
        browser = signed_in("cleo")

        first = page_of(browser.get(TREE))
        further = page_of(browser.get(f"{ROWS}?from=2", **HX))
        everything = page_of(browser.get(f"{TREE}?rows=6"))

        three = (okrs.company.title, okrs.growth.title, okrs.helpful.title)
        assert titles(first, *three) == [three[0]]
        assert 'href="?rows=4"' in first and "rows/?from=2" in first
        assert titles(further, *three) == [*three[1:]]
        assert okrs.helpful.title in everything and "Show more" not in everything


class TestList:
    def test_has_everything_open_in_words(self, signed_in, okrs):
        """For paper: every row, status and owner in words, no bars."""
        page = page_of(signed_in("ada").get(f"{TREE}?open=all"))

        assert titles(page, okrs.company.title, okrs.waiting.title, okrs.guides.title)
        row = row_of(page, okrs.waiting.title)
        assert "At risk" in row and "Cleo Wong" in row and '<svg class="bar' not in row

    def test_comes_in_stretches_that_fit_a_page(self, signed_in, okrs, monkeypatch):
        """A company of tens of thousands does not come at once."""
        monkeypatch.setattr(web, "PLAIN_ROWS", 3)
        browser = signed_in("cleo")

        first = page_of(browser.get(f"{TREE}?open=all"))
        second = page_of(browser.get(f"{TREE}?open=all&from=3"))

        assert "from=3" in first and okrs.waiting.title not in first
        assert okrs.waiting.title in second


class TestJson:
    def read(self, browser, **query) -> dict:
        said = json.loads(page_of(browser.get(JSON, query)))
        found = {}
        for noun in said.keys() & {"objectives", "key_results"}:
            table = said[noun]
            rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
            for figure in table.keys() - {"columns", "rows"}:
                for row, value in zip(rows, table[figure], strict=True):
                    row[figure] = said["statuses"][value] if figure == "status" else value
            found[noun] = rows
        return found

    def test_says_what_serves_what(self, signed_in, okrs):
        """Every objective with what it serves, by which weight, and its figures."""
        said = {each["title"]: each for each in self.read(signed_in("ada"))["objectives"]}

        helpful = said[okrs.helpful.title]
        assert helpful["parents"] == [[encode(okrs.company.id), "objective", "contributes", "2"]]
        assert (helpful["status"], helpful["progress"], helpful["key_results"]) == ("off_track", 0.25, 2)

    def test_holds_key_results_when_asked(self, signed_in, okrs):
        """Measure, last value and confidence of each."""
        said = self.read(signed_in("ada"), key_results="1")

        waiting = next(each for each in said["key_results"] if each["title"] == okrs.waiting.title)
        facts = [waiting[name] for name in ("start", "target", "value", "confidence")]
        assert facts == ["9", "4", 6.5, 5]
        assert "key_results" not in self.read(signed_in("ada"))

    def test_is_not_sent_again_until_something_changed(self, signed_in, cast, okrs):
        """The entity tag answers 304 until a check-in moves a figure that the reader sees."""
        browser = signed_in("ada")
        tag = browser.get(JSON).headers["ETag"]

        same = browser.get(JSON, headers={"If-None-Match": tag})
        checkins.record(key_result=okrs.growth.id, value=Decimal(44), by=cast.ada, at=timezone.now())
        other = browser.get(JSON, headers={"If-None-Match": tag})

        assert same.status_code == 304 and same.content == b"" and same.headers["ETag"] == tag
        assert other.status_code == 200 and other.headers["ETag"] != tag

    def test_tag_does_not_move_with_what_is_hidden(self, signed_in, cast, okrs):
        """A check-in on restricted work that counts nowhere changes nothing for those who do not see it."""
        cleo, ada = signed_in("cleo"), signed_in("ada")
        before = [browser.get(f"{JSON}?key_results=1").headers["ETag"] for browser in (cleo, ada)]

        checkins.record(key_result=okrs.shares.id, value=Decimal(30), by=cast.ada, at=timezone.now())

        after = [browser.get(f"{JSON}?key_results=1").headers["ETag"] for browser in (cleo, ada)]
        assert after[0] == before[0] and after[1] != before[1]

    def test_names_only_parents_one_may_see(self, signed_in, cast, okrs, outside):
        """What is served but hidden from the reader is left out of the parents."""
        alignments.align(child=outside.id, objective=okrs.secret.id, by=cast.ada, at=timezone.now())

        parents = {}
        for who in ("ben", "cleo"):
            said = {each["title"]: each for each in self.read(signed_in(who))["objectives"]}
            parents[who] = said[OUTSIDE_TITLE]["parents"]

        assert [id for id, *_ in parents["ben"]] == [encode(okrs.secret.id)] and parents["cleo"] == []

    def test_follows_the_day(self, cast, okrs):
        """Another day expects more, so its tag is another."""
        from milepost.queries import tree
        from milepost.queries.cards import Reader

        today = timezone.now().date()

        tags = {tree.as_json(Reader(cast.ada, today + timedelta(days=days))).etag for days in (0, 1)}

        assert len(tags) == 2
