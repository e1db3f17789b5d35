"""Turn the database's address into Django's settings for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from milepost.config.table import WrongSetting

# Every pragma holds for one connection, so each new one is told again.
SQLITE_PRAGMAS = {
    "journal_mode": "WAL",  # readers never wait for the writer
    "synchronous": "FULL",  # NORMAL loses acknowledged check-ins in a power cut
    "foreign_keys": "ON",
    "busy_timeout": "10000",  # milliseconds
    "wal_autocheckpoint": "1000",  # pages
    "journal_size_limit": "67108864",  # bytes: a WAL that grew once is cut back
    "cache_size": "-8000",  # kilobytes, for each connection
    "temp_store": "MEMORY",
}

# Whoever waits longer than this for another's lock is told that the database is busy: as SQLite's
# busy_timeout. PostgreSQL would wait without end, and by and by every thread with it.
LOCK_TIMEOUT = "-c lock_timeout=10s"
# In a large workspace PostgreSQL takes the statement that seats a reader for a heavy one, and compiles it
# first: 20 to 50 ms of each request, where it then runs for less than one.
NO_JIT = "-c jit=off"
POSTGRESQL_SCHEMES = ("postgresql", "postgres")


def from_url(url: str, data_dir: Path) -> dict[str, Any]:
    """Return Django's entry for DATABASES; a relative path lies in the data folder."""
    scheme = url.partition(":")[0]
    if scheme in POSTGRESQL_SCHEMES:
        return _postgresql(url)
    if scheme == "sqlite":
        return _sqlite(url, data_dir)
    raise WrongSetting(
        "The database's address does not begin with the name of a database that Milepost knows.",
        remedy="It begins with postgresql:// or sqlite:///, such as postgresql://user:password@host:5432/milepost.",
        field="database_url",
    )


def _sqlite(url: str, data_dir: Path) -> dict[str, Any]:
    path = unquote(url.removeprefix("sqlite:").removeprefix("//").removeprefix("/"))
    if not path or path == ":memory:":
        raise WrongSetting(
            "SQLite needs a file, and the database's address names none.",
            remedy="Write sqlite:///milepost.sqlite3, or with a fourth stroke for a path from the root.",
            field="database_url",
        )
    return {
        "ENGINE": "milepost.config.sqlite",
        "NAME": str(data_dir / path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 10,
            # Without it a transaction that reads before it writes fails at once when another writes.
            "transaction_mode": "IMMEDIATE",
            "cached_statements": 512,
            "init_command": "; ".join(f"PRAGMA {name}={value}" for name, value in SQLITE_PRAGMAS.items()),
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as wrong:
        raise WrongSetting(
            f"The database's address cannot be read: {wrong}.",
            remedy="A character such as @, : or / in the password is written as %40, %3A or %2F.",
            field="database_url",
        ) from None
    name = unquote(parts.path.removeprefix("/"))
    if not name:
        raise WrongSetting(
            "The database's address does not say which database.",
            remedy="End it with the name, such as postgresql://user@host/milepost.",
            field="database_url",
        )
    more = dict(parse_qsl(parts.query))
    prepared = _prepared(more.pop("prepare_threshold", "2"))
    if prepared is not None:  # a pooler takes no such wish; there it is said to the role
        more["options"] = f"{LOCK_TIMEOUT} {NO_JIT} {more.get('options', '')}".strip()  # the last word counts
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or more.pop("host", ""),
        "PORT": port or more.pop("port", ""),
        # Connections are kept: opening one costs more than a check-in. Whether the server has ended one
        # is seen when it is lent (`milepost/ledger/lending.py`), without asking it.
        "CONN_MAX_AGE": None,
        # A cursor that outlives its transaction stays with a connection that a pooler lends to somebody else.
        "DISABLE_SERVER_SIDE_CURSORS": prepared is None,
        "OPTIONS": {
            "application_name": "milepost",
            "connect_timeout": 10,
            # Statements are planned once for each connection, which saves a third of a small one's time.
            "server_side_binding": True,
            "prepare_threshold": prepared,
            **more,
        },
    }


def _prepared(written: str) -> int | None:
    # A pooler that lends a connection for one transaction forgets them; there it is "none".
    if written == "none":
        return None
    if not written.isdecimal():
        raise WrongSetting(
            f"prepare_threshold in the database's address is {written!r}.",
            remedy="It is a number of uses, or none where a pooler stands in between.",
            field="database_url",
        )
    return int(written)
