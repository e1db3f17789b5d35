"""`milepost score`: scores, statuses or verdicts for a file of rows, one JSON object a line, in order.

scores   columns kind, start, target, current (the grammar of `core.cells`)
         → progress (text with six decimals, or null), grade (a number with one decimal, or null), band,
           and, where there is one, problem (a code) with message
status   columns rule, objective_type, plan_curve, elapsed, progress, n_checkins, inputs → status
verdict  columns objective_type, raw_progress, insight → verdict, action

With the id of a peer's suite as policy, a row gives progress and value by that suite's rules; the file may
then also be JSON or JSON Lines with the suite's own cases. A row that cannot be scored says so in its line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO

from milepost.cli.exits import Exit, exit_for
from milepost.cli.rows import TOO_MANY, cases, is_json, text_of
from milepost.cli.rows import rows as rows_in
from milepost.core import cells, pace, peer_rows, peers
from milepost.core.policies import DEFAULT, OURS, Policy
from milepost.core.problems import Invalid, NotFound, Problem
from milepost.core.scoring import Band, plain, roll_up, score, six_decimals, verdict

Line = Mapping[str, Any]
Cells = Mapping[str, str]

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "scores": ("kind", "start", "target", "current"),
        "status": ("rule", "objective_type", "plan_curve", "elapsed", "progress", "n_checkins", "inputs"),
        "verdict": ("objective_type", "raw_progress", "insight"),
    }
)
NOT_DOCUMENTED = frozenset({"", "null", "no", "none", "false", "0"})


def score_file(
    path: str | Path, *, kind: str = "scores", policy: str | None = None, out: TextIO, err: TextIO
) -> int:
    """Print a line for each row of a file (“-” is standard input) and give the exit code."""
    try:
        lines = lines_of(path, kind=kind, policy=policy)
        for line in lines:
            out.write(_json(line) + "\n")
    except Problem as problem:
        err.write(f"{problem}\n")
        return exit_for(problem)
    return Exit.OK


def lines_of(path: str | Path, *, kind: str = "scores", policy: str | None = None) -> Iterator[Line]:
    """Read a file and give the line of each row; raises Problem where the file as a whole cannot be used."""
    if kind not in COLUMNS:
        raise Invalid(
            f"“{kind}” cannot be printed.", code="usage", remedy=f"Use one of: {', '.join(COLUMNS)}."
        )
    peer = policy in peers.SUITES
    if policy is not None and not peer and policy not in OURS:
        raise NotFound(
            f"There is no scoring policy called “{policy}”.",
            code="unknown_policy",
            remedy=f"Choose one of: {', '.join([*OURS, *sorted(peers.SUITES)])}.",
        )
    if peer and kind != "scores":
        raise Invalid(f"{policy} gives scores only.", code="usage", remedy="Leave out --as, or the policy.")
    name, text = text_of(path)
    if is_json(name, text):
        if not peer:
            raise Invalid(
                f"{name}: only a peer’s cases may be given as JSON.",
                code="usage",
                remedy=f"Name the suite with --policy, or give columns {', '.join(COLUMNS[kind])}.",
            )
        return (_answered(str(policy), peers.evaluate, case) for case in cases(name, text, str(policy)))
    rows = rows_in(name, text, COLUMNS[kind])
    if peer:
        return (_answered(str(policy), _peer_row, row) for row in rows)
    chosen = OURS[policy] if policy else DEFAULT
    return (_guarded(kind, row, chosen) for row in rows)


# --- lines --------------------------------------------------------------------------------------------------


def _score_line(row: Cells, policy: Policy) -> Line:
    question = cells.read(row["kind"], row["start"], row["target"], row["current"], policy=policy)
    if question.parts is not None:
        scored = roll_up(question.parts, question.policy)
    else:
        scored = score(question.measure, question.reading, policy=question.policy, closing=question.closing)
    # A page shows an objective with nothing to count as ungraded; a row of a file was asked to add up.
    nothing_counts = question.parts is not None and scored.problem == "all_weights_zero"
    line: dict[str, Any] = {
        "progress": None if scored.raw is None else six_decimals(scored.raw),
        "grade": scored.grade,
        "band": Band.ERROR if nothing_counts else scored.band,
    }
    return line | ({"problem": scored.problem, "message": scored.reason} if scored.problem else {})


def _status_line(row: Cells, policy: Policy) -> Line:
    rule = row["rule"].strip()
    if rule not in _STATUS_RULES:
        raise Invalid(
            f"“{rule[:40]}” is not a rule.",
            code="unknown_rule",
            remedy=f"Use one of: {', '.join(_STATUS_RULES)}.",
        )
    return {"status": _STATUS_RULES[rule](row)}


def _verdict_line(row: Cells, policy: Policy) -> Line:
    insight = row["insight"].strip().casefold() not in NOT_DOCUMENTED
    raw = cells.share(row["raw_progress"], field="raw_progress")
    found = verdict(row["objective_type"].strip(), raw, insight, policy)
    return {"verdict": found.verdict, "action": found.action}


def _pace_status(row: Cells) -> str:
    checkins = _whole(row["n_checkins"], "n_checkins")
    return pace.status(
        cells.share(row["progress"], field="progress"),
        curve=row["plan_curve"].strip() or "linear",
        elapsed=_needed(cells.share(row["elapsed"], field="elapsed"), "elapsed"),
        commitment=row["objective_type"].strip(),
        checkins=checkins,
    )


def _forecast_status(row: Cells) -> str:
    inputs = _inputs(row)
    odds = {name: _needed(cells.share(inputs.get(name, ""), field=name), name) for name in ("p70", "p100")}
    return pace.forecast_status(row["objective_type"].strip(), **odds)


def _staleness(row: Cells) -> str:
    inputs = _inputs(row)
    cadence = _whole(inputs["cadence"], "cadence") if "cadence" in inputs else 7
    return pace.staleness(_whole(inputs.get("days", ""), "days"), cadence)


def _agreement(row: Cells) -> str:
    inputs = _inputs(row)
    owner, model = (_status(inputs.get(name, ""), name) for name in ("owner", "model"))
    return pace.agreement(owner, model)


def _confidence(row: Cells) -> int:
    return _whole(_inputs(row).get("confidence", ""), "confidence")


_STATUS_RULES: Mapping[str, Callable[[Cells], str]] = MappingProxyType(
    {
        "pace": _pace_status,
        "forecast": _forecast_status,
        "staleness": _staleness,
        "confidence": lambda row: plain(pace.confidence_probability(_confidence(row))),
        "confidence_status": lambda row: pace.confidence_status(_confidence(row)),
        "agreement": _agreement,
    }
)


def _inputs(row: Cells) -> dict[str, str]:
    pairs = (item.partition("=") for item in row["inputs"].split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _status(word: str, field: str) -> pace.Status:
    try:
        return pace.Status(word)
    except ValueError:
        raise Invalid(
            f"“{word[:40]}” is not a status.",
            code="unknown_status",
            field=field,
            remedy=f"Write one of: {', '.join(pace.Status)}.",
        ) from None


def _whole(text: str, field: str) -> int:
    found = _needed(cells.quantity(text, field=field), field)
    if found.unit or found.number.denominator != 1:
        raise Invalid(
            f"{field} is a whole number, not “{text[:40]}”.",
            code="not_a_number",
            field=field,
            remedy="Write it in digits alone.",
        )
    return found.number.numerator


def _needed(value: Any, field: str) -> Any:
    if value is None:
        raise Invalid(f"{field} is missing.", code="not_a_number", field=field, remedy="Fill in the cell.")
    return value


_LINES: Mapping[str, Callable[[Cells, Policy], Line]] = MappingProxyType(
    {"scores": _score_line, "status": _status_line, "verdict": _verdict_line}
)
_EMPTY: Mapping[str, Line] = MappingProxyType(
    {
        "scores": {"progress": None, "grade": None, "band": Band.ERROR},
        "status": {"status": "error"},
        "verdict": {"verdict": "error", "action": ""},
    }
)


def _guarded(kind: str, row: Cells, policy: Policy) -> Line:
    try:
        if row[TOO_MANY]:
            raise _too_many_cells()
        return _LINES[kind](row, policy)
    except Problem as problem:
        return {**_EMPTY[kind], "problem": problem.code, "message": str(problem)}


def _peer_row(suite: str, row: Cells) -> peers.Answer:
    if row[TOO_MANY]:
        raise _too_many_cells()
    return peer_rows.answer(suite, row["kind"], row["start"], row["target"], row["current"])


def _answered(suite: str, answer_to: Callable[[str, Any], peers.Answer], asked: Any) -> Line:
    try:
        answer = answer_to(suite, asked)
    except Problem as problem:
        return {**_EMPTY["scores"], "value": None, "problem": problem.code, "message": str(problem)}
    is_share = peer_rows.is_percentage(suite) and isinstance(answer.value, Decimal | Fraction)
    is_band = isinstance(answer.value, str)
    return {
        "progress": six_decimals(Fraction(answer.value) / 100) if is_share else None,
        "grade": None,
        "band": answer.value if is_band else None,
        "value": answer.value,
        **answer.more,
    }


def _too_many_cells() -> Invalid:
    return Invalid(
        "This row has more cells than there are columns.",
        code="too_many_cells",
        remedy='Put a value with a comma in quotes: "300,000".',
    )


def _json(value: Any) -> str:
    """Write JSON with exact numbers: a Decimal keeps its digits, a Fraction gets at most six decimals."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(str(key))}: {_json(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_json, value)) + "]"
    if isinstance(value, Fraction):
        text = six_decimals(value)
        return text.rstrip("0").rstrip(".")
    return f"{value:f}" if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)
