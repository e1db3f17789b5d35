"""A workspace as a plan: what an export writes and what an import is compared with."""

from __future__ import annotations

from collections import defaultdict, namedtuple
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from itertools import compress, pairwise
from operator import attrgetter
from typing import Any

from django.db.models import Model

from milepost.core import ids
from milepost.core.plan import steps as told_by
from milepost.core.plan.frame_pasts import settled
from milepost.core.plan.ledgers import CheckIns
from milepost.core.plan.values import (
    AlignmentPlan,
    CommentPlan,
    CyclePlan,
    GradePlan,
    HistoryPlan,
    InitiativePlan,
    KeyResultPlan,
    MeasurePlan,
    MembershipPlan,
    MilestonePlan,
    ObjectivePlan,
    PersonPlan,
    Plan,
    PlanPoint,
    TeamPlan,
    TransitionPlan,
    WorkspacePlan,
    names_of,
)
from milepost.core.problems import Invalid
from milepost.ledger import image as images
from milepost.ledger import moments, rows
from milepost.models import (
    Alignment,
    Comment,
    Cycle,
    Grade,
    Initiative,
    KeyResult,
    KeyResultVersion,
    Objective,
    ObjectiveVersion,
    Person,
    Team,
    TeamMember,
    Transition,
    Workspace,
)
from milepost.models.key_results import KEY_RESULT_FIELDS
from milepost.models.objectives import OBJECTIVE_FIELDS
from milepost.queries import plan_ledgers, plan_pasts
from milepost.queries.cards import Reader

# A column that the plan calls otherwise.
PLAN_NAMES = {
    "cycle_id": "cycle", "team_id": "team", "owner_id": "owner", "sponsor_id": "sponsor",
    "starts_on": "starts", "ends_on": "ends", "objective_id": "objective",
}  # fmt: skip
COLUMN_NAMES = {plan: column for column, plan in PLAN_NAMES.items()}
MEASURE_NAMES = (
    "kind", "start", "target", "unit", "direction", "floor", "low", "high", "tolerance", "milestones",
)  # fmt: skip

Columns = Mapping[str, Sequence[Any]]

OF_A_KEY_RESULT = tuple(name for name in KEY_RESULT_FIELDS if name != "objective_id")
_BESIDE_THE_MEASURE = tuple(name for name in OF_A_KEY_RESULT if name not in MEASURE_NAMES)


class Keys:
    """The stable text ids of a workspace, by number."""

    def __init__(self, workspace_id: int) -> None:
        self.people, self.teams, self.cycles, self.objectives, self.key_results = (
            dict(model.objects.of(workspace_id).values_list("id", "key"))
            for model in (Person, Team, Cycle, Objective, KeyResult)
        )

        people = self.people
        self._said_otherwise: dict[str, Callable[[Any], Any]] = {
            **dict.fromkeys(("owner_id", "sponsor_id"), people.get),
            **dict.fromkeys(
                ("contributors", "visible_to"), lambda ids: tuple([people[id] for id in ids if id in people])
            ),
            "cycle_id": self.cycles.__getitem__,
            "team_id": self.teams.get,
            "objective_id": self.objectives.__getitem__,
            "milestones": _milestones,
            "points": _points,
        }

    def told(self, held: Columns, columns: Iterable[str]) -> dict[str, Sequence[Any]]:
        """Return some columns of many rows by the names that the plan has for them, as the plan says them."""
        said = {}
        for column in columns:
            otherwise, values = self._said_otherwise.get(column), held[column]
            said[PLAN_NAMES.get(column, column)] = values if otherwise is None else [*map(otherwise, values)]
        return said

    def said(self, column: str, value: Any) -> Any:
        """Return a column's value as the plan says it."""
        otherwise = self._said_otherwise.get(column)
        return value if otherwise is None else otherwise(value)


def _milestones(said: Iterable[Mapping[str, str]]) -> tuple[MilestonePlan, ...]:
    return tuple([MilestonePlan(one["title"], Decimal(one["weight"])) for one in said]) if said else ()


def _points(said: Iterable[tuple[str, str]]) -> tuple[PlanPoint, ...]:
    return tuple([PlanPoint(Decimal(at), Decimal(expect)) for at, expect in said]) if said else ()


_in_columns = cache(lambda columns: attrgetter(*columns))


def current(
    workspace_id: int,
    *,
    with_personal: Iterable[str] = (),
    seen: Callable[[int], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Plan:
    """Return everything in a workspace except personal OKRs.

    `with_personal` names objectives (by key) that are taken in even so: those the reader's own file holds.
    `seen` says which objectives and key results the reader sees, where that is not all: the others are left
    out as if they were not there.
    """
    of, keys, named = _rows_of(workspace_id), Keys(workspace_id), {*with_personal}
    every = _columns_of(workspace_id, Objective)
    whose = zip(every["id"], every["key"], every["visibility"], strict=True)
    hidden = {id for id, key, visibility in whose if visibility == "private" and key not in named}
    if seen is not None:
        hidden |= {id for id in keys.objectives if not seen(id)}
    parts = _Parts(workspace_id, keys, hidden, seen)
    pasts = plan_pasts.of(workspace_id, keys.people, keys.teams, keys.cycles)
    workspace, teams, cycles = (
        _workspace(workspace_id, pasts), tuple(_teams(of, keys, pasts)), tuple(_cycles(of, keys, pasts))
    )  # fmt: skip
    people = tuple(
        PersonPlan(one.key, one.name, one.email, one.role, one.left_on)
        for one in of(Person)
    )  # fmt: skip
    objectives = []
    # Everything else has been asked for: the database has this one thing left to do.
    with plan_ledgers.meanwhile(workspace_id, keys.key_results) as check_ins:
        for number, one in enumerate(parts.objectives(_without(every, hidden), check_ins), 1):
            objectives.append(one)
            if progress is not None and number % 100 == 0:
                progress(number, len(every["id"]) - len(hidden))
    return Plan(workspace, people, teams, cycles, tuple(objectives))


def _workspace(id: int, pasts: plan_pasts.Pasts) -> WorkspacePlan:
    row = Workspace.objects.get(id=id)
    return settled(WorkspacePlan(
        row.slug, row.name, row.time_zone, row.mission, row.vision, row.scoring_policy, row.check_in_every,
        row.count_restricted_work, pasts.changes.get(id, ()),
    ))  # fmt: skip


def _teams(of: Callable[..., list], keys: Keys, pasts: plan_pasts.Pasts) -> Iterator[TeamPlan]:
    members = _grouped(of(TeamMember), "team_id")
    for one in of(Team):
        listed = (
            MembershipPlan(keys.people[each.person_id], each.is_lead, each.since_on, each.until_on)
            for each in members[one.id]
        )
        parent = keys.teams.get(one.parent_id)
        yield settled(TeamPlan(one.key, one.name, parent, one.purpose, tuple(listed), **pasts.of(one.id)))


def _cycles(of: Callable[..., list], keys: Keys, pasts: plan_pasts.Pasts) -> Iterator[CyclePlan]:
    for one in of(Cycle):
        parent = keys.cycles.get(one.parent_id)
        days = one.starts_on, one.ends_on
        yield settled(CyclePlan(one.key, one.name, *days, parent, one.closed_on, **pasts.of(one.id)))


def size(workspace_id: int) -> int:
    """Return how many key results a workspace has, as this process last saw it; nothing is waited for."""
    image = images.held(workspace_id) or images.of(workspace_id)
    return len(image.key_results)


def require_its_workspace(plan: Plan, workspace_id: int) -> None:
    """Raise Invalid for a plan that says it is of another workspace."""
    slug = Workspace.objects.values_list("slug", flat=True).get(id=workspace_id)
    if plan.workspace is not None and plan.workspace.id != slug:
        raise Invalid(
            f"The file is of the workspace “{plan.workspace.id}”, and this is “{slug}”.",
            field="workspace",
            remedy="Apply it there, or take `workspace:` out of the file.",
        )


def as_seen(reader: Reader, *, with_personal: Iterable[str] = ()) -> Plan:
    """Return what somebody sees of their workspace, as a plan; personal OKRs only where they are named.

    All of it is of one moment; today's rights are good for what it holds, as for every earlier day.
    """
    image = reader.image
    with moments.known_to(image):
        with image.lock:
            there = [*image.objectives, *image.key_results]
            seen = {id for id in there if reader.sees(id)}
        plan = current(reader.actor.workspace_id, with_personal=with_personal, seen=seen.__contains__)
    if reader.actor.is_guest:  # who sees nobody's address
        plan = replace(plan, people=tuple(replace(one, email=None) for one in plan.people))
    return plan


def in_the_way(workspace_id: int, plan: Plan, have: Plan) -> list[tuple[type[Model], str]]:
    """Return what has an id that the plan gives to something new, for `have` does not show it."""
    have_objectives = {one.id for one in have.objectives}
    have_inner = {each.id for one in have.objectives for each in (*one.key_results, *one.initiatives)}
    named = {
        Objective: {one.id for one in plan.objectives} - have_objectives,
        KeyResult: {each.id for one in plan.objectives for each in one.key_results} - have_inner,
        Initiative: {each.id for one in plan.objectives for each in one.initiatives} - have_inner,
    }
    return [
        (model, key)
        for model, keys in named.items()
        for key in model.objects.of(workspace_id).values_list("key", flat=True)
        if key in keys
    ]


def personal_objectives(workspace_id: int) -> int:
    """Count the personal objectives, which `current` leaves out."""
    return Objective.objects.of(workspace_id).filter(visibility="private").count()


def _rows_of(workspace_id: int) -> Callable[..., list]:
    """Return how to ask for the rows of one workspace, as tuples: a model for each takes longer to make."""

    def of(model: type[Model], several_of: str | None = None) -> list:
        return [*map(_tuple_of(model), *_columns_of(workspace_id, model, several_of=several_of).values())]

    return of


def _columns_of(workspace_id: int, model: type[Model], *order: str, several_of: str | None = None) -> Columns:
    """Return the rows of one workspace, column by column."""
    found: dict[str, list[Any]] = {field.attname: [] for field in model._meta.local_concrete_fields}
    for columns in rows.values(model, workspace_id, order=order or ("id",), several_of=several_of):
        for name, values in columns.items():
            found[name] += values
    return found


def _without(held: Columns, hidden: Container[int]) -> Columns:
    """Leave out the rows that have one of these ids."""
    if not hidden:
        return held
    kept = [id not in hidden for id in held["id"]]
    return {name: [*compress(values, kept)] for name, values in held.items()}


@cache
def _tuple_of(model: type[Model]) -> type:
    return namedtuple(model.__name__, [field.attname for field in model._meta.local_concrete_fields])


def _grouped(rows: Iterable, column: str) -> dict[int, list]:
    found: dict[int, list] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found


class _Parts:
    """Everything below the objectives, read in a few statements and handed out by objective."""

    def __init__(
        self, workspace_id: int, keys: Keys, hidden: set[int], seen: Callable[[int], bool] | None
    ) -> None:
        of = _rows_of(workspace_id)
        self.keys, self.hidden = keys, hidden
        listed = _columns_of(workspace_id, KeyResult, "position", "id")
        under = zip(listed["id"], listed["objective_id"], strict=True)
        self.hidden_key_results = {
            id for id, objective in under if objective in hidden or (seen is not None and not seen(id))
        }
        self.listed = _without(listed, self.hidden_key_results)
        self.initiatives = _grouped(
            (one for one in of(Initiative) if one.key_result_id not in self.hidden_key_results),
            "objective_id",
        )
        self.links = _grouped(of(Alignment), "child_id")
        self.transitions = _grouped(of(Transition), "objective_id")
        self.versions = _grouped(of(ObjectiveVersion, several_of="objective_id"), "objective_id")
        self.key_result_versions = _grouped(of(KeyResultVersion, several_of="key_result_id"), "key_result_id")
        self.objective_comments: dict[int, list[Comment]] = defaultdict(list)
        self.key_result_comments: dict[int, list[Comment]] = defaultdict(list)
        for one in of(Comment):
            if one.key_result_id:
                self.key_result_comments[one.key_result_id].append(one)
            else:
                self.objective_comments[one.objective_id].append(one)
        self.grades = self._standing_grades(of(Grade))

    def _standing_grades(self, grades: Iterable[Any]) -> dict[tuple[int, int | None], Any]:
        """Return the last grade of each; one by a closing that was taken back is of the past alone."""
        undone = {
            id: step.at
            for id, steps in self.transitions.items()
            for step in steps
            if step.event == "undo" and step.from_state == "closed"
        }
        return {
            (one.objective_id, one.key_result_id): one
            for one in grades
            if one.objective_id not in undone or one.at > undone[one.objective_id]
        }

    def objectives(self, listed: Columns, check_ins: Mapping[int, Sequence[str]]) -> Iterator[ObjectivePlan]:
        """Yield the listed objectives with all that belongs to them; lines of check-ins may still come."""
        steps = self._steps()
        below: dict[int, list[KeyResultPlan]] = defaultdict(list)
        for objective, one in zip(
            self.listed["objective_id"], self._key_results(steps, check_ins), strict=True
        ):
            below[objective].append(one)
        history = self._history(self.versions, OBJECTIVE_FIELDS)
        ids_, born = listed["id"], listed["created_at"]
        yield from _made(
            ObjectivePlan,
            **self.keys.told(listed, OBJECTIVE_FIELDS),
            id=listed["key"],
            created=born,
            transitions=[steps.get(id, ()) for id in ids_],
            history=[
                tuple(told_by.apart(history[id], told_by.of_objective(steps.get(id, ()), since)))
                if id in history else ()
                for id, since in zip(ids_, born, strict=True)
            ],
            aligned_to=[
                tuple([self._link(one) for one in self.links[id] if self._is_said(one)])
                if id in self.links else ()
                for id in ids_
            ],
            key_results=[tuple(below[id]) if id in below else () for id in ids_],
            initiatives=[
                tuple(map(self._initiative, self.initiatives[id])) if id in self.initiatives else ()
                for id in ids_
            ],
            comments=self._comments(self.objective_comments, ids_),
            grade=[self._grade(self.grades.get((id, None))) for id in ids_],
        )  # fmt: skip

    def _steps(self) -> dict[int, tuple[TransitionPlan, ...]]:
        people = self.keys.people
        return {
            id: tuple([TransitionPlan(one.event, one.to_state, one.at, people.get(one.by_id), one.reason)
                       for one in rows])
            for id, rows in self.transitions.items()
        }  # fmt: skip

    def _initiative(self, one: Initiative) -> InitiativePlan:
        return InitiativePlan(
            one.key, one.title, one.description, self.keys.key_results.get(one.key_result_id),
            self.keys.people.get(one.owner_id), one.state, one.due_on,
        )  # fmt: skip

    def _key_results(
        self, steps: Mapping[int, tuple[TransitionPlan, ...]], check_ins: Mapping[int, Sequence[str]]
    ) -> Iterator[KeyResultPlan]:
        """Yield the key results in their order: column by column, for there are tens of thousands."""
        held, history = self.listed, self._history(self.key_result_versions, KEY_RESULT_FIELDS)
        ids_, under = held["id"], held["objective_id"]
        told = zip(ids_, under, held["state"], held["created_at"], strict=True)
        return _made(
            KeyResultPlan,
            **self.keys.told(held, _BESIDE_THE_MEASURE),
            id=held["key"],
            measure=[*_made(MeasurePlan, **self.keys.told(held, MEASURE_NAMES))],
            created=held["created_at"],
            history=[
                _without_steps(history[id], state, steps.get(objective, ()), since) if id in history else ()
                for id, objective, state, since in told
            ],
            check_ins=[CheckIns(lines=check_ins[id]) for id in ids_],
            comments=self._comments(self.key_result_comments, ids_),
            grade=[self._grade(self.grades.get(whose)) for whose in zip(under, ids_, strict=True)],
        )

    def _is_said(self, link: Alignment) -> bool:
        if link.parent_objective_id is not None:
            return link.parent_objective_id not in self.hidden
        return link.parent_key_result_id not in self.hidden_key_results

    def _link(self, one: Alignment) -> AlignmentPlan:
        return AlignmentPlan(
            self.keys.objectives.get(one.parent_objective_id),
            self.keys.key_results.get(one.parent_key_result_id),
            one.how,
            one.weight,
            one.since_at,
            one.until_at,
        )

    def _comments(
        self, found: Mapping[int, list[Comment]], ids_: Iterable[int]
    ) -> list[tuple[CommentPlan, ...]]:
        return [tuple(map(self._comment, found[id])) if id in found else () for id in ids_]

    def _comment(self, one: Comment) -> CommentPlan:
        return CommentPlan(one.key or ids.encode(one.id), one.at, one.text, self.keys.people.get(one.by_id))

    def _grade(self, one: Grade | None) -> GradePlan | None:
        if one is None:
            return None
        return GradePlan(
            one.grade, one.at, one.raw, self.keys.people.get(one.by_id), one.policy, one.reason, one.learned
        )

    def _history(
        self, versions: Mapping[int, list[Any]], columns: tuple[str, ...]
    ) -> dict[int, list[HistoryPlan]]:
        """Return what changed of those that have a past, by their ids."""
        held, found = _in_columns(columns), {}
        for id, dated in versions.items():
            changes = []
            for before, after in pairwise(dated):
                was = {
                    PLAN_NAMES.get(name, name): self.keys.said(name, old)
                    for name, old, new in zip(columns, held(before), held(after), strict=True)
                    if old != new and not (name == "objective_id" and old in self.hidden)
                }
                if was:
                    by = self.keys.people.get(after.by_id)
                    changes.append(HistoryPlan(after.at, was, by, after.reason))
            if changes:
                found[id] = changes
        return found


def _without_steps(
    history: list[HistoryPlan], state: str, steps: tuple[TransitionPlan, ...], since: datetime | None
) -> tuple[HistoryPlan, ...]:
    return tuple(told_by.apart(history, told_by.of_key_result(state, history, steps, since)))


def _made(of: type, **columns: Sequence[Any]) -> Iterator[Any]:
    """Yield the things of a plan that these columns hold, each field under its name."""
    return map(of, *(columns[name] for name in names_of(of)))
