"""The third lock: PostgreSQL shows and takes no row but those of the workspace that it was told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from milepost.core.tokens import hash_of
from milepost.ledger import sight
from milepost.models import Objective, Person, Workspace, locks, search
from milepost.queries import people, workspaces
from tests.cast import Cast
from tests.okrs import written

pytestmark = pytest.mark.both_databases
BOUND = sorted(set(locks.tables()) - {"workspace"} - locks.unforced())

# What belongs to no workspace, and why it may be read before there is one.
FOR_EVERYONE = {
    "account": "who signs in, before anybody knows where; hashes of passwords are of no use to a workspace",
    "session": "found by its secret key alone",
    "sign_in_link": "found by its secret alone, and about an account",
    "account_groups": "Django's, empty",
    "account_user_permissions": "Django's, empty",
    "account_emailaddress": "allauth's, of an account",
    "account_emailconfirmation": "allauth's, of an account",
    "guess": "counts under hashes, before anybody is in",
    "mfa_authenticator": "allauth's, of an account",
    "auth_group": "Django's, empty",
    "auth_group_permissions": "Django's, empty",
    "auth_permission": "Django's: the names of the models",
    "django_admin_log": "Django's, empty: the admin only looks",
    "django_content_type": "Django's: the names of the models",
    "django_migrations": "Django's: which migrations there are",
}


@pytest.fixture(autouse=True)
def _only_there(db) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no row-level security.")


@pytest.fixture
def full(cast: Cast) -> Cast:
    """Both workspaces with something of everything in them."""
    zenith = replace(cast, acme=cast.zenith, product=cast.rockets, ada=cast.zed, ben=cast.zed, cleo=cast.zed)
    for each in (cast, zenith):
        written(each, timezone.now())
    return cast


def asked(sql: str, *values) -> list[tuple]:
    """Ask the database by hand, past every other lock."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else [(cursor.rowcount,)]


class TestPolicies:
    def test_leave_no_table_out(self):
        """Every table is held by its workspace, its owner as well, or there is a reason why not."""
        found = dict(
            asked(
                "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class "
                "WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
            )
        )

        assert {table for table, is_held in found.items() if is_held} == set(
            locks.tables()
        ) - locks.unforced()
        assert {table for table, is_held in found.items() if not is_held} == {
            *FOR_EVERYONE,
            *locks.unforced(),
        }

    def test_hold_the_role_that_tests_work_with(self):
        """The application's role is no superuser and may not pass by; else nothing here means much."""
        assert asked("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") == [
            (False,)
        ]


class TestSight:
    @pytest.mark.parametrize("table", BOUND)
    def test_nothing_told_nothing_seen(self, full, table):
        """A connection that was told nothing sees no row, changes none and takes none away."""
        with sight.nothing():
            assert asked(f"SELECT count(*) FROM {table}") == [(0,)]
            assert asked(f"UPDATE {table} SET workspace_id = workspace_id") == [(0,)]
            assert asked(f"DELETE FROM {table}") == [(0,)]

    @pytest.mark.parametrize("table", BOUND)
    def test_ends_at_the_border(self, full, table):
        """Within a workspace its own rows are there, and those of another are neither read nor touched."""
        key = "seq" if table == "change" else "id"
        theirs = asked(f"SELECT min({key}) FROM {table} WHERE workspace_id = %s", full.zenith.id)[0][0]
        own = asked(f"SELECT count(*) FROM {table} WHERE workspace_id = %s", full.acme.id)[0][0]

        with sight.within(full.acme.id):
            assert asked(f"SELECT count(*) FROM {table}") == [(own,)]
            assert asked(f"SELECT count(*) FROM {table} WHERE {key} = %s", theirs) == [(0,)]
            assert asked(f"UPDATE {table} SET workspace_id = %s WHERE {key} = %s", full.acme.id, theirs) == [
                (0,)
            ]
            assert asked(f"DELETE FROM {table} WHERE {key} = %s", theirs) == [(0,)]

    @pytest.mark.parametrize("table", BOUND)
    def test_lets_no_row_in_from_outside(self, full, table):
        """A row of another workspace cannot be written, whatever it holds."""
        columns = asked(
            "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
            "WHERE table_name = %s AND table_schema = current_schema() AND column_name <> 'workspace_id'",
            table,
        )[0][0]
        key = "seq" if table == "change" else "id"
        mine = asked(f"SELECT min({key}) FROM {table} WHERE workspace_id = %s", full.acme.id)[0][0]
        if mine is None:
            pytest.skip("There is no such row to copy.")

        with sight.within(full.acme.id), pytest.raises(DatabaseError) as refused, transaction.atomic():
            asked(
                f"INSERT INTO {table} (workspace_id, {columns}) "
                f"SELECT %s, {columns} FROM {table} WHERE {key} = %s",
                full.zenith.id,
                mine,
            )

        assert "row-level security" in str(refused.value) or "across workspaces" in str(refused.value)

    @pytest.mark.parametrize("table", search.INDEXED)
    def test_keeps_words_to_the_workspace_told(self, full, table):
        """The index of words is read through a function, and that looks nowhere else."""

        def found(workspace) -> list:
            return asked(
                f"SELECT * FROM {locks.having(table)}('a:* | p:* | z:* | r:*'::tsquery, %s)", workspace.id
            )

        own, theirs = found(full.acme), found(full.zenith)
        with sight.within(full.acme.id):
            assert found(full.acme) == own
            assert found(full.zenith) == []
        with sight.nothing():
            assert found(full.acme) == []

        assert theirs or table != "team"

    def test_stops_a_query_that_forgot_to_ask_for_its_workspace(self, full):
        """Where both other locks were left open, the rows are still those of one workspace."""
        with sight.within(full.acme.id):
            found = {row.workspace_id for row in Objective.objects.everywhere()}

        assert found == {full.acme.id}

    def test_shows_an_account_where_it_belongs_and_nothing_else(self, full):
        """Before a workspace is chosen one's own memberships can be read, and only that."""
        account = people.account("ada@acme.example")

        with sight.own(account):
            assert [row.name for row in Person.objects.everywhere()] == ["Ada Lovelace"]
            assert [row.slug for row in Workspace.objects.all()] == ["acme"]
            assert asked("UPDATE person SET name = 'Eve'") == [(0,)]
            assert asked("SELECT count(*) FROM objective") == [(0,)]

    def test_tells_of_a_key_which_workspace_it_opens(self, full):
        """A slug says the number of its workspace; a name that nobody has says nothing."""
        with sight.nothing():
            assert sight.opened_by("slug", "zenith") == full.zenith.id
            assert sight.opened_by("slug", "nadir") is None
            assert sight.opened_by("token", hash_of("no such thing")) is None
            assert sight.opened_by("invitation", hash_of("no such thing")) is None
            assert asked("SELECT count(*) FROM workspace") == [(0,)]

    def test_knows_what_is_taken_without_showing_it(self, full):
        """Nobody founds a second beginning or takes a name because they do not see who has it."""
        with sight.nothing():
            assert workspaces.is_founded()
            assert workspaces.is_taken("zenith")
            assert not workspaces.is_taken("nadir")


class TestTelling:
    def test_ends_with_what_it_was_said_for(self, full):
        """One sight inside another: afterwards the one around it holds again."""
        with sight.within(full.acme.id):
            with sight.within(full.zenith.id):
                inside = asked("SELECT name FROM workspace")
            around = asked("SELECT name FROM workspace")

        assert (inside, around) == ([("Zenith",)], [("Acme",)])

    def test_survives_what_is_taken_back(self, full):
        """A savepoint that is rolled back takes settings back; the next statement is told again."""
        with sight.within(full.acme.id):
            asked("SELECT name FROM workspace")
        with sight.within(full.zenith.id):
            with transaction.atomic():
                asked("SELECT name FROM workspace")
                transaction.set_rollback(True)
            after = asked("SELECT name FROM workspace")

        assert after == [("Zenith",)]

    def test_a_failed_statement_leaves_nothing_behind(self, full):
        """After an error the connection shows what it showed before."""
        with sight.within(full.zenith.id), pytest.raises(DatabaseError), transaction.atomic():
            asked("SELECT 1 / 0")
        with sight.within(full.acme.id):
            assert asked("SELECT name FROM workspace") == [("Acme",)]

    @pytest.mark.parametrize("is_lent", [False, True], ids=["kept", "lent by a pooler"])
    @pytest.mark.django_db(transaction=True)
    def test_outside_of_transactions(self, cast, is_lent):
        """Each statement sees what holds when it is made, one after another on the same connection."""
        teller = next(each for each in connection.execute_wrappers if isinstance(each, sight.Teller))
        teller.is_lent = is_lent
        found = []
        try:
            for place in (cast.acme, cast.zenith, cast.acme):
                with sight.within(place.id):
                    found.append(asked("SELECT name FROM workspace"))
                with sight.nothing():
                    found.append(asked("SELECT name FROM workspace"))
        finally:
            teller.is_lent = False

        assert found == [[("Acme",)], [], [("Zenith",)], [], [("Acme",)], []]

    @pytest.mark.django_db(transaction=True)
    def test_tells_a_pooler_nothing_that_lasts(self, cast):
        """Where connections are lent for one transaction, the next borrower finds no setting."""
        teller = next(each for each in connection.execute_wrappers if isinstance(each, sight.Teller))
        connection.ensure_connection()
        with sight.nothing():
            asked("SELECT 1")
        teller.is_lent = True
        try:
            with sight.within(cast.acme.id):
                asked("SELECT name FROM workspace")
                with pytest.raises(DatabaseError):
                    asked("SELECT 1 / 0")
            left = connection.connection.execute(
                "SELECT current_setting('milepost.workspace', true)"
            ).fetchone()
        finally:
            teller.is_lent = False

        assert left[0] in ("", None)
