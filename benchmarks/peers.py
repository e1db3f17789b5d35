"""The same questions that other tools were asked: 10,000 objectives with three key results each.

Written into benchmarks/README.md, between its two marks, beside the figures of the others, which were
measured on the same kind of machine: the server's CPU for each request, and the best wall time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.trials import Trial, milliseconds
from milepost.core.ids import encode

README = Path(__file__).parent / "README.md"
MARKS = ("<!-- peers -->", "<!-- end of peers -->")
SIZE = "P"
REQUESTS = 100
# What the others needed: (who, a whole tree, one team, recording a value), in ms of CPU.
OTHERS = (
    ("an OKR app in Go on PostgreSQL", "5,725", "–", "1.0, without history"),
    ("an OKR app in NestJS", "4,850", "–", "12.8"),
    ("an OKR app in FastAPI on SQLite", "about 1,000, in ten pages", "–", "9.5"),
    ("Grist, with an OKR template of ours", "22; its 30,000 key results 98", "4", "6.5, with its roll-up"),
)


def compare(trial: Trial) -> str:
    """Measure Milepost on one database and return its row of the table."""
    trial.start()
    try:
        team = f"teams/{encode(trial.about['team'])}.json"
        objectives = _asked(trial, lambda: trial.get_anew("alignment.json"))
        everything = _asked(trial, lambda: trial.get_anew("alignment.json?key_results=1"))
        fresh = _after_a_check_in(trial)
        one = _asked(trial, lambda: trial.get_anew(team))
        recorded = _asked(trial, trial.check_in)
    finally:
        trial.server.stop()
    tree = f"{objectives}; just after a check-in {fresh}; with all key results {everything}"
    return f"| **Milepost on {trial.database.name}** | {tree} | {one} | {recorded} |"


def _asked(trial: Trial, act: Callable[[], object]) -> str:
    act()
    times, before = [], trial.server.cpu()
    for _ in range(REQUESTS):
        times.append(milliseconds(act))
    return _said((trial.server.cpu() - before) * 1000 / REQUESTS, min(times))


def _after_a_check_in(trial: Trial) -> str:
    times, cpu = [], 0.0
    for _ in range(REQUESTS):
        trial.check_in()
        before = trial.server.cpu()
        times.append(milliseconds(lambda: trial.get("alignment.json")))
        cpu += trial.server.cpu() - before
    return _said(cpu * 1000 / REQUESTS, min(times))


def _said(cpu: float, best: float) -> str:
    return f"**{cpu:.1f}** ({best:.1f})"


def write(rows: list[str]) -> None:
    """Put the table into the README."""
    others = [f"| {' | '.join(row)} |" for row in OTHERS]
    lines = [
        MARKS[0],
        "| who | the whole tree | one team | recording a value |",
        "|---|---|---|---|",
        *others,
        *rows,
        "",
        f"Milepost: {datetime.now(UTC):%Y-%m-%d}, ms of CPU for each request, in brackets the best wall time;"
        " signed in, with permissions, history and events. Made by `bin/benchmark --peers`.",
        MARKS[1],
    ]
    text = README.read_text(encoding="utf-8")
    pattern = re.compile(f"{MARKS[0]}.*{MARKS[1]}", re.DOTALL)
    README.write_text(pattern.sub(lambda _: "\n".join(lines), text), encoding="utf-8")
