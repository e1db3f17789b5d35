"""The kinds of measure in plain words: what each is called and asks for, and how a form is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from milepost.core.scoring import Kind
from milepost.ledger.structure import KeyResultRow
from milepost.web.typed import Typed
from milepost.web.words import plain_number


@dataclass(frozen=True, slots=True)
class Words:
    """A kind as people say it: its name, one sentence, and the fields that it uses."""

    kind: str
    name: str
    sentence: str
    fields: tuple[str, ...] = ("start", "target", "unit", "direction")


FROM_TO = ("start", "target", "unit", "direction")
KEPT = ("target", "floor", "unit")

GROUPS: tuple[tuple[str, tuple[Words, ...]], ...] = (
    (
        "Move a number",
        (
            Words(
                "increase", "Get a number up", "From where it stands to where it should be: 30 → 50.", FROM_TO
            ),
            Words(
                "decrease",
                "Get a number down",
                "From where it stands down to the target: 9 → 4 days.",
                FROM_TO,
            ),
            Words("percent", "Move a percentage", "In percentage points: 41 % → 60 %.", FROM_TO),
            Words("currency", "Move an amount of money", "Name the currency as its unit: EUR.", FROM_TO),
            Words("count", "Move a count", "Things one can count: 12 → 40 stores.", FROM_TO),
            Words("duration", "Move a duration", "Minutes, hours or days: 33 → 20 min.", FROM_TO),
            Words("score", "Move a score", "A rating or an index: NPS 30 → 50.", FROM_TO),
            Words(
                "relative",
                "Change it by a percentage",
                "The target is the change in per cent of the start: −20 is a fifth less, 100 doubles it.",
                ("start", "target", "unit"),
            ),
            Words(
                "reach", "Get there from nothing", "It begins at zero: 0 → 600 orders.", ("target", "unit")
            ),
        ),
    ),
    (
        "Keep a number",
        (
            Words("maintain_above", "Keep it at or above", "Met as long as it is at least the target.", KEPT),
            Words("maintain_below", "Keep it at or below", "Met as long as it is at most the target.", KEPT),
            Words(
                "range",
                "Keep it within a range",
                "Met between the low and the high end.",
                ("low", "high", "tolerance", "unit"),
            ),
            Words(
                "maintain_above_ratio",
                "Keep it at or above, most of the time",
                "Counts the share of reported days at the target or above.",
                ("target", "unit"),
            ),
            Words(
                "maintain_below_ratio",
                "Keep it at or below, most of the time",
                "Counts the share of reported days at the target or below.",
                ("target", "unit"),
            ),
            Words(
                "per_period",
                "Do it again every period",
                "Each report is compared with the target; a strong one cannot hide a weak one.",
                ("target", "unit"),
            ),
        ),
    ),
    (
        "Get something done",
        (
            Words("binary", "Done or not", "Yes or no, nothing between. Milestones show more.", ()),
            Words(
                "milestones", "Pass milestones", "A few steps, each done from 0 to 100 %.", ("milestones",)
            ),
        ),
    ),
    (
        "Find something out",
        (
            Words(
                "learning",
                "Learn from so many",
                "Such as talks with 100 users; success is the insight you write down.",
                ("target", "unit"),
            ),
            Words(
                "baseline",
                "Measure it for the first time",
                "No score until start and target are known.",
                FROM_TO,
            ),
        ),
    ),
)

NAMES: Mapping[str, Words] = MappingProxyType({words.kind: words for _, listed in GROUPS for words in listed})
OPTIONS = [(group, [(words.kind, words.name) for words in listed]) for group, listed in GROUPS]
# The four that most key results are, for the short form of a new objective.
SHORT_OPTIONS = [
    *OPTIONS[:1],
    ("Keep a number", [pair for pair in OPTIONS[1][1] if pair[0] in ("maintain_above", "maintain_below")]),
    ("Other", [("binary", NAMES["binary"].name), ("learning", NAMES["learning"].name)]),
]

CURVES = (
    ("linear", "A straight line"),
    ("s", "Slowly at first, then fast, then slowly"),
    ("back", "Mostly late"),
    ("front", "Mostly early"),
    ("points", "My own points"),
)
DIRECTIONS = (("", "By start and target"), ("up", "Up is better"), ("down", "Down is better"))
SOURCES = (("check_ins", "Check-ins by people"), ("contributors", "The objectives that contribute to it"))
VISIBILITIES = (("", "Like its objective"), ("team", "Its team alone"), ("people", "Named people alone"))

NUMBERS = ("start", "target", "floor", "low", "high", "tolerance")
SPARE_ROWS = 3
HUNDRED = Decimal(100)


def users_of(field: str) -> str:
    """List the kinds that use a field, for the element that hides the others."""
    return " ".join(words.kind for _, listed in GROUPS for words in listed if field in words.fields)


USERS: Mapping[str, str] = MappingProxyType(
    {name: users_of(name) for name in (*NUMBERS, "unit", "direction", "milestones")}
)


def read(typed: Typed) -> dict[str, Any]:
    """Read a whole measure with plan and weight from the long form, as the fields of a Definition."""
    unit = typed.text("unit")
    kind = typed.text("kind", "increase")
    shown = "%" if kind == Kind.RELATIVE else unit
    found: dict[str, Any] = {
        name: typed.number(name, shown if name == "target" else unit) for name in NUMBERS
    }
    points = _points(typed)
    curve = typed.text("curve", "linear")
    weight = typed.weight()
    if weight < 0:
        typed.say("weight", "A weight cannot be negative. 0 shows it without counting it.")
    if curve == "points" and not points and "points" not in typed.problems:
        typed.say("points", "Give at least one point, or choose another course.")
    return found | {
        "kind": kind,
        "unit": unit,
        "direction": typed.text("direction") or None,
        "milestones": _milestones(typed) if kind == Kind.MILESTONES else (),
        "weight": weight,
        "curve": curve,
        "points": points if curve == "points" else (),
    }


def _milestones(typed: Typed) -> tuple[tuple[str, Decimal], ...]:
    found = []
    for title, weight in _pairs(typed, "milestone", "milestone_weight"):
        read = typed.number("milestones", text=weight) if weight else Decimal(1)
        if not title:
            if weight and read != 1:
                typed.say("milestones", "A milestone needs a title.")
            continue
        found.append((title[:300], Decimal(1) if read is None else read))
    return tuple(found)


def _points(typed: Typed) -> tuple[tuple[Decimal, Decimal], ...]:
    found: dict[Decimal, Decimal] = {}
    for at_text, expect_text in _pairs(typed, "point_at", "point_expect"):
        if not at_text and not expect_text:
            continue
        at, expect = (typed.number("points", "%", text=text) for text in (at_text, expect_text))
        if at is None or expect is None:
            typed.say("points", "A point needs both: how much of the time, and how much progress by then.")
        elif not (0 <= at <= HUNDRED and 0 <= expect <= HUNDRED):
            typed.say("points", "Points lie between 0 and 100 %.")
        elif at in found:
            typed.say("points", f"There are two points at {plain_number(at)} % of the time.")
        else:
            found[at] = expect
    return tuple((at / HUNDRED, expect / HUNDRED) for at, expect in sorted(found.items()))


def _pairs(typed: Typed, first: str, second: str) -> list[tuple[str, str]]:
    left, right = typed.texts(first), typed.texts(second)
    right += [""] * (len(left) - len(right))
    return list(zip(left, right, strict=False))


def written(row: KeyResultRow | None) -> dict[str, Any]:
    """Write a key result's measure as the fields of the long form begin; None is a new one."""
    if row is None:
        values: dict[str, Any] = dict.fromkeys(NUMBERS, "")
        values |= {"kind": "increase", "unit": "", "direction": "", "weight": "1", "curve": "linear"}
        values |= {"milestones": [], "points": []}
    else:
        values = {name: _shown(getattr(row, name)) for name in NUMBERS}
        values |= {"kind": row.kind, "unit": row.unit, "direction": row.direction or "", "curve": row.curve}
        values["weight"] = _shown(row.weight)
        values["milestones"] = [(title, _shown(weight)) for title, weight in row.milestones]
        values["points"] = [
            (plain_number(Decimal(at) * HUNDRED), plain_number(Decimal(expect) * HUNDRED))
            for at, expect in row.points
        ]
    return _with_spare_rows(values)


def typed_again(typed: Typed) -> dict[str, Any]:
    """Write what was typed back into the long form."""
    values: dict[str, Any] = {name: typed.text(name) for name in (*NUMBERS, "unit", "direction", "weight")}
    values |= {"kind": typed.text("kind", "increase"), "curve": typed.text("curve", "linear")}
    values["milestones"] = [pair for pair in _pairs(typed, "milestone", "milestone_weight") if any(pair)]
    values["points"] = [pair for pair in _pairs(typed, "point_at", "point_expect") if any(pair)]
    return _with_spare_rows(values)


def _with_spare_rows(values: dict[str, Any]) -> dict[str, Any]:
    values["milestones"] = [*values["milestones"], *[("", "")] * SPARE_ROWS]
    values["points"] = [*values["points"], *[("", "")] * SPARE_ROWS]
    return values


def _shown(text: str | None) -> str:
    return "" if text is None else plain_number(Decimal(text))
