"""The demo company as a plan, told from the point of view of one day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from milepost.core.plan import MembershipPlan, ObjectivePlan, PersonPlan, Plan, TeamPlan
from milepost.management.demo import calendar, story, telling
from milepost.management.demo.calendar import Calendar, Span
from milepost.management.demo.content import (
    last_quarter,
    next_quarter,
    people,
    this_quarter,
    two_quarters_ago,
    year,
)
from milepost.management.demo.grading import Grading


def company(today: date) -> Plan:
    """Tell the whole company; the same day always gives the same plan."""
    told = calendar.of(today, people.WORKSPACE.time_zone)
    cast = (year, two_quarters_ago, last_quarter, this_quarter, next_quarter)
    chapters = [
        (span, objective)
        for span, content in zip(told.spans, cast, strict=True)
        for objective in content.OBJECTIVES
    ]
    return Plan(
        workspace=people.WORKSPACE,
        people=tuple(_people(told)),
        teams=tuple(_team(team, told) for team in people.TEAMS),
        cycles=tuple(span.plan for span in told.spans),
        objectives=_objectives(chapters, told),
    )


def _people(told: Calendar):
    for id, name in people.NAMES.items():
        left = people.LEFT.get(id)
        yield PersonPlan(
            id=id,
            name=name,
            email=f"{id}@{people.MAIL}",
            role=people.ROLES.get(id, "member"),
            left=left and told.running.day(left),
        )


def _team(team: story.Team, told: Calendar) -> TeamPlan:
    def member(person: str) -> MembershipPlan:
        moved = people.MOVED.get((team.id, person), (None, None))
        since, until = (when and told.running.day(when) for when in moved)
        return MembershipPlan(person, person in team.leads, since, until)

    known = (*team.leads, *team.members)
    former = (person for of, person in people.MOVED if of == team.id and person not in known)
    return TeamPlan(
        team.id, team.name, team.parent, team.purpose, tuple(member(person) for person in (*known, *former))
    )


def _objectives(chapters: list[tuple[Span, story.Objective]], told: Calendar) -> tuple[ObjectivePlan, ...]:
    plans = {one.id: telling.objective(one, span, told) for span, one in chapters}
    grading = Grading(plans.values())
    for span, one in chapters:
        if plans[one.id].state == "closed":
            at = span.moment(telling.GRADED, one.id)
            plans[one.id] = _overridden(grading.graded(plans[one.id], at=at, learned=one.learned), one)
    return tuple(plans.values())


def _overridden(plan: ObjectivePlan, one: story.Objective) -> ObjectivePlan:
    def judged(thing, override):
        if override is None:
            return thing
        grade, reason = override
        return replace(thing, grade=replace(thing.grade, grade=Decimal(grade), reason=reason))

    key_results = tuple(
        judged(key_result, told.override)
        for key_result, told in zip(plan.key_results, one.key_results, strict=True)
    )
    return judged(replace(plan, key_results=key_results), one.override)
