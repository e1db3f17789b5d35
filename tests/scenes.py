"""What many tests begin with: made once by the actions, then written again as rows, under new ids.

An action asks much before it writes, and a thousand tests begin alike. So the first that needs a scene makes
it, and notes which rows that put in; the next get the same rows. Their ids are new ones, in the old order:
nothing that a process remembers of one test's rows is true of another's. A scene is kept for seconds, so that
nothing in it is older than it would be on a slow machine.
"""

from __future__ import annotations

import io
import pickle
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import AutoField, BigAutoField
from django.utils import timezone

from milepost.core.ids import LENGTH, decode, encode
from milepost.models import ids

LIFE = 30  # seconds
_AN_ID = re.compile(r"\b(\d{17,19}|[0-7][0-9a-hjkmnp-tv-z]{12})\b")


@dataclass
class Scene:
    """Rows and what their maker returned, with holes where ids stood."""

    kept: bytes
    ranks: list[int]  # of each hole, the place of its id among those of the scene and of the scene below it
    count: int  # ids of its own
    at: datetime | None
    made_at: float


@dataclass
class Standing:
    """The scene that stands in the database of this test."""

    made: Any = None
    ids: list[int] = field(default_factory=list)
    last: int = 0  # the last id that had been given out by then

    def is_untouched(self, below: Any) -> bool:
        """Say whether nothing was written since: every row that an action writes takes an id."""
        return self.made is below and (below is None or self.last == ids._last)


_scenes: dict[str, Scene] = {}  # by name, the last
_standing = Standing()
_moment: datetime | None = None


def moment() -> datetime:
    """Return the time, or that of some seconds ago, in the same hour: scenes of one moment are alike."""
    global _moment
    now = timezone.now()
    hour = {"minute": 0, "second": 0, "microsecond": 0}
    if _moment is None or now - _moment > timedelta(seconds=LIFE) or now.replace(**hour) > _moment:
        _moment = now
    return _moment


def stand(name: str, make: Callable[[], Any], *, on: Any = None, at: datetime | None = None) -> Any:
    """Return what `make` returns, and let its rows be there; `on` is what the scene below it returned.

    What was written by others on the way is nothing that a scene knows of: then it is made anew.
    """
    global _standing
    if not (_standing.is_untouched(on) if on is not None else _is_empty()):
        return make()
    below = _standing.ids if on is not None else []
    scene = _scenes.get(name)
    if scene is None or scene.at != at or time.monotonic() - scene.made_at > LIFE:
        made, own, _scenes[name] = _record(make, below, at)
    else:
        own = [*ids.new_ids(scene.count)]
        made = _write(scene, [*below, *own])
    _standing = Standing(made, [*below, *own], ids._last)
    return made


def _is_empty() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM workspace) OR EXISTS (SELECT 1 FROM account)")
        return not cursor.fetchone()[0]


def _read() -> dict[str, tuple[list[str], dict[Any, tuple]]]:
    """Return the columns of every table, but for keys that the database gives, and its rows by their key."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            fields = model._meta.local_concrete_fields
            columns = [each.column for each in fields if not isinstance(each, AutoField | BigAutoField)]
            listed = ", ".join(f'"{each}"' for each in (model._meta.pk.column, *columns))
            cursor.execute(f'SELECT {listed} FROM "{model._meta.db_table}" ORDER BY 1')
            found[model._meta.db_table] = (columns, {row[0]: row[1:] for row in cursor.fetchall()})
    return found


def _record(make: Callable[[], Any], below: list[int], at: datetime | None) -> tuple[Any, list[int], Scene]:
    before, first = _read(), ids.new_id()
    made, last = make(), ids.new_id()
    inserts = []
    for table, (columns, rows) in _read().items():
        there = before[table][1]
        if any(rows.get(key) != row for key, row in there.items()):
            raise AssertionError(f"A scene puts rows in; this one also changed what stood in {table}.")
        if new := [row for key, row in rows.items() if key not in there]:
            listed, holes = ", ".join(f'"{each}"' for each in columns), ", ".join(["%s"] * len(columns))
            inserts.append((f'INSERT INTO "{table}" ({listed}) VALUES ({holes})', new))
    into = io.BytesIO()
    pickler = _Pickler(into, first, last, below)
    pickler.dump((made, inserts))
    own = sorted(pickler.holes.keys() - {*below})
    places = {id: place for place, id in enumerate([*below, *own])}
    ranks = [places[id] for id in pickler.holes]
    return made, own, Scene(into.getvalue(), ranks, len(own), at, time.monotonic())


def _write(scene: Scene, given: list[int]) -> Any:
    made, statements = _Unpickler(io.BytesIO(scene.kept), [given[rank] for rank in scene.ranks]).load()
    with connection.cursor() as cursor:
        for statement, rows in statements:
            cursor.executemany(statement, rows)
    return made


class _Pickler(pickle.Pickler):
    """Leaves a hole for each id, whether it stands as a number or in a text."""

    def __init__(self, into: io.BytesIO, first: int, last: int, below: list[int]) -> None:
        super().__init__(into, protocol=5)
        self.first, self.last, self.below = first, last, {*below}
        self.holes: dict[int, int] = {}

    def persistent_id(self, value: Any) -> Any:
        if type(value) is int:
            return self._hole(value)
        if type(value) is not str:
            return None
        words = _AN_ID.split(value)  # every second one looks like an id
        for place in range(1, len(words), 2):
            is_number = len(words[place]) > LENGTH
            id = int(words[place]) if is_number else decode(words[place]) or 0
            hole = self._hole(id)
            if hole is not None:
                words[place] = (hole, is_number)
        return tuple(words) if any(type(word) is tuple for word in words) else None

    def _hole(self, id: int) -> int | None:
        if self.first < id < self.last or id in self.below:
            return self.holes.setdefault(id, len(self.holes))
        return None


class _Unpickler(pickle.Unpickler):
    """Fills each hole with its new id."""

    def __init__(self, source: io.BytesIO, given: list[int]) -> None:
        super().__init__(source)
        self.given = given

    def persistent_load(self, hole: int | tuple) -> int | str:
        return self.given[hole] if type(hole) is int else "".join(map(self._word, hole))

    def _word(self, word: str | tuple[int, bool]) -> str:
        if type(word) is str:
            return word
        hole, is_number = word
        return str(self.given[hole]) if is_number else encode(self.given[hole])
