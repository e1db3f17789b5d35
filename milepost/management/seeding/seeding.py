"""All rows of a seeded workspace, in an order in which references are met before they are made."""

from __future__ import annotations

from collections.abc import Iterator

from milepost.actions.seeds import Rows
from milepost.management.seeding.checkins import Weeks
from milepost.management.seeding.ground import Ground
from milepost.management.seeding.key_results import Promises
from milepost.management.seeding.objectives import Tree
from milepost.management.seeding.people import Roster


def seeded(ground: Ground) -> Iterator[Rows]:
    """Yield the rows of everything but the workspace itself."""
    roster = Roster(ground)
    yield from roster.rows()
    tree = Tree(ground, roster)
    yield from tree.rows()
    promises = Promises(ground, roster, tree)
    yield from promises.rows()
    yield from Weeks(ground, promises).rows()
