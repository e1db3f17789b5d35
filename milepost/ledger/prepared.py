"""Statements by hand on a connection to PostgreSQL, put to its library itself.

The driver makes a cursor for each statement, a generator that waits for the answer, and a turn of its own
around both: of a small statement that is two thirds of the time. Here one call sends it and waits, with other
threads at work meanwhile. What goes in and comes out is converted by the driver, as ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Connection, OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus


def on(raw: Connection) -> Prepared | None:
    """Return what is prepared on a connection; None where a statement must go another way.

    Within a transaction a statement that was forgotten could not be prepared anew, for its failure ends all
    of it; and behind a pooler (`prepare_threshold` is None) nothing can be prepared.
    """
    is_alone = raw.pgconn.transaction_status == TransactionStatus.IDLE and raw.autocommit
    if not is_alone or raw.prepare_threshold is None:
        return None
    found = _prepared.get(raw)
    if found is None:
        found = _prepared[raw] = Prepared(raw)
    return found


class Prepared:
    """The statements that were prepared on one connection."""

    def __init__(self, raw: Connection) -> None:
        self._server, self._values = raw.pgconn, Transformer(raw)
        self._names: dict[tuple, bytes] = {}
        self._numbers = count()

    def rows(self, text: str, arguments: Sequence) -> list[tuple[Any, ...]]:
        """Execute a statement (with `$1`, `$2`, … where its arguments go) and return all it found."""
        values = self._values.dump_sequence(arguments, [PyFormat.AUTO] * len(arguments))
        types, formats = self._values.types, self._values.formats
        statement = text, types
        name = self._names.get(statement) or self._prepare(statement)
        try:
            result = self._answered(self._server.exec_prepared(name, values, formats))
        except InvalidSqlStatementName:  # the driver forgets all of them when a savepoint is taken back
            self._names.clear()
            result = self._answered(self._server.exec_prepared(self._prepare(statement), values, formats))
        self._values.set_pgresult(result)
        return self._values.load_rows(0, result.ntuples, tuple)

    def _prepare(self, statement: tuple) -> bytes:
        text, types = statement
        name = b"milepost_%d" % next(self._numbers)
        self._answered(self._server.prepare(name, text.encode(), types))
        self._names[statement] = name
        return name

    def _answered(self, result):
        if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            return result
        if self._server.status != ConnStatus.OK:
            raise OperationalError(result.error_message.decode(errors="replace"))
        raise error_from_result(result)


_prepared: WeakKeyDictionary[Connection, Prepared] = WeakKeyDictionary()
