"""Taking an application back: what it changed is as it was, and what it made goes away or is put aside.

All of it or nothing, as far as its reader sees it: what they do not see is neither compared nor changed, as
when a file is applied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, Q

from milepost.actions import checkins, comments, history, people
from milepost.actions.events import tell
from milepost.actions.overwriting import ChangedSince, Overwritten
from milepost.actions.plans import keeping
from milepost.actions.plans.application import Application
from milepost.actions.plans.applying import preview
from milepost.actions.plans.counting import counted
from milepost.actions.plans.ground import Ground
from milepost.actions.plans.owners import REMEDY, require_an_owner
from milepost.core import access
from milepost.core.access import Actor
from milepost.core.plan import ObjectivePlan, Plan
from milepost.core.plan.kept import Kept
from milepost.core.plan.taking_back import Since, taken_back
from milepost.core.problems import Conflict
from milepost.core.states import State
from milepost.ledger import changes as log
from milepost.ledger import redactions
from milepost.models import (
    Alignment,
    Checkin,
    Comment,
    Cycle,
    Event,
    Initiative,
    KeyResult,
    Objective,
    Person,
    SavedView,
    Team,
    Token,
)
from milepost.queries import plans
from milepost.queries.cards import Reader

MOST_NAMED = 3  # in one message
ASIDE = {
    State.DRAFT: State.PARKED, State.IN_REVIEW: State.PARKED,
    State.COMMITTED: State.CANCELLED, State.ACTIVE: State.CANCELLED, State.GRADING: State.CANCELLED,
}  # fmt: skip


class CannotTakeBack(Conflict):
    """Something leans on what a file made, or it is too much to be taken back here."""

    code = "cannot_undo"


def take_back(*, applied: Event, anyway: bool, by: Actor, at: datetime) -> None:
    """Take back what a file did, all of it or nothing; `anyway` writes over what was changed since.

    Raises NotAllowed, CannotTakeBack with what leans on it, ChangedSince, and PlanRefused.
    """
    access.require(access.may_apply_a_file(by), "take a file back", remedy=REMEDY)
    kept = keeping.unpacked(applied.data)
    if kept is None:
        raise CannotTakeBack(
            "What this file changed was too much to be kept, or is of an older version.",
            remedy="Apply the file of before again.",
        )
    if kept.told:
        raise CannotTakeBack(
            "This file told of the past of what was there already, and what was told stays.",
            remedy="Change it where it stands.",
        )
    with transaction.atomic():
        _TakingBack(applied, kept, by, at).run(anyway)
        require_an_owner(by.workspace_id)


class _TakingBack:
    """One application on its way back."""

    def __init__(self, applied: Event, kept: Kept, by: Actor, at: datetime) -> None:
        self.applied, self.kept, self.by, self.at = applied, kept, by, at
        self.reader = Reader(by, history.today(by=by, at=at))
        named = [one.id for one in (*kept.before.objectives, *kept.after.objectives)]
        mine = [*named, *kept.created.get("objective", ())]
        self.now = plans.as_seen(self.reader, with_personal=mine)
        self.vanishes = history.is_of_today(applied.at, by=by, at=at)
        self.objectives = self._seen(Objective, "objective")
        self.key_results = self._seen(KeyResult, "key_result")
        known = {one.id for objective in self.now.objectives for one in objective.initiatives}
        self.initiatives = [row for row in self._made(Initiative, "initiative") if row.key in known]

    def run(self, anyway: bool) -> None:
        today = self.reader.today
        want, since = taken_back(self.kept, self.now, today)
        if since and not anyway:
            raise ChangedSince(tuple(self._overwritten(since)))
        if leaning := list(dict.fromkeys(self._leaning())):
            named = " ".join(leaning[:MOST_NAMED])
            more = f" And {len(leaning) - MOST_NAMED} more." if len(leaning) > MOST_NAMED else ""
            raise CannotTakeBack(
                f"Something was built on this file since, so nothing was undone. {named}{more}",
                code="built_on_since",
                remedy="Undo that first, or change things where they stand.",
            )
        if not self.vanishes:
            want = self._with_put_aside(want)
        changes = preview(self.by.workspace_id, want, self.now)
        tell("plan.taken_back", data=counted(changes, self.by.workspace_id), by=self.by, at=self.at)
        Application(Ground(self.by, self.at), None).run(changes)
        self._withdraw_entries()
        if self.vanishes:
            self._take_away()
        else:
            for row in self._people():
                people.leave(person=row.id, by=self.by, at=self.at)
        log.append(self.by.workspace_id, log.Kind.ALL)

    # -- what it made --------------------------------------------------------------------------------------

    def _made(self, model: type, kind: str) -> list[Any]:
        return list(model.objects.of(self.by.workspace_id).filter(key__in=self.kept.created.get(kind, ())))

    def _seen(self, model: type, kind: str) -> list[Any]:
        """Return the rows it made that one sees whole: an objective with all its key results."""
        image, found = self.reader.image, []
        with image.lock:
            for row in self._made(model, kind):
                parts = [one.id for one in image.key_results_of.get(row.id, ())]
                if all(id in image.node and self.reader.sees(id) for id in (row.id, *parts)):
                    found.append(row)
        return found

    def _people(self) -> list[Person]:
        return [row for row in self._made(Person, "person") if row.left_on is None]

    # -- what leans on it ----------------------------------------------------------------------------------

    def _leaning(self) -> Iterator[str]:
        """Say what was built since on what the file made."""
        yield from self._leaning_on_work()
        yield from self._leaning_on_frame()

    def _leaning_on_work(self) -> Iterator[str]:
        mine = {row.id for row in self.objectives}
        titles = {row.id: row.title for row in (*self.objectives, *self.key_results, *self.initiatives)}
        since = self._since().filter(
            Q(objective_id__in=mine)
            | Q(key_result_id__in=[row.id for row in self.key_results])
            | Q(kind__startswith="initiative.", subject_id__in=[row.id for row in self.initiatives])
        )
        for told in since.order_by("id"):
            for id in (told.objective_id, told.key_result_id, told.subject_id):
                if id in titles:
                    yield f"“{titles[id]}” was worked on."
                    break
        rows = Alignment.objects.of(self.by.workspace_id).filter(until_at=None).exclude(child_id__in=mine)
        made = [row.id for row in self.key_results]
        rows = rows.filter(
            Q(parent_objective_id__in=mine)
            | Q(parent_key_result__objective_id__in=mine)
            | Q(parent_key_result_id__in=made)
        )
        with self.reader.image.lock:
            for child in rows.values_list("child_id", flat=True):
                if self.reader.sees(child) and not self._was_linked(child):
                    yield f"“{self.reader.image.objectives[child].title}” serves what it made."
        if not self.vanishes:
            for row in self.objectives:
                if State(row.state).is_on_record:
                    yield f"“{row.title}” is closed."

    def _was_linked(self, child: int) -> bool:
        """Say whether the file itself linked an objective that was there, which is taken back as well."""
        key = self.reader.image.objectives[child].key
        return any(one.id == key for one in self.kept.after.objectives)

    def _leaning_on_frame(self) -> Iterator[str]:
        mine = {row.key for row in self.objectives}
        work = [one for one in self.now.objectives if one.id not in mine]
        was = {one.id: one for one in self.kept.after.objectives}
        for model, kind, name in ((Team, "team", "team"), (Cycle, "cycle", "cycle")):
            for row in self._made(model, kind):
                told = self._since().filter(kind__startswith=f"{kind}.", subject_id=row.id)
                here = [one for one in work if getattr(one, name) == row.key]
                if told.exists() or any(getattr(was.get(one.id), name, None) != row.key for one in here):
                    yield f"“{row.name}” is in use."
        holding = self._holding(work)
        for row in self._people():
            if row.key in holding:
                yield f"{row.name} has a part in “{holding[row.key]}”."
            told = self._since().filter(Q(kind__startswith="person.", subject_id=row.id) | Q(actor_id=row.id))
            if row.user_id is not None or told.exists():
                yield f"{row.name} has come in since."

    def _holding(self, work: Iterable[ObjectivePlan]) -> dict[str, str]:
        """Return who has a part in what the file did not make, by other hands than the file's."""
        given = {id for one in self.kept.after.objectives for id in _named(one)}
        return {id: one.title for one in work for id in _named(one) if id not in given}

    def _since(self) -> Any:
        """Return the events told since that hold: neither undone, nor undoing something."""
        rows = Event.objects.of(self.by.workspace_id)
        undone = rows.filter(undoes_id__isnull=False).values("undoes_id")
        return rows.filter(id__gt=self.applied.id, undoes_id=None).exclude(id__in=undone)

    # -- how it goes ---------------------------------------------------------------------------------------

    def _with_put_aside(self, want: Plan) -> Plan:
        """Let what past days have shown end in the way that its kind can end."""
        mine = {row.key for row in self.objectives}
        parts = {row.key for row in self.key_results}
        work = {row.key for row in self.initiatives}
        found = {one.id: one for one in want.objectives}
        for one in self.now.objectives:
            inner = {
                "key_results": tuple(
                    replace(part, state="cancelled", check_ins=(), comments=(), history=())
                    for part in one.key_results
                    if part.id in parts
                ),
                "initiatives": tuple(
                    replace(part, state="dropped") for part in one.initiatives if part.id in work
                ),
            }
            if one.id not in mine and not any(inner.values()):
                continue
            bare = replace(one, key_results=(), initiatives=(), comments=(), transitions=(), history=())
            row = found.get(one.id, bare)
            if one.id in mine and State(one.state) in ASIDE:
                row = replace(row, state=ASIDE[State(one.state)].value)
            found[one.id] = replace(
                row, **{name: (*getattr(row, name), *some) for name, some in inner.items()}
            )
        return replace(want, objectives=tuple(found.values()))

    def _withdraw_entries(self) -> None:
        who = {"by": self.by, "at": self.at}
        rows = Checkin.objects.of(self.by.workspace_id)
        for place in self.kept.entries.get("check_ins", ()):
            key_result, key = place.split(" ")
            head = rows.filter(key_result__key=key_result, key=key).first()
            if head is None or not self.reader.sees(head.key_result_id):
                continue
            if head.corrections().exists() or head.is_withdrawn:
                continue  # a later entry of the file, or somebody, has taken its place
            checkins.withdraw(checkin=head.id, **who)
        for place in self.kept.entries.get("comments", ()):
            row = Comment.objects.of(self.by.workspace_id).filter(key=place.split(" ")[1]).first()
            if row is not None and self.reader.sees(row.key_result_id or row.objective_id):
                comments.withdraw(comment=row.id, **who)

    def _take_away(self) -> None:
        """Delete what no past day has shown; a frame on which something leans unseen stays."""
        rows = Event.objects.of(self.by.workspace_id).filter(door="file")
        gone = [row.id for row in self.objectives]
        who = {"why": "plan.taken_back", "by": self.by, "at": self.at}
        told = rows.filter(
            Q(objective_id__in=gone) | Q(key_result_id__in=[one.id for one in self.key_results])
        )
        redactions.delete(told, **who)
        for each in (self.initiatives, self.key_results, self.objectives):
            for row in each:
                _without_corrections(row)
                redactions.delete(row, **who)
        for row in (*_leaves_first(self._made(Team, "team")), *_leaves_first(self._made(Cycle, "cycle"))):
            leans = (model.objects.of(self.by.workspace_id) for model in (SavedView, Token))
            if isinstance(row, Cycle) or not any(rows.filter(team=row).exists() for rows in leans):
                self._try_to_delete(row)
        for row in self._people():
            if people.is_named(self.by.workspace_id, row.id) or not self._try_to_delete(row):
                people.leave(person=row.id, by=self.by, at=self.at)

    def _try_to_delete(self, row: Any) -> bool:
        try:
            with transaction.atomic():
                redactions.delete(row, why="plan.taken_back", by=self.by, at=self.at)
        except ProtectedError:
            return False
        return True

    def _overwritten(self, since: Iterable[Since]) -> Iterator[Overwritten]:
        keys = plans.Keys(self.by.workspace_id)
        named = {"owner": keys.people, "sponsor": keys.people, "team": keys.teams, "cycle": keys.cycles}
        for one in since:
            field, values = plans.COLUMN_NAMES.get(one.field, one.field), (one.now, one.then)
            if one.field in named:
                numbers = {key: id for id, key in named[one.field].items()}
                values = tuple(numbers.get(value) for value in values)
            yield Overwritten(field, *map(history.as_kept, values), of=one.of)


def _named(one: ObjectivePlan) -> Iterator[str]:
    for part in (one, *one.key_results, *one.initiatives):
        yield from filter(None, (part.owner, getattr(part, "sponsor", None)))
        yield from getattr(part, "contributors", ())


def _without_corrections(row: Any) -> None:
    """Part entries from those they correct, which would keep each other from going."""
    place = {Objective: "key_result__objective", KeyResult: "key_result"}.get(type(row))
    if place is not None:
        Checkin.objects.of(row.workspace_id).filter(**{place: row}).update(corrects=None)


def _leaves_first(rows: list[Any]) -> list[Any]:
    """Order teams or cycles so that none goes before those below it."""
    above = {row.id: row.parent_id for row in rows}

    def depth(id: int | None) -> int:
        return 0 if id not in above else 1 + depth(above[id])

    return sorted(rows, key=lambda row: -depth(row.id))
