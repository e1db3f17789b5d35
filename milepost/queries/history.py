"""Who changed what, from what to what, when and why: dated rows, transitions and events, in words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from django.db.models import Max, QuerySet

from milepost.core.ids import decode, encode
from milepost.core.numbers import with_unit
from milepost.core.scoring import plain
from milepost.ledger.structure import KeyResultRow, ObjectiveRow
from milepost.models import Event, KeyResultVersion, ObjectiveVersion, Transition
from milepost.models.key_results import KEY_RESULT_FIELDS
from milepost.models.objectives import OBJECTIVE_FIELDS
from milepost.queries import fields, undoing
from milepost.queries.cards import PersonCard, Reader
from milepost.queries.listed import LISTED, Listed, cut
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
    id: int = 0  # of the row that tells it

    @property
    def place(self) -> tuple[datetime, int]:
        """Where it stands: of what happened in the same moment, the later step comes first."""
        return self.at, self.id


class Stretch(NamedTuple):
    """The entries of a history behind a moment; `since` None: all of them."""

    entries: list[Entry]
    since: datetime | None


def of_objective(reader: Reader, row: ObjectiveRow, *, before: str = "", size: int = LISTED) -> Listed[Entry]:
    """Return an objective's history with that of its key results, newest first, from one entry on."""

    def read(until: datetime | None, most: int) -> Stretch:
        return _of_objective(reader, row, _Rows(reader, until, most))

    workspace, seen = reader.actor.workspace_id, [one.id for one in reader.key_results_of(row)]
    tables = (
        KeyResultVersion.objects.of(workspace).filter(key_result_id__in=seen),
        *(
            of.objects.of(workspace).filter(objective_id=row.id)
            for of in (ObjectiveVersion, Transition, Event)
        ),
    )
    return _listed(reader, read, before, size, tables)


def of_key_result(
    reader: Reader, one: KeyResultRow, *, before: str = "", size: int = LISTED
) -> Listed[Entry]:
    """Return how a key result's definition changed, newest first, from one entry on."""

    def read(until: datetime | None, most: int) -> Stretch:
        return _of_key_result(reader, one, _Rows(reader, until, most))

    versions = KeyResultVersion.objects.of(reader.actor.workspace_id).filter(key_result_id=one.id)
    return _listed(reader, read, before, size, (versions,))


def began_on(reader: Reader, *, objective: int, key_result: int | None = None) -> date:
    """Return the day on which something was drafted or added."""
    workspace = reader.actor.workspace_id
    if key_result is None:
        rows = Transition.objects.of(workspace).filter(objective_id=objective)
    else:
        rows = KeyResultVersion.objects.of(workspace).filter(key_result_id=key_result)
    return reader.local(rows.order_by("at", "id").values_list("at", flat=True).first()).date()


def _listed(
    reader: Reader,
    read: Callable[[datetime | None, int], Stretch],
    before: str,
    size: int,
    tables: tuple[QuerySet, ...],
) -> Listed[Entry]:
    """Read on until there is enough; what cannot be seen is no place to begin behind."""
    begins, place, until = None, None, None
    if (asked := decode(before) if before else None) is not None:
        found = (rows.filter(id=asked).values_list("at", flat=True).first() for rows in tables)
        until = next((at for at in found if at is not None), None)
        place = until and (until, asked)
    if before:
        begins = place is not None
    most = 2 * size + 2
    while True:
        entries, since = read(until, most)
        whole = [one for one in entries if place is None or one.place <= place]
        whole.sort(key=lambda one: one.place, reverse=True)
        if place is not None and (since is None or whole):
            if not whole or whole[0].place != place:
                begins, place, until = False, None, None
                continue
            del whole[0]
        if since is None or len(whole) > size:
            kept, onwards = cut(whole, lambda one: encode(one.id), size)
            return Listed(entries=tuple(kept), onwards=onwards, begins=begins)
        most *= 4


class _Rows:
    """Reads dated rows, the latest first: at most so many of each table, and says how far back that goes."""

    def __init__(self, reader: Reader, until: datetime | None, most: int) -> None:
        self.reader, self.until, self.most = reader, until, most
        self.since: datetime | None = None
        self.cut: list[tuple[QuerySet, str]] = []

    def read(self, rows: QuerySet) -> list:
        """Read some rows, the oldest first."""
        asked = self.reader.until(rows)
        if self.until is not None:
            asked = asked.filter(at__lte=self.until)
        found = list(asked.order_by("-at", "-id")[: self.most])
        if len(found) == self.most:
            self.since = max(found[-1].at, self.since or found[-1].at)
        found.reverse()
        return found

    def told(self, found: list) -> list:
        """Return those of the rows before which nothing is missing."""
        return found if self.since is None else [one for one in found if one.at > self.since]

    def series(self, rows: QuerySet, found: list, of: str) -> dict[int, list]:
        """Return dated rows by what they are of, each behind the one that held before it, if there is one."""
        held: dict[int, Any] = {}
        if self.since is not None:
            before = rows.filter(at__lte=self.since)
            latest = dict(before.order_by().values_list(of).annotate(Max("at")))
            for one in before.filter(at__in=set(latest.values())).order_by("id"):
                if one.at == latest[getattr(one, of)]:
                    held[getattr(one, of)] = one
        listed: dict[int, list] = {}
        for one in (*held.values(), *self.told(found)):
            listed.setdefault(getattr(one, of), []).append(one)
        return listed


def _of_objective(reader: Reader, row: ObjectiveRow, rows: _Rows) -> Stretch:
    workspace, told = reader.actor.workspace_id, Told(reader)
    seen = {one.id: one for one in reader.key_results_of(row)}
    versions = ObjectiveVersion.objects.of(workspace).filter(objective_id=row.id)
    parts = KeyResultVersion.objects.of(workspace).filter(key_result_id__in=seen)
    transitions = Transition.objects.of(workspace).filter(objective_id=row.id)
    of_it, of_parts = rows.read(versions), rows.read(parts)
    steps = rows.read(transitions)
    events = rows.read(told.asked(Event.objects.of(workspace).filter(objective_id=row.id)))
    made, heard = rows.told(steps), told.heard(rows.told(events))
    # What was written together with the draft is told with it.
    first_step = (
        transitions.order_by("at", "id").first() if rows.since is not None else next(iter(steps), None)
    )
    drafted_at = first_step and first_step.at
    of_key_results = rows.series(parts, of_parts, "key_result_id")
    first = [id for id, listed in of_key_results.items() if listed[0].at == drafted_at]
    stepped = {step.at for step in made}
    found: list[Entry] = []
    for listed in rows.series(versions, of_it, "objective_id").values():
        found += told.changes(listed, OBJECTIVE_FIELDS, besides={"state"})
    found += told.steps(made, first=len(first))
    found += told.events(one for one in heard if one.kind in EVENTS)
    for id, listed in of_key_results.items():
        is_told = id in first or (rows.since is not None and listed[0].at <= rows.since)
        found += told.key_result(listed, seen[id], of_its_own=False, is_told=is_told, stepped=stepped)
    return Stretch(found, rows.since)


def _of_key_result(reader: Reader, one: KeyResultRow, rows: _Rows) -> Stretch:
    workspace, told = reader.actor.workspace_id, Told(reader)
    versions = KeyResultVersion.objects.of(workspace).filter(key_result_id=one.id)
    events = Event.objects.of(workspace).filter(objective_id=one.objective_id, key_result_id=one.id)
    found = rows.read(versions)
    told.heard(rows.told(rows.read(told.asked(events))))
    entries: list[Entry] = []
    for listed in rows.series(versions, found, "key_result_id").values():
        is_told = rows.since is not None and listed[0].at <= rows.since
        entries += told.key_result(listed, one, of_its_own=True, is_told=is_told)
    return Stretch(entries, rows.since)


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


class Told:
    """Turns rows into sentences, naming only what the reader may see."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.undo: dict[tuple, str] = {}

    def asked(self, rows: QuerySet[Event]) -> QuerySet[Event]:
        """Narrow events to those of which a history tells."""
        return rows.filter(kind__in={*EVENTS, *DATED}).annotate(is_undone=is_undone())

    def heard(self, found: list[Event]) -> list[Event]:
        """Know from now on which dated rows can be undone by these events."""
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
                    after.at, after.by_id, "pencil", "changed", id=after.id,
                    differences=found, reason=after.reason,
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
            yield self._entry(first.at, first.by_id, "plus", words, id=first.id, about=about)
        names = [name for name in KEY_RESULT_FIELDS if name not in ("state", "objective_id")]
        for before, after in pairwise(rows):
            undo = self.undo.get((after.at, after.by_id, one.id), "")
            words, symbol = "changed", "pencil"
            if is_step := after.state != before.state and after.at not in stepped:
                words = KEY_RESULT_STATES.get(after.state, f"made {after.state}")
                symbol = KEY_RESULT_SYMBOLS.get(after.state, "undo")
            if not of_its_own:
                words += " the key result"
            elif is_step:
                words += " this key result"
            found = self._differences(before, after, names)
            if found or is_step:
                yield self._entry(
                    after.at, after.by_id, symbol, words, id=after.id,
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
            yield self._entry(at, by, symbol, words, id=last.id, reason=reason, undo_url=undo)

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
            one.at, one.actor_id, "link", words, id=one.id, about=self.reader.named(above),
            differences=differences, undo_url=undoing.url(self.reader, one),
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
        return self._entry(one.at, one.actor_id, symbol, words, id=one.id, about=(title, ""), undo_url=undo)


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
