"""Measure and write benchmarks/RESULTS.md: `bin/benchmark`, or with --large also at L."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import databases, peers, profiles, servers
from benchmarks.goals import AT_LARGE, AT_SIZE, Measured, measure, measure_large
from benchmarks.trials import Trial

RESULTS = Path(__file__).parent / "RESULTS.md"


def main() -> None:
    """Run every goal on both databases and write the table."""
    parser = argparse.ArgumentParser(prog="bin/benchmark", description=__doc__)
    parser.add_argument("--size", default="M", choices=("S", "M", "L"), help="the workspace measured (M)")
    parser.add_argument("--large", action="store_true", help="also measure what is said of L; half an hour")
    parser.add_argument(
        "--goals", help="only these, such as 1,4,14L; what was measured before stays in the table"
    )
    parser.add_argument(
        "--peers", action="store_true", help="only compare with other tools, and write that into README.md"
    )
    parser.add_argument(
        "--profile", action="store_true", help="only say where the time goes, and write that into PROFILES.md"
    )
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one database alone")
    asked = parser.parse_args()
    wanted = asked.goals.split(",") if asked.goals else [*AT_SIZE, *(AT_LARGE if asked.large else ())]
    if asked.peers:
        peers.write([row for database, folder in _databases(asked.only) for row in _peers(database, folder)])
        return print(f"Written to {peers.README.name}")
    if asked.profile:
        found = [
            said
            for database, folder in _databases(asked.only)
            for said in _profiles(database, asked.size, folder, large=asked.large)
        ]
        profiles.write(found, asked.size)
        return print(f"Written to {profiles.FILE.name}")
    hello = servers.hello()
    results: list[Measured] = []
    try:
        for database, folder in _databases(asked.only):
            results += _measure(database, asked.size, wanted, hello, folder)
    finally:
        hello.stop()
    kept = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.exists() else []
    RESULTS.write_text(table(results, asked.size, kept), encoding="utf-8")
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


def _profiles(database: databases.Database, size: str, folder: Path, *, large: bool) -> Iterator[str]:
    yield from profiles.profiles(Trial(database, size, folder))
    if large:
        yield profiles.start(Trial(database, "L", folder))


def _measure(database, size: str, wanted: list[str], hello, folder: Path) -> Iterator[Measured]:
    small = Trial(database, "S", folder) if {"9", *AT_LARGE} & set(wanted) else None
    if set(AT_SIZE) & set(wanted):
        trial = Trial(database, size, folder)
        print(f"{database.name} {size}: seeded in {trial.seeded_in:.1f} s", flush=True)
        yield from _told(measure(trial, hello, small, wanted))
    if small is not None and set(AT_LARGE) & set(wanted):
        large = Trial(database, "L", folder)
        print(f"{database.name} L: seeded in {large.seeded_in:.1f} s", flush=True)
        yield from _told(measure_large(small, large, wanted))


def _told(found: Iterator[Measured]) -> Iterator[Measured]:
    for measured in found:
        print(_row(measured), flush=True)
        yield measured


def table(found: list[Measured], size: str, kept: list[str]) -> str:
    """Write the results as Markdown, a row for each goal and database; older rows stay until measured."""
    fresh = {_name(row): row for row in map(_row, found)}
    rows = {_name(row): row for row in kept if row[:3].strip("| ")[:1].isdigit()} | fresh
    lines = [
        "# Results",
        "",
        f"On {os.cpu_count()} cores, workspace size {size} (sizes and goals: README.md beside this file).",
        "Each row says when it was measured. Made by `bin/benchmark`.",
        "",
        "| # | what | database | ratio | goal | reached | measured | UTC |",
        "|---|---|---|---|---|---|---|---|",
        *(rows[name] for name in sorted(rows, key=_order)),
        "",
    ]
    return "\n".join(lines)


def _name(row: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in row.split("|")[1:4])


def _order(name: tuple[str, ...]) -> tuple:
    number, what, database = name
    digits = "".join(letter for letter in number if letter.isdigit())
    return int(digits), number, what, database != "SQLite"


def _row(measured: Measured) -> str:
    ratio = "–" if measured.ratio is None else f"{measured.ratio:.2f}"
    limit = "–" if measured.limit is None else f"≤ {measured.limit:.2f}"
    reached = "yes" if measured.is_reached else "no"
    return (
        f"| {measured.number} | {measured.what} | {measured.database} | {ratio} | {limit} | {reached} | "
        f"{measured.details} | {datetime.now(UTC):%Y-%m-%d %H:%M} |"
    )


if __name__ == "__main__":
    main()
