"""What may happen to a team: it is created, changes, and people come and go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from milepost.actions import history, wording
from milepost.actions.events import tell
from milepost.actions.keys import free_key
from milepost.actions.workspaces import held
from milepost.core import access
from milepost.core.access import Actor
from milepost.core.alignment import path_of_loop
from milepost.core.cadence import day_in
from milepost.core.problems import Invalid, NotFound
from milepost.ledger import changes, redactions
from milepost.models import SavedView, Team, TeamMember, Token
from milepost.queries import shutting_out, standings


class TeamLoop(Invalid):
    """A team cannot stand below itself."""

    code = "team_loop"


def create(*, name: str, purpose: str = "", parent: int | None = None, by: Actor, at: datetime) -> Team:
    """Create a team, below another or right below the company."""
    name, purpose = wording.name(name, of="A team"), wording.prose(purpose, field="purpose")
    with transaction.atomic():
        workspace = held(by.workspace_id)
        _require(by, standings.team(by, parent, "parent"), "create a team here")
        rows = Team.objects.of(by.workspace_id)
        row = Team.objects.create(
            workspace=workspace,
            key=free_key(rows, name, "team"),
            name=name,
            purpose=purpose,
            parent_id=parent,
        )
        tell("team.created", subject=row.id, data={"name": name}, by=by, at=at)
        changes.append(by.workspace_id, changes.Kind.TEAMS)
    return row


def update(*, team: int, changed: Mapping[str, Any], by: Actor, at: datetime) -> Team:
    """Rename a team, say what it is for, or move it below another: name, purpose, parent."""
    with transaction.atomic():
        held(by.workspace_id)
        row = Team.objects.of(by.workspace_id).held(team)
        _require(by, row.id, "change this team")
        wanted = {}
        if "name" in changed:
            wanted["name"] = wording.name(changed["name"], of="A team")
        if "purpose" in changed:
            wanted["purpose"] = wording.prose(changed["purpose"], field="purpose")
        if "parent" in changed:
            wanted["parent_id"] = standings.team(by, changed["parent"], "parent")
        found = history.differences(row, wanted)
        if not found:
            return row
        if "parent_id" in found:
            _require(by, row.parent_id, "move this team")
            _require(by, wanted["parent_id"], "move this team there")
            _refuse_loop(by, row, wanted["parent_id"])
        for field, (_, value) in found.items():
            setattr(row, field, value)
        row.save(update_fields=list(found))
        redactions.change("team", [row.id], why="team.changed", by=by, at=at)
        tell(
            "team.changed",
            subject=row.id,
            data={"name": row.name, "changes": history.in_words(found)},
            by=by,
            at=at,
        )
        changes.append(by.workspace_id, changes.Kind.TEAMS)
    return row


def withdraw(*, team: int, by: Actor, at: datetime) -> None:
    """Take a team away, as if it had never been made: on its first day, while nothing stands in it."""
    remedy = "Rename it, or put it below another."
    with transaction.atomic():
        held(by.workspace_id)
        row = Team.objects.of(by.workspace_id).held(team)
        _require(by, row.parent_id, "take this team away")
        history.require_new(row, "team.created", remedy=remedy, by=by, at=at)
        for model in (SavedView, Token):
            if model.objects.of(by.workspace_id).filter(team=row).exists():
                raise history.OnRecord(f"{row.name} is in use by now.", remedy=remedy)
        tell("team.withdrawn", subject=row.id, data={"name": row.name}, by=by, at=at)
        history.take_away(row, remedy=remedy, why="team.withdrawn", by=by, at=at)
        changes.append(by.workspace_id, changes.Kind.TEAMS)


def add_member(
    *,
    team: int,
    person: int,
    is_lead: bool = False,
    since_on: date | None = None,
    by: Actor,
    at: datetime,
) -> TeamMember:
    """Let someone belong to a team, as a member or a lead; for one who does, change which.

    `since_on` may lie in the past, today is usual. A change of lead is dated, so the past keeps its leads.
    """
    with transaction.atomic():
        today = day_in(held(by.workspace_id).time_zone, at)
        row = Team.objects.of(by.workspace_id).held(team)
        _require(by, row.id, "choose who belongs to this team")
        standings.person(by, person, "person")
        if since_on is not None and since_on > today:
            raise Invalid(
                "A membership cannot begin in the future.",
                field="since_on",
                remedy="Add them when the day has come.",
            )
        current = _current(by, team, person)
        if current and current.is_lead == is_lead:
            return current
        if current:
            _end(current, today, why="team.lead_changed", by=by, at=at)
        new = None if since_on else _resumed(team, person, is_lead, today, by=by, at=at)
        new = new or TeamMember.objects.create(
            workspace_id=by.workspace_id,
            team=row,
            person_id=person,
            is_lead=is_lead,
            since_on=today if current else since_on or today,
            since_at=at,
        )
        kind = "team.lead_changed" if current else "team.member_joined"
        tell(kind, subject=row.id, data=_told(row, new), by=by, at=at)
        changes.append(by.workspace_id, changes.Kind.TEAMS)
    return new


def remove_member(*, team: int, person: int, leave: bool = False, by: Actor, at: datetime) -> None:
    """Let someone's time in a team end today; what was theirs stays theirs.

    Raises ShutsYouOut where they remove themself and would not see work of the team any more, unless they
    `leave` it to the others.
    """
    with transaction.atomic():
        today = day_in(held(by.workspace_id).time_zone, at)
        row = Team.objects.of(by.workspace_id).held(team)
        _require(by, row.id, "choose who belongs to this team")
        current = _current(by, team, person)
        if current is None:
            raise NotFound(
                "They do not belong to this team.", remedy="See who does: the team’s members are listed."
            )
        if person == by.person_id and not leave:
            _require_sight(by, row.id)
        _end(current, today, why="team.member_left", by=by, at=at)
        tell("team.member_left", subject=row.id, data=_told(row, current), by=by, at=at)
        changes.append(by.workspace_id, changes.Kind.TEAMS)


def _require(by: Actor, team: int | None, doing: str) -> None:
    line = standings.lineage(by.workspace_id, team)
    access.require(access.may_manage_team(by, line), doing, remedy="Ask its lead or an admin.")


def _require_sight(by: Actor, team: int) -> None:
    """Refuse that somebody parts from a team by which alone they see what is done there."""
    if gone := shutting_out.by_parting(by, team):
        after = replace(by, leads=by.leads - {team})
        may_return = access.may_manage_team(after, standings.lineage(by.workspace_id, team))
        then = shutting_out.BACK if may_return else shutting_out.NO_WAY_BACK
        raise shutting_out.ShutsYouOut(*gone, field="leave", then=then)


def _refuse_loop(by: Actor, row: Team, parent: int | None) -> None:
    if parent is None:
        return
    rows = list(Team.objects.of(by.workspace_id).values_list("id", "parent_id", "name"))
    loop = path_of_loop([(id, above) for id, above, _ in rows if above], row.id, parent)
    if loop:
        names = {id: name for id, _, name in rows}
        raise TeamLoop(
            f"{row.name} cannot stand below itself: {' → '.join(names[id] for id in loop)}.",
            field="parent",
            remedy="Choose a team that does not stand below this one.",
        )


def _current(by: Actor, team: int, person: int) -> TeamMember | None:
    rows = TeamMember.objects.of(by.workspace_id).select_related("person")
    return rows.filter(team_id=team, person_id=person, until_on=None).first()


def _end(current: TeamMember, today: date, *, why: str, by: Actor, at: datetime) -> None:
    if current.since_on == today:
        redactions.delete(current, why=why, by=by, at=at)  # not a day of it to remember
        return
    current.until_on, current.until_at = today, at
    current.save(update_fields=["until_on", "until_at"])
    redactions.change("team_member", [current.id], why=why, by=by, at=at)


def _resumed(
    team: int, person: int, is_lead: bool, today: date, *, by: Actor, at: datetime
) -> TeamMember | None:
    """Let what ended today go on as if it had not: it was taken back before the day was over."""
    rows = TeamMember.objects.of(by.workspace_id).select_related("person")
    ended = rows.filter(team_id=team, person_id=person, is_lead=is_lead, until_on=today).last()
    if ended:
        ended.until_on = ended.until_at = None
        ended.save(update_fields=["until_on", "until_at"])
        redactions.change("team_member", [ended.id], why="team.member_joined", by=by, at=at)
    return ended


def _told(row: Team, member: TeamMember) -> dict[str, Any]:
    return {
        "name": row.name,
        "person": member.person_id,
        "person_name": member.person.name,
        "is_lead": member.is_lead,
    }
