"""Write a workspace to a file of OKRs: everything except personal ones."""

from __future__ import annotations

import sys

from milepost.cli.commands import export as client
from milepost.formats import okr_files
from milepost.ledger.garbage import uncollected
from milepost.management import databases
from milepost.management import workspaces as which
from milepost.management.counts import counted
from milepost.management.operator import OperatorCommand
from milepost.management.progress import Progress
from milepost.queries import plans


class Command(OperatorCommand):
    examples = client.EXAMPLES
    needs_database = True

    def add_arguments(self, parser):
        client.words(parser)

    def handle(self, *, workspace, format, output, **_):
        as_ = client.format_of(format, output)
        with uncollected(for_good=True):
            with Progress("Reading") as progress, databases.one_moment():
                chosen = which.chosen(workspace)
                plan = plans.current(chosen, progress=progress)
            data = okr_files.write(plan, as_=as_)
        if output in (None, "-"):
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
            self._tell_left_out(chosen)
            return
        client.write(output, data)
        self.stderr.write(f"Wrote {counted(len(plan.objectives), 'objective')} to {output}.")
        self._tell_left_out(chosen)

    def _tell_left_out(self, workspace_id: int) -> None:
        if personal := plans.personal_objectives(workspace_id):
            self.stderr.write(f"Left out {counted(personal, 'personal objective')}: no export holds them.")
