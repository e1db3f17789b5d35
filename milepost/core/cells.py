"""Reads a measure and its reading from four cells of text: kind, start, target, current.

The grammar, as in “decrease, 33 min, 20 min, 26.5 min”:

- a number has a point for decimals, may have commas between thousands and a small exponent, and may carry a
  unit before or after it: `USD 300000`, `33 min`, `80%`. Units must agree; nothing is ever converted.
- `null` or an empty cell is no value; `x` in a list is cancelled and left out.
- lists are written `a|b|c`: periods, milestones, weights.
- a range is `40..60`, its tolerance `tol=10` in the start cell; maintain_* kinds have the worst acceptable
  value in the start cell; relative kinds have a percentage as target: `-20%`.
- yes or no is `true` or `false`, `done` or `open`; a milestone may also be a share: `0.4`, `40%`.
- the kind may carry tags: `[up]`, `[down]`, `[closing]`, and the name of a scoring policy: `[half_even]`.
- `rollup_objective`, `rollup_children`, `rollup_mixed`, `rollup_company`: weights, labels, progress. A label
  says what a part is: `kr`, `child`, `obj`, or `initiative`, which never counts; without one a part counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType

from milepost.core.policies import DEFAULT, OURS, Policy
from milepost.core.scoring import Kind, Measure, Part, Reading, ScoringProblem, exact

ROLL_UPS = frozenset({"rollup_objective", "rollup_children", "rollup_mixed", "rollup_company"})

LONGEST_CELL = 20_000
LONGEST_NUMBER = 60
LARGEST_EXPONENT = 30

_KINDS = frozenset(kind.value for kind in Kind)
_NOTHING = frozenset({"", "null"})
_COUNTED = _NOTHING | {"kr", "key_result", "child", "obj", "objective"}
_CANCELLED = "x"
_NEVER_COUNTED = frozenset({"initiative"})
_YES = frozenset({"true", "yes", "done", "1"})
_NO = frozenset({"false", "no", "open", "0"})

_KIND = re.compile(r"\s*(?P<word>[a-z_]+)\s*(?P<tags>(?:\[[^\[\]]*\]\s*)*)", re.IGNORECASE)
_UNIT = r"[^\s0-9+\-−.,|\[\]][^0-9|\[\]]{0,30}?"
_QUANTITY = re.compile(
    rf"(?P<sign>[+\-−]?)\s*(?P<before>{_UNIT})?\s*(?P<inner_sign>[+\-−]?)"
    r"(?P<digits>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)(?P<power>[eE][+\-]?[0-9]{1,3})?"
    rf"\s*(?P<after>{_UNIT})?"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its unit, as written in a cell; no unit is an empty text."""

    number: Fraction
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A row of cells, read: a measure with its reading, or, for a roll-up, its parts."""

    policy: Policy
    closing: bool = False
    measure: Measure | None = None
    reading: Reading = None
    parts: tuple[Part, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Cells:
    start: str
    target: str
    current: str
    direction: str | None


def read(kind: str, start: str, target: str, current: str, *, policy: Policy = DEFAULT) -> Question:
    """Read a row of cells; a policy named in a tag wins over `policy`.

    Raises ScoringProblem: `unknown_kind`, `unknown_tag`, `not_a_number`, `unit_mismatch`, `bad_range`,
    `binary_not_boolean`, `milestone_count`, `unknown_label`.
    """
    for field, cell in (("kind", kind), ("start", start), ("target", target), ("current", current)):
        if len(cell) > LONGEST_CELL:
            raise ScoringProblem(
                f"The {field} cell has {len(cell):,} characters.",
                field=field,
                remedy=f"A cell holds at most {LONGEST_CELL:,}.",
            )
    word, tags = kind_word(kind)
    if word not in ROLL_UPS and word not in _KINDS:
        raise _unknown_kind(word)
    direction, closing = None, False
    for tag in tags:
        if tag in {"up", "down"}:
            direction = tag
        elif tag == "closing":
            closing = True
        elif tag in OURS:
            policy = OURS[tag]
        else:
            raise ScoringProblem(
                f"“{tag[:40]}” is not a tag.",
                code="unknown_tag",
                field="kind",
                remedy=f"Use one of: up, down, closing, {', '.join(OURS)}.",
            )
    question = Question(policy, closing)
    if word in ROLL_UPS:
        return replace(question, parts=_parts(start, target, current))
    cells = _Cells(start.strip(), target.strip(), current.strip(), direction)
    measure, reading = _READERS[Kind(word)](Kind(word), cells)
    return replace(question, measure=measure, reading=reading)


def quantity(cell: str, *, field: str | None = None) -> Quantity | None:
    """Read one number with its unit; None for `null` or nothing. Raises `not_a_number`."""
    text = cell.strip()
    if text.casefold() in _NOTHING:
        return None
    found = _QUANTITY.fullmatch(text) if len(text) <= 2 * LONGEST_NUMBER else None
    if found is None or (found["sign"] and found["inner_sign"]):
        raise _not_a_number(text, field)
    digits, power = found["digits"].replace(",", ""), found["power"] or ""
    if len(digits) > LONGEST_NUMBER or abs(int(power[1:] or 0)) > LARGEST_EXPONENT:
        raise _not_a_number(text, field, "It is far larger, smaller or longer than a measured value can be.")
    number = exact(f"{digits}{power}", field=field) or Fraction(0)
    negative = "+" not in (found["sign"] or "", found["inner_sign"]) and bool(
        found["sign"] or found["inner_sign"]
    )
    unit = " ".join(part.strip() for part in (found["before"], found["after"]) if part)
    return Quantity(-number if negative else number, unit)


def kind_word(cell: str) -> tuple[str, list[str]]:
    """Split `increase[up]` into its word and its tags, known or not; raises `unknown_kind`."""
    found = _KIND.fullmatch(cell)
    if found is None:
        raise _unknown_kind(cell)
    tags = re.split(r"[\[\],;+\s]+", found["tags"].lower())
    return found["word"].lower(), [tag for tag in tags if tag]


def _unknown_kind(cell: str) -> ScoringProblem:
    return ScoringProblem(
        f"“{cell.strip()[:40]}” is not a kind of measure.",
        code="unknown_kind",
        field="kind",
        remedy=f"Use one of: {', '.join(Kind)}, {', '.join(sorted(ROLL_UPS))}.",
    )


def _one_line(kind: Kind, cells: _Cells) -> tuple[Measure, Reading]:
    start, target, current = (
        quantity(cells.start, field="start"),
        quantity(cells.target, field="target"),
        quantity(cells.current, field="current"),
    )
    unit = common_unit(start, target, current)
    return _measure(kind, cells, unit, start=_number(start), target=_number(target)), _number(current)


def _relative(kind: Kind, cells: _Cells) -> tuple[Measure, Reading]:
    start, change = quantity(cells.start, field="start"), quantity(cells.target, field="target")
    current = quantity(cells.current, field="current")
    if change is not None and change.unit != "%":
        raise ScoringProblem(
            f"A relative target is a percentage, not “{cells.target[:40]}”.",
            code="unit_mismatch",
            field="target",
            remedy="Write it like -20% or +50%.",
        )
    unit = common_unit(start, current)
    target = None if change is None else change.number / 100
    return _measure(kind, cells, unit, start=_number(start), target=target), _number(current)


def _threshold(kind: Kind, cells: _Cells) -> tuple[Measure, Reading]:
    floor, target = quantity(cells.start, field="start"), quantity(cells.target, field="target")
    current = quantity(cells.current, field="current")
    unit = common_unit(floor, target, current)
    return _measure(kind, cells, unit, floor=_number(floor), target=_number(target)), _number(current)


def _series(kind: Kind, cells: _Cells) -> tuple[Measure, Reading]:
    target = quantity(cells.target, field="target")
    items = [item for item in listed(cells.current) if item.casefold() != _CANCELLED]
    values = [quantity(item, field="current") for item in items]
    unit = common_unit(target, *values)
    reading = None if len(items) < 2 and values in ([], [None]) else tuple(map(_number, values))
    return _measure(kind, cells, unit, target=_number(target)), reading


def _range(kind: Kind, cells: _Cells) -> tuple[Measure, Reading]:
    tolerance_text = cells.start.removeprefix("tol=") if cells.start.startswith("tol=") else ""
    if cells.start.casefold() not in _NOTHING and not tolerance_text:
        raise _not_a_number(cells.start, "start", "A range has only a tolerance here, such as tol=10.")
    tolerance, current = quantity(tolerance_text, field="start"), quantity(cells.current, field="current")
    low = high = None
    if cells.target.casefold() not in _NOTHING:
        low_text, dots, high_text = cells.target.partition("..")
        if not dots:
            raise _not_a_number(cells.target, "target", "Write a range as 40..60.")
        low, high = quantity(low_text, field="target"), quantity(high_text, field="target")
        if low is None or high is None:
            raise _not_a_number(cells.target, "target", "Give both ends, such as 40..60.")
        unit_of_both = high.unit or low.unit
        low, high = (replace(end, unit=end.unit or unit_of_both) for end in (low, high))
    unit = common_unit(tolerance, low, high, current)
    ends = {"low": _number(low), "high": _number(high), "tolerance": _number(tolerance)}
    return _measure(kind, cells, unit, **ends), _number(current)


def _binary(kind: Kind, cells: _Cells) -> tuple[Measure, Reading]:
    wanted, reading = _yes_or_no(cells.target, "target"), _yes_or_no(cells.current, "current")
    return _measure(kind, cells, "", target=None if wanted is None else Fraction(wanted)), reading


def _milestones(kind: Kind, cells: _Cells) -> tuple[Measure, Reading]:
    quantities = [quantity(item, field="target") for item in listed(cells.target)]
    common_unit(*quantities)
    weights = [_number(weight) or Fraction(0) for weight in quantities]
    done = listed(cells.current)
    if len(weights) == len(done):
        kept = [index for index, item in enumerate(done) if item.casefold() != _CANCELLED]
        weights, done = [weights[i] for i in kept], [done[i] for i in kept]
    nothing = len(done) == 1 and done[0].casefold() in _NOTHING
    reading = None if nothing or not done else tuple(_done(item) for item in done)
    return _measure(kind, cells, "", milestones=tuple(weights)), reading


def _baseline(kind: Kind, cells: _Cells) -> tuple[Measure, Reading]:
    if cells.current.casefold() in (_YES | _NO) - {"0", "1"}:
        measure, _ = _one_line(kind, replace(cells, current=""))
        return measure, cells.current.casefold() in _YES
    return _one_line(kind, cells)


def _parts(weights_cell: str, labels_cell: str, values_cell: str) -> tuple[Part, ...]:
    values, labels = listed(values_cell), listed(labels_cell)
    weights = [quantity(item, field="start") for item in listed(weights_cell)]
    common_unit(*weights)
    for name, given in (("weights", weights), ("labels", labels)):
        if given and len(given) != len(values):
            raise ScoringProblem(
                f"There are {len(given)} {name} but {len(values)} values.",
                code="milestone_count",
                field="current",
                remedy="Give one for each part, or leave the cell empty.",
            )
    parts = []
    for index, item in enumerate(values):
        weight = _number(weights[index]) if weights else None
        cancelled = item.casefold() == _CANCELLED
        raw = None if cancelled else share(item, field="current")
        label = labels[index] if labels else ""
        counted = not cancelled and _may_count(label)
        parts.append(Part(Fraction(1) if weight is None else weight, raw, counted, label=label))
    return tuple(parts)


def _may_count(label: str) -> bool:
    word = label.casefold()
    if word not in _COUNTED | _NEVER_COUNTED:
        raise ScoringProblem(
            f"“{label[:40]}” is not a part of a roll-up.",
            code="unknown_label",
            field="target",
            remedy="Write kr, child, obj or initiative, or leave the cell empty.",
        )
    return word in _COUNTED


def listed(cell: str) -> list[str]:
    """Split `a|b|c` into its items; an empty cell has none."""
    return [item.strip() for item in cell.split("|")] if cell.strip() else []


def share(item: str, *, field: str | None = None) -> Fraction | None:
    """Read a share such as 0.4 or 40%; None for `null` or nothing. Raises `not_a_number`, `unit_mismatch`."""
    found = quantity(item, field=field)
    if found is None:
        return None
    if found.unit not in {"", "%"}:
        raise ScoringProblem(
            f"A share has no unit, but “{item[:40]}” has one.",
            code="unit_mismatch",
            field=field,
            remedy="Write 0.4 or 40%.",
        )
    return found.number / 100 if found.unit else found.number


def _done(item: str) -> Fraction | None:
    word = item.casefold()
    if word in _YES | _NO:
        return Fraction(word in _YES)
    return share(item, field="current")


def _yes_or_no(cell: str, field: str) -> bool | None:
    word = cell.casefold()
    if word in _NOTHING:
        return None
    if word not in _YES | _NO:
        raise ScoringProblem(
            f"“{cell[:40]}” is neither yes nor no.",
            code="binary_not_boolean",
            field=field,
            remedy="Write true or false; use milestones for work that is partly done.",
        )
    return word in _YES


def _measure(kind: Kind, cells: _Cells, unit: str, **more) -> Measure:
    return Measure(kind=kind, direction=cells.direction, unit=unit or None, **more)


def _number(found: Quantity | None) -> Fraction | None:
    return None if found is None else found.number


def common_unit(*quantities: Quantity | None) -> str:
    """Give the unit that all quantities share; raises `unit_mismatch`."""
    units = list(dict.fromkeys(q.unit for q in quantities if q is not None))
    if len(units) > 1:
        named = " and ".join(f"“{unit}”" if unit else "no unit" for unit in units[:3])
        raise ScoringProblem(
            f"The units differ: {named}.",
            code="unit_mismatch",
            field="current",
            remedy="Convert the values to one unit first; nothing is converted silently.",
        )
    return units[0] if units else ""


def _not_a_number(text: str, field: str | None, why: str = "") -> ScoringProblem:
    return ScoringProblem(
        f"“{text[:40]}” is not a number that can be scored.{' ' if why else ''}{why}",
        field=field,
        remedy="Write digits with a point for decimals, such as 1250, 4.5 or USD 300000.",
    )


_Reader = Callable[[Kind, _Cells], tuple[Measure, Reading]]

_LINES: Sequence[Kind] = [kind for kind in Kind if kind.is_linear or kind.runs_from_zero]

_READERS: Mapping[Kind, _Reader] = MappingProxyType(
    dict.fromkeys(_LINES, _one_line)
    | {
        Kind.RELATIVE: _relative,
        Kind.MAINTAIN_ABOVE: _threshold,
        Kind.MAINTAIN_BELOW: _threshold,
        Kind.MAINTAIN_ABOVE_RATIO: _series,
        Kind.MAINTAIN_BELOW_RATIO: _series,
        Kind.PER_PERIOD: _series,
        Kind.RANGE: _range,
        Kind.BINARY: _binary,
        Kind.MILESTONES: _milestones,
        Kind.BASELINE: _baseline,
    }
)
