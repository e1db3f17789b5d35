"""Seeded key results: mostly linear, with a share of every other kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import accumulate
from random import Random

from milepost.actions.seeds import Rows
from milepost.management.seeding.ground import Ground, text
from milepost.management.seeding.objectives import Tree
from milepost.management.seeding.people import Roster

WEIGHTS, WEIGHT_SHARES = ("1", "2", "0.5", "3"), (88, 7, 3, 2)
CURVES, CURVE_SHARES = ("linear", "s", "back", "front"), (90, 4, 4, 2)
RETARGETED = 0.05
RETARGETED_AFTER = timedelta(weeks=6, hours=10)
MILESTONES = json.dumps(
    [{"title": title, "weight": "1"} for title in ("Tried", "In use", "In use everywhere")]
)

DEFINITION = (
    "title", "description", "kind", "start", "target", "unit", "direction", "floor", "low", "high",
    "tolerance", "milestones", "weight", "starts_on", "ends_on", "curve", "points", "owner_id", "source",
    "data_source", "visibility", "visible_to", "state",
)  # fmt: skip
TITLE, TARGET = DEFINITION.index("title"), DEFINITION.index("target")
KEY_RESULT = (
    "id", "workspace_id", *DEFINITION, "key", "objective_id", "position", "created_at", "revision",
)  # fmt: skip
VERSION = ("id", "workspace_id", *DEFINITION, "key_result_id", "objective_id", "at", "by_id", "reason")


@dataclass(frozen=True, slots=True)
class Scale:
    """How a measure is written, and what its values are: in tenths, at no progress and at the target."""

    kind: str
    zero: int
    one: int
    step: int = 10
    unit: str = ""
    start: int | None = None
    target: int | None = None
    floor: int | None = None
    low: int | None = None
    high: int | None = None
    tolerance: int | None = None
    says: str = "{noun} {verb} from {start} to {target}{unit}"


@dataclass(frozen=True, slots=True)
class KeyResult:
    """A seeded key result: what the rows of its definition say, in the order of DEFINITION."""

    id: int
    objective: int
    position: int
    owner: int
    scale: Scale
    definition: tuple


@cache  # a few thousand numbers, written by the million
def tenths(value: int | None) -> str | None:
    """Write a number of tenths as a decimal: 125 is “12.5”."""
    if value is None:
        return None
    whole, rest = divmod(abs(value), 10)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def _line(
    kind: str, unit: str, *, least: int, most: int, up: bool = True, step: int = 10
) -> Callable[[Random], Scale]:
    def draw(random: Random) -> Scale:
        low = random.randrange(least, (least + most) // 2)
        high = low + random.randrange((most - least) // 10 + 1, (most - least) // 2)
        start, target = (low * step, high * step) if up else (high * step, low * step)
        return Scale(kind, start, target, step, unit, start, target)

    return draw


def _reach(random: Random) -> Scale:
    target = 10 * random.randrange(4, 41)
    return Scale("reach", 0, target, unit="accounts", target=target, says="{noun} reach {target}{unit}")


def _above(random: Random) -> Scale:
    target = 10 * random.randrange(90, 100)
    return Scale("maintain_above", target - 200, target + 20, 1, "%", target=target, floor=target - 200,
                 says="{noun} stay above {target}{unit}")  # fmt: skip


def _below(random: Random) -> Scale:
    target = 10 * random.randrange(2, 20)
    return Scale("maintain_below", 2 * target, target - 10, 10, "a week", target=target, floor=2 * target,
                 says="{noun} stay below {target}{unit}")  # fmt: skip


def _range(random: Random) -> Scale:
    low = 10 * random.randrange(20, 60)
    return Scale("range", low - 100, low + 20, 1, "%", low=low, high=low + 400, tolerance=100,
                 says="{noun} stay within their range")  # fmt: skip


def _binary(random: Random) -> Scale:
    return Scale("binary", 0, 10, says="{noun} are agreed")


def _milestones(random: Random) -> Scale:
    return Scale("milestones", 0, 10, says="{noun} are in use everywhere")


def _ratio(random: Random) -> Scale:
    return Scale(
        "maintain_above_ratio", 600, 1000, 10, "%", target=800, says="{noun} are on time in every week"
    )


def _per_period(random: Random) -> Scale:
    return Scale("per_period", 0, 100, 10, "talks", target=80, says="Eight {noun} every week")


# What is not linear costs an image more: its figures come from the exact path, so its share is small.
DRAWS: dict[Callable[[Random], Scale], int] = {
    _line("increase", "", least=10, most=400): 24,
    _line("decrease", "", least=5, most=200, up=False): 18,
    _line("percent", "%", least=5, most=95): 16,
    _line("currency", "k EUR", least=10, most=900): 8,
    _line("count", "orders", least=10, most=900): 10,
    _line("duration", "min", least=2, most=90, up=False): 5,
    _line("score", "points", least=30, most=95, step=1): 4,
    _reach: 5,
    _above: 2,
    _below: 2,
    _range: 1,
    _binary: 2,
    _milestones: 1,
    _ratio: 1,
    _per_period: 1,
}
_DRAWN, _UP_TO = tuple(DRAWS), tuple(accumulate(DRAWS.values()))
NOUNS = (
    "Orders", "Answers", "Complaints", "Visits", "Renewals", "Returns", "Referrals", "Repairs", "Sign-ups",
    "Deliveries", "Errors", "Handovers",
)  # fmt: skip


class Promises:
    """All key results, those of one objective together."""

    def __init__(self, ground: Ground, roster: Roster, tree: Tree) -> None:
        self.ground, self.roster, self.tree = ground, roster, tree
        whole, rest = divmod(ground.size.key_results, len(tree.objectives))
        one_more = set(ground.random.sample(range(len(tree.objectives)), rest))
        self.key_results = [
            self._key_result(number, position)
            for number in range(len(tree.objectives))
            for position in range(whole + (number in one_more))
        ]

    def _key_result(self, number: int, position: int) -> KeyResult:
        draw = self.ground.random
        objective = self.tree.objectives[number]
        people = self.roster.of_team(objective.team or 0)
        owner = objective.owner if position == 0 else people[(number + position) % len(people)]
        scale = draw.choices(_DRAWN, cum_weights=_UP_TO)[0](draw)
        definition = (
            _title(scale, number + position),
            "",
            scale.kind,
            tenths(scale.start),
            tenths(scale.target),
            scale.unit,
            None,
            tenths(scale.floor),
            tenths(scale.low),
            tenths(scale.high),
            tenths(scale.tolerance),
            MILESTONES if scale.kind == "milestones" else "[]",
            draw.choices(WEIGHTS, WEIGHT_SHARES)[0],
            None,
            None,
            draw.choices(CURVES, CURVE_SHARES)[0],
            "[]",
            owner,
            "check_ins",
            "",
            None,
            "[]",
            "active",
        )
        return KeyResult(self.ground.new_id(), objective.id, position, owner, scale, definition)

    def rows(self) -> Iterator[Rows]:
        """Yield the rows of key results and their dated rows."""
        yield Rows("key_result", KEY_RESULT, self._key_results())
        yield Rows("key_result_version", VERSION, self._versions())

    def _key_results(self) -> Iterator[tuple]:
        space, at = self.ground.workspace, self.ground.founded
        for number, one in enumerate(self.key_results):
            yield one.id, space, *one.definition, f"k{number + 1}", one.objective, one.position, at, 1

    def _versions(self) -> Iterator[tuple]:
        space, at, draw = self.ground.workspace, self.ground.founded, self.ground.random
        later = text(self.ground.started + RETARGETED_AFTER)
        for one in self.key_results:
            new_id, owner, says = self.ground.new_id, one.owner, one.definition
            if one.scale.start is not None and draw.random() < RETARGETED:
                easier = tenths((one.scale.start + 3 * one.scale.target) // 4)
                before = (*says[:TARGET], easier, *says[TARGET + 1 :])
                yield new_id(), space, *before, one.id, one.objective, at, owner, ""
                yield (
                    new_id(),
                    space,
                    *says,
                    one.id,
                    one.objective,
                    later,
                    owner,
                    "The first target was too easy.",
                )
            else:
                yield new_id(), space, *says, one.id, one.objective, at, owner, ""


def _title(scale: Scale, number: int) -> str:
    unit = f" {scale.unit}" if scale.unit else ""
    return scale.says.format(
        noun=NOUNS[number % len(NOUNS)],
        verb="rise" if scale.one > scale.zero else "fall",
        start=tenths(scale.start),
        target=tenths(scale.target),
        unit=unit,
    )
