"""Ids: 63 bits, made here, never by a sequence: 42 bits of milliseconds, then 21 of a counter.

The counter starts at a random place in each millisecond, so ids sort by time and cannot be guessed
from a neighbour; within one process they rise strictly, so rows read back in the order they were made.
"""

from __future__ import annotations

import secrets
import threading
import time

import orjson
from django.db import models

COUNTER_BITS = 21
_COUNTER_END = 1 << COUNTER_BITS
# A random start leaves this much room for ids of the same millisecond before it borrows the next one.
_ROOM = 1 << 18

_lock = threading.Lock()
_last = 0


def new_id() -> int:
    """Make the next id."""
    return new_ids(1).start


def new_ids(count: int) -> range:
    """Make the next ids, so many in a row."""
    global _last
    with _lock:
        now = time.time_ns() // 1_000_000
        if now > _last >> COUNTER_BITS:
            first = now << COUNTER_BITS | secrets.randbelow(_COUNTER_END - _ROOM)
        else:
            first = _last + 1  # behind the last of a millisecond comes the first of the next
        _last = first + count - 1
        return range(first, first + count)


class IdField(models.BigIntegerField):
    """The primary key of every table."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("primary_key", True)
        kwargs.setdefault("default", new_id)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def db_type(self, connection) -> str:
        # On SQLite only "integer" makes the key the row's own number; any other type costs every table an
        # index more, and every insert a page more.
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)

    def rel_db_type(self, connection) -> str:
        return self.db_type(connection)


@models.BigIntegerField.register_lookup
class Among(models.Lookup):
    """`__among`: is one of a list, however long, which is one argument; `__in` takes an argument for each."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sqlite(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        listed = orjson.dumps(list(self.rhs)).decode()
        return f"{column} IN (SELECT value FROM json_each(%s))", [*params, listed]

    def as_postgresql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*params, list(self.rhs)]
