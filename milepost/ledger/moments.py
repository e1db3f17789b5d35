"""One moment of the database: what several statements read together, while others go on writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from milepost.core.problems import Problem

if TYPE_CHECKING:
    from milepost.ledger.image import Image  # and NumPy with it, which few who read one moment need

TRIES = 50  # until a moment is found of which an image has heard everything: about a millisecond lies between


class TooBusy(Problem):
    """So much is written at once that no moment could be taken hold of."""

    code = "too_busy"
    status = 503
    retry_after = 10


@contextmanager
def one() -> Iterator[None]:
    """Read one moment however long it takes, and write nothing. Within a transaction it is as that has it.

    What is shared between threads, such as an image, must not be brought up to date within: it may know more
    already than this moment holds.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.in_atomic_block:
        yield
        return
    with _only_reading(database), transaction.atomic():
        with database.cursor() as cursor:
            if database.vendor == "postgresql":
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # The first read takes the snapshot; until then the moment could still move.
            cursor.execute("SELECT count(*) FROM django_migrations")
        yield


@contextmanager
def known_to(image: Image) -> Iterator[None]:
    """Read one moment of which an image has heard everything; raises TooBusy where none is found.

    It is told first and asked within: what was restricted meanwhile is read by nobody who saw it before.
    """
    if connections[DEFAULT_DB_ALIAS].in_atomic_block:
        yield
        return
    for _ in range(TRIES):
        image.refresh(anew=True)
        with one():
            if not image.lacks_news():
                yield
                return
    raise TooBusy(
        "So much is being written that nothing could be read in one piece.", remedy="Try again in a moment."
    )


@contextmanager
def _only_reading(database: BaseDatabaseWrapper) -> Iterator[None]:
    if database.vendor != "sqlite":
        yield
        return
    # IMMEDIATE would keep every writer waiting until the last row is read.
    database.ensure_connection()
    usual, database.transaction_mode = database.transaction_mode, "DEFERRED"
    try:
        yield
    finally:
        database.transaction_mode = usual
