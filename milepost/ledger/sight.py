"""What the database shows: doors and tools say it here, and each connection to PostgreSQL is told in time.

The third lock (`milepost/models/locks.py`) shows nothing to a connection that was told nothing. A connection
is told just before a statement that is to see something else than the one before it. Outside of transactions
it is told until it is told otherwise, which mostly costs nothing; inside of one, for that one alone. Where a
pooler lends connections for one transaction at a time, nothing outlives a transaction. SQLite has no such
lock: there the other two must do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

from milepost.core.ambient import Ambient
from milepost.ledger.statements import Statement
from milepost.models import locks


class Sight(NamedTuple):
    """What is seen: one workspace, or an account's own memberships, or (by the tables' owner) everything."""

    workspace: str = ""
    account: str = ""
    everywhere: str = ""


NOTHING, EVERYTHING = Sight(), Sight(everywhere="on")
_wanted: ContextVar[Sight] = ContextVar("sight", default=NOTHING)


def within(workspace_id: int) -> Ambient[Sight]:
    """See one workspace and nothing beyond it, as long as this holds."""
    return Ambient(_wanted, Sight(workspace=str(workspace_id)))


@contextmanager
def reaching(workspace_id: int) -> Iterator[None]:
    """See one workspace as long as this holds, unless it is seen already."""
    if _wanted.get() in (EVERYTHING, Sight(workspace=str(workspace_id))):
        yield
        return
    with within(workspace_id):
        yield


def own(account_id: int) -> Ambient[Sight]:
    """See in which workspaces an account is, as long as this holds."""
    return Ambient(_wanted, Sight(account=str(account_id)))


def everywhere() -> Ambient[Sight]:
    """See every workspace, as long as this holds: for the operator's tools, never for a request."""
    return Ambient(_wanted, EVERYTHING)


def nothing() -> Ambient[Sight]:
    """See no workspace, as long as this holds; whatever is settled within is over with it."""
    return Ambient(_wanted, NOTHING)


def settle(workspace_id: int) -> None:
    """See one workspace from here on, until whatever holds around this is over."""
    _wanted.set(Sight(workspace=str(workspace_id)))


def settle_everywhere() -> None:
    """See every workspace until whatever holds around this is over: for the looking glass of operators."""
    _wanted.set(EVERYTHING)


# -- before a workspace is known ---------------------------------------------------------------------------

_OF = {
    kind: Statement(f"SELECT milepost_workspace_of_{kind}(%s)") for kind in ("slug", "token", "invitation")
}
_IS_FOUNDED = Statement(f"SELECT {locks.IS_FOUNDED}()")


def is_held() -> bool:
    """Say whether the database has this lock at all."""
    return connections[DEFAULT_DB_ALIAS].vendor == "postgresql"


def opened_by(kind: str, key: str) -> int | None:
    """Return the workspace that a slug, a token's or an invitation's hash opens; only where `is_held`."""
    return _OF[kind].row([key])[0]


@contextmanager
def behind(kind: str, key: str) -> Iterator[None]:
    """See the workspace that a key opens, as long as this holds; where it opens none, nothing."""
    opened = opened_by(kind, key) if is_held() else None
    with nothing() if opened is None else within(opened):
        yield


def anything_founded() -> bool:
    """Say whether there is any workspace, whatever is seen; only where `is_held`."""
    return _IS_FOUNDED.row([])[0]


# -- telling -----------------------------------------------------------------------------------------------

_UNKNOWN = Sight("?", "?", "?")
_IDLE, _FAILED = 0, 3  # psycopg's TransactionStatus: whoever uses SQLite need not wait for its import
# These begin or end what a setting holds for, or must come first; none of them reads a row.
_STEERING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SET ")
_TELL = (
    f"SELECT set_config('{locks.WORKSPACE}', %s, %s), set_config('{locks.ACCOUNT}', %s, %s), "
    f"set_config('{locks.EVERYWHERE}', %s, %s)"
)


class Teller:
    """Tells one connection to PostgreSQL what it may show, before a statement that needs to know."""

    def __init__(self, database) -> None:
        self.database = database
        self.begin()

    def begin(self) -> None:
        """Forget what was told: the connection is new."""
        self.lasting, self.passing = NOTHING, None
        # Its address says where a pooler stands in between; what lasts would be seen by somebody else there.
        self.is_lent = self.database.settings_dict["OPTIONS"].get("prepare_threshold", 0) is None

    def __call__(self, execute: Callable, sql, params, many: bool, context: dict[str, Any]):
        """Pass a statement on; Django calls this for each."""
        raw, wanted = self.database.connection, _wanted.get()
        status = raw.pgconn.transaction_status
        if status == _IDLE:
            self.passing = None
            if raw.autocommit:
                return self._alone(raw, wanted, lambda: execute(sql, params, many, context))
        if isinstance(sql, str) and sql.startswith(_STEERING):
            if sql.startswith("ROLLBACK"):
                self.passing = _UNKNOWN  # what was told since the savepoint is taken back
        elif wanted != (self.passing or self.lasting) and status != _FAILED:
            self._tell(raw, wanted, for_now=True)
            self.passing = wanted
        return execute(sql, params, many, context)

    def _alone(self, raw, wanted: Sight, execute: Callable):
        """Pass on a statement that is a transaction by itself."""
        if wanted == self.lasting:
            return execute()
        if not self.is_lent:
            self._tell(raw, wanted, for_now=False)
            self.lasting = wanted
            return execute()
        # Sent together, both are one transaction.
        with self.database.wrap_database_errors, raw.pipeline():
            self._tell(raw, wanted, for_now=True)
            return execute()

    def _tell(self, raw, sight: Sight, *, for_now: bool) -> None:
        with self.database.wrap_database_errors:
            raw.execute(_TELL, [value for each in sight for value in (each, for_now)])


def attend(connection, **_) -> None:
    """Let a connection that was just made be told."""
    if connection.vendor != "postgresql":
        return
    for each in connection.execute_wrappers:
        if isinstance(each, Teller):
            return each.begin()
    connection.execute_wrappers.append(Teller(connection))
