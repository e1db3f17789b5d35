"""Meanwhile: what was recorded between two days, who changed what and which check-ins came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from milepost.core.undoing import TOLD_AS_ONE
from milepost.models import Checkin, Event
from milepost.queries.cards import PersonCard, Reader
from milepost.queries.sentences import Happening, Sentence, sentence
from milepost.queries.undoing import is_undone

NOTES_EACH = 2
EVENTS_READ = 600
_SILENT = ("checkin.recorded", "comment.added")


@dataclass(frozen=True, slots=True)
class Note:
    """What someone wrote with a check-in between the two days."""

    by: PersonCard | None
    on: date  # when it was recorded
    text: str


@dataclass(frozen=True, slots=True)
class Checkins:
    """The check-ins recorded between the two days; `late` are for the first day or before it.

    `count` are new ones, `corrections` and `withdrawals` mend earlier ones.
    """

    count: int = 0
    corrections: int = 0
    withdrawals: int = 0
    late: int = 0
    notes: tuple[Note, ...] = ()

    @property
    def is_any(self) -> bool:
        return bool(self.count or self.corrections or self.withdrawals)


class Meanwhile:
    """What was recorded between two readers' days, as far as the later one may know of it."""

    def __init__(self, then: Reader, now: Reader) -> None:
        self.then, self.now = then, now

    def told(self, ids: Collection[int], children: Mapping[int, int]) -> dict[int, list[Sentence]]:
        """Tell who changed what, by objective, newest first; in one statement.

        `children` are the objectives that serve one of them: their links are told there too.
        """
        about = Q(objective_id__in=ids)
        if children:
            about |= Q(objective_id__in=list(children), kind__startswith="alignment.")
        rows = self.now.until(Event.objects.of(self.now.actor.workspace_id)).filter(
            about, at__gte=self.then.known
        )
        rows = rows.exclude(kind__in=_SILENT).annotate(is_undone=is_undone())
        rows = rows.order_by("-id").values_list(*Happening._fields)
        found: dict[int, list[Sentence]] = defaultdict(list)
        parts: set[int] = set()  # of what is told as one, which comes before them
        for happening in (Happening(*row) for row in rows[:EVENTS_READ]):
            said = sentence(self.now, happening)
            if said is None or happening.id in parts:
                continue
            if happening.kind in TOLD_AS_ONE:
                parts.update(happening.data["events"])
            of = happening.objective_id
            if of in children and children[of] != of and happening.kind.startswith("alignment."):
                found[children[of]].append(said)
            if of in ids:
                found[of].append(said)
        return found

    def checkins(self, key_results: Collection[int]) -> dict[int, Checkins]:
        """Sum up the check-ins of key results; in one statement."""
        rows = self.now.until(Checkin.objects.of(self.now.actor.workspace_id), "recorded_at").filter(
            key_result_id__in=key_results, recorded_at__gte=self.then.known
        )
        read = rows.order_by("-recorded_at", "-id").values_list(
            "key_result_id",
            "id",
            "recorded_at",
            "effective_at",
            "corrects_id",
            "is_withdrawn",
            "by_id",
            "note",
        )
        listed: dict[int, list[tuple]] = defaultdict(list)
        for one, *rest in read:
            listed[one].append(tuple(rest))
        return {one: self._summed(rest) for one, rest in listed.items()}

    def _summed(self, rows: list[tuple]) -> Checkins:
        replaced = {corrects for _, _, _, corrects, _, _, _ in rows}
        notes = (
            Note(self.now.person(by), self._day(recorded), note)
            for id, recorded, _, _, _, by, note in rows
            if note.strip() and id not in replaced
        )
        return Checkins(
            count=sum(row[3] is None for row in rows),
            corrections=sum(row[3] is not None and not row[4] for row in rows),
            withdrawals=sum(row[4] for row in rows),
            late=sum(row[3] is None and row[2] < self.then.known for row in rows),
            notes=tuple(note for note, _ in zip(notes, range(NOTES_EACH), strict=False)),
        )

    def _day(self, at: datetime) -> date:
        return self.now.local(at).date()
