"""Who changed what, from what to what, when and why: dated rows, transitions and events, in words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any

from django.db.models import QuerySet

from milepost.core.numbers import with_unit
from milepost.core.scoring import plain
from milepost.ledger.structure import KeyResultRow, ObjectiveRow
from milepost.models import Event, KeyResultVersion, ObjectiveVersion, Transition
from milepost.models.key_results import KEY_RESULT_FIELDS
from milepost.models.objectives import OBJECTIVE_FIELDS
from milepost.queries import fields, undoing
from milepost.queries.cards import PersonCard, Reader
from milepost.queries.undoing import is_undone

NOTHING = "none"
LOOKS_BACK = 50  # events, for who changed a field last


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that became another, as text; a long text only says that it was rewritten."""

    label: str
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a history: `by` (None: the system) `words` on a day, with what differed and the reason."""

    at: datetime
    on: date
    by: PersonCard | None
    symbol: str
    words: str
    differences: tuple[Difference, ...] = ()
    reason: str = ""
    about: tuple[str, str] | None = None  # (title, address) that the words lead up to
    undo_url: str = ""  # where it can be undone; empty where it cannot, or not by this reader


def of_objective(reader: Reader, row: ObjectiveRow) -> tuple[Entry, ...]:
    """Return an objective's history with that of its key results, newest first."""
    workspace = reader.actor.workspace_id
    told = Told(reader)
    until = reader.until
    versions = until(ObjectiveVersion.objects.of(workspace)).filter(objective_id=row.id).order_by("id")
    steps = until(Transition.objects.of(workspace)).filter(objective_id=row.id).order_by("id")
    events = told.heard(until(Event.objects.of(workspace)).filter(objective_id=row.id))
    made = list(steps)
    seen = {one.id: one for one in reader.key_results_of(row)}
    rows = until(KeyResultVersion.objects.of(workspace)).filter(key_result_id__in=seen)
    listed = rows.order_by("key_result_id", "id")
    of_key_results = {id: list(group) for id, group in groupby(listed, lambda one: one.key_result_id)}
    # What was written together with the draft is told with it.
    drafted_at = made[0].at if made else None
    first = [id for id, listed in of_key_results.items() if listed[0].at == drafted_at]
    found = [
        *told.changes(versions, OBJECTIVE_FIELDS, besides={"state"}),
        *told.steps(made, first=len(first)),
        *told.events(one for one in events if one.kind in EVENTS),
    ]
    stepped = {step.at for step in made}
    for id, listed in of_key_results.items():
        found += told.key_result(listed, seen[id], of_its_own=False, is_told=id in first, stepped=stepped)
    return _newest_first(found)


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest change of something: who made it, and when, in the workspace's zone."""

    name: str
    is_mine: bool
    at: datetime


def latest(
    reader: Reader,
    *,
    objective: int,
    key_result: int | None = None,
    initiative: int | None = None,
    fields: Collection[str] = (),
) -> Latest | None:
    """Return who changed an objective last, or its key result or initiative; the reader sees it.

    With `fields`, who last changed one of these, as far back as LOOKS_BACK changes; else None.
    """
    rows = Event.objects.of(reader.actor.workspace_id).filter(objective_id=objective)
    if initiative is not None:
        rows = rows.filter(kind__startswith="initiative.", subject_id=initiative)
    elif key_result is not None:
        rows = rows.filter(kind__startswith="key_result.", key_result_id=key_result)
    else:
        rows = rows.filter(kind__startswith="objective.")
    return _latest(reader, rows, fields)


def latest_of(
    reader: Reader, kinds: Collection[str], subject: int, fields: Collection[str] = ()
) -> Latest | None:
    """Return who did one of these last to something that everybody who asks here may see."""
    rows = Event.objects.of(reader.actor.workspace_id).filter(kind__in=kinds, subject_id=subject)
    return _latest(reader, rows, fields)


def since(reader: Reader, told: Event, fields: Collection[str]) -> Latest | None:
    """Return who last changed what an event is about after it: one of these fields, where the record says."""
    noun = told.kind.partition(".")[0]
    rows = Event.objects.of(reader.actor.workspace_id).filter(id__gt=told.id, kind__startswith=f"{noun}.")
    if told.objective_id is not None:
        rows = rows.filter(objective_id=told.objective_id)
    if noun in ("objective", "key_result", "checkin"):
        rows = rows.filter(key_result_id=told.key_result_id)
    elif noun != "alignment":  # a changed link is another
        rows = rows.filter(subject_id=told.subject_id)
    return _latest(reader, rows, fields) or _latest(reader, rows, ())


def latest_of_link(reader: Reader, objective: int, parent: int) -> Latest | None:
    """Return who last began, changed or ended the link between two that the reader sees."""
    rows = Event.objects.of(reader.actor.workspace_id).filter(
        objective_id=objective, kind__startswith="alignment.", data__parent=parent
    )
    return _latest(reader, rows, ())


def _latest(reader: Reader, rows: QuerySet[Event], fields: Collection[str]) -> Latest | None:
    listed = rows.order_by("-id")[: LOOKS_BACK if fields else 1]
    found = (one for one in listed if not fields or not set(fields).isdisjoint(_fields(one)))
    last = next(found, None)
    if last is None:
        return None
    by = reader.person(last.actor_id)
    is_mine = last.actor_id is not None and last.actor_id == reader.actor.person_id
    return Latest(by.name if by else "Milepost", is_mine, reader.local(last.at))


def _fields(told: Event) -> Iterable[str]:
    """Return what an event says that it changed."""
    return told.data.get("changes") or told.data.get("fields") or ()


def of_key_result(reader: Reader, one: KeyResultRow) -> tuple[Entry, ...]:
    """Return how a key result's definition changed, newest first."""
    workspace, told = reader.actor.workspace_id, Told(reader)
    rows = reader.until(KeyResultVersion.objects.of(workspace)).filter(key_result_id=one.id)
    told.heard(reader.until(Event.objects.of(workspace)).filter(objective_id=one.objective_id))
    return _newest_first(told.key_result(list(rows.order_by("id")), one, of_its_own=True))


def _newest_first(found: Iterable[Entry]) -> tuple[Entry, ...]:
    listed = list(found)
    listed.reverse()  # so that of what happened in the same moment, the later step comes first
    listed.sort(key=lambda entry: entry.at, reverse=True)
    return tuple(listed)


class Told:
    """Turns rows into sentences, naming only what the reader may see."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.undo: dict[tuple, str] = {}

    def heard(self, rows: QuerySet[Event]) -> list[Event]:
        """Read events, and know from now on which dated rows can be undone by them."""
        found = list(rows.filter(kind__in={*EVENTS, *DATED}).annotate(is_undone=is_undone()).order_by("id"))
        self.undo = {
            (one.at, one.actor_id, one.key_result_id): undoing.url(self.reader, one)
            for one in found
            if one.kind in DATED
        }
        return found

    def _entry(self, at: datetime, by: int | None, symbol: str, words: str, **more: Any) -> Entry:
        on = self.reader.local(at).date()
        return Entry(at, on, self.reader.person(by), symbol, words, **more)

    # -- dated rows ------------------------------------------------------------------------------------

    def changes(self, rows: Iterable, columns: Iterable[str], *, besides: set[str]) -> Iterator[Entry]:
        """Yield an entry for each dated row of an objective that differs from the one before."""
        names = [name for name in columns if name not in besides]
        for before, after in pairwise(rows):
            found = self._differences(before, after, names)
            if found:
                yield self._entry(
                    after.at, after.by_id, "pencil", "changed", differences=found, reason=after.reason,
                    undo_url=self.undo.get((after.at, after.by_id, None), ""),
                )  # fmt: skip

    def key_result(
        self,
        rows: list,
        one: KeyResultRow,
        *,
        of_its_own: bool,
        is_told: bool = False,
        stepped: Collection[datetime] = (),
    ) -> Iterator[Entry]:
        """Yield an entry for each dated row of a key result; on its own page it is not named.

        A state that it came to with its objective is told by the step of that, at a moment of `stepped`.
        """
        about = None if of_its_own else (one.title, self._address(one))
        if rows and not is_told:
            first = rows[0]
            words = "added this key result" if of_its_own else "added the key result"
            yield self._entry(first.at, first.by_id, "plus", words, about=about)
        names = [name for name in KEY_RESULT_FIELDS if name not in ("state", "objective_id")]
        for before, after in pairwise(rows):
            undo = self.undo.get((after.at, after.by_id, one.id), "")
            if after.state != before.state and after.at not in stepped:
                verb = KEY_RESULT_STATES.get(after.state, f"made {after.state}")
                words = f"{verb} this key result" if of_its_own else f"{verb} the key result"
                symbol = KEY_RESULT_SYMBOLS.get(after.state, "undo")
                yield self._entry(
                    after.at, after.by_id, symbol, words, about=about, reason=after.reason, undo_url=undo
                )
            if found := self._differences(before, after, names):
                words = "changed" if of_its_own else "changed the key result"
                yield self._entry(
                    after.at, after.by_id, "pencil", words,
                    differences=found, reason=after.reason, about=about, undo_url=undo,
                )  # fmt: skip

    def _address(self, one: KeyResultRow) -> str:
        return self.reader.key_result(one, trend=False).url

    def between(self, before: Any, after: Any, names: Iterable[str]) -> tuple[Difference, ...]:
        """Return in words how one dated row differs from another."""
        return self._differences(before, after, names)

    def _differences(self, before: Any, after: Any, names: Iterable[str]) -> tuple[Difference, ...]:
        found = []
        for name in names:
            old, new = getattr(before, name), getattr(after, name)
            if old == new:
                continue
            label = fields.WORDS.get(name, name.replace("_", " "))
            if name in LONG:
                found.append(Difference(label))
            else:
                sides = (before, old), (after, new)
                said = (self._said(name, v, row.unit if name in fields.MEASURED else "") for row, v in sides)
                found.append(Difference(label, *said))
        return tuple(found)

    def _said(self, name: str, value: Any, unit: str = "") -> str:
        if value in (None, "", [], ()):
            return NOTHING
        say = self._words.get(name)
        if say is not None:
            return say(value)
        if isinstance(value, Decimal):
            return with_unit(plain(value, 12), value, unit)
        if isinstance(value, date):
            return day(value)
        return str(value).replace("_", " ")

    @property
    def _words(self) -> Mapping[str, Callable[[Any], str]]:
        image = self.reader.image

        def name_of(rows: Mapping[int, Any]) -> Callable[[int], str]:
            return lambda id: rows[id].name if id in rows else "someone gone"

        people = name_of(image.people)
        return {
            "owner_id": people,
            "sponsor_id": people,
            "team_id": name_of(image.teams),
            "cycle_id": name_of(image.cycles),
            "contributors": lambda ids: ", ".join(map(people, ids)),
            "visible_to": lambda ids: ", ".join(map(people, ids)),
            "visibility": lambda word: fields.VISIBILITIES.get(word, word),
            "curve": lambda word: fields.CURVES.get(word, word),
            "source": lambda word: fields.SOURCES.get(word, word),
            "objective_id": lambda id: self.reader.named(id)[0],
            "milestones": lambda rows: ", ".join(map(_milestone, rows)),
            "points": lambda rows: ", ".join(
                f"{plain(Decimal(expect) * 100)} % by {plain(Decimal(at) * 100)} % of the time"
                for at, expect in rows
            ),
        }

    # -- transitions -----------------------------------------------------------------------------------

    def steps(self, rows: Iterable[Transition], *, first: int = 0) -> Iterator[Entry]:
        """Yield an entry for each move of the state machine; moves made at once read as one."""
        for (at, by), run in groupby(rows, key=lambda one: (one.at, one.by_id)):
            made = list(run)
            last = made[-1]
            symbol, words = STEPS.get(last.event, ("pencil", last.event.replace("_", " ")))
            if last.event == "create" and first:
                words += f" with {first} key result{'' if first == 1 else 's'}"
            elif last.event == "start" and by is None:
                words = "started it with its cycle"
            reason = next((one.reason for one in reversed(made) if one.reason), "")
            undo = "" if last.event == "create" else self.undo.get((at, by, None), "")
            yield self._entry(at, by, symbol, words, reason=reason, undo_url=undo)

    # -- events ----------------------------------------------------------------------------------------

    def events(self, rows: Iterable[Event]) -> Iterator[Entry]:
        """Yield an entry for each event that no dated row tells."""
        for one in rows:
            if one.key_result_id is not None and not self.reader.finds(one.key_result_id):
                continue
            made = self._link(one) if one.kind.startswith("alignment.") else self._initiative(one)
            if made is not None:
                yield made

    def _link(self, one: Event) -> Entry | None:
        above, data = one.data.get("parent"), one.data
        if above is None or not self.reader.finds(above):
            return None  # what may not be seen is not mentioned
        how = "contributes to" if data.get("how") == "contributes" else "supports"
        differences: tuple[Difference, ...] = ()
        if one.kind == "alignment.added":
            words = f"aligned it: it {how}"
        elif one.kind == "alignment.ended":
            words = f"ended the link: it no longer {how}"
        else:
            words = "changed the link to"
            differences = tuple(
                Difference({"how": "kind"}.get(name, name), str(old), str(new))
                for name, (old, new) in data.get("changes", {}).items()
            )
        return self._entry(
            one.at, one.actor_id, "link", words, about=self.reader.named(above), differences=differences,
            undo_url=undoing.url(self.reader, one),
        )  # fmt: skip

    def _initiative(self, one: Event) -> Entry:
        title = one.data.get("title", "")
        changed = one.data.get("changes", {})
        if one.kind == "initiative.added":
            words = "added the initiative"
        elif one.kind == "initiative.done":
            words = "finished the initiative"
        elif list(changed) == ["state"]:
            words = INITIATIVES.get(changed["state"][1], "changed the initiative")
        else:
            words = "changed the initiative"
        symbol = "check" if one.kind == "initiative.done" else "calendar"
        undo = undoing.url(self.reader, one)
        return self._entry(one.at, one.actor_id, symbol, words, about=(title, ""), undo_url=undo)


def _milestone(one: Mapping[str, Any]) -> str:
    weight = Decimal(one["weight"])
    return one["title"] if weight == 1 else f"{one['title']} (weight {plain(weight, 12)})"


def day(value: date) -> str:
    """Write a day in words."""
    return f"{value.day} {value:%b %Y}"


EVENTS = (
    "alignment.added", "alignment.changed", "alignment.ended",
    "initiative.added", "initiative.changed", "initiative.done",
)  # fmt: skip

# Events of which the dated rows tell; here they say what can be undone.
DATED = (
    "objective.changed", "objective.activated", "objective.cancelled", "objective.deferred",
    "objective.parked", "objective.redrafted", "key_result.changed", "key_result.cancelled",
    "key_result.restored",
)  # fmt: skip

LONG = frozenset({"description"})
KEY_RESULT_STATES = {
    "cancelled": "cancelled",
    "active": "took up again",
    "paused": "paused",
    "achieved": "marked as achieved",
    "graded": "graded",
}
KEY_RESULT_SYMBOLS = {"cancelled": "close", "graded": "check"}
INITIATIVES = {
    "planned": "planned the initiative again:",
    "doing": "began the initiative",
    "done": "finished the initiative",
    "dropped": "dropped the initiative",
}
STEPS = {
    "create": ("plus", "drafted it"),
    "submit": ("share", "sent it for agreement"),
    "request_changes": ("undo", "asked for changes"),
    "commit": ("check", "agreed it; it starts with its cycle"),
    "start": ("play", "activated it"),
    "park": ("clock", "parked it"),
    "amend": ("pencil", "amended it"),
    "mid_review": ("flag", "reviewed it"),
    "cancel": ("close", "cancelled it"),
    "defer": ("clock", "put it off"),
    "end": ("flag", "opened it for grading"),
    "grade": ("check", "graded it"),
    "reflect": ("lock", "closed it"),
    "carry_over": ("arrow", "carried it over"),
    "reopen": ("undo", "reopened it"),
    "redraft": ("undo", "took it back to draft"),
    "undo": ("undo", "undid the step before"),
}
