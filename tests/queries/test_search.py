"""What somebody finds: the likeliest first, and nothing that they may not see, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from milepost.actions import comments, key_results, objectives
from milepost.actions.key_results import Definition
from milepost.core.access import Actor
from milepost.ledger import image
from milepost.models import Cycle, Person
from milepost.queries import search
from milepost.queries.cards import Reader
from milepost.queries.search import Found
from tests.cast import NOW, TODAY, Cast

pytestmark = pytest.mark.both_databases


def find(actor: Actor, typed: str, **more) -> Found:
    return search.find(Reader(actor, TODAY), typed, **more)


def titles(actor: Actor, typed: str, **more) -> list[str]:
    return [hit.title for hit in find(actor, typed, **more).hits]


def objective(cast: Cast, title: str, cycle: Cycle, *, by: Actor | None = None, **more) -> None:
    by = by or cast.ada
    objectives.draft(title=title, cycle=cycle.id, owner=by.person_id, by=by, at=NOW, **more)


class TestFind:
    def test_finds_every_kind_by_its_words(self, cast, okrs):
        """Objectives, key results, initiatives, teams, people, cycles and comments have words."""
        comments.add(text="The wait is over", objective=okrs.helpful.id, by=cast.ben, at=NOW)

        typed = ("nobody wai", "cut wait", "triage", "product", "cleo", "autumn", "is over")
        kinds = {words: [hit.kind for hit in find(cast.cleo, words).hits] for words in typed}

        assert kinds["nobody wai"] == ["objective"] and kinds["cut wait"] == ["key_result"]
        assert kinds["product"] == ["team"] and kinds["cleo"] == ["person"] and kinds["autumn"] == ["cycle"]
        assert "initiative" in kinds["triage"] and kinds["is over"] == ["comment"]

    def test_shows_where_a_text_has_the_words(self, cast, okrs):
        """What is found by its description is shown with the part that has the words."""
        (hit,) = [hit for hit in find(cast.cleo, "complain").hits if hit.kind == "objective"]

        assert hit.title == okrs.helpful.title
        assert "riders complain about" in hit.excerpt

    def test_ranks_by_how_well_a_title_answers(self, cast, okrs):
        """The whole title, then its beginning, its words, their beginnings, then the text."""
        wanted = ["Rye", "Rye first of all", "All about rye", "All about ryes", "Bread"]
        for title in reversed(wanted):
            objective(cast, title, okrs.cycle, description="Of rye" if title == "Bread" else "")

        assert titles(cast.ada, "rye") == wanted

    def test_ranks_what_runs_and_what_is_ones_own_first(self, cast, okrs):
        """Of two that answer alike: the running cycle's, then one's own, then one's team's."""
        past = Cycle.objects.create(
            workspace=cast.acme, key="past", name="Past", starts_on=date(2025, 1, 1),
            ends_on=date(2025, 3, 31),
        )  # fmt: skip
        objective(cast, "Same words, long ago", past, by=cast.ben, team=cast.product.id)
        objective(cast, "Same words, the company's", okrs.cycle)
        objective(cast, "Same words, to come", okrs.next_cycle, by=cast.ben, team=cast.product.id)
        objective(cast, "Same words, my team's", okrs.cycle, team=cast.product.id)
        objective(cast, "Same words, mine", okrs.cycle, by=cast.ben, team=cast.product.id)

        assert [title.partition(", ")[2] for title in titles(cast.ben, "same words")] == [
            "mine", "my team's", "the company's", "to come", "long ago",
        ]  # fmt: skip

    def test_cuts_the_list_and_counts_all(self, cast, okrs):
        """Twenty are shown; the counts are of all that the reader may see, the kind asked for narrows."""
        for number in range(25):
            objective(cast, f"Loaf {number}", okrs.cycle)

        found = find(cast.ada, "loaf")

        assert len(found.hits) == 20 and found.counts == {"objective": 25}
        assert find(cast.ada, "loaf", kind="team").hits == ()
        assert find(cast.ada, "loaf", kind="team").total == 25
        assert len(titles(cast.ada, "loaf", kind="objective", most=50)) == 25

    def test_finds_nothing_for_nothing(self, cast, okrs):
        """Signs alone are no words."""
        assert find(cast.ada, " %' ").hits == ()

    def test_names_those_who_left_last(self, cast, okrs):
        """Somebody who left is found, behind those who are here."""
        Person.objects.create(workspace=cast.acme, key="x", name="Ben Afterwards", role="member")
        Person.objects.of(cast.acme.id).filter(id=cast.ben.person_id).update(left_on=TODAY)
        image.forget()

        assert titles(cast.ada, "ben") == ["Ben Afterwards", "Ben Okri"]


class TestRights:
    def test_find_only_what_one_may_see(self, cast, okrs):
        """Restricted work is found by those it is for, and by nobody else, admins included."""
        assert okrs.secret.title in titles(cast.ben, "rival")
        assert find(cast.cleo, "rival").hits == find(cast.cleo, "shares").hits == ()
        assert find(cast.cleo, "rival").counts == {}
        assert find(cast.ada, "learn to say no").hits == ()

    def test_hide_what_is_said_and_done_about_what_is_hidden(self, cast, okrs):
        """A comment and an initiative are as hidden as what they belong to."""
        quiet = Definition(
            "Quiet number", owner=cast.ben.person_id, visibility="people", visible_to=[cast.ada.person_id]
        )
        one = key_results.add(objective=okrs.helpful.id, definition=quiet, by=cast.ben, at=NOW)
        comments.add(text="Hushed words", key_result=one.id, by=cast.ben, at=NOW)
        comments.add(text="Hushed as well", objective=okrs.secret.id, by=cast.ada, at=NOW)

        assert find(cast.ben, "hushed").total == 2
        assert find(cast.cleo, "hushed").total == 0

    def test_rank_alike_whatever_is_hidden(self, cast, okrs):
        """What somebody may not see neither moves nor counts in what they find."""
        before = find(cast.cleo, "wai")
        for number in range(30):
            objective(cast, f"Waiting {number}", okrs.cycle, visibility="private")

        after = find(cast.cleo, "wai")

        assert before.hits == after.hits and before.counts == after.counts
        assert find(cast.ada, "wai").total == before.total + 30

    def test_stay_in_ones_workspace(self, cast, okrs):
        """A stranger finds their own workspace's things alone."""
        assert find(cast.zed, "wait").total == 0
        assert titles(cast.zed, "rockets") == ["Rockets"]

    def test_stay_in_the_teams_of_a_token(self, cast, okrs):
        """A token limited to a team finds no other team's objectives."""
        limited = replace(cast.ben, within=frozenset({cast.product.id}))

        assert okrs.helpful.title in titles(limited, "nobody")
        assert okrs.company.title not in titles(limited, "riders choose")
