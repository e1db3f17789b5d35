"""Who belonged to which team: today's members, with what was recorded since a moment taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from milepost.ledger.image import Image
from milepost.ledger.statements import Statement, zoned
from milepost.ledger.structure import TeamRow

_DATED = Statement(
    "SELECT team_id, person_id, is_lead, since_on, since_at, until_on, until_at FROM team_member "
    "WHERE workspace_id = %s AND (since_on IS NOT NULL OR since_at IS NOT NULL OR until_on IS NOT NULL) "
    "ORDER BY id"
)
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_NEVER = np.iinfo(np.int64).min  # later than no moment


def of(living: Image) -> Memberships:
    """Return the memberships of a workspace, which are read once and again after its teams have changed."""
    kept = living.framed.get(Memberships)
    if kept is None:
        kept = living.framed[Memberships] = Memberships(living.workspace_id)
    return kept


class Memberships:
    """Every membership that has a date, as columns: the same for all past days."""

    def __init__(self, workspace_id: int) -> None:
        rows = _DATED.rows([workspace_id])
        self._ids = np.array([row[:2] for row in rows], np.int64).reshape(-1, 2)
        self._leads = np.array([row[2] for row in rows], bool)
        self._is_over = np.array([row[5] is not None for row in rows], bool)
        # By the moment it was recorded or, where a file told it, by its day.
        self._since, self._since_on = _recorded([row[3:5] for row in rows])
        self._until, self._until_on = _recorded([row[5:7] for row in rows])

    def before(self, teams: Mapping[int, TeamRow], day: date, known: datetime) -> Mapping[int, TeamRow]:
        """Return teams with those who belonged to them before the moment `known`, when a day was over."""
        moment, on = _microseconds(known), day.toordinal()
        came = (self._since >= moment) | (self._since_on > on)
        left = (self._until >= moment) | (self._until_on > on)
        now: dict[int, set[int]] = defaultdict(set)
        then: dict[int, dict[int, bool]] = defaultdict(dict)
        for place in np.flatnonzero(came | left).tolist():
            team, person = self._ids[place].tolist()
            if not self._is_over[place]:
                now[team].add(person)
            if not came[place] and (left[place] or not self._is_over[place]):
                then[team][person] = then[team].get(person, False) or bool(self._leads[place])
        found = dict(teams)
        for team in now.keys() | then.keys():
            row = teams.get(team)
            if row is not None:
                members, leads = then[team].keys(), {one for one, leads in then[team].items() if leads}
                found[team] = replace(
                    row, members=row.members.difference(now[team]) | members,
                    leads=row.leads.difference(now[team]) | leads,
                )  # fmt: skip
        return found


def _recorded(told: list[tuple]) -> tuple[np.ndarray, np.ndarray]:
    """Return when beginnings or ends were recorded; of those without a moment, which day they name."""
    moments, days = np.full(len(told), _NEVER), np.zeros(len(told), np.int64)
    for place, (on, at) in enumerate(told):
        if at is not None:
            moments[place] = _microseconds(zoned(at))
        elif on is not None:
            days[place] = (date.fromisoformat(on) if isinstance(on, str) else on).toordinal()
    return moments, days


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
