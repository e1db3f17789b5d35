"""Rebuild what is cached from what was recorded, and say where they differ."""

from __future__ import annotations

import json
import sys
from itertools import islice

from django.utils import timezone

from milepost.cli.exits import Exit
from milepost.management import keeping
from milepost.management import workspaces as which
from milepost.management.operator import OperatorCommand
from milepost.queries import verification, workspaces

MOST = 200


class Command(OperatorCommand):
    examples = ("milepost verify", "milepost verify --json")
    needs_database = True

    def add_arguments(self, parser):
        which.argument(parser)
        parser.add_argument("--json", action="store_true", help="print JSON for a program to read")

    def handle(self, *, workspace, json: bool, **_):
        # What the server left for its next start is an image as well: it is compared with the tables.
        keeping.read_from(keeping.folder())
        try:
            slugs = [workspace] if workspace else workspaces.slugs()
            found = {slug: self._differences(which.chosen(slug)) for slug in slugs}
        finally:
            keeping.read_from(None)
        self._say(found, as_json=json)
        if any(found.values()):
            sys.exit(Exit.ERROR)
        if not found:
            sys.exit(Exit.NOTHING_TO_DO)

    def _differences(self, workspace_id: int) -> list[str]:
        return [str(one) for one in islice(verification.differences(workspace_id, timezone.now()), MOST)]

    def _say(self, found: dict[str, list[str]], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"workspaces": found, "ok": not any(found.values())}))
            return
        for slug, differences in found.items():
            for difference in differences:
                self.stdout.write(f"{slug}: {difference}")
            if not differences:
                self.stdout.write(f"{slug}: everything agrees.")
        if not found:
            self.stdout.write("There is no workspace to verify.")
