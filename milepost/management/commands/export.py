"""Write a workspace to a file of OKRs: everything except personal ones."""

from __future__ import annotations

import sys
from pathlib import Path

from milepost.core.problems import Problem
from milepost.formats import okr_files
from milepost.management import workspaces as which
from milepost.management.counts import counted
from milepost.management.operator import OperatorCommand
from milepost.management.progress import Progress
from milepost.queries import plans


class Command(OperatorCommand):
    needs_database = True

    def add_arguments(self, parser):
        which.argument(parser)
        parser.add_argument(
            "--format", choices=("yaml", "json"), help="yaml unless the file's name says json"
        )
        parser.add_argument(
            "-o", "--output", metavar="FILE", help="the file to write; without it, to the terminal"
        )

    def handle(self, *, workspace, format, output, **_):
        as_ = format or ("json" if output and output.endswith(".json") else "yaml")
        with Progress("Reading") as progress:
            chosen = which.chosen(workspace)
            plan = plans.current(chosen, progress=progress)
        data = okr_files.write(plan, as_=as_)
        if output is None:
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
            self._tell_left_out(chosen)
            return
        # Written beside it and moved into place, so a full disk leaves the old file whole.
        target = Path(output)
        partial = target.with_name(target.name + ".partial")
        try:
            partial.write_bytes(data)
            partial.replace(target)
        except OSError as wrong:
            partial.unlink(missing_ok=True)
            raise Problem(
                f"{output} cannot be written: {wrong.strerror}.",
                code="unwritable",
                remedy="Name a file in a folder where you may write, with room for it.",
            ) from None
        self.stderr.write(f"Wrote {counted(len(plan.objectives), 'objective')} to {output}.")
        self._tell_left_out(chosen)

    def _tell_left_out(self, workspace_id: int) -> None:
        if personal := plans.personal_objectives(workspace_id):
            self.stderr.write(f"Left out {counted(personal, 'personal objective')}: no export holds them.")
