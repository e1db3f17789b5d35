"""Who belonged to which team: today's members, with what was recorded since a moment taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db import connection

from milepost.ledger.statements import Statement, zoned
from milepost.ledger.structure import TeamRow

# What began or ended after a day: by the moment it was recorded or, where a file told it, by its day.
_CHANGED = Statement(
    "SELECT team_id, person_id, is_lead, since_on, since_at, until_on, until_at FROM team_member "
    "WHERE workspace_id = %s AND (since_at >= %s OR until_at >= %s "
    "OR (since_at IS NULL AND since_on > %s) OR (until_at IS NULL AND until_on > %s)) ORDER BY id"
)


def before(
    workspace_id: int, teams: Mapping[int, TeamRow], day: date, known: datetime
) -> Mapping[int, TeamRow]:
    """Return teams with those who belonged to them before the moment `known`, when a day was over."""
    moment, on = (connection.ops.adapt_datetimefield_value(known), connection.ops.adapt_datefield_value(day))
    came: dict[int, list] = defaultdict(list)
    went: dict[int, list] = defaultdict(list)
    for team, person, is_lead, since_on, since_at, until_on, until_at in _CHANGED.rows(
        [workspace_id, moment, moment, on, on]
    ):
        if until_on is None:
            came[team].append(person)
        if not _is_later(since_at, since_on, known, day) and (
            until_on is None or _is_later(until_at, until_on, known, day)
        ):
            went[team].append((person, is_lead))
    found = dict(teams)
    for team in came.keys() | went.keys():
        row = teams.get(team)
        if row is not None:
            then = {person for person, _ in went[team]}
            leads = {person for person, is_lead in went[team] if is_lead}
            found[team] = replace(
                row, members=row.members.difference(came[team]) | then,
                leads=row.leads.difference(came[team]) | leads,
            )  # fmt: skip
    return found


def _is_later(at: datetime | str | None, on: date | str | None, known: datetime, day: date) -> bool:
    """Say whether something was recorded after a day; without a moment, on which day it was."""
    if at is not None:
        return zoned(at) >= known
    if isinstance(on, str):
        on = date.fromisoformat(on)
    return on is not None and on > day
