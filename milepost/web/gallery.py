"""Every piece of the look in every state, on one page: for screenshots, and for whoever builds the next page."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace as Thing

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from milepost.web.charts import Point, Trend

TODAY = date(2026, 11, 24)
STARTS, ENDS = date(2026, 10, 1), date(2026, 12, 31)
ICONS = (
    "target gauge calendar flag people map chart check search more arrow clock link lock bolt book moon sun plus "
    "chevron down close pencil home compass undo download filter bulb grip share play gear activity person system "
    "out keys comment history print mail copy"
).split()


def show(request: HttpRequest) -> HttpResponse:
    """Show the gallery; nothing on it is real."""
    return render(request, "gallery.html", samples())


def samples() -> dict[str, object]:
    """Make one of everything that the parts take."""
    ines, tomas, priya, jun = (
        Thing(id=i, name=name, url="#")
        for i, name in enumerate(("Ines Halvorsen", "Tomás Reyes", "Priya Nair", "Jun Watanabe"))
    )
    turnaround = key_result(1, "Cut median repair turnaround", "at_risk", "9 4", "9 8.7 8.1 7.6 7.1 6.7 6.4 6.3 6.2", "days", ines, 5)
    visits = key_result(2, "Fix more bikes on the first visit", "on_track", "71 88", "71 71 73 75 76 78 80 82 83", "%", tomas, 8)
    solved = key_result(3, "Grow repairs riders solve themselves", "on_track", "120 400", "120 125 140 171 198 226 252 281 301", "a month", priya, 7)
    silent = key_result(4, "Halve repeat contacts", "no_data", "24 12", "", "%", jun, None)
    kept = key_result(5, "Keep rider satisfaction high", "on_track", "92 92", "93 92.4 91.6 92.8 93.1", "%", jun, 8, kind="maintain_above")
    behind = key_result(6, "Answer first messages sooner", "off_track", "11 2", "11 10.8 11.2 10.9 10.1 9.8 9.9 9.6 9.4", "h", ines, 3)
    finished = key_result(7, "Certify every workshop lead on the Gen-4 drive", "achieved", "0 24", "0 3 8 12 20 24", "people", tomas, 10)
    over = key_result(8, "Sell winter checks", "achieved", "0 200", "0 60 120 190 250", "checks", priya, 10)
    why = Thing(
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
    objectives = [
        objective(11, "Riders are back on the road before they miss their bike", "at_risk", "0.637", ines, [turnaround, visits, solved], why),
        objective(12, "Nobody waits in the dark for an answer", "off_track", "0.39", jun, [behind, kept, silent], None),
        objective(13, "Our mechanics choose to stay", "on_track", "0.91", tomas, [finished, over], None),
    ]
    notes = [
        Thing(id=1, day=date(2026, 11, 24), status="at_risk", value_text="6.2 days", confidence=5, by=ines, corrected=False, correct_url="#", note="Malmö runs **two benches** from today. Paint booth still the queue:\n\n- 14 frames waiting\n- slot asked for"),
        Thing(id=2, day=date(2026, 11, 17), status="at_risk", value_text="7.3 days", confidence=5, by=ines, corrected=True, correct_url="", note=""),
        Thing(id=3, day=date(2026, 11, 10), status="on_track", value_text="6.4 days", confidence=None, by=tomas, corrected=False, correct_url="#", note="Second shift in Malmö started on Monday. <script>alert(1)</script>"),
    ]
    return {
        "shell": shell(ines),
        "today": TODAY,
        "people": [ines, tomas, priya, jun, *(Thing(id=i, name=f"Person {i}") for i in range(5, 9))],
        "team": Thing(id=2, name="Rider Care"),
        "objectives": objectives,
        "why": why,
        "notes": notes,
        "icons": ICONS,
        "weeks": [STARTS + timedelta(days=7 * i) for i in range(13)],
        "counts": {"achieved": 4, "on_track": 19, "at_risk": 10, "off_track": 5, "no_data": 3},
        "chart": corrected(turnaround.trend),
        "broken": gap(visits.trend),
        "band": kept.trend,
        "empty_chart": silent.trend,
        "bars": [("ahead", ".71", "on_track"), ("behind", ".43", "at_risk"), ("far behind", ".18", "off_track"), ("done", "1", "achieved"), ("overshoot, bar stays full", "1.25", "achieved"), ("below the start", "-.2", "off_track"), ("no data", None, None)],
        "share": lambda text: None if text is None else Decimal(text),
        "moved": [
            Thing(status="off_track", title="Range survives a Nordic winter", url="#", before=Decimal(".34"), after=Decimal(".29"), note="Cell supplier moved the sample date to 9 December. We lose two test weeks.", by=jun, on=date(2026, 11, 23)),
            Thing(status="achieved", title="Open the Ghent service point", url="#", before=Decimal(".9"), after=Decimal(1), note="", by=priya, on=TODAY),
            Thing(status="no_data", title="Halve repeat contacts", url="#", before=None, after=Decimal(".1"), note="", by=tomas, on=date(2026, 11, 3)),
        ],
        "initiatives": [
            Thing(title="Triage form with photos before booking", url="#", state="done", owner=priya, due_on=date(2026, 11, 6)),
            Thing(title="Second repair bench, Malmö", url="", state="doing", owner=tomas, due_on=date(2026, 11, 27)),
            Thing(title="Paint booth slot reserved for repairs", url="#", state="planned", owner=None, due_on=None),
        ],
        "rows": tree_rows(objectives, ines),
    }


def key_result(id, title, status, course, values, unit, owner, confidence, kind="increase"):
    """Make a key result from its start and target, and its weekly values."""
    start, target = map(Decimal, course.split())
    points = [Point(STARTS + timedelta(days=6 * i + 6 * (kind == "increase")), Decimal(v)) for i, v in enumerate(values.split())]
    keeps = kind == "maintain_above"
    now = points[-1].value if points else None
    raw = None if now is None else Decimal(1) if keeps else (now - start) / (target - start)
    return Thing(
        id=id, title=title, url="#", status=status, kind=kind, start=start, now=now, target=target, unit=unit, owner=owner,
        confidence=confidence, checked_on=points[-1].day if points else None, progress=raw, expected=Decimal(".59"),
        trend=Trend(
            points=points, starts_on=STARTS, ends_on=ENDS, today=TODAY, status=status, unit=unit,
            plan=() if keeps else (Point(STARTS, start), Point(ENDS, target)),
            start=None if keeps else start, target=target, low=target if keeps else None,
        ),
    )  # fmt: skip


def objective(id, title, status, progress, owner, key_results, explanation):
    """Make an objective with its key results."""
    return Thing(
        id=id, title=title, url="#", status=status, commitment="aspirational", owner=owner, progress=Decimal(progress),
        expected=Decimal(".59"), explanation=explanation, key_results=key_results, initiatives=4,
        parents=[("supports", "Owning a Larkspoke is easier than owning a car", "#")],
        reported=sum(kr.now is not None for kr in key_results),
    )  # fmt: skip


def shell(person):
    """Make the frame of a page."""
    links = {id: "#" for id in ("week", "teams", "alignment", "activity", "people", "settings", "sweep", "new_objective")}
    links |= {id: "#" for id in ("appearance", "preferences", "sign_out")}
    return Thing(
        workspace=Thing(name="Larkspoke", slug="larkspoke"), person=person, due=3, nav="week", theme="system",
        status_colours="standard", day="Tuesday 24 November", can_edit=True, links=links, cycle="Q4 2026",
        cycles=[("2026", "#", False), ("Q4 2026", "#", True), ("Q3 2026", "#", False)],
        crumbs=[("Teams", "#"), ("States and pieces", None)], personas=[("Lead", "#"), ("Owner", "#"), ("Guest", "#")],
    )  # fmt: skip


def tree_rows(objectives, owner):
    """Make the first rows of an alignment tree."""
    rows = [
        tree_row("u", 1, "unit", "Larkspoke", "at_risk", Decimal(".4"), None, open=True),
        tree_row("c", 2, "o", "Owning a Larkspoke is easier than owning a car", "at_risk", Decimal(".47"), owner, open=True),
    ]
    for each in objectives[:2]:
        opened = each is objectives[0]
        rows.append(tree_row(each.id, 3, "o", each.title, each.status, each.progress, each.owner, open=opened))
        for kr in each.key_results if opened else ():
            rows.append(tree_row(f"k{kr.id}", 4, "k", kr.title, kr.status, kr.progress, kr.owner, aim=f"{kr.start} → {kr.target} {kr.unit}"))
    return rows


def tree_row(id, level, kind, title, status, progress, owner, *, open=None, aim=""):
    """Make a row of the tree."""
    return Thing(
        id=id, level=level, kind=kind, title=title, url="" if kind == "unit" else "#", status=status, progress=progress,
        expected=Decimal(".59"), confidence=None if kind == "unit" else 6, owner=owner, checked_on=TODAY,
        has_children=open is not None, is_open=bool(open), children_url=f"?children={id}", toggle_url=f"?open={id}",
        checkin_url="#" if kind == "k" else None, aim=aim,
    )  # fmt: skip


def corrected(trend: Trend) -> Trend:
    """Add an entry that a later one replaced."""
    return _with(trend, [*trend.points, Point(date(2026, 11, 10), Decimal("7.9"), corrected=True)])


def gap(trend: Trend) -> Trend:
    """Leave two weeks out."""
    return _with(trend, [*trend.points[:3], *trend.points[6:]])


def _with(trend: Trend, points: list[Point]) -> Trend:
    return Trend(
        points=points, starts_on=trend.starts_on, ends_on=trend.ends_on, today=trend.today, plan=trend.plan,
        start=trend.start, target=trend.target, status=trend.status, unit=trend.unit,
    )  # fmt: skip
