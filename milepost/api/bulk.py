"""Many objectives and key results at once: the same change for all of them, or for none."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from milepost.actions import bulk as actions
from milepost.actions import events
from milepost.actions.bulk import MOST, Change, Line
from milepost.api import answers, problems
from milepost.api.faults import Code
from milepost.api.once import once
from milepost.api.operations import many
from milepost.api.values import Day, Exact, Leave, Reason, Ref, Said
from milepost.core.ids import encode
from milepost.core.plan.ledgers import number_text
from milepost.core.problems import Invalid
from milepost.core.scopes import Scope
from milepost.formats.problem_json import Fault
from milepost.queries.records.events import together

router = Router(tags=["Many at once"])
Verb = Literal[
    "owner", "team", "cycle", "dates", "visibility", "commitment", "align", "activate", "park", "defer",
    "cancel", "redraft",
]  # fmt: skip


_WITH_NULL = {
    "owner": "Say whose they become; null is nobody’s.",
    "team": "Say which team’s they become; null is the whole company’s.",
}


@dataclass(frozen=True, slots=True)
class BulkLineRecord:
    """What a change would do to one of many; `problem` says why it cannot be changed so.

    `was` and `becomes` name what changes as a body does: `{"owner": …}`, `{"starts_on": …, "ends_on": …}`,
    `{"serves": {…}}` (null: it does not serve that), and `{"state": …}` for a step.
    """

    id: str
    kind: str
    title: str
    is_changed: bool
    was: dict[str, Any] | None
    becomes: dict[str, Any] | None
    problem: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class PreviewRecord:
    """What a change would do to each. `seen` is the mark of this preview, for the change itself."""

    seen: str
    items: tuple[BulkLineRecord, ...]


@dataclass(frozen=True, slots=True)
class BulkRecord:
    """What was asked to be changed, and is: `events` are all that were written, `event` undoes all of it.

    Where nothing was left to change there are none.
    """

    items: tuple[str, ...]
    event: str | None
    events: tuple[str, ...]


class Served(Said):
    """What they are to serve: an objective, or a key result."""

    objective: Ref | None = None
    key_result: Ref | None = None
    how: Literal["contributes", "supports"] = "contributes"
    weight: Exact = 1


class BulkChange(Said):
    """A change of many: which, what is to happen, and what that needs.

    `owner`, `team`, `cycle`, `visibility` and `commitment` need the field of their name, and `align` needs
    `serves`; `dates` takes one day or both. An `owner` of null is nobody, a `team` of null the whole company.
    """

    items: Annotated[list[Ref], Field(min_length=1, max_length=MOST)]
    change: Verb
    owner: Ref | None = None
    team: Ref | None = None
    cycle: Ref | None = None
    visibility: Literal["workspace", "team"] | None = None
    commitment: Literal["committed", "aspirational", "learning"] | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    serves: Served | None = None
    reason: Reason = ""
    leave: Leave = False

    def wanted(self) -> Change:
        """Return the change as the action takes it."""
        self._require_its_field()
        more: dict[str, Any] = {}
        if self.serves is not None:
            more = {name: getattr(self.serves, name) for name in ("objective", "key_result", "how", "weight")}
        return Change(
            self.change,
            owner=self.owner,
            team=self.team,
            cycle=self.cycle,
            visibility=self.visibility or "",
            commitment=self.commitment or "",
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            leave=self.leave,
            **more,
        )

    def _require_its_field(self) -> None:
        """Refuse a change whose field was forgotten: null would say “nobody”, or “the whole company”."""
        needed = "serves" if self.change == "align" else self.change
        if needed in type(self).model_fields and needed not in self.model_fields_set:
            raise Invalid(
                f"{needed} is missing. The change “{self.change}” needs it.",
                code=Code.MISSING,
                field=needed,
                remedy=_WITH_NULL.get(needed, "See the reference for what it takes."),
            )


class BulkApplied(BulkChange):
    """A change of many to be done; with `seen`, only if it does what that preview said."""

    seen: Annotated[str | None, Field(max_length=64)] = None


@many(router, "/bulk-changes/preview", PreviewRecord, scope=Scope.WRITE, in_teams=True)
def preview(request: HttpRequest, said: BulkChange) -> HttpResponse:
    """Say what a change of many would do to each, and do nothing."""
    lines = actions.preview(
        items=said.items, change=said.wanted(), reason=said.reason, by=request.actor, at=request.at
    )
    found = tuple(_record(said, line) for line in lines)
    return answers.one(PreviewRecord(actions.mark(lines=lines), found))


@many(router, "/bulk-changes", BulkRecord, scope=Scope.WRITE, in_teams=True)
def apply(request: HttpRequest, said: BulkApplied) -> HttpResponse:
    """Change all of many, or none: `errors` then says which cannot be changed so, and why."""

    def make() -> int:
        lines = actions.apply(
            items=said.items,
            change=said.wanted(),
            reason=said.reason,
            seen=said.seen,
            by=request.actor,
            at=request.at,
        )
        # An event names what is to be told of this change, however often it is asked for.
        return events.undoable(by=request.actor, at=request.at) or lines[0].id

    try:
        done = once(request, make)
    except actions.Refused as refused:
        places = {id: place for place, id in reversed([*enumerate(said.items)])}
        faults = [
            Fault(f"items.{places[line.id]}", str(line.problem), line.problem.code)
            for line in refused.lines
            if line.problem is not None
        ]
        return problems.answer(refused, faults)
    told = tuple(map(encode, together(request.actor, done.id)))
    return answers.changed(done, BulkRecord(tuple(map(encode, said.items)), told[-1] if told else None, told))


def _record(said: BulkChange, line: Line) -> BulkLineRecord:
    problem = line.problem
    return BulkLineRecord(
        id=encode(line.id),
        kind="objective" if line.is_objective else "key_result",
        title=line.title,
        is_changed=line.is_changed,
        was=None if problem else _told(said, line.was),
        becomes=None if problem else _told(said, line.becomes),
        problem=str(problem) if problem else None,
        code=problem.code if problem else None,
    )


def _told(said: BulkChange, value: Any) -> dict[str, Any]:
    """Return what something is, or becomes, in the words of the body that changes it."""
    match said.change:
        case "owner" | "team" | "cycle":
            return {said.change: encode(value) if value else None}
        case "dates":
            return dict(zip(("starts_on", "ends_on"), value, strict=True))
        case "visibility" | "commitment":
            return {said.change: value}
        case "align":
            return {"serves": value and _served(said, *value)}
    return {"state": value}


def _served(said: BulkChange, above: int, how: str, weight: Decimal) -> dict[str, Any]:
    kind = "key_result" if said.serves and said.serves.key_result == above else "objective"
    return {kind: encode(above), "how": how, "weight": number_text(weight)}
