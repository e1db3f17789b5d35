"""Applying a plan: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from milepost.actions.events import tell
from milepost.core import access, ids
from milepost.core.access import Actor
from milepost.core.plan import Change, Changes, Plan, PlanProblem, check, diff
from milepost.core.plan.values import (
    CheckInPlan,
    KeyResultPlan,
    ObjectivePlan,
    TransitionPlan,
    WorkspacePlan,
)
from milepost.core.problems import Invalid
from milepost.core.states import PLAIN_ACTIVATION, PLAIN_CLOSE, State, path
from milepost.core.states import Event as Step
from milepost.ledger import changes as log
from milepost.models import (
    Alignment,
    Checkin,
    Comment,
    Cycle,
    Event,
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
from milepost.models.exact import plain
from milepost.models.ids import new_id
from milepost.models.key_results import KEY_RESULT_FIELDS
from milepost.models.objectives import OBJECTIVE_FIELDS
from milepost.queries import plans
from milepost.queries.plans import MEASURE_NAMES, PLAN_NAMES

BATCH = 2_000
# Check-ins and comments told of this long ago appear in the feed as well; older ones are history only.
RECENT = timedelta(days=100)
_COLUMN_NAMES = {plan: column for column, plan in PLAN_NAMES.items()}


class PlanRefused(Invalid):
    """A plan that cannot be applied; `problems` say where and why. Nothing was changed."""

    code = "plan_refused"

    def __init__(self, problems: list[PlanProblem]) -> None:
        first = problems[0]
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{first}{more}", details=tuple(str(problem) for problem in problems))
        self.problems = problems


def preview(workspace_id: int, plan: Plan, have: Plan | None = None) -> Changes:
    """Return what applying a plan would do; raises PlanRefused for one that does not fit this workspace.

    `have` is what the workspace holds, where the caller knows it (nothing, for one still to be made).
    """
    if have is None:
        have = plans.current(workspace_id, with_personal=[objective.id for objective in plan.objectives])
    problems = check(plan, have)
    changes = diff(have, plan)
    if problems or changes.problems:
        raise PlanRefused([*problems, *changes.problems])
    return changes


def new_workspace_id() -> int:
    """Return the id that a workspace still to be made will have."""
    return new_id()


def apply_to_new_workspace(
    *,
    plan: Plan,
    changes: Changes | None = None,
    progress: Callable[[int, int], None] | None = None,
    by: Actor,
    at: datetime,
) -> Changes:
    """Make the workspace that a plan names, with everything the plan says, in one transaction.

    `by` is the operator of the workspace to be (`operator(new_workspace_id())`).
    """
    if plan.workspace is None:
        raise Invalid(
            "The file names no workspace.", field="workspace", remedy="Add `workspace: {id: …, name: …}`."
        )
    with transaction.atomic():
        open_workspace(workspace=plan.workspace, by=by, at=at)
        return apply_plan(plan=plan, changes=changes, progress=progress, by=by, at=at)


def open_workspace(*, workspace: WorkspacePlan, by: Actor, at: datetime) -> int:
    """Make an empty workspace for a plan to be applied to; return its id."""
    row = Workspace.objects.create(
        id=by.workspace_id,
        slug=workspace.id,
        name=workspace.name,
        time_zone=workspace.time_zone,
        mission=workspace.mission,
        vision=workspace.vision,
        scoring_policy=workspace.scoring_policy,
        check_in_every=workspace.check_in_every,
        count_restricted_work=workspace.count_restricted_work,
        created_at=at,
    )
    tell("workspace.founded", subject=row.id, data={"name": row.name}, by=by, at=at)
    return row.id


def apply_plan(
    *,
    plan: Plan,
    changes: Changes | None = None,
    progress: Callable[[int, int], None] | None = None,
    by: Actor,
    at: datetime,
) -> Changes:
    """Make a workspace what a plan says, in one transaction, and return what that changed.

    `changes` is a preview made before; without one it is made here. What the plan does not mention stays.
    Admins alone; the past that the plan tells is taken as told, everything else is dated now.
    """
    access.require(access.may_manage(by), "apply a file", remedy="Ask an admin.")
    with transaction.atomic():
        if changes is None:
            changes = preview(by.workspace_id, plan)
        if changes.is_empty:
            return changes
        _Application(by, at, progress).run(changes)
        tell("plan.applied", data={"summary": changes.summary()}, by=by, at=at)
        log.append(by.workspace_id, log.Kind.ALL)
    return changes


class _Application:
    """One application in the making: what changes, in an order in which references resolve."""

    def __init__(self, by: Actor, at: datetime, progress: Callable[[int, int], None] | None) -> None:
        self.by, self.at, self.progress = by, at, progress
        self.workspace_id = by.workspace_id
        self.people = self._ids(Person)
        self.teams = self._ids(Team)
        self.cycles = self._ids(Cycle)
        self.objectives = self._ids(Objective)
        self.key_results = self._ids(KeyResult)
        self.checkins: list[Checkin] = []
        self.told: list[Event] = []
        self.fresh: set[int] = set()  # objectives made by this application

    def _ids(self, model) -> dict[str, int]:
        return dict(model.objects.of(self.workspace_id).values_list("key", "id"))

    def run(self, changes: Changes) -> None:
        steps = (
            ("workspace", self._workspace),
            ("person", self._person),
            ("team", self._team),
            ("cycle", self._cycle),
            ("objective", self._objective),
            ("key_result", self._key_result),
            ("initiative", self._initiative),
            ("membership", self._membership),
            ("alignment", self._alignment),
        )
        items = {kind: list(changes.of(kind, "created", "changed", "ended")) for kind, _ in steps}
        # Parents may stand after their children, so all teams and cycles exist before any gets its parent.
        total, done = sum(map(len, items.values())), 0
        for kind, step in steps:
            for number, item in enumerate(items[kind]):
                if kind == "key_result" and item.action == "created":
                    step(item, number)
                else:
                    step(item)
                done += 1
                if self.progress is not None and done % 20 == 0:
                    self.progress(done, total)
            if kind == "team":
                self._parents(Team, items[kind], self.teams)
            elif kind == "cycle":
                self._parents(Cycle, items[kind], self.cycles)
        self._write_checkins()
        # In the order in which they happened: the feed reads events by their ids, which rise as made.
        in_order = sorted(self.told, key=lambda event: event.at)
        for event in in_order:
            event.id = new_id()
        Event.objects.bulk_create(in_order, batch_size=BATCH)
        if self.progress is not None:
            self.progress(total, total)

    def _tell(
        self,
        kind: str,
        row: Checkin | Comment,
        at: datetime,
        objective: int,
        key_result: int | None,
        data: dict,
    ) -> None:
        """Remember for the feed what a file tells of the recent past."""
        if at >= self.at - RECENT:
            self.told.append(
                Event(
                    workspace_id=self.workspace_id, kind=kind, at=at, actor_id=row.by_id, door="file",
                    objective_id=objective, key_result_id=key_result, subject_id=row.id, data=data,
                )
            )  # fmt: skip

    # -- the frame -------------------------------------------------------------------------------------

    def _workspace(self, item: Change) -> None:
        want: WorkspacePlan = item.want
        Workspace.objects.filter(id=self.workspace_id).update(
            slug=want.id,
            name=want.name,
            time_zone=want.time_zone,
            mission=want.mission,
            vision=want.vision,
            scoring_policy=want.scoring_policy,
            check_in_every=want.check_in_every,
            count_restricted_work=want.count_restricted_work,
        )

    def _person(self, item: Change) -> None:
        want = item.want
        values = {"name": want.name, "role": want.role, "left_on": want.left}
        # A file that names no address has no opinion on it.
        if want.email is not None:
            values["email"] = want.email
        self._save(Person, self.people, item, values)

    def _team(self, item: Change) -> None:
        self._save(Team, self.teams, item, {"name": item.want.name, "purpose": item.want.purpose})

    def _cycle(self, item: Change) -> None:
        want = item.want
        values = {
            "name": want.name, "starts_on": want.starts, "ends_on": want.ends, "closed_on": want.closed,
        }  # fmt: skip
        self._save(Cycle, self.cycles, item, values)

    def _save(self, model, known: dict[str, int], item: Change, values: Mapping[str, Any]) -> None:
        if item.id in known:
            model.objects.of(self.workspace_id).filter(id=known[item.id]).update(**values)
        else:
            row = model.objects.create(workspace_id=self.workspace_id, key=item.id, **values)
            known[item.id] = row.id

    def _parents(self, model, items: Iterable[Change], known: dict[str, int]) -> None:
        for item in items:
            parent = known[item.want.parent] if item.want.parent else None
            model.objects.of(self.workspace_id).filter(id=known[item.id]).update(parent_id=parent)

    def _membership(self, item: Change) -> None:
        team = self.teams[item.under]
        if item.action == "created":
            want = item.want
            TeamMember.objects.create(
                workspace_id=self.workspace_id,
                team_id=team,
                person_id=self.people[want.person],
                is_lead=want.lead,
                since_on=want.since,
                until_on=want.until,
            )
            return
        have = item.have
        rows = TeamMember.objects.of(self.workspace_id).filter(
            team_id=team, person_id=self.people[have.person], since_on=have.since, until_on=have.until
        )
        if item.action == "ended":
            rows.update(until_on=self.at.date())
        else:
            rows.update(is_lead=item.want.lead, until_on=item.want.until)

    # -- objectives ------------------------------------------------------------------------------------

    def _objective(self, item: Change) -> None:
        want: ObjectivePlan = item.want
        now = self._columns(OBJECTIVE_FIELDS, lambda name: getattr(want, name))
        if item.action == "created":
            created = want.created or self._first_moment(want)
            row = Objective.objects.create(
                workspace_id=self.workspace_id, key=want.id, created_at=created, **now
            )
            self.objectives[want.id] = row.id
            self.fresh.add(row.id)
            versions = self._versions(want.history, now, created)
            self._remember(ObjectiveVersion, "objective_id", row.id, versions, OBJECTIVE_FIELDS)
            self._transitions(row.id, want.transitions or self._plain_path(want, created))
        else:
            id = self.objectives[want.id]
            row = Objective.objects.of(self.workspace_id).get(id=id)
            if item.fields.keys() & {PLAN_NAMES.get(name, name) for name in OBJECTIVE_FIELDS}:
                before = row.state
                for name, value in now.items():
                    setattr(row, name, value)
                row.revision += 1
                row.save()
                added = item.added.get("history", ())
                versions = self._later(added, now)
                self._remember(ObjectiveVersion, "objective_id", id, versions, OBJECTIVE_FIELDS)
                if before != row.state and not item.added.get("transitions"):
                    self._moved(row, before)
            self._transitions(id, item.added.get("transitions", ()))
        self._comments(item.added.get("comments", ()), row.id, None)
        self._grade(item, row.id, None)

    def _key_result(self, item: Change, number: int | None = None) -> None:
        want: KeyResultPlan = item.want
        objective = self.objectives[item.under]
        now = self._columns(
            [name for name in KEY_RESULT_FIELDS if name != "objective_id"],
            lambda name: getattr(want.measure if name in MEASURE_NAMES else want, name),
        )
        now["objective_id"] = objective
        if item.action == "created":
            created = want.created or self._first_moment(want)
            row = KeyResult.objects.create(
                workspace_id=self.workspace_id, key=want.id, created_at=created, position=number or 0, **now
            )
            self.key_results[want.id] = row.id
            versions = self._versions(want.history, now, created)
            self._remember(KeyResultVersion, "key_result_id", row.id, versions, KEY_RESULT_FIELDS)
        else:
            row = KeyResult.objects.of(self.workspace_id).get(id=self.key_results[want.id])
            if item.fields.keys() - {"grade"}:
                for name, value in now.items():
                    setattr(row, name, value)
                row.revision += 1
                row.save()
                versions = self._later(item.added.get("history", ()), now)
                self._remember(KeyResultVersion, "key_result_id", row.id, versions, KEY_RESULT_FIELDS)
        self._check_ins(item.added.get("check_ins", ()), row)
        self._comments(item.added.get("comments", ()), objective, row.id)
        self._grade(item, objective, row.id)

    def _columns(self, columns: Iterable[str], said: Callable[[str], Any]) -> dict[str, Any]:
        return {column: self._column(column, said(PLAN_NAMES.get(column, column))) for column in columns}

    def _column(self, column: str, value: Any) -> Any:
        """Return what a plan says as the table's column holds it."""
        match column:
            case "owner_id" | "sponsor_id":
                return self.people[value] if value else None
            case "contributors" | "visible_to":
                return sorted(self.people[key] for key in value or ())
            case "cycle_id":
                return self.cycles[value]
            case "team_id":
                return self.teams[value] if value else None
            case "objective_id":
                return self.objectives[value]
            case "milestones":
                return [{"title": one.title, "weight": plain(one.weight)} for one in value or ()]
            case "points":
                return [[plain(one.at), plain(one.expect)] for one in value or ()]
        return value

    def _versions(self, history: Iterable, now: Mapping[str, Any], created: datetime) -> list[tuple]:
        """Rebuild what held when, backwards from now: (values, at, by, reason), oldest first."""
        found, values = [], dict(now)
        for entry in sorted(history, key=lambda entry: entry.at)[::-1]:
            found.append((values, entry.at, self.people.get(entry.by), entry.reason))
            values = values | {
                _COLUMN_NAMES.get(name, name): self._column(_COLUMN_NAMES.get(name, name), value)
                for name, value in entry.was.items()
            }
        found.append((values, created, None, ""))
        return found[::-1]

    def _later(self, history: Iterable, now: Mapping[str, Any]) -> list[tuple]:
        """Return the versions that a changed object gains: as told, or one dated now."""
        told = self._versions(history, now, self.at)[1:]
        return told or [(dict(now), self.at, self.by.person_id, "Applied from a file.")]

    def _remember(self, model, column: str, id: int, versions: list[tuple], names: Iterable[str]) -> None:
        model.objects.bulk_create(
            model(
                workspace_id=self.workspace_id, at=at, by_id=by, reason=reason,
                **{column: id}, **{name: values[name] for name in names},
            )
            for values, at, by, reason in versions
        )  # fmt: skip

    def _first_moment(self, want: ObjectivePlan | KeyResultPlan) -> datetime:
        """Date what says no date of its own: before anything that is told of it, or now."""
        told = [entry.at for entry in want.history]
        told += [entry.at for entry in getattr(want, "transitions", ())]
        told += [min(entry.at, entry.recorded) for entry in getattr(want, "check_ins", ())]
        for one in getattr(want, "key_results", ()):
            told += [self._first_moment(one)]
        return min([*told, self.at])

    def _plain_path(self, want: ObjectivePlan, created: datetime) -> list:
        return [TransitionPlan(event, to, created) for event, to in _PATHS[State(want.state)]]

    def _moved(self, row: Objective, before: str) -> None:
        Transition.objects.create(
            workspace_id=self.workspace_id, objective=row, event="apply", from_state=before,
            to_state=row.state, at=self.at, by_id=self.by.person_id, reason="Applied from a file.",
        )  # fmt: skip

    def _transitions(self, objective: int, told: Iterable) -> None:
        before = (
            Transition.objects.of(self.workspace_id)
            .filter(objective_id=objective)
            .order_by("-id")
            .values_list("to_state", flat=True)
            .first()
        ) or ""
        for one in told:
            Transition.objects.create(
                workspace_id=self.workspace_id, objective_id=objective, event=one.event, from_state=before,
                to_state=one.to, at=one.at, by_id=self.people.get(one.by), reason=one.reason,
            )  # fmt: skip
            before = one.to

    def _alignment(self, item: Change) -> None:
        child = self.objectives[item.under]
        if item.action == "created":
            want = item.want
            Alignment.objects.create(
                workspace_id=self.workspace_id,
                child_id=child,
                parent_objective_id=self.objectives[want.objective] if want.objective else None,
                parent_key_result_id=self.key_results[want.key_result] if want.key_result else None,
                how=want.how,
                weight=want.weight,
                since_at=want.since or self._since(child, want.until),
                until_at=want.until,
                by_id=self.by.person_id,
            )
            return
        have = item.have
        rows = Alignment.objects.of(self.workspace_id).filter(
            child_id=child,
            parent_objective_id=self.objectives.get(have.objective),
            parent_key_result_id=self.key_results.get(have.key_result),
            since_at=have.since,
        )
        if item.action == "ended":
            rows.filter(until_at=None).update(until_at=self.at)
            return
        want = item.want
        if item.fields.keys() <= {"until"}:
            rows.update(until_at=want.until)
            return
        # Another weight or kind: the old link ends and a new one begins, so the past stays as it was.
        old = rows.filter(until_at=have.until).first()
        Alignment.objects.of(self.workspace_id).filter(id=old.id).update(until_at=self.at)
        Alignment.objects.create(
            workspace_id=self.workspace_id, child_id=child, parent_objective_id=old.parent_objective_id,
            parent_key_result_id=old.parent_key_result_id, how=want.how, weight=want.weight,
            since_at=self.at, until_at=want.until, by_id=self.by.person_id,
        )  # fmt: skip

    def _since(self, objective: int, until: datetime | None) -> datetime:
        """Return since when a link holds of which the file does not say: from now on.

        One that comes with its objective, or has ended already, is as old as the objective.
        """
        if objective not in self.fresh and until is None:
            return self.at
        born = Objective.objects.of(self.workspace_id).filter(id=objective)
        return min(self.at, born.values_list("created_at", flat=True).get())

    def _initiative(self, item: Change) -> None:
        want = item.want
        values = {
            "objective_id": self.objectives[item.under], "title": want.title, "description": want.description,
            "key_result_id": self.key_results[want.key_result] if want.key_result else None,
            "owner_id": self.people[want.owner] if want.owner else None, "state": want.state,
            "due_on": want.due,
        }  # fmt: skip
        if item.action == "created":
            Initiative.objects.create(
                workspace_id=self.workspace_id, key=want.id, created_at=self.at, **values
            )
        else:
            Initiative.objects.of(self.workspace_id).filter(key=want.id).update(**values)

    # -- what only grows -------------------------------------------------------------------------------

    def _check_ins(self, added: Iterable[CheckInPlan], one: KeyResult) -> None:
        made: dict[str, int] = {}
        for entry in added:
            row = Checkin(
                workspace_id=self.workspace_id,
                key=entry.id,
                key_result=one,
                value=entry.value,
                parts=None if entry.parts is None else [plain(part) for part in entry.parts],
                confidence=entry.confidence,
                note=entry.note,
                effective_at=entry.at,
                recorded_at=entry.recorded,
                by_id=self.people.get(entry.by),
                corrects_id=self._entry(one, entry.corrects, made),
                is_withdrawn=entry.withdrawn,
            )
            made[entry.id] = row.id
            self.checkins.append(row)
            self._tell_checkin(row, one)
        if len(self.checkins) >= BATCH:
            self._write_checkins()

    def _tell_checkin(self, row: Checkin, one: KeyResult) -> None:
        kind = "checkin.recorded"
        if row.corrects_id is not None:
            kind = "checkin.withdrawn" if row.is_withdrawn else "checkin.corrected"
        data = {"title": one.title, "value": None if row.value is None else plain(row.value)}
        if row.confidence is not None:
            data["confidence"] = row.confidence
        if row.note:
            data["note"] = row.note[:280]
        self._tell(kind, row, row.recorded_at, one.objective_id, one.id, data)

    def _entry(self, one: KeyResult, key: str | None, made: Mapping[str, int]) -> int | None:
        if key is None or key in made:
            return made.get(key)
        there = Checkin.objects.of(self.workspace_id).filter(key_result=one)
        found = there.filter(key=key).values_list("id", flat=True).first()
        return found or there.filter(id=ids.decode(key)).values_list("id", flat=True).first()

    def _write_checkins(self) -> None:
        Checkin.objects.bulk_create(self.checkins, batch_size=BATCH)
        self.checkins = []

    def _comments(self, added: Iterable, objective: int, key_result: int | None) -> None:
        rows = [
            Comment(
                workspace_id=self.workspace_id, key=one.id, objective_id=objective, key_result_id=key_result,
                by_id=self.people.get(one.by), at=one.at, text=one.text,
            )
            for one in added
        ]  # fmt: skip
        Comment.objects.bulk_create(rows)
        for row in rows:
            self._tell("comment.added", row, row.at, objective, key_result, {"text": row.text[:280]})

    def _grade(self, item: Change, objective: int, key_result: int | None) -> None:
        want = item.want.grade
        if want is None or (item.action == "changed" and "grade" not in item.fields):
            return
        Grade.objects.create(
            workspace_id=self.workspace_id, objective_id=objective, key_result_id=key_result, raw=want.raw,
            grade=want.grade, policy=want.policy, reason=want.reason, learned=want.learned, at=want.at,
            by_id=self.people.get(want.by),
        )  # fmt: skip


def _paths() -> dict[State, list[tuple[str, str]]]:
    """Return for each state the shortest legal way there, for objectives whose file tells none."""
    ways = {
        State.DRAFT: (Step.CREATE,),
        State.IN_REVIEW: (Step.CREATE, Step.SUBMIT),
        State.PARKED: (Step.CREATE, Step.PARK),
        State.COMMITTED: (Step.CREATE, *PLAIN_ACTIVATION[:2]),
        State.ACTIVE: (Step.CREATE, *PLAIN_ACTIVATION),
        State.CANCELLED: (Step.CREATE, *PLAIN_ACTIVATION, Step.CANCEL),
        State.DEFERRED: (Step.CREATE, *PLAIN_ACTIVATION, Step.DEFER),
        State.GRADING: (Step.CREATE, *PLAIN_ACTIVATION, *PLAIN_CLOSE[:1]),
        State.GRADED: (Step.CREATE, *PLAIN_ACTIVATION, *PLAIN_CLOSE[:2]),
        State.CLOSED: (Step.CREATE, *PLAIN_ACTIVATION, *PLAIN_CLOSE),
    }
    return {
        state: [(step.event.value, step.to.value) for step in path(None, events)]
        for state, events in ways.items()
    }


_PATHS = _paths()
