"""Seeded objectives in six levels, what they contribute to, and how they came about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from milepost.actions.seeds import Rows
from milepost.management.seeding import words
from milepost.management.seeding.ground import Ground
from milepost.management.seeding.people import Roster

SUPPORTS, SEVERAL_PARENTS, RESTRICTED, HAS_CONTRIBUTORS = 0.05, 0.03, 0.01, 0.1
COMMITMENTS, COMMITMENT_WEIGHTS = ("aspirational", "committed", "learning"), (60, 35, 5)
LINK_WEIGHTS, LINK_SHARES = ("1", "2", "0.5"), (90, 7, 3)

CYCLE = ("id", "workspace_id", "key", "name", "starts_on", "ends_on", "parent_id", "closed_on")
DEFINITION = (
    "title", "description", "cycle_id", "team_id", "owner_id", "sponsor_id", "commitment", "level",
    "visibility", "state", "contributors", "visible_to",
)  # fmt: skip
STATE = DEFINITION.index("state")
OBJECTIVE = ("id", "workspace_id", *DEFINITION, "key", "created_at", "revision")
VERSION = ("id", "workspace_id", *DEFINITION, "objective_id", "at", "by_id", "reason")
TRANSITION = (
    "id", "workspace_id", "objective_id", "event", "from_state", "to_state", "at", "by_id", "reason",
)  # fmt: skip
ALIGNMENT = (
    "id", "workspace_id", "child_id", "parent_objective_id", "parent_key_result_id", "how", "weight",
    "since_at", "until_at", "by_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Objective:
    """A seeded objective: what the rows of its definition say, in the order of DEFINITION."""

    id: int
    level: int
    team: int | None  # its number, not its id
    definition: tuple

    @property
    def owner(self) -> int:
        return self.definition[4]


class Tree:
    """All objectives, the highest level first."""

    def __init__(self, ground: Ground, roster: Roster) -> None:
        self.ground, self.roster = ground, roster
        self.year, self.quarter = ground.new_id(), ground.new_id()
        sizes = ground.size.levels
        self.begins = [0, *accumulate(sizes)]
        self.objectives = [
            self._objective(self.begins[level] + place, level)
            for level, size in enumerate(sizes)
            for place in range(size)
        ]

    def _objective(self, number: int, level: int) -> Objective:
        draw = self.ground.random
        team = None if level == 0 else number % len(self.roster.teams)
        people = self.roster.of_team(team or 0)
        visibility = "team" if team is not None and draw.random() < RESTRICTED else "workspace"
        contributors = sorted(draw.sample(people, 2)) if draw.random() < HAS_CONTRIBUTORS else []
        who, what = words.WHO[number % len(words.WHO)], words.WHAT[number // 7 % len(words.WHAT)]
        definition = (
            f"{who} in {words.PLACES[number % len(words.PLACES)]} {what}",
            "",
            self.year if level == 0 else self.quarter,
            None if team is None else self.roster.teams[team],
            people[number // len(self.roster.teams) % len(people)],
            people[0],
            draw.choices(COMMITMENTS, COMMITMENT_WEIGHTS)[0],
            "strategic" if level < 2 else "tactical",
            visibility,
            "active",
            json.dumps(contributors),
            "[]",
        )
        return Objective(self.ground.new_id(), level, team, definition)

    def rows(self) -> Iterator[Rows]:
        """Yield the rows of cycles, objectives, their dated rows and steps, and the links upwards."""
        yield Rows("cycle", CYCLE, self._cycles())
        yield Rows("objective", OBJECTIVE, self._objectives())
        yield Rows("objective_version", VERSION, self._versions())
        yield Rows("transition", TRANSITION, self._transitions())
        yield Rows("alignment", ALIGNMENT, self._alignments())

    def _cycles(self) -> Iterator[tuple]:
        begins, ends = self.ground.begins, self.ground.ends
        last = begins.replace(year=begins.year + 1, day=min(begins.day, 28))
        yield self.year, self.ground.workspace, "year", "The year", f"{begins}", f"{last}", None, None
        yield (
            self.quarter, self.ground.workspace, "quarter", "This quarter", f"{begins}", f"{ends}", self.year,
            None,
        )  # fmt: skip

    def _objectives(self) -> Iterator[tuple]:
        for number, one in enumerate(self.objectives):
            yield (
                one.id, self.ground.workspace, *one.definition, f"o{number + 1}", self.ground.founded, 1,
            )  # fmt: skip

    def _versions(self) -> Iterator[tuple]:
        new_id, space = self.ground.new_id, self.ground.workspace
        for one in self.objectives:
            before, after = one.definition[:STATE], one.definition[STATE + 1 :]
            for state, at, by in self._states(one):
                yield new_id(), space, *before, state, *after, one.id, at, by, ""

    def _states(self, one: Objective) -> tuple[tuple[str, str, int | None], ...]:
        """Return the states that a day has seen, since when, and by whom."""
        ground = self.ground
        return (
            ("draft", ground.founded, one.owner),
            ("committed", ground.agreed, one.owner),
            ("active", ground.running, None),
        )

    def _transitions(self) -> Iterator[tuple]:
        new_id, space, ground = self.ground.new_id, self.ground.workspace, self.ground
        for one in self.objectives:
            for event, before, after, at, by in (
                ("create", "", "draft", ground.founded, one.owner),
                ("submit", "draft", "in_review", ground.agreed, one.owner),
                ("commit", "in_review", "committed", ground.agreed, one.owner),
                ("start", "committed", "active", ground.running, None),
            ):
                yield new_id(), space, one.id, event, before, after, at, by, ""

    def _alignments(self) -> Iterator[tuple]:
        draw = self.ground.random
        for number, one in enumerate(self.objectives):
            if one.level == 0:
                continue
            begin, end = self.begins[one.level - 1], self.begins[one.level]
            place = number - end
            parent = begin + place * (end - begin) // (self.begins[one.level + 1] - end)
            yield self._link(one, parent, "contributes")
            if draw.random() < SEVERAL_PARENTS and end - begin > 1:
                others = end - begin - 1
                other = begin + (parent - begin + 1 + draw.randrange(others)) % (end - begin)
                yield self._link(one, other, "contributes")
            if one.level > 1 and draw.random() < SUPPORTS:
                yield self._link(one, draw.randrange(begin), "supports")

    def _link(self, one: Objective, parent: int, how: str) -> tuple:
        weight = self.ground.random.choices(LINK_WEIGHTS, LINK_SHARES)[0]
        return (
            self.ground.new_id(), self.ground.workspace, one.id, self.objectives[parent].id, None, how,
            weight, self.ground.founded, None, one.owner,
        )  # fmt: skip
