"""Every piece of the look in every state, on one page: to look at, and to copy from."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace as Thing

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from milepost.core.trends import Course, Point
from milepost.web.keymap import Keys

TODAY = date(2026, 11, 24)
STARTS, ENDS = date(2026, 10, 1), date(2026, 12, 31)
PLANNED = Decimal("0.59")
SPRITE = Path(__file__).parents[1] / "static" / "milepost" / "icons.svg"

INES, TOMAS, PRIYA, JUN, *OTHERS = (
    Thing(id=number, name=name, url="#")
    for number, name in enumerate(
        ["Ines Halvorsen", "Tomás Reyes", "Priya Nair", "Jun Watanabe"] + [f"Person {i}" for i in range(5, 9)]
    )
)
# fmt: off
# id, title, status, owner, confidence, unit, start, target, a value a week
KEY_RESULTS = [
    (1, "Cut median repair turnaround", "at_risk", INES, 5, "days", 9, 4, "9 8.7 8.1 7.6 7.1 6.7 6.3 6.2"),
    (2, "Fix more bikes on the first visit", "on_track", TOMAS, 8, "%", 71, 88, "71 71 73 75 76 78 80 82 83"),
    (3, "Grow self-repairs", "on_track", PRIYA, 7, "a month", 120, 400, "120 125 140 171 198 226 252 301"),
    (4, "Answer messages sooner", "off_track", INES, 3, "h", 11, 2, "11 10.8 11.2 10.9 10.1 9.8 9.9 9.6 9.4"),
    (5, "Keep rider satisfaction high", "on_track", JUN, 8, "%", None, 92, "93 92.4 91.6 92.8 93.1"),
    (6, "Halve repeat contacts", "no_data", JUN, None, "%", 24, 12, ""),
    (7, "Certify every workshop lead", "achieved", TOMAS, 10, "people", 0, 24, "0 3 8 12 20 24"),
    (8, "Sell winter checks", "achieved", PRIYA, 10, "checks", 0, 200, "0 60 120 190 250"),
]
OBJECTIVES = [
    (11, "Riders are back on the road before they miss their bike", "at_risk", "0.637", INES, (0, 3)),
    (12, "Nobody waits in the dark for an answer", "at_risk", "0.39", JUN, (3, 6)),
    (13, "Our mechanics choose to stay", "on_track", "0.91", TOMAS, (6, 8)),
]
# fmt: on
WHY = Thing(
    title="How 64 % is computed",
    head=["Key result", "(now − start) ÷ (target − start)", "Progress", "Weight", "Adds"],
    rows=[
        ["Repair turnaround", "(6.2 − 9) ÷ (4 − 9)", "56.0 %", "1 of 3", "18.7"],
        ["First-visit fixes", "(83 − 71) ÷ (88 − 71)", "70.6 %", "1 of 3", "23.5"],
        ["Self-service repairs", "(301 − 120) ÷ (400 − 120)", "64.6 %", "1 of 3", "21.5"],
    ],
    foot=("Mean, capped at 100 % each, rounded once at the end", "63.7 %"),
    notes=["Initiatives never count. Policy “house”, version 1, computed on 24 Nov."],
)
NOTE = "Malmö runs **two benches** from today. Paint booth still the queue:\n\n- 14 frames\n- slot asked for"
CHECKINS = [
    (date(2026, 11, 24), "at_risk", "6.2 days", 5, NOTE),
    (date(2026, 11, 17), "at_risk", "7.3 days", 5, ""),
    (date(2026, 11, 10), "on_track", "6.4 days", None, "Second shift. <script>alert(1)</script>"),
]
MOVED = [
    (
        "off_track",
        "Range survives a Nordic winter",
        ".34",
        ".29",
        JUN,
        23,
        "Samples come on 9 December: two weeks lost.",
    ),
    ("achieved", "Open the Ghent service point", ".9", "1", PRIYA, 24, ""),
    ("no_data", "Halve repeat contacts", None, ".1", TOMAS, 3, ""),
]
INITIATIVES = [
    ("Triage form with photos before booking", "#", "done", PRIYA, date(2026, 11, 6)),
    ("Second repair bench, Malmö", "", "doing", TOMAS, date(2026, 11, 27)),
    ("Paint booth slot reserved for repairs", "#", "planned", None, None),
]
BARS = [
    ("ahead", ".71", "on_track"), ("behind", ".43", "at_risk"), ("far behind", ".18", "off_track"),
    ("done", "1", "achieved"), ("overshoot, bar stays full", "1.25", "achieved"),
    ("below the start", "-.2", "off_track"), ("no data", None, None),
]  # fmt: skip


def show(request: HttpRequest) -> HttpResponse:
    """Show the gallery."""
    return render(request, "gallery.html", {"csp_nonce": request.csp_nonce, **samples()})


def samples() -> dict[str, object]:
    """Make one of everything that the parts take."""
    key_results = [key_result(*row) for row in KEY_RESULTS]
    objectives = [objective(key_results, *row) for row in OBJECTIVES]
    objectives[0].explanation = WHY
    turnaround, visits, kept, silent = (key_results[i].trend for i in (0, 1, 4, 5))
    return {
        "shell": shell(),
        "today": TODAY,
        "people": [INES, TOMAS, PRIYA, JUN, *OTHERS],
        "team": Thing(id=2, name="Rider Care"),
        "objectives": objectives,
        "why": WHY,
        "notes": [checkin(*row) for row in CHECKINS],
        "icons": re.findall('id="i-([a-z]+)"', SPRITE.read_text(encoding="utf-8")),
        "weeks": [STARTS + timedelta(weeks=i) for i in range(13)],
        "counts": {"achieved": 4, "on_track": 19, "at_risk": 10, "off_track": 5, "no_data": 3},
        "chart": replace(
            turnaround, points=[*turnaround.points, Point(date(2026, 11, 10), 8, corrected=True)]
        ),
        "broken": replace(visits, points=[*visits.points[:3], *visits.points[6:]]),
        "band": kept,
        "empty_chart": silent,
        "bars": BARS,
        "share": lambda text: None if text is None else Decimal(text),
        "moved": [moved(*row) for row in MOVED],
        "initiatives": [
            Thing(title=title, url=url, state=state, owner=owner, due_on=due_on)
            for title, url, state, owner, due_on in INITIATIVES
        ],
        "rows": tree(objectives),
    }


def key_result(id, title, status, owner, confidence, unit, start, target, values):
    """Make a key result; one without a start is to be kept."""
    is_kept, numbers = start is None, [Decimal(value) for value in values.split()]
    points = [Point(STARTS + timedelta(days=6 * i + 6), value) for i, value in enumerate(numbers)]
    now = numbers[-1] if numbers else None
    progress = None if now is None else Decimal(1) if is_kept else (now - start) / (target - start)
    course = Course(
        points, STARTS, ENDS, TODAY, status=status, unit=unit, start=start, target=target,
        low=target if is_kept else None, plan=[] if is_kept else [Point(STARTS, start), Point(ENDS, target)],
    )  # fmt: skip
    return Thing(
        id=id, title=title, url="#", status=status, because="", source="check_ins", owner=owner,
        confidence=confidence, unit=unit, start=start, target=target, now=now, progress=progress,
        kind="maintain_above" if is_kept else "increase", expected=PLANNED,
        checked_on=points[-1].day if points else None, trend=course,
    )  # fmt: skip


def objective(key_results, id, title, status, progress, owner, held):
    """Make an objective with some of the key results."""
    below = key_results[slice(*held)]
    return Thing(
        id=id, title=title, url="#", status=status, owner=owner, progress=Decimal(progress), expected=PLANNED,
        because="49 % is enough by now" if status == "on_track" else "",
        commitment="aspirational", explanation=None, initiatives=4, key_results=below, counted=len(below),
        parents=[("supports", "Owning a Larkspoke is easier than owning a car", "#")],
        reported=sum(one.now is not None for one in below),
        off_track_below=sum(one.status == "off_track" for one in below),
    )  # fmt: skip


def checkin(day, status, value_text, confidence, note):
    """Make an entry of the history."""
    return Thing(day=day, status=status, value_text=value_text, confidence=confidence, note=note)


def moved(status, title, before, after, by, day, note):
    """Make something that moved."""
    before = before and Decimal(before)
    on = date(2026, 11, day)
    return Thing(
        status=status, title=title, url="#", before=before, after=Decimal(after), by=by, on=on, note=note
    )


def shell():
    """Make the frame of a page."""
    ids = (
        "week teams alignment activity people settings sweep new_objective appearance preferences sign_out "
        "search"
    )
    return Thing(
        workspace=Thing(name="Larkspoke", slug="larkspoke"), person=INES, due=3, nav="week", theme="system",
        status_colours="standard", can_edit=True, keys_off=False, travel=None, misread=None,
        keys=Keys((), ()),
        links=dict.fromkeys(ids.split(), "#"), cycle="Q4 2026",
        cycles=[("2026", "#", False), ("Q4 2026", "#", True), ("Q3 2026", "#", False)],
        crumbs=[("Teams", "#"), ("States and pieces", None)], personas=[("Lead", "#"), ("Guest", "#")],
    )  # fmt: skip


def tree(objectives):
    """Make the first rows of an alignment tree: one branch open, one shut."""
    yield tree_row("u", 1, "unit", "Larkspoke", "at_risk", ".4", None, is_open=True)
    yield tree_row(
        "c", 2, "o", "Owning a Larkspoke is easier than owning a car", "at_risk", ".47", JUN, is_open=True
    )
    first, second, _ = objectives
    yield tree_row(first.id, 3, "o", first.title, first.status, first.progress, first.owner, is_open=True)
    for one in first.key_results:
        aim = f"{one.start} → {one.target} {one.unit}"
        yield tree_row(f"k{one.id}", 4, "k", one.title, one.status, one.progress, one.owner, aim=aim)
    yield tree_row(
        second.id, 3, "o", second.title, second.status, second.progress, second.owner, is_open=False
    )


def tree_row(id, level, kind, title, status, progress, owner, *, is_open=None, aim=""):
    """Make a row of the tree; one without `is_open` has nothing below it."""
    return Thing(
        id=id, level=level, kind=kind, title=title, url="" if kind == "unit" else "#", status=status,
        progress=Decimal(progress), expected=PLANNED, confidence=None if kind == "unit" else 6, owner=owner,
        checked_on=TODAY, has_children=is_open is not None, is_open=is_open, children_url=f"?children={id}",
        toggle_url=f"?open={id}", checkin_url="#" if kind == "k" else None, aim=aim, anchor=True,
    )  # fmt: skip
