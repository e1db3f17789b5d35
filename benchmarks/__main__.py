"""Measure and write benchmarks/RESULTS.md: `bin/benchmark`, or with --large also at L (some minutes)."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import databases, peers, profiles, servers
from benchmarks.goals import Measured, Trial, all_goals

RESULTS = Path(__file__).parent / "RESULTS.md"


def main() -> None:
    """Run every goal on both databases and write the table."""
    parser = argparse.ArgumentParser(prog="bin/benchmark", description=__doc__)
    parser.add_argument("--size", default="M", choices=("S", "M", "L"), help="the workspace measured (M)")
    parser.add_argument(
        "--large", action="store_true", help="compare S with L rather than with the size measured"
    )
    parser.add_argument(
        "--peers", action="store_true", help="only compare with other tools, and write that into README.md"
    )
    parser.add_argument(
        "--profile", action="store_true", help="only say where the time goes, and write that into PROFILES.md"
    )
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one database alone")
    asked = parser.parse_args()
    if asked.peers:
        peers.write([row for database, folder in _databases(asked.only) for row in _peers(database, folder)])
        return print(f"Written to {peers.README.name}")
    if asked.profile:
        trials = (Trial(database, asked.size, folder) for database, folder in _databases(asked.only))
        profiles.write([said for trial in trials for said in profiles.profiles(trial)], asked.size)
        return print(f"Written to {profiles.FILE.name}")
    hello = servers.hello()
    found: list[Measured] = []
    try:
        for database, folder in _databases(asked.only):
            found += _measure(database, asked.size, asked.large, hello, folder)
    finally:
        hello.stop()
    RESULTS.write_text(table(found, asked.size), encoding="utf-8")
    print(
        f"\nWritten to {RESULTS.relative_to(Path.cwd()) if RESULTS.is_relative_to(Path.cwd()) else RESULTS}"
    )


def _databases(only: str | None) -> Iterator[tuple[databases.Database, Path]]:
    for make in (databases.sqlite, databases.postgresql):
        if only not in (None, make.__name__):
            continue
        with tempfile.TemporaryDirectory(prefix="milepost-benchmark-") as folder:
            database = make(Path(folder))
            try:
                yield database, Path(folder)
            finally:
                database.stop()


def _peers(database: databases.Database, folder: Path) -> Iterator[str]:
    yield peers.compare(Trial(database, peers.SIZE, folder))


def _measure(database, size: str, is_large: bool, hello, folder: Path) -> list[Measured]:
    trial = Trial(database, size, folder)
    print(f"{database.name} {size}: seeded in {trial.seeded_in:.1f} s", flush=True)
    small = Trial(database, "S", folder) if size != "S" else None
    found = []
    for measured in all_goals(trial, hello, small):
        print(_row(measured), flush=True)
        found.append(measured)
    if is_large and size != "L":
        from benchmarks.goals import growth, large_start

        large = Trial(database, "L", folder)
        print(f"{database.name} L: seeded in {large.seeded_in:.1f} s", flush=True)
        for measured in (growth(small, large), *large_start(large)):
            found.append(measured)
            print(_row(measured), flush=True)
    return found


def table(found: list[Measured], size: str) -> str:
    """Write the results as Markdown: a row for each goal and database, its number in the first column."""
    lines = [
        "# Results",
        "",
        f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC on {os.cpu_count()} cores, workspace size {size} "
        "(sizes and goals: README.md beside this file). Made by `bin/benchmark`.",
        "",
        "| # | what | database | ratio | goal | reached | measured |",
        "|---|---|---|---|---|---|---|",
        *(_row(measured) for measured in sorted(found, key=_order)),
        "",
    ]
    return "\n".join(lines)


def _order(measured: Measured) -> tuple:
    digits = "".join(letter for letter in measured.number if letter.isdigit())
    return int(digits), measured.number, measured.database != "SQLite"


def _row(measured: Measured) -> str:
    ratio = "–" if measured.ratio is None else f"{measured.ratio:.2f}"
    limit = "–" if measured.limit is None else f"≤ {measured.limit:.2f}"
    reached = "yes" if measured.is_reached else "no"
    return (
        f"| {measured.number} | {measured.what} | {measured.database} | {ratio} | {limit} | {reached} | "
        f"{measured.details} |"
    )


if __name__ == "__main__":
    main()
