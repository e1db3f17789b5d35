"""Seeded people, teams and who belongs where."""

from __future__ import annotations

from collections.abc import Iterator

from milepost.actions.seeds import Rows
from milepost.management.seeding import words
from milepost.management.seeding.ground import Ground

TEAM_SIZE = 10
TOP_TEAMS = 4
TEAMS_BELOW = 5  # how many teams share a parent

PERSON = ("id", "workspace_id", "key", "user_id", "name", "email", "role", "left_on", "looked_at")
TEAM = ("id", "workspace_id", "key", "name", "parent_id", "purpose")
MEMBER = (
    "id", "workspace_id", "team_id", "person_id", "is_lead", "since_on", "since_at", "until_on", "until_at",
)  # fmt: skip


class Roster:
    """Who there is: ids of people and teams, in the order in which they are numbered."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.people = [ground.new_id() for _ in range(ground.size.people)]
        self.teams = [ground.new_id() for _ in range(ground.size.teams)]

    def of_team(self, number: int) -> list[int]:
        """Return the ids of a team's people, its lead first."""
        return self.people[number * TEAM_SIZE : (number + 1) * TEAM_SIZE]

    def rows(self) -> Iterator[Rows]:
        """Yield the rows of people, teams and memberships."""
        yield Rows("person", PERSON, self._people())
        yield Rows("team", TEAM, self._teams())
        yield Rows("team_member", MEMBER, self._members())

    def _people(self) -> Iterator[tuple]:
        firsts, lasts = len(words.FIRST), len(words.LAST)
        for number, person in enumerate(self.people):
            name = f"{words.FIRST[number % firsts]} {words.LAST[number // firsts % lasts]}"
            role = "owner" if number == 0 else "admin" if number == 1 else "member"
            email = f"p{number + 1}@{self.ground.slug}.example"
            yield person, self.ground.workspace, f"p{number + 1}", None, name, email, role, None, None

    def _teams(self) -> Iterator[tuple]:
        for number, team in enumerate(self.teams):
            parent = None if number < TOP_TEAMS else self.teams[(number - TOP_TEAMS) // TEAMS_BELOW]
            name = f"Team {words.PLACES[number % len(words.PLACES)]} {number + 1}"
            purpose = words.PURPOSES[number % len(words.PURPOSES)]
            yield team, self.ground.workspace, f"t{number + 1}", name, parent, purpose

    def _members(self) -> Iterator[tuple]:
        for number, team in enumerate(self.teams):
            for place, person in enumerate(self.of_team(number)):
                row = self.ground.new_id(), self.ground.workspace, team, person, place == 0
                yield (*row, None, None, None, None)
