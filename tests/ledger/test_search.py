"""The index of words: kept by the database, whoever writes, and alike on both and in memory."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection

from milepost.core import terms
from milepost.ledger import bulk, search
from milepost.ledger.columns import Texts
from milepost.models import Cycle, Objective, Team, Workspace
from milepost.models import search as index
from milepost.models.ids import new_id
from tests.cast import NOW, TODAY, Cast

pytestmark = pytest.mark.both_databases


def found(cast: Cast, typed: str) -> set[int]:
    matches = search.matches(cast.acme.id, terms.terms(typed))
    return {id for ids in matches.ids.values() for id in ids.tolist()} | {
        row.id for rows in matches.rows.values() for row in rows
    }


@pytest.fixture
def cycle(cast: Cast) -> Cycle:
    return Cycle.objects.create(workspace=cast.acme, key="q", name="Autumn", starts_on=TODAY)


def objective(cycle: Cycle, title: str, text: str = "") -> Objective:
    return Objective.objects.create(
        workspace_id=cycle.workspace_id, key=str(new_id()), title=title, description=text, cycle=cycle,
        created_at=NOW,
    )  # fmt: skip


class TestIndex:
    def test_follows_every_change_of_a_row(self, cast, cycle):
        """A row is found by its words from the moment it is written, by others once it says others."""
        row = objective(cycle, "Fresh bread", "for everyone in town")

        assert found(cast, "everyone") == found(cast, "tow fre") == {row.id}

        Objective.objects.of(cast.acme.id).filter(id=row.id).update(title="Stale cake", description="Here")
        assert found(cast, "town") == set() and found(cast, "stale here") == {row.id}

        row.delete()
        assert found(cast, "here") == set()

    def test_leaves_to_the_image_what_the_title_alone_has(self, cast, cycle):
        """The words of a title are found in memory; here a text must have one of them at least."""
        row = objective(cycle, "Fresh bread", "Bread for everyone")

        assert found(cast, "fresh") == set()
        assert found(cast, "bread") == found(cast, "fresh everyone") == found(cast, "fresh bread") == {row.id}

    def test_knows_one_workspace_from_another(self, cast):
        """The same words elsewhere are not there."""
        ours = Team.objects.create(workspace=cast.acme, key="x", name="X", purpose="Bakers")
        theirs = Team.objects.create(workspace=cast.zenith, key="x", name="X", purpose="Bakers")

        assert found(cast, "bakers") == {ours.id}
        assert theirs.id not in found(cast, str(cast.zenith.id))

    @pytest.mark.parametrize(
        ("text", "typed", "is_found"),
        [
            ("Crème brûlée à la carte", "creme brulee", True),
            ("Creme brulee", "CRÈME", True),
            ("Straße 12/2026, stop-gap", "gap 2026 straß", True),
            ("one_two 3.5 % e-mail a@b.example", "two 5 mail b", True),
            ("Über uns", "uber", True),
            ("Cafe\u0301 culture", "café", True),
            ("Ёлка и хлеб", "ХЛЕБ", True),
            ("Ёлка и хлеб", "ёл", True),
            ("ΟΔΟΣ ΑΘΗΝΑΣ", "οδος", True),
            ("한국어 제목", "한국", True),
            ("顧客が待たない", "顧客", True),
            ("Bread", "read", False),
            ("Bread", "bread bread cake", False),
            ("a b c", "a' & b | !c", True),
            ("AND OR NOT NEAR", "and or not near", True),
            ("m² of shop", "m²", True),
            ("𝔘nusual \U0001f35e signs", "signs", True),
        ],
    )
    def test_reads_alike_on_both(self, cast, cycle, text, typed, is_found):
        """Case, accents and signs mean the same on either database and in titles; no word is an operator."""
        row = objective(cycle, "", text)

        assert (row.id in found(cast, typed)) is is_found
        assert Texts.of([[text]]).titles.having(terms.terms(typed).words).tolist() == [is_found]

    def test_takes_words_of_any_length(self, cast, cycle):
        """What no person types must not keep a row from being written."""
        row = objective(cycle, "x" * 300, "y" * 20_000 + " end")

        assert found(cast, "x" * 150 + " yyyy end") == {row.id}

    def test_is_filled_by_what_writes_past_the_triggers(self, cast):
        """Rows written by the thousand are found as well."""
        _settled()
        id = new_id()
        columns = ("id", "workspace_id", "key", "name", "parent_id", "purpose")
        fresh = Workspace.objects.create(slug="fresh", name="Fresh", created_at=NOW)
        with bulk.checked_at_once(["team"], fresh.id):
            bulk.write("team", columns, [(id, fresh.id, "b", "B", None, "Bulky things")])

        assert found(replace(cast, acme=fresh), "bulky") == {id}
        assert list(search.differences(fresh.id)) == []

    def test_is_made_and_filled_again(self, cast):
        """Taken away and installed again, it knows what it knew."""
        Team.objects.create(workspace=cast.acme, key="b", name="B", purpose="Before")
        index.remove(connection)
        Team.objects.create(workspace=cast.acme, key="m", name="M", purpose="Meanwhile")
        index.install(connection)

        assert len(found(cast, "before")) == len(found(cast, "meanwhile")) == 1


class TestDifferences:
    def test_are_none_where_triggers_wrote(self, cast, cycle):
        """What the database kept agrees with the rows."""
        objective(cycle, "Fresh bread", "text")

        assert list(search.differences(cast.acme.id)) == []

    def test_name_what_was_changed_past_them(self, cast, cycle):
        """Rows changed, added or gone without the triggers are named, each in its own workspace alone."""
        changed, gone = objective(cycle, "Fresh bread"), objective(cycle, "Gone bread")
        _settled()
        with connection.cursor() as cursor:
            _without_triggers(cursor, "UPDATE objective SET title = 'Cake' WHERE id = %s", changed.id)
            _without_triggers(cursor, "DELETE FROM objective WHERE id = %s", gone.id)

        assert set(search.differences(cast.acme.id)) == {("objective", changed.id), ("objective", gone.id)}
        assert list(search.differences(cast.zenith.id)) == []

        index.remove(connection)
        index.install(connection)
        assert list(search.differences(cast.acme.id)) == []


def _settled() -> None:
    # PostgreSQL alters no table whose references are still to be checked.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _without_triggers(cursor, statement: str, id: int) -> None:
    if connection.vendor == "postgresql":
        cursor.execute("ALTER TABLE objective DISABLE TRIGGER USER")
        cursor.execute(statement, [id])
        cursor.execute("ALTER TABLE objective ENABLE TRIGGER USER")
        return
    cursor.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'objective_words_%%'"
    )
    triggers = cursor.fetchall()
    for name, _ in triggers:
        cursor.execute(f'DROP TRIGGER "{name}"')
    cursor.execute(statement, [id])
    for _, sql in triggers:
        cursor.execute(sql)
