"""The feed: what happened, newest first, by day, and only what the reader may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice
from types import MappingProxyType

import orjson
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Q

from milepost.core.ids import encode
from milepost.core.undoing import TOLD_AS_ONE
from milepost.ledger.statements import AMONG, Statement, listed, zoned
from milepost.models import Event
from milepost.queries.cards import Reader
from milepost.queries.registers import register
from milepost.queries.sentences import Happening, Phrase, Sentence, sentence
from milepost.queries.undoing import IS_UNDONE, is_undone

__all__ = [
    "GROUPS",
    "Day",
    "Feed",
    "Happening",
    "Narrowed",
    "Phrase",
    "Sentence",
    "about",
    "feed",
    "rows_about",
    "sentence",
]

PAGE = 40
MOST_AT_ONCE = 2_000  # events read in one go, where few of them may be seen

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "check-ins": ("checkin.",),
        "objectives": ("objective.", "key_result.", "alignment."),
        "initiatives": ("initiative.",),
        "discussion": ("comment.",),
        "people": ("person.", "team.", "token."),
        "settings": ("workspace.", "cycle.", "plan.", "view."),
    }
)
"""What a feed can be narrowed to, and the kinds of event behind each."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the feed."""

    on: date
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of the feed; `older` is the cursor of the next one."""

    days: tuple[Day, ...]
    older: str | None = None


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a feed is narrowed to; nothing set is everything."""

    team: int | None = None
    person: int | None = None
    group: str | None = None

    def __bool__(self) -> bool:
        return not (self.team is None and self.person is None and self.group is None)


def feed(
    reader: Reader,
    narrowed: Narrowed = Narrowed(),
    *,
    before: int | None = None,
    size: int = PAGE,
    parts: bool = False,
) -> Feed:
    """Return a page of what happened, newest first, by day; `before` is an event's id.

    What was done as one is told as one; with `parts`, each of its changes as well.
    """
    query = _in_sight(reader)
    if narrowed.team is not None:
        theirs = [id for id in register(reader.image).teams.ids(narrowed.team) if reader.sees(id)]
        query = query.filter(
            Q(objective_id__among=theirs) | Q(kind__startswith="team.", subject_id=narrowed.team)
        )
    if narrowed.person is not None:
        query = query.filter(actor_id=narrowed.person)
    if narrowed.group in GROUPS:
        query = query.filter(_begins_with(GROUPS[narrowed.group]))
    found, last = _page(reader, query, before, size, parts=parts)
    days = tuple(Day(on, tuple(those)) for on, those in groupby(found, key=lambda one: one.on))
    return Feed(days, None if last is None else encode(last))


def _in_sight(reader: Reader):
    """Return the events that are about nothing restricted, or about what the reader sees: most they may.

    Of a past day, those until its end.
    """
    query = reader.until(Event.objects.of(reader.actor.workspace_id))
    if reader.actor.within is not None:
        image = reader.image
        seen = image.objectives.ids[reader.seen[: image.first_key_result]].tolist()
        return query.filter(Q(objective_id=None) | Q(objective_id__among=seen))
    hidden = reader.hidden
    return query.exclude(Q(objective_id__among=hidden) | Q(key_result_id__among=hidden)) if hidden else query


# By database; by hand, for on a team's page the ORM took as long over it as all its rows did.
_ABOUT = {
    vendor: Statement(
        f"SELECT {', '.join(Happening._fields[:-1])}, {IS_UNDONE} FROM event WHERE workspace_id = %s AND "
        f"{among.format('objective_id')} AND (key_result_id IS NULL OR NOT {among.format('key_result_id')}) "
        "AND at < %s ORDER BY id DESC LIMIT %s"
    )
    for vendor, among in AMONG.items()
}


def rows_about(reader: Reader, objectives: Collection[int], *, most: int) -> tuple[tuple, ...]:
    """Return the latest rows about some objectives and their key results, as the database has them.

    Whatever `about` makes of them is the same for as long as they, the reader and the image are. What the
    reader does not see of the key results takes nobody's place.
    """
    if not objectives:
        return ()
    database = connections[DEFAULT_DB_ALIAS]
    until = database.ops.adapt_datetimefield_value(reader.until_moment)
    of = reader.image.key_results_of
    hidden = [one for id in objectives for one in of.ids(id) if not reader.sees(one)]
    said = [reader.actor.workspace_id, listed(objectives), listed(hidden), until, most]
    return tuple(map(tuple, _ABOUT[database.vendor].rows(said)))


def about(reader: Reader, rows: Iterable[tuple], *, since: date, size: int) -> tuple[Sentence, ...]:
    """Tell what `rows_about` found, back to a day."""
    told: set[int] = set()
    sentences = (_tell(reader, _happened(row), told) for row in rows)
    return tuple(islice((one for one in sentences if one is not None and one.on >= since), size))


def _happened(row: tuple) -> Happening:
    found = Happening(*row)
    return found._replace(at=zoned(found.at), data=orjson.loads(found.data), is_undone=bool(found.is_undone))


def _begins_with(beginnings: Iterable[str]) -> Q:
    found = Q()
    for beginning in beginnings:
        found |= Q(kind__startswith=beginning)
    return found


def _tell(reader: Reader, happening: Happening, told: set[int], *, parts: bool = False) -> Sentence | None:
    """Say what happened, unless it was told as part of something that was done as one."""
    if happening.id in told:
        return None
    one = sentence(reader, happening)
    if one is not None and happening.kind in TOLD_AS_ONE and not parts:
        told.update(happening.data["events"])
    return one


def _page(
    reader: Reader, query, before: int | None, size: int, *, parts: bool = False
) -> tuple[list[Sentence], int | None]:
    """Read on until a page is full; return it, and where the next begins (None: nothing more is seen).

    What may not be seen leaves no gap and no trace: neither is it where a page ends, nor does it say that
    there are more.
    """
    found: list[Sentence] = []
    told: set[int] = set()  # its parts are later in the record
    last, chunk = None, size + 20
    while True:
        rows = query if before is None else query.filter(id__lt=before)
        rows = rows.annotate(is_undone=is_undone(reader.known)).order_by("-id")
        happenings = [Happening(*row) for row in rows.values_list(*Happening._fields)[:chunk]]
        for happening in happenings:
            before, is_full = happening.id, len(found) == size
            if one := _tell(reader, happening, told, parts=parts):
                if is_full:
                    return found, last
                found.append(one)
                last = happening.id
            elif is_full and happening.id in told and sentence(reader, happening):
                last = happening.id  # the next page would tell it once more
        if len(happenings) < chunk:
            return found, None
        chunk = min(2 * chunk, MOST_AT_ONCE)
