"""Undoing on pages: the button after a change, the mark in the feed, and what is asked first."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from milepost.actions import alignments, bulk, objectives, teams
from milepost.actions.bulk import Change
from milepost.core.ids import encode
from milepost.models import Event, Objective
from tests.cast import Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases


def renamed(cast: Cast, okrs: Okrs, title: str, by=None) -> str:
    """Give Ben's objective another title; return where that is undone."""
    by = by or cast.ada
    objectives.update(objective=okrs.helpful.id, changed={"title": title}, by=by, at=timezone.now())
    return f"/w/acme/events/{encode(Event.objects.of(cast.acme.id).latest('id').id)}/undoing/"


def title(okrs: Okrs) -> str:
    return Objective.objects.of(okrs.helpful.workspace_id).get(id=okrs.helpful.id).title


class TestToast:
    def test_offers_to_undo_what_was_done(self, cast, okrs, signed_in):
        """After a change the page says so with a button, and pressing it takes the change back."""
        ada, here = signed_in("ada"), f"/w/acme/objectives/{encode(okrs.helpful.id)}/"
        page = ada.post(f"{here}cancellation/", {"reason": "Enough."}, follow=True).content.decode()
        there = re.search(r'<form method="post" action="(/w/acme/events/\w+/undoing/)">', page)[1]

        answer = ada.post(there, headers={"Referer": f"http://testserver{here}"}, follow=True)

        assert answer.redirect_chain == [(here, 303)]
        assert "Undone: You" in answer.content.decode()
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).state == "active"

    def test_opens_what_was_closed(self, cast, okrs, signed_in):
        """After a closing the button opens the objective again, without grade; then it is offered no more."""
        ada, here = signed_in("ada"), f"/w/acme/objectives/{encode(okrs.helpful.id)}/"
        form = {f"value_{encode(okrs.waiting.id)}": "5", "learned": "Ask sooner."}
        page = ada.post(f"{here}closing/", form, follow=True).content.decode()
        there = re.search(r'<form method="post" action="(/w/acme/events/\w+/undoing/)">', page)[1]

        undone = ada.post(there, headers={"Referer": f"http://testserver{here}"}, follow=True)

        page = undone.content.decode()
        assert "Undone: You" in page and f"{here}closing/" in page
        assert there not in ada.get("/w/acme/activity/").content.decode()

    def test_tells_a_move_to_its_end(self, cast, okrs, signed_in):
        """Long titles are shortened, so that the place it was moved to is told as well."""
        long = " ".join(["abcdefghi"] * 20)
        other = objectives.draft(
            title=f"Stay {long}", cycle=okrs.cycle.id, owner=cast.ada.person_id, by=cast.ada,
            at=timezone.now(),
        )  # fmt: skip
        renamed(cast, okrs, f"Nobody {long}")
        moved = alignments.move(
            child=okrs.helpful.id, leaves=okrs.company.id, objective=other.id, reason="There.", by=cast.ada,
            at=timezone.now(),
        )  # fmt: skip

        page = signed_in("ada").post(f"/w/acme/events/{encode(moved.id)}/undoing/", follow=True)

        assert re.search(
            r"Undone: You moved Nobody [a-i ]+… from below .+ below Stay [a-i ]+…", page.content.decode()
        )

    def test_cuts_a_long_sentence_between_words(self, cast, okrs, signed_in):
        """What was undone is told in short: whole words, and a mark that there was more."""
        there = renamed(cast, okrs, " ".join(["abcdefghi"] * 30))

        page = signed_in("ada").post(there, follow=True).content.decode()

        assert re.search(r"Undone: You .{1,150} abcdefghi…<", page)

    def test_leaves_the_page_of_a_team_that_is_gone(self, cast, okrs, signed_in):
        """A team taken back has no page; one goes on at the list of teams."""
        ada = signed_in("ada")
        answer = ada.post("/w/acme/teams/new/", {"name": "Brakes"}, follow=True)
        here = answer.redirect_chain[-1][0]
        there = re.search(r'action="(/w/acme/events/\w+/undoing/)"', answer.content.decode())[1]

        undone = ada.post(there, headers={"Referer": f"http://testserver{here}"}, follow=True)

        assert undone.redirect_chain == [("/w/acme/teams/", 303)]
        main = undone.content.decode().partition("<main")[2].partition("</main>")[0]
        assert "Brakes" not in main

    def test_leaves_a_page_that_is_gone(self, cast, okrs, signed_in):
        """A draft taken back has no page to return to."""
        ada = signed_in("ada")
        form = {"title": "New", "cycle": encode(okrs.cycle.id), "visibility": "workspace",
                "kr1_title": "Raise it", "kr1_start": "1", "kr1_target": "2"}  # fmt: skip
        answer = ada.post("/w/acme/objectives/new/", form, follow=True)
        here = answer.redirect_chain[-1][0]
        there = re.search(r'action="(/w/acme/events/\w+/undoing/)"', answer.content.decode())[1]

        undone = ada.post(there, headers={"Referer": f"http://testserver{here}"}, follow=True)

        assert undone.redirect_chain == [("/w/acme/", 303)]
        assert ada.get(here).status_code == 404


class TestFeed:
    def test_marks_what_can_be_undone(self, cast, okrs, signed_in):
        """Whoever did it finds the mark; an onlooker does not; afterwards it reads as undone."""
        there = renamed(cast, okrs, "Nobody waits")
        ada, cleo = signed_in("ada"), signed_in("cleo")
        assert there in ada.get("/w/acme/activity/").content.decode()
        assert there not in cleo.get("/w/acme/activity/").content.decode()
        ada.post(there)

        feed = ada.get("/w/acme/activity/").content.decode()

        assert there not in feed
        assert "undone" in feed
        assert ", undoing an earlier change" in feed

    def test_history_has_it_too(self, cast, okrs, signed_in):
        """The objective's own history leads to the same page."""
        there = renamed(cast, okrs, "Nobody waits")

        page = signed_in("ada").get(f"/w/acme/objectives/{encode(okrs.helpful.id)}/").content.decode()

        assert there in page


class TestPage:
    def test_asks_first(self, cast, okrs, signed_in):
        """By its address it asks, and nothing has happened yet."""
        there = renamed(cast, okrs, "Nobody waits")

        page = signed_in("ada").get(there)

        assert "Undo this?" in page.content.decode()
        assert title(okrs) == "Nobody waits"

    def test_shows_what_it_would_write_over(self, cast, okrs, signed_in):
        """Where it was changed since, both are shown; insisting writes."""
        there, ada = renamed(cast, okrs, "First"), signed_in("ada")
        renamed(cast, okrs, "Second")

        refused = ada.post(there)
        assert refused.status_code == 409
        assert "“Second” → “Nobody waits for an answer”" in refused.content.decode()
        assert title(okrs) == "Second"
        ada.post(there, {"anyway": "1"})

        assert title(okrs) == "Nobody waits for an answer"

    def test_says_who_changed_it_since(self, cast, okrs, signed_in):
        """Of what was changed since, it says by whom and when: who changed that field, not who came last."""
        there = renamed(cast, okrs, "First")
        renamed(cast, okrs, "Second", by=cast.ben)
        objectives.update(
            objective=okrs.helpful.id, changed={"level": "strategic"}, by=cast.ada, at=timezone.now()
        )

        page = signed_in("ada").post(there).content.decode()

        assert re.search(r"changed again since: title\. Ben Okri changed it at \d\d:\d\d\.", page)

    def test_says_so_of_teams_and_of_each_part(self, cast, okrs, signed_in):
        """Of a team, too; and of what was done as one, with each of its parts."""
        at, product = timezone.now(), cast.product.id
        rows = (okrs.helpful, okrs.draft)
        bulk.apply(
            items=[row.id for row in rows],
            change=Change("commitment", commitment="learning"),
            by=cast.ada,
            at=at,
        )
        together = Event.objects.of(cast.acme.id).get(kind="objective.changed_together")
        for row in rows:
            other = "aspirational" if row.commitment == "committed" else "committed"
            objectives.update(objective=row.id, changed={"commitment": other}, by=cast.ben, at=at)
        teams.update(team=product, changed={"name": "Makers"}, by=cast.ada, at=at)
        renaming = Event.objects.of(cast.acme.id).get(kind="team.changed")
        teams.update(team=product, changed={"name": "Bakers"}, by=cast.ben, at=at)
        ada = signed_in("ada")

        of_team, of_many = (
            ada.post(f"/w/acme/events/{encode(one.id)}/undoing/").content.decode()
            for one in (renaming, together)
        )

        assert re.search(r"changed again since: name\. Ben Okri changed it at \d\d:\d\d\.", of_team)
        assert len(re.findall(r'<span class="muted">Ben Okri changed it at \d\d:\d\d</span>', of_many)) == 2

    def test_says_so_beforehand(self, cast, okrs, signed_in):
        """What was changed since, or undone already, is said where it asks; asking changes nothing."""
        first, ada = renamed(cast, okrs, "First"), signed_in("ada")
        second = renamed(cast, okrs, "Second")

        page, told = ada.get(first), Event.objects.of(cast.acme.id).count()
        assert page.status_code == 200 and "It was changed since" in page.text
        assert "“Second” → “Nobody waits for an answer”" in page.text and "Undo it anyway" in page.text
        assert "Undo this?" in ada.get(second).text
        assert (title(okrs), Event.objects.of(cast.acme.id).count()) == ("Second", told)

        ada.post(second)
        assert "undone already" in ada.get(second).text

    def test_says_why_it_cannot_be(self, cast, okrs, signed_in):
        """What was undone before says so, kindly, on its page."""
        there, ada = renamed(cast, okrs, "First"), signed_in("ada")
        ada.post(there)

        again = ada.post(there)

        assert again.status_code == 409
        assert "undone already" in again.content.decode()

    def test_is_not_for_others(self, cast, okrs, signed_in):
        """A colleague is refused, and told so before; a stranger finds nothing."""
        there = renamed(cast, okrs, "First")

        assert "You may not undo what somebody else did." in signed_in("cleo").get(there).text

        assert [signed_in(who).post(there).status_code for who in ("cleo", "zed")] == [403, 404]

    def test_goes_nowhere_else(self, cast, okrs, signed_in):
        """A page of somebody else is no place to go back to."""
        there = renamed(cast, okrs, "First")

        answer = signed_in("ada").post(there, {"back": "//evil.example/w/acme/"})

        assert answer["Location"] == f"/w/acme/objectives/{encode(okrs.helpful.id)}/"
