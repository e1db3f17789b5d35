"""Make a workspace of a given size, for measuring: the same seed and day make the same rows."""

from __future__ import annotations

import time
from datetime import date, datetime

from django.utils import timezone

from milepost.actions import seeds
from milepost.core.access import operator
from milepost.core.problems import Invalid
from milepost.management import schema
from milepost.management.operator import OperatorCommand, on_the_command_line
from milepost.management.progress import Progress
from milepost.management.seeding import SIZES, seeded
from milepost.management.seeding.ground import Ground


class Command(OperatorCommand):
    examples = ("milepost seed --size S", "milepost seed --size M --workspace measured")

    def add_arguments(self, parser):
        parser.add_argument(
            "--size",
            choices=SIZES,
            default="S",
            help="S, M, P or L: 400, 20,000, 30,000, 400,000 key results",
        )
        parser.add_argument("--seed", type=int, default=1, metavar="N", help="which of the many (1)")
        parser.add_argument(
            "--workspace", metavar="SLUG", help="its name in addresses (seed-s, seed-m, seed-l)"
        )
        parser.add_argument(
            "--day", metavar="DAY", help="the day it is told from, such as 2026-11-24 (today)"
        )

    def handle(self, *, size: str, seed: int, workspace: str | None, day: str | None, **_):
        if seed < 0:
            raise Invalid(
                "A seed is a whole number from 0 on.", field="seed", code="usage", remedy="For example 1."
            )
        at = timezone.now()
        slug = workspace or f"seed-{size.lower()}"
        with on_the_command_line():
            ground = Ground(SIZES[size], seed, slug, _day(day, at))
        schema.make_current()
        begun = time.perf_counter()
        with Progress(f"Seeding {size}") as bar:
            written = self._sow(ground, bar, at)
        self._tell(written, time.perf_counter() - begun, slug)

    def _sow(self, ground: Ground, bar: Progress, at: datetime) -> dict[str, int]:
        done, total = 0, ground.size.rows

        def progress(rows: int) -> None:
            nonlocal done
            done += rows
            bar(min(done, total), total)

        return seeds.sow(
            slug=ground.slug,
            name=f"Seed {ground.size.name}",
            seed=seeded(ground),
            facts={"size": ground.size.name, "seed": ground.number, "day": f"{ground.today}"},
            progress=progress,
            by=operator(ground.workspace),
            at=at,
        )

    def _tell(self, written: dict[str, int], seconds: float, slug: str) -> None:
        for table in ("person", "team", "objective", "key_result", "checkin"):
            self.stdout.write(f"  {written[table]:>9,} {_WORDS[table]}")
        rate = written["checkin"] / seconds
        self.stdout.write(
            f"Workspace “{slug}” in {seconds:.1f} s: {rate:,.0f} check-ins a second, all other rows included."
        )


_WORDS = {
    "person": "people",
    "team": "teams",
    "objective": "objectives",
    "key_result": "key results",
    "checkin": "check-ins",
}


def _day(written: str | None, at: datetime) -> date:
    if written is None:
        return at.date()
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Invalid(f"“{written}” is not a day.", field="day", remedy="Write it as 2026-11-24.") from None
