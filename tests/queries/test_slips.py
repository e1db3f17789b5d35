"""What was perhaps meant: forgiven alike on both databases, and no word that the reader may not see."""

from __future__ import annotations

from dataclasses import replace

import pytest

from milepost.actions import comments, objectives
from milepost.core import terms
from milepost.queries import slips
from milepost.queries.cards import Reader
from milepost.queries.search import Found
from tests.cast import NOW, TODAY

pytestmark = pytest.mark.both_databases


def forgiving(actor, typed: str) -> Found:
    return slips.forgiving(Reader(actor, TODAY), typed)


class TestForgiving:
    def test_finds_what_was_meant(self, cast, okrs):
        """A slip in one word or in each is mended; what was typed is told, and what was looked for."""
        found = forgiving(cast.cleo, "Nobdy wiats")

        assert (found.text, found.instead) == ("Nobdy wiats", "nobody waits")
        assert okrs.helpful.title in [hit.title for hit in found.hits]
        assert found.hits == forgiving(cast.cleo, "nobody waits").hits

    def test_mends_only_the_word_that_nothing_has(self, cast, okrs):
        """A word that stands somewhere stays as it was typed; that of a text is offered to nobody."""
        comments.add(text="A zeppelin landed", objective=okrs.helpful.id, by=cast.ben, at=NOW)

        assert forgiving(cast.cleo, "wai nobdy").instead == "wai nobody"
        assert forgiving(cast.cleo, "landed zepelin nobdy").instead == "landed"
        assert list(slips.meant(Reader(cast.cleo, TODAY), terms.terms("zepp nobdy"))) == ["zepp nobody"]

    def test_leaves_alone_what_is_found(self, cast, okrs):
        """Where something has the words, nothing else is looked for; nor where nothing is near."""
        assert forgiving(cast.cleo, "nobody").instead == ""
        assert forgiving(cast.cleo, "xylophone").instead == forgiving(cast.cleo, "").instead == ""

    def test_knows_names_of_teams_people_and_cycles(self, cast, okrs):
        """Whatever has a title has words."""
        assert [forgiving(cast.cleo, typed).instead for typed in ("prodcut", "clea", "autunm")] == [
            "product", "cleo", "autumn",
        ]  # fmt: skip

    def test_knows_what_was_renamed_since(self, cast, okrs):
        """New words are near at once, and those that no title has any more are not."""
        forgiving(cast.ada, "anything")
        objectives.update(
            objective=okrs.company.id, changed={"title": "Pumpernickel first"}, by=cast.ada, at=NOW
        )

        assert forgiving(cast.ada, "pumpernikel").instead == "pumpernickel"
        assert forgiving(cast.ada, "chooose").instead == ""


class TestRights:
    def test_nobody_is_offered_a_hidden_word(self, cast, okrs):
        """The words of what one may not see are near to nobody else, admins included."""
        assert forgiving(cast.ben, "rivall").instead == "rival"
        assert forgiving(cast.cleo, "rivall") == replace(forgiving(cast.cleo, "rivaxx"), text="rivall",
                                                         terms=terms.terms("rivall"))  # fmt: skip

    def test_a_hidden_title_brings_nothing_in(self, cast, okrs):
        """A word of a comment is not offered; nor once a hidden title has it as well."""
        comments.add(text="A zeppelin landed", objective=okrs.helpful.id, by=cast.ben, at=NOW)
        before = forgiving(cast.cleo, "zepelin")

        for title in ("The zeppelin", "Zepellin", "Zepelina"):
            objectives.draft(
                title=title, cycle=okrs.cycle.id, owner=cast.ada.person_id, visibility="private",
                by=cast.ada, at=NOW,
            )  # fmt: skip

        assert before.instead == "" and forgiving(cast.cleo, "zepelin") == before
        assert forgiving(cast.ada, "zepelin").total

    def test_hidden_words_move_nothing(self, cast, okrs):
        """However many hidden words are nearer, the same is offered."""
        for number in range(12):
            objectives.draft(
                title=f"nobdi{chr(97 + number)}", cycle=okrs.cycle.id, owner=cast.ada.person_id,
                visibility="private", by=cast.ada, at=NOW,
            )  # fmt: skip

        assert forgiving(cast.cleo, "nobdy").instead == "nobody"
        assert list(slips.meant(Reader(cast.zed, TODAY), terms.terms("nobdy"))) == []

    def test_what_is_hidden_weighs_in_no_choice(self, cast, okrs):
        """Of two words that one stays with fewer hits in sight, however many there are in all."""
        for _ in range(12):
            objectives.draft(
                title="Repeat", cycle=okrs.cycle.id, owner=cast.ada.person_id, visibility="private",
                by=cast.ada, at=NOW,
            )  # fmt: skip

        assert forgiving(cast.cleo, "wait repeat").instead == "repeat"
        assert forgiving(cast.ada, "wait repeat").instead == "wait"
