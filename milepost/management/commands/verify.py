"""Rebuild what is cached from what was recorded, and say where they differ."""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path

from django.utils import timezone

from milepost.cli.exits import Exit
from milepost.ledger import chain, seals
from milepost.ledger.chain import Fault
from milepost.ledger.verify import Difference
from milepost.management import heads, keeping, proofs
from milepost.management import workspaces as which
from milepost.management.counts import counted
from milepost.management.operator import OperatorCommand
from milepost.queries import verification, workspaces

MOST = 200
REMEDY = (
    "What was recorded is not what was sealed: something wrote into the database beside Milepost. Compare "
    "with a backup of before (docs/operations.md, “A history that shows tampering”)."
)


class Command(OperatorCommand):
    examples = ("milepost verify", "milepost verify --json", "milepost verify --head 2026-11-23.head")
    needs_database = True

    def add_arguments(self, parser):
        which.argument(parser)
        parser.add_argument("--json", action="store_true", help="print JSON for a program to read")
        parser.add_argument(
            "--head",
            metavar="FILE",
            help="compare the chains of seals with what `milepost seal --json` printed before, too",
        )

    def handle(self, *, workspace, json: bool, head: str | None, **_):
        earlier = heads.read(Path(head).expanduser()) if head else None
        # What the server left for its next start is an image as well: it is compared with the tables.
        keeping.read_from(keeping.folder())
        try:
            slugs = [workspace] if workspace else workspaces.slugs()
            found = {slug: self._differences(which.chosen(slug)) for slug in slugs}
        finally:
            keeping.read_from(None)
        if earlier:
            for slug, difference in heads.differences(*earlier, only=workspace):
                found[slug] = [difference, *found.get(slug, ())]
        proofs.note({slug: len(some) for slug, some in found.items()}, at=timezone.now())
        self._say({slug: [*map(str, some)] for slug, some in found.items()}, as_json=json)
        if any(isinstance(one, Fault) for some in found.values() for one in some):
            self.stderr.write(REMEDY)
        if any(found.values()):
            sys.exit(Exit.ERROR)
        if not found:
            sys.exit(Exit.NOTHING_TO_DO)

    def _differences(self, workspace_id: int) -> list[Difference | Fault]:
        return list(islice(verification.differences(workspace_id, timezone.now()), MOST))

    def _say(self, found: dict[str, list[str]], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"workspaces": found, "ok": not any(found.values())}))
            return
        for slug, differences in found.items():
            for difference in differences:
                self.stdout.write(f"{slug}: {difference}")
            if not differences:
                self.stdout.write(f"{slug}: everything agrees{_sealed(which.chosen(slug))}.")
        if not found:
            self.stdout.write("There is no workspace to verify.")


def _sealed(workspace_id: int) -> str:
    """Say how far the chain of seals reaches."""
    held = chain.extent(workspace_id)
    if held.at is None:
        return ""
    if rows := seals.waiting(workspace_id).rows:
        return f"{_told(held)}, {counted(rows, 'row')} wait for a seal"
    return _told(held)


def _told(held: chain.Extent) -> str:
    taken = f", {held.redactions:,} taken out or rewritten by Milepost itself" if held.redactions else ""
    return f"; {counted(held.rows, 'row')} sealed up to {held.at:%Y-%m-%d %H:%M} UTC{taken}"
