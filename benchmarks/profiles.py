"""Where the time goes of what does not reach its goal: `bin/benchmark --profile` writes PROFILES.md."""

from __future__ import annotations

import pstats
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import orjson

from benchmarks.profiling import shares
from benchmarks.servers import ROOT
from benchmarks.trials import Trial

FILE = Path(__file__).parent / "PROFILES.md"
LEAST = 0.02  # a smaller share is not listed
# Goal, what is done, what comes before it each time and is not counted, in words.
REQUESTS = (
    ("1", "check_in", "", "a check-in"),
    ("3", "tree", "check_in", "the whole tree as JSON just after a check-in"),
    ("4b", "same_tree", "", "the tree answered 304"),
    ("5", "page", "", "the first 200 rows of the tree as HTML, asked anew"),
    ("6a", "past_tree", "", "the whole tree as of another past day each time"),
    ("7", "overview", "check_in", "the overview just after a check-in"),
    ("8", "team", "", "a team's page as HTML, asked anew"),
    ("12", "search", "", "search as one types"),
)


def profiles(trial: Trial) -> list[str]:
    """Return a paragraph for each thing that is measured on one database."""
    found = [_request(trial, *each) for each in REQUESTS]
    with tempfile.TemporaryDirectory(prefix="milepost-profile-") as folder:
        file = Path(folder) / "everything.json"
        export = ["export", "--workspace", trial.slug, "-o", str(file)]
        found.append(_command(trial, "11a", "everything exported", export, {}, folder))
        if trial.database.name == "SQLite":
            environ = {"MILEPOST_DATA_DIR": folder, "DATABASE_URL": ""}
            applied = ["apply", "--yes", str(file)]
            found.append(_command(trial, "11b", "everything imported", applied, environ, folder))
    return found


def start(trial: Trial) -> str:
    """Return a paragraph on the first tree of a process that finds a snapshot."""
    trial.start()
    try:
        trial.get("alignment.json")
    finally:
        trial.server.stop()  # it leaves the snapshot
    told = _asked(trial, "first_tree", "")
    cost = f"{told['ms'] / 1000:.2f} s of CPU in process, imports aside"
    return _told(trial, "14L", f"the first tree of {trial.size} after a start", cost, told["areas"])


def _request(trial: Trial, number: str, what: str, before: str, words: str) -> str:
    told = _asked(trial, what, before)
    cost = f"{told['ms']:.2f} ms of CPU in process, {told['cold']:.2f} where the processor's caches are cold"
    return _told(trial, number, words, cost, told["areas"])


def _asked(trial: Trial, what: str, before: str) -> dict:
    about = orjson.dumps(trial.about).decode()
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.profiling", what, before, trial.slug, about],
        env=trial.database.environ, cwd=ROOT, check=True, capture_output=True,
    ).stdout  # fmt: skip
    return orjson.loads(said)


def _command(trial: Trial, number: str, words: str, command: list[str], environ: dict, folder: str) -> str:
    kept = Path(folder) / f"{number}.profile"
    subprocess.run(
        [sys.executable, "-m", "cProfile", "-o", str(kept), "-m", "milepost", *command],
        env=trial.database.environ | environ, cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    stats = pstats.Stats(str(kept))
    return _told(trial, number, words, f"{stats.total_tt:.1f} s under the profiler", shares(stats))


def _told(trial: Trial, number: str, words: str, cost: str, areas: dict[str, float]) -> str:
    listed = [f"{name} {share:.0%}" for name, share in areas.items() if share >= LEAST]
    return f"- **Goal {number}, {words}**, {trial.database.name}: {cost}. {', '.join(listed)}."


def write(paragraphs: list[str], size: str) -> None:
    """Write them all, replacing those of before."""
    head = (
        "# Profiles\n\nWhere the time goes of what does not reach its goal yet, or only just: the share of\n"
        "each area, without what it calls and with what it waits for, as Python's profiler sees it (it\n"
        f"makes small functions look larger). Size {size}, {datetime.now(UTC):%Y-%m-%d}. Made by\n"
        "`bin/benchmark --profile`; 14L by `--profile --large`.\n\n"
        "In RESULTS.md something else is measured between two requests, R mostly, so the server finds the\n"
        "processor's caches full of that. The second figure tells what a request costs then: where it is\n"
        "many times the first, code and data on their way to the processor are what it waits for.\n\n"
    )
    FILE.write_text(head + "\n".join(paragraphs) + "\n", encoding="utf-8")
