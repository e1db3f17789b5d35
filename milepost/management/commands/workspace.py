"""List the workspaces of this server, or remove one with everything in it."""

from __future__ import annotations

from django.utils import timezone

from milepost.actions import workspaces
from milepost.cli.terminal import agreed
from milepost.core.access import operator
from milepost.management import workspaces as which
from milepost.management.counts import counted
from milepost.management.operator import OperatorCommand
from milepost.queries import workspaces as known


class Command(OperatorCommand):
    examples = ("milepost workspace list", "milepost workspace remove acme")
    needs_database = True

    def add_arguments(self, parser):
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        verbs.add_parser("list", help="list them by their names in addresses")
        remove = verbs.add_parser("remove", help="remove one, with the accounts that belong nowhere else")
        remove.add_argument("slug", help="its name in addresses, as `list` prints it")
        remove.add_argument("-y", "--yes", action="store_true", help="remove it without asking")

    def handle(self, *, verb: str, **options):
        if verb == "list":
            for slug in known.slugs():
                self.stdout.write(slug)
        else:
            self._remove(options["slug"], is_agreed=options["yes"])

    def _remove(self, slug: str, *, is_agreed: bool) -> None:
        id = which.chosen(slug)
        held = known.extent(id)
        told = ", ".join(
            [
                counted(held.people, "person", "people"),
                counted(held.objectives, "objective"),
                counted(held.checkins, "check-in"),
            ]
        )
        question = f"{slug} holds {told}. Nothing brings them back but a backup. Remove it all?"
        if not is_agreed and not agreed(question, remedy="Say --yes to remove it without being asked."):
            self.stdout.write("Nothing was changed.")
            return
        workspaces.remove(by=operator(id), at=timezone.now())
        which.leave_nothing(id)
        self.stdout.write(f"Removed {slug}: {told}.")
