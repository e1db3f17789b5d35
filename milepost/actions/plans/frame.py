"""The frame that a plan gives a workspace: its settings, people, teams, memberships and cycles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from milepost.actions import history
from milepost.actions.events import tell
from milepost.actions.plans.entries import Entries
from milepost.actions.plans.ground import Ground
from milepost.core.plan import Change, frame_pasts
from milepost.core.plan.values import HistoryPlan, WorkspacePlan
from milepost.core.plan.words import WORKSPACE_PAST
from milepost.ledger import redactions
from milepost.ledger.batches import Row
from milepost.models import Cycle, Person, Team, TeamMember, Workspace
from milepost.queries.plan_pasts import COLUMNS

SETTINGS = ("name", "time_zone", "mission", "vision", "check_in_every", "count_restricted_work")


class Frame:
    """Writes everything that objectives stand in."""

    def __init__(self, ground: Ground, entries: Entries) -> None:
        self.ground, self.entries = ground, entries
        self.made: dict[int, Row] = {}  # what is new and not written yet

    def workspace(self, item: Change) -> None:
        """Write the settings."""
        want: WorkspacePlan = item.want
        Workspace.objects.filter(id=self.ground.workspace_id).update(
            slug=want.id,
            name=want.name,
            time_zone=want.time_zone,
            mission=want.mission,
            vision=want.vision,
            scoring_policy=want.scoring_policy,
            check_in_every=want.check_in_every,
            count_restricted_work=want.count_restricted_work,
        )
        redactions.change(
            "workspace", [self.ground.workspace_id], why="plan.applied", by=self.ground.by, at=self.ground.at
        )

    def settings(self, item: Change) -> None:
        """Tell of the settings that changed, once those are there who changed them."""
        want: WorkspacePlan = item.want
        id = self.ground.workspace_id
        for change, became in frame_pasts.told_anew(item.have, want):
            changed = {name: (change.was[name], value) for name, value in became.items()}
            self.entries.frame_change("workspace.changed", id, {"changes": history.in_words(changed)}, change)
        if item.have is None:
            return
        told = {*WORKSPACE_PAST} - {*frame_pasts.changed_now(item.have, want)}
        names = [name for name in SETTINGS if name in item.fields and name not in told]
        if names:
            data = {"changes": history.in_words({name: item.fields[name] for name in names})}
            tell("workspace.changed", subject=id, data=data, by=self.ground.by, at=self.ground.at)

    def person(self, item: Change) -> None:
        """Write one person."""
        want = item.want
        values = {"name": want.name, "role": want.role, "left_on": want.left}
        usual = {"email": None, "user_id": None, "looked_at": None}
        # A file that names no address has no opinion on it.
        if want.email is not None:
            values["email"] = want.email
        self._save(Person, self.ground.people, item, values, usual)

    def team(self, item: Change) -> None:
        """Write one team, its parent later."""
        values = {"name": item.want.name, "purpose": item.want.purpose}
        self._save(Team, self.ground.teams, item, values, {"parent_id": None})

    def cycle(self, item: Change) -> None:
        """Write one cycle, its parent later."""
        want = item.want
        values = {
            "name": want.name, "starts_on": want.starts, "ends_on": want.ends, "closed_on": want.closed,
        }  # fmt: skip
        self._save(Cycle, self.ground.cycles, item, values, {"parent_id": None})

    def membership(self, item: Change) -> None:
        """Write one membership."""
        team = self.ground.teams[item.under]
        if item.action == "created":
            want = item.want
            # Who joins a team that is there, and the file does not say since when, joins as it is applied.
            is_now = want.since is None and team not in self.made
            self.ground.add(
                TeamMember,
                team_id=team,
                person_id=self.ground.people[want.person],
                is_lead=want.lead,
                since_on=want.since,
                until_on=want.until,
                since_at=self.ground.at if is_now else None,
                until_at=None,
            )
            return
        have = item.have
        rows = self.ground.rows(TeamMember).filter(
            team_id=team, person_id=self.ground.people[have.person], since_on=have.since, until_on=have.until
        )
        if item.action == "ended":
            today = history.today(by=self.ground.by, at=self.ground.at)
            self.ground.change(rows, until_on=today, until_at=self.ground.at)
        else:
            changed = {"is_lead": item.want.lead}
            if item.want.until != have.until:  # the file says when it ended, or that it did not
                changed |= {"until_on": item.want.until, "until_at": None}
            self.ground.change(rows, **changed)

    def team_parents(self, items: Iterable[Change]) -> None:
        """Put teams below their parents, and tell of those that were there before."""
        self._parents(Team, items, self.ground.teams)
        self._tell("team", items, self.ground.teams)

    def cycle_parents(self, items: Iterable[Change]) -> None:
        """Put cycles within their parents, and tell of those that were there before."""
        self._parents(Cycle, items, self.ground.cycles)
        self._tell("cycle", items, self.ground.cycles)

    def _tell(self, noun: str, items: Iterable[Change], known: Mapping[str, int]) -> None:
        """Tell when each was made and what was before each change, as actions do: past days read it there."""
        for item in items:
            subject, title = known[item.id], {"name": item.want.name}
            if frame_pasts.is_made_anew(item.have, item.want):
                made = HistoryPlan(item.want.created)
                self.entries.frame_change(f"{noun}.created", subject, title, made)
            for change, became in frame_pasts.told_anew(item.have, item.want):
                for kind, data in _changes(noun, change.was, became, known):
                    self.entries.frame_change(kind, subject, title | data, change)
            if item.have is None:
                continue
            was = {name: getattr(item.have, name) for name in frame_pasts.changed_now(item.have, item.want)}
            became = {name: getattr(item.want, name) for name in was}
            for kind, data in _changes(noun, was, became, known):
                tell(kind, subject=subject, data=title | data, by=self.ground.by, at=self.ground.at)

    def _save(
        self, model, known: dict[str, int], item: Change, values: Mapping[str, Any], usual: Mapping[str, Any]
    ) -> None:
        """Write what the file says of a thing; where it says nothing, a new one holds what is `usual`."""
        if item.id in known:
            self.ground.change(self.ground.rows(model).filter(id=known[item.id]), **values)
        else:
            row = self.ground.add(model, key=item.id, **{**usual, **values})
            known[item.id] = row["id"]
            self.made[row["id"]] = row

    def _parents(self, model, items: Iterable[Change], known: dict[str, int]) -> None:
        for item in items:
            parent = known[item.want.parent] if item.want.parent else None
            if known[item.id] in self.made:
                self.made[known[item.id]]["parent_id"] = parent
            else:
                rows = self.ground.rows(model).filter(id=known[item.id]).exclude(parent_id=parent)
                self.ground.change(rows, parent_id=parent)


def _changes(
    noun: str, was: Mapping[str, Any], became: Mapping[str, Any], known: Mapping[str, int]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the kinds of event that tell of a change, and what each keeps of it: closing is told apart."""
    changed = {
        COLUMNS.get(name, name): (was[name], became[name]) for name in was if name not in ("parent", "closed")
    }
    if "parent" in was:
        changed["parent_id"] = tuple(key and known[key] for key in (was["parent"], became["parent"]))
    if changed:
        yield f"{noun}.changed", {"changes": history.in_words(changed)}
    if "closed" not in was:
        return
    if was["closed"] is None:
        yield "cycle.closed", {}
    else:
        kind = "cycle.changed" if became["closed"] else "cycle.reopened"
        yield kind, {"changes": history.in_words({"closed_on": (was["closed"], became["closed"])})}
