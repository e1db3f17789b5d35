"""The connection; Django looks for it in a module of this name.

SQLite has one writer. Others that want to write try again after a millisecond, two, five, … a hundred: with
thirty people checking in at once, whoever is unlucky waits ten times as long as the rest. Within a process
they wait in a queue here, and SQLite's own waiting is left to what other processes do.
"""

from __future__ import annotations

import os
import sqlite3
from collections import defaultdict
from contextlib import suppress

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from milepost.core.queues import Queue


def _busy() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


_queues: dict[str, Queue] = defaultdict(Queue)
os.register_at_fork(after_in_child=_queues.clear)  # who held one is not in this process


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that waits for its turn before it begins a transaction that writes."""

    _turn: Queue | None = None

    def get_new_connection(self, conn_params):
        # Made here, for the one that SQLite makes may be read by everyone. The files beside it take after it.
        with suppress(OSError):
            os.close(os.open(conn_params["database"], os.O_CREAT | os.O_EXCL, 0o600))
        return super().get_new_connection(conn_params)

    def _start_transaction_under_autocommit(self):
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._end_turn()
            raise

    def _commit(self):
        super()._commit()
        self._end_turn()  # a commit that failed is rolled back

    def _rollback(self):
        try:
            super()._rollback()
        finally:
            self._end_turn()

    def _close(self):
        try:
            super()._close()
        finally:
            self._end_turn()

    def _take_turn(self) -> None:
        if self.transaction_mode != "IMMEDIATE" or self._turn is not None:
            return
        queue = _queues[str(self.settings_dict["NAME"])]
        if not queue.acquire(seconds=self.settings_dict["OPTIONS"].get("timeout", 5.0)):
            raise OperationalError("database is locked") from _busy()
        self._turn = queue

    def _end_turn(self) -> None:
        if self._turn is not None:
            self._turn.release()
            self._turn = None
