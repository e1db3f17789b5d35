"""Which database is meant: for a while another one than that of the settings, or one moment of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from copy import deepcopy
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from milepost.core.problems import Problem, first_line
from milepost.ledger import faults, moments, sight

DEFAULT = "default"


class NoSuchDatabase(Problem):
    """A database that cannot be opened."""

    code = "no_such_database"
    status = 503


class NoRoom(Problem):
    """A disk on which there is no room for a database."""

    code = "no_room"
    status = 507


def address_of(file: Path) -> str:
    """Return the address of a SQLite database in a file."""
    return f"sqlite:////{file.as_posix().lstrip('/')}"


@contextmanager
def standing_on(url: str) -> Iterator[BaseDatabaseWrapper]:
    """Let everything that asks for a database have the one at this address, as long as this holds."""
    told = connections.configure_settings({DEFAULT: settings.DATABASE_AT(url)})[DEFAULT]
    with _standing(told) as connection:
        try:
            connection.ensure_connection()
        except (DatabaseError, ImproperlyConfigured) as wrong:
            raise NoSuchDatabase(
                f"The database {settings.DATABASE_NAMED(url)} cannot be opened: {first_line(wrong)}.",
                remedy="Is its server running, does the database exist, and are name and password right?",
                field="database_url",
            ) from None
        yield connection


@contextmanager
def as_operator() -> Iterator[None]:
    """See every workspace, with the role that owns the tables where the application has one of its own."""
    url = settings.MILEPOST.database_owner_url
    with sight.everywhere(), standing_on(url) if url else nullcontext():
        yield


@contextmanager
def aside(folder: Path) -> Iterator[BaseDatabaseWrapper]:
    """Stand on an empty SQLite database in this folder."""
    place = f"in {folder.parent} for a database to try the backup in"
    with (
        standing_on(address_of(folder / "aside.sqlite3")) as connection,
        _no_room(place, "the backup is as it was"),
    ):
        yield connection


@contextmanager
def finding_room() -> Iterator[None]:
    """Say where the database lies, should there be no room left for it."""
    told = connections[DEFAULT].settings_dict
    is_file = connections[DEFAULT].vendor == "sqlite"
    place = f"in {Path(told['NAME']).parent} for the database" if is_file else "on the database's server"
    with _no_room(place, "nothing is half saved"):
        yield


@contextmanager
def _no_room(place: str, safe: str) -> Iterator[None]:
    try:
        yield
    except DatabaseError as wrong:
        if not isinstance(faults.told(wrong), faults.DiskIsFull):
            raise
        raise NoRoom(
            f"There is no room left {place}.", remedy=f"Make room there, and try again; {safe}."
        ) from None


@contextmanager
def one_moment() -> Iterator[BaseDatabaseWrapper]:
    """Read one moment of the database however long it takes, and let others write meanwhile."""
    # With a connection of its own and images of its own, so that these may be brought up to date within.
    with _standing(deepcopy(connections[DEFAULT].settings_dict)) as connection, moments.one():
        yield connection


@contextmanager
def _standing(told: dict[str, Any]) -> Iterator[BaseDatabaseWrapper]:
    from milepost.ledger import image  # and NumPy with it: most commands stand where they are

    before = connections[DEFAULT]
    connection = load_backend(told["ENGINE"]).DatabaseWrapper(told, DEFAULT)
    connections[DEFAULT] = connection
    image.forget()
    try:
        yield connection
    finally:
        connection.close()
        connections[DEFAULT] = before
        image.forget()
