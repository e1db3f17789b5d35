"""Say what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict

from milepost.cli.exits import Exit
from milepost.management import checkup
from milepost.management.checkup import Finding, State
from milepost.management.operator import OperatorCommand

MARKS = {State.OK: "✓", State.WARN: "!", State.BAD: "✗"}


class Command(OperatorCommand):
    examples = ("milepost doctor", "milepost doctor --json")

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *, as_json: bool, **options):
        found = list(checkup.look())
        if as_json:
            self.stdout.write(
                json.dumps([asdict(finding) for finding in found], indent=2, ensure_ascii=False)
            )
        else:
            self.stdout.write("\n".join([*map(_line, found), "", _sum(found)]))
        if any(finding.state is State.BAD for finding in found):
            sys.exit(Exit.ERROR)


def _line(finding: Finding) -> str:
    line = f"{MARKS[finding.state]} {finding.state:<4}  {finding.name:<15}  {finding.found}"
    return f"{line}\n{' ' * 25}{finding.mend}" if finding.mend else line


def _sum(found: list[Finding]) -> str:
    count = Counter(finding.state for finding in found)
    if not count[State.BAD] and not count[State.WARN]:
        return "All is well."
    return f"{count[State.BAD]} bad, {count[State.WARN]} to look at, {count[State.OK]} well."
