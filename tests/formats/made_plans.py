"""Plans of every shape, made by Hypothesis: whatever a file can say, within what `check` accepts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st

from milepost.core.characters import is_blank, unprintable
from milepost.core.plan import (
    AlignmentPlan,
    CheckInPlan,
    CommentPlan,
    CyclePlan,
    GradePlan,
    HistoryPlan,
    InitiativePlan,
    KeyResultPlan,
    MeasurePlan,
    MembershipPlan,
    MilestonePlan,
    ObjectivePlan,
    PersonPlan,
    Plan,
    PlanPoint,
    TeamPlan,
    TransitionPlan,
    WorkspacePlan,
    words,
)
from milepost.core.plan.measuring import measure_problems
from milepost.core.plan.pasts import backwards, spelt_once

FIRST_DAY = date(2026, 1, 5)
_LETTER = st.characters(exclude_categories=["Cs", "Cc"]).filter(lambda one: unprintable(one) is None)
_TRICKY = st.sampled_from(
    [
        *(
            "no",
            "Yes",
            "null",
            "~",
            "0x1F",
            "1e3",
            "12:30:00",
            "2026-10-08",
            "a: b",
            "a #b",
            "- a",
            "[x]",
            "{y",
        ),
        *("'q'", '"', "\\", "é", "☃", "🜚", "\x85", "\u2028", "\u00a0", " ", "\t", "...", "---"),
        *("!tag", "&a", "*a", "<<", "="),
    ]
)
lines = (
    st.lists(_LETTER | _TRICKY, min_size=1, max_size=8)
    .map("".join)
    .filter(lambda text: not is_blank(text) and len(text.splitlines()) == 1)
    .filter(lambda text: not text.endswith(("\x85", "\u2028", "\u2029")))
)
texts = st.lists(_LETTER | _TRICKY | st.sampled_from(["\n", "\r\n", "\n\n", "\n  "]), max_size=10).map(
    "".join
)
makings = st.none() | st.just(datetime(2026, 1, 4, 18, 30, 0, 500, tzinfo=UTC))  # once recorded, it stays
days = st.dates(date(1900, 1, 2), date(2199, 12, 30))
moments = st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC))
numbers = st.decimals(
    min_value=-(10**17), max_value=10**17, allow_nan=False, allow_infinity=False, places=6
) | st.integers(-(10**6), 10**6).map(Decimal)
weights = st.integers(0, 50).map(Decimal) | st.just(Decimal("0.5"))
shares = st.integers(0, 1000).map(lambda number: Decimal(number) / 1000)
entry_ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)


def _ids(draw: st.DrawFn, prefix: str, most: int) -> list[str]:
    numbers = draw(st.lists(st.integers(0, 99), unique=True, max_size=most))
    return [f"{prefix}{number}" for number in numbers]


def _some(draw: st.DrawFn, choices: list[str]) -> str | None:
    return draw(st.sampled_from([None, *choices]))


def _several(draw: st.DrawFn, choices: list[str]) -> tuple[str, ...]:
    return tuple(draw(st.lists(st.sampled_from(choices), unique=True, max_size=3))) if choices else ()


def _audience(draw: st.DrawFn, people: list[str], choices: list[str | None]) -> dict[str, Any]:
    visibility = draw(st.sampled_from(choices))
    return {"visibility": visibility, "visible_to": _several(draw, people) if visibility == "people" else ()}


@st.composite
def measures(draw: st.DrawFn) -> MeasurePlan:
    """A measure of any kind, with what its kind may have."""
    kind = draw(st.sampled_from(words.KINDS))
    said: dict[str, Any] = {"kind": kind, "unit": draw(st.sampled_from(["", "%", "EUR", "days a week"]))}
    if kind == "range":
        low, width = draw(numbers), draw(st.integers(0, 100))
        return MeasurePlan(**said, low=low, high=low + width, tolerance=draw(st.none() | weights))
    if kind == "milestones":
        steps = draw(st.lists(st.builds(MilestonePlan, lines, weights), min_size=1, max_size=3))
        return MeasurePlan(**said, milestones=(MilestonePlan("First", Decimal(1)), *steps))
    if kind == "binary":
        return MeasurePlan(**said, target=draw(st.sampled_from([None, Decimal(1)])))
    said |= {"start": draw(st.none() | numbers), "target": draw(st.none() | numbers)}
    said["direction"] = draw(st.sampled_from([None, *words.DIRECTIONS]))
    if kind in ("maintain_above", "maintain_below") and said["target"] is not None and draw(st.booleans()):
        said["floor"] = said["target"] + (-1 if kind == "maintain_above" else 1)
    made = MeasurePlan(**said)
    # Two ends that do not make a line: one that is still to be written does not disturb.
    return replace(made, target=None) if any(measure_problems(made, ())) else made


@st.composite
def check_ins(draw: st.DrawFn, measure: MeasurePlan, people: list[str]) -> tuple[CheckInPlan, ...]:
    """A ledger, with corrections and withdrawals, that fits the measure."""
    entries: list[CheckInPlan] = []
    for entry_id in draw(st.lists(entry_ids, unique=True, max_size=4)):
        at = draw(moments)
        said: dict[str, Any] = {"value": draw(st.none() | numbers)}
        if measure.kind == "milestones":
            count = len(measure.milestones)
            said = {"parts": tuple(draw(st.lists(shares, min_size=count, max_size=count)))}
        elif measure.kind == "binary":
            said = {"value": draw(st.sampled_from([None, Decimal(0), Decimal(1)]))}
        corrects = _some(draw, [entry.id for entry in entries])
        entries.append(
            CheckInPlan(
                entry_id,
                at,
                recorded=draw(st.just(at) | moments),
                confidence=draw(st.none() | st.integers(1, 10)),
                note=draw(texts),
                by=_some(draw, people),
                corrects=corrects,
                withdrawn=corrects is not None and draw(st.booleans()),
                **said,
            )
        )
    return tuple(entries)


@st.composite
def comments(draw: st.DrawFn, people: list[str]) -> tuple[CommentPlan, ...]:
    """A discussion."""
    ids = draw(st.lists(entry_ids, unique=True, max_size=2))
    return tuple(CommentPlan(each, draw(moments), draw(texts), _some(draw, people)) for each in ids)


@st.composite
def grades(draw: st.DrawFn, people: list[str], *, learned: bool) -> GradePlan:
    """A grade given at closing."""
    return GradePlan(
        draw(shares),
        draw(moments),
        raw=draw(st.none() | numbers),
        by=_some(draw, people),
        policy=draw(st.sampled_from(["milepost.v1", "published"])),
        reason=draw(texts),
        learned=draw(texts) if learned else "",
    )


def _changes(
    draw: st.DrawFn, people: list[str], pasts: dict[str, st.SearchStrategy]
) -> tuple[HistoryPlan, ...]:
    """Changes whose `was` names any of the fields; a curve goes with its points."""
    found = []
    for at in draw(st.lists(moments, max_size=2)):
        was = draw(st.fixed_dictionaries({}, optional=pasts))
        if "curve" in was:
            was |= {"points": ()}
        if draw(st.booleans()) and "curve" in pasts:
            was |= {"curve": "points", "points": (PlanPoint(Decimal("0.5"), Decimal("0.25")),)}
        found.append(HistoryPlan(at, MappingProxyType(was), _some(draw, people), draw(texts)))
    return tuple(found)


def _frame_changes(
    draw: st.DrawFn, people: list[str], pasts: dict[str, st.SearchStrategy]
) -> tuple[HistoryPlan, ...]:
    """Changes of a team or a cycle, which have no reasons."""
    return tuple(replace(change, reason="") for change in _changes(draw, people, pasts))


def _past_of_team(draw: st.DrawFn, people: list[str], above: list[str]) -> tuple[HistoryPlan, ...]:
    """What a team was: never below one of those that may stand below it."""
    parents = st.sampled_from([None, *above])
    return _frame_changes(draw, people, {"name": lines, "parent": parents, "purpose": texts})


def _past_of_cycle(draw: st.DrawFn, people: list[str], above: list[str]) -> tuple[HistoryPlan, ...]:
    """What a cycle was, on days between which it may have run."""
    pasts = {
        "name": lines,
        "starts": st.dates(FIRST_DAY, FIRST_DAY + timedelta(days=30)),
        "ends": st.none() | st.dates(date(2026, 3, 1), date(2026, 12, 31)),
        "parent": st.sampled_from([None, *above]),
        "closed": st.none() | days,
    }
    return _frame_changes(draw, people, pasts)


def _true(thing: Any, objective: str | None = None) -> Any:
    """Leave out of the history what did not change anything."""
    told = {}
    for index, change, after in backwards(thing, objective=objective):
        was = {
            name: value
            for name, value in change.was.items()
            if spelt_once({name: value})[name] != after[name]
        }
        if was.keys() & {"curve", "points"}:
            was |= {name: change.was[name] for name in ("curve", "points")}
        if was:
            told[index] = replace(change, was=MappingProxyType(was))
    return replace(thing, history=tuple(told[index] for index in sorted(told)))


@st.composite
def key_results(
    draw: st.DrawFn, key_result_id: str, people: list[str], objectives: list[str]
) -> KeyResultPlan:
    """A key result with everything that one may have."""
    measure = draw(measures())
    starts = draw(st.none() | st.just(FIRST_DAY + timedelta(days=3)))
    curve = draw(st.sampled_from([*words.CURVES, "points"]))
    at = sorted(draw(st.lists(shares, min_size=1, max_size=3, unique=True)))
    person = st.sampled_from([None, *people])
    pasts = {
        "title": lines,
        "description": texts,
        "kind": st.just(measure.kind),
        "target": st.none() | numbers,
        "weight": weights,
        "starts": st.none() | days,
        "curve": st.sampled_from(words.CURVES),
        "owner": person,
        "state": st.sampled_from(words.KEY_RESULT_STATES),
        "visible_to": st.just(tuple(people[:1])),
        "objective": st.sampled_from(objectives),
    }
    return KeyResultPlan(
        key_result_id,
        draw(lines),
        measure,
        description=draw(texts),
        weight=draw(weights),
        starts=starts,
        ends=draw(st.none() | st.just(FIRST_DAY + timedelta(days=30))),
        curve=curve,
        points=tuple(PlanPoint(one, draw(shares)) for one in at) if curve == "points" else (),
        owner=draw(person),
        source=draw(st.sampled_from(words.SOURCES)),
        data_source=draw(lines),
        **_audience(draw, people, [None, "people"]),
        state=draw(st.sampled_from(words.KEY_RESULT_STATES)),
        created=draw(st.none() | moments),
        history=_changes(draw, people, pasts),
        check_ins=draw(check_ins(measure, people)),
        comments=draw(comments(people)),
        grade=draw(st.none() | grades(people, learned=False)),
    )


@st.composite
def objectives(
    draw: st.DrawFn, index: int, ids: list[str], people: list[str], teams: list[str], cycles: list[str]
) -> ObjectivePlan:
    """An objective that serves only those before it, so that nothing runs in a ring."""
    inner = [f"o{index}-k{number}" for number in range(draw(st.integers(0, 2)))]
    transition = st.builds(
        TransitionPlan,
        st.sampled_from(["commit", "cancel"]),
        st.sampled_from(words.OBJECTIVE_STATES),
        moments,
        st.sampled_from([None, *people]),
        texts,
    )
    serves = _several(draw, ids[:index])
    owner = _some(draw, people)
    pasts = {
        "title": lines,
        "cycle": st.sampled_from(cycles),
        "team": st.sampled_from([None, *teams]),
        "owner": st.sampled_from([None, *people]),
        "contributors": st.just(tuple(people[:2])),
        "state": st.sampled_from(words.OBJECTIVE_STATES),
    }
    return ObjectivePlan(
        ids[index],
        draw(lines),
        draw(st.sampled_from(cycles)),
        team=_some(draw, teams),
        description=draw(texts),
        commitment=draw(st.sampled_from(words.COMMITMENTS)),
        level=draw(st.sampled_from(words.LEVELS)),
        owner=owner,
        sponsor=_some(draw, people),
        contributors=_several(draw, people),
        **_audience(draw, people, ["workspace", "people", *(["private"] if owner else [])]),
        state=draw(st.sampled_from(words.OBJECTIVE_STATES)),
        created=draw(st.none() | moments),
        transitions=tuple(draw(st.lists(transition, max_size=2))),
        history=_changes(draw, people, pasts),
        aligned_to=tuple(
            AlignmentPlan(
                objective=parent,
                how=draw(st.sampled_from(words.ALIGNMENTS)),
                weight=draw(weights),
                since=draw(st.none() | st.just(datetime(2026, 1, 5, tzinfo=UTC))),
                until=draw(st.none() | st.just(datetime(2026, 2, 5, 1, 2, 3, 4, tzinfo=UTC))),
            )
            for parent in serves
        ),
        key_results=tuple(_true(draw(key_results(each, people, ids)), ids[index]) for each in inner),
        initiatives=tuple(
            InitiativePlan(
                f"o{index}-{each}",
                draw(lines),
                draw(texts),
                _some(draw, inner),
                _some(draw, people),
                draw(st.sampled_from(words.INITIATIVE_STATES)),
                draw(st.none() | days),
            )
            for each in _ids(draw, "i", 2)
        ),
        comments=draw(comments(people)),
        grade=draw(st.none() | grades(people, learned=True)),
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A whole workspace that `check` has nothing to say against."""
    people, teams = _ids(draw, "p", 3), _ids(draw, "t", 3)
    cycles = ["2026", *_ids(draw, "2026-q", 2)]
    ids = _ids(draw, "o", 3)
    year = CyclePlan(
        "2026", "2026", FIRST_DAY, draw(st.none() | st.just(date(2026, 12, 31))),
        history=_past_of_cycle(draw, people, []), created=draw(makings),
    )  # fmt: skip
    quarters = (
        CyclePlan(
            each, draw(lines), FIRST_DAY, date(2026, 3, 31), "2026",
            history=_past_of_cycle(draw, people, ["2026"]), created=draw(makings),
        )
        for each in cycles[1:]
    )  # fmt: skip
    return Plan(
        draw(st.none() | workspaces()),
        tuple(
            PersonPlan(
                each,
                draw(lines),
                draw(st.sampled_from([None, f"{each}@acme.example"])),
                draw(st.sampled_from(words.ROLES)),
                draw(st.none() | days),
            )
            for each in people
        ),
        tuple(
            _true(
                TeamPlan(
                    each,
                    draw(lines),
                    _some(draw, teams[:index]),
                    draw(texts),
                    tuple(
                        MembershipPlan(
                            person, draw(st.booleans()), draw(st.none() | st.just(FIRST_DAY)), None
                        )
                        for person in _several(draw, people)
                    ),
                    _past_of_team(draw, people, teams[:index]),
                    draw(makings),
                )
            )
            for index, each in enumerate(teams)
        ),
        tuple(map(_true, (year, *quarters))),
        tuple(_true(draw(objectives(index, ids, people, teams, cycles))) for index in range(len(ids))),
    )


@st.composite
def workspaces(draw: st.DrawFn) -> WorkspacePlan:
    """The workspace itself."""
    return _true(
        WorkspacePlan(
            "acme",
            draw(lines),
            draw(st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Kiritimati", "America/St_Johns"])),
            draw(texts),
            draw(texts),
            draw(st.sampled_from(["milepost.v1", "half_even"])),
            draw(st.integers(1, 366)),
            draw(st.booleans()),
            _frame_changes(draw, [], {"time_zone": st.sampled_from(["UTC", "Europe/Lisbon"])}),
        )
    )
