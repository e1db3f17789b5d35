"""Seal what was recorded, and print the heads of the chains: signed, to be kept elsewhere."""

from __future__ import annotations

import json
import sys

from django.utils import timezone

from milepost.cli.exits import Exit
from milepost.ledger import seals
from milepost.management import heads
from milepost.management import workspaces as which
from milepost.management.counts import counted
from milepost.management.operator import OperatorCommand
from milepost.queries import workspaces


class Command(OperatorCommand):
    examples = ("milepost seal", "milepost seal --json > 2026-11-23.head", "milepost seal --public-key")
    needs_database = True

    def add_arguments(self, parser):
        which.argument(parser)
        parser.add_argument("--json", action="store_true", dest="as_json", help="print them signed, as JSON")
        parser.add_argument(
            "--public-key", action="store_true", help="print the key that signatures are checked with"
        )

    def handle(self, *, workspace, as_json: bool, public_key: bool, **_):
        if public_key:
            self.stdout.write(heads.public_key(), ending="")
            return
        slugs, at = [workspace] if workspace else workspaces.slugs(), timezone.now()
        for slug in slugs:
            seals.seal(which.chosen(slug), at=at)
        found = heads.now(slugs)
        if as_json:
            self.stdout.write(json.dumps(heads.signed(found, at), indent=2, ensure_ascii=False))
        for head in () if as_json else found:
            self.stdout.write(
                f"{head.workspace}: seal {head.number:,}, {counted(head.rows, 'row')}, "
                f"{head.at[:16].replace('T', ' ')} UTC, {head.digest}"
            )
        if not found and not as_json:
            self.stdout.write("There is no workspace to seal.")
            sys.exit(Exit.NOTHING_TO_DO)
