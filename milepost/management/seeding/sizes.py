"""The sizes of a seeded workspace, as the goals for speed name them."""

from __future__ import annotations

from dataclasses import dataclass

WEEKS = 13
LEVELS = 6
TOP_OBJECTIVES = 4


@dataclass(frozen=True)
class Size:
    """How much of everything there is."""

    name: str
    people: int
    teams: int
    objectives: int
    key_results: int

    @property
    def checkins(self) -> int:
        """Count the check-ins: one a week for each key result."""
        return self.key_results * WEEKS

    @property
    def rows(self) -> int:
        """Estimate the rows of all tables, for a progress bar."""
        return self.checkins + 2 * self.people + self.teams + 9 * self.objectives + 2 * self.key_results

    @property
    def levels(self) -> tuple[int, ...]:
        """Share the objectives out over the levels, each a constant factor wider than the one above."""
        low, high = 1.0, 100.0
        for _ in range(60):
            factor = (low + high) / 2
            total = sum(TOP_OBJECTIVES * factor**level for level in range(LEVELS))
            low, high = (factor, high) if total < self.objectives else (low, factor)
        sizes = [round(TOP_OBJECTIVES * low**level) for level in range(LEVELS - 1)]
        return (*sizes, self.objectives - sum(sizes))


SIZES = {
    size.name: size
    for size in (
        Size("S", 100, 10, 114, 400),
        Size("M", 5_000, 500, 5_714, 20_000),
        Size("P", 1_000, 100, 10_000, 30_000),  # what other tools were measured with: benchmarks/README.md
        Size("L", 100_000, 10_000, 114_286, 400_000),
    )
}
