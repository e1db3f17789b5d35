"""The feed: what happened, newest first, by day, and only what the reader may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from types import MappingProxyType

from django.db.models import Q

from milepost.core.ids import encode
from milepost.core.undoing import TOLD_AS_ONE
from milepost.models import Event
from milepost.queries.cards import Reader
from milepost.queries.sentences import Happening, Phrase, Sentence, sentence
from milepost.queries.undoing import is_undone

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
    "sentence",
]

PAGE = 40
# How many events are looked through for one page before the reader is asked to go on.
FURTHEST = 1_200

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
    query = Event.objects.of(reader.actor.workspace_id)
    if narrowed.team is not None:
        theirs = [row.id for row in reader.objectives() if row.team_id == narrowed.team]
        query = query.filter(
            Q(objective_id__in=theirs) | Q(kind__startswith="team.", subject_id=narrowed.team)
        )
    if narrowed.person is not None:
        query = query.filter(actor_id=narrowed.person)
    if narrowed.group in GROUPS:
        query = query.filter(_begins_with(GROUPS[narrowed.group]))
    found, last = _page(reader, query, before, size, parts=parts)
    days = tuple(Day(on, tuple(those)) for on, those in groupby(found, key=lambda one: one.on))
    return Feed(days, None if last is None else encode(last))


def about(
    reader: Reader, objectives: Collection[int], *, since: date | None = None, size: int = 6
) -> tuple[Sentence, ...]:
    """Return the latest about some objectives and their key results, back to a day."""
    if not objectives:
        return ()
    query = reader.until(Event.objects.of(reader.actor.workspace_id))
    query = query.filter(objective_id__in=list(objectives))
    found, _ = _page(reader, query, None, size, look_at=4 * size)
    return tuple(one for one in found if since is None or one.on >= since)


def _begins_with(beginnings: Iterable[str]) -> Q:
    found = Q()
    for beginning in beginnings:
        found |= Q(kind__startswith=beginning)
    return found


def _page(
    reader: Reader, query, before: int | None, size: int, *, look_at: int = FURTHEST, parts: bool = False
) -> tuple[list[Sentence], int | None]:
    """Read on until a page is full: what may not be seen leaves no gap, only a longer look."""
    found: list[Sentence] = []
    told: set[int] = set()  # as part of something that was done as one, and is later in the record
    looked, chunk = 0, size + 20
    while looked < look_at:
        rows = query if before is None else query.filter(id__lt=before)
        rows = rows.annotate(is_undone=is_undone()).order_by("-id")
        happenings = [Happening(*row) for row in rows.values_list(*Happening._fields)[:chunk]]
        for happening in happenings:
            if happening.id in told:
                before = happening.id
                continue
            if len(found) == size:
                return found, before
            before = happening.id
            if one := sentence(reader, happening):
                found.append(one)
                if happening.kind in TOLD_AS_ONE and not parts:
                    told.update(happening.data["events"])
        if len(happenings) < chunk:
            return found, None
        looked += chunk
    return found, before
