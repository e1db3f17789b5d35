"""One application in the making: what changes, in an order in which references resolve."""

from __future__ import annotations

from collections.abc import Callable

from milepost.actions import alignments
from milepost.actions.plans.alignments import Alignments
from milepost.actions.plans.entries import Entries
from milepost.actions.plans.frame import Frame
from milepost.actions.plans.ground import Ground
from milepost.actions.plans.key_results import KeyResults
from milepost.actions.plans.objectives import Objectives
from milepost.core.plan import Changes


class Application:
    """Hands each change to its noun, and says how far it is."""

    def __init__(self, ground: Ground, progress: Callable[[int, int], None] | None) -> None:
        self.progress, self.ground = progress, ground
        self.entries = Entries(ground)
        self.frame = Frame(ground, self.entries)
        self.objectives = Objectives(ground, self.entries)
        self.key_results = KeyResults(ground, self.entries)
        self.alignments = Alignments(ground)

    def run(self, changes: Changes) -> None:
        """Write every change."""
        steps = (
            ("workspace", self.frame.workspace),
            ("person", self.frame.person),
            ("team", self.frame.team),
            ("cycle", self.frame.cycle),
            ("objective", self.objectives.objective),
            ("key_result", self.key_results.key_result),
            ("initiative", self.key_results.initiative),
            ("membership", self.frame.membership),
            ("alignment", self.alignments.alignment),
        )
        self.key_results.upper = {
            item.id: item.want for item in changes.of("objective") if item.want is not None
        }
        items = {kind: list(changes.of(kind, "created", "changed", "ended")) for kind, _ in steps}
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
            # What is told of the settings names people; and parents may stand after their children, so all
            # teams and cycles exist before any gets its parent.
            if kind == "person":
                for item in items["workspace"]:
                    self.frame.settings(item)
            elif kind == "team":
                self.frame.team_parents(items[kind])
            elif kind == "cycle":
                self.frame.cycle_parents(items[kind])
            # What comes next refers to it, and may have to find it.
            self.ground.batches.write()
        if items["alignment"] or items["key_result"]:
            # The plan closes no ring in what it was checked against; it was not told of everything.
            alignments.part_rings(by=self.ground.by, at=self.ground.at)
        self.entries.finish()
        if self.progress is not None:
            self.progress(total, total)
