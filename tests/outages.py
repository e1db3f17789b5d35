"""What can become of a database while people work, made to happen: full, locked, only read, away."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


def pragma(words: str):
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {words}").fetchone()


@contextmanager
def full() -> Iterator[None]:
    """Let the database be as large as it may become; PostgreSQL, which has no such limit, says so itself."""
    if connection.vendor == "postgresql":
        yield from _no_room()
        return
    usual = pragma("max_page_count")[0]
    pragma(f"max_page_count={pragma('page_count')[0]}")
    try:
        yield
    finally:
        pragma(f"max_page_count={usual}")


@contextmanager
def locked() -> Iterator[None]:
    """Let somebody else be writing, and not finish; whoever waits does so for a twentieth of a second."""
    if connection.vendor == "postgresql":
        yield from _table_locked()
        return
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    pragma("busy_timeout=50")
    try:
        yield
    finally:
        pragma("busy_timeout=10000")
        other.close()


@contextmanager
def read_only() -> Iterator[None]:
    """Let the database take no changes."""
    on, off = (
        ("PRAGMA query_only=1", "PRAGMA query_only=0")
        if connection.vendor == "sqlite"
        else ("SET default_transaction_read_only=on", "SET default_transaction_read_only=off")
    )
    with connection.cursor() as cursor:
        cursor.execute(on)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(off)


@contextmanager
def away() -> Iterator[None]:
    """Let nobody answer where PostgreSQL was."""
    told = connection.settings_dict
    port = told["PORT"]
    connection.close()
    told["PORT"] = 1
    try:
        yield
    finally:
        told["PORT"] = port
        connection.close()


def _table_locked() -> Iterator[None]:
    other = connection.copy()
    other.set_autocommit(False)
    with connection.cursor() as cursor, other.cursor() as holder:
        holder.execute("LOCK TABLE checkin IN EXCLUSIVE MODE")  # others may read
        cursor.execute("SET lock_timeout = '50ms'")
        try:
            yield
        finally:
            cursor.execute("RESET lock_timeout")
            other.close()


def _no_room() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'as told' USING ERRCODE = '53100'; END $$"
        )
        for table in ("checkin", "token"):
            cursor.execute(
                f"CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION no_room()"
            )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION no_room() CASCADE")
