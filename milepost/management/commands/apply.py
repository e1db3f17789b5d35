"""Make a workspace what a file of OKRs says: shows what would change, asks, applies all or nothing."""

from __future__ import annotations

import json as json_module
import sys
from datetime import date
from pathlib import Path

from django.utils import timezone

from milepost.actions import plans
from milepost.cli.changes import lines
from milepost.cli.commands import apply as client
from milepost.cli.exits import Exit
from milepost.cli.terminal import require_somebody
from milepost.core import doubts
from milepost.core.access import operator
from milepost.core.cadence import day_in
from milepost.core.plan import Changes, Plan
from milepost.core.plan.unread import all_said
from milepost.core.plan.values import WorkspacePlan
from milepost.core.problems import Problem
from milepost.formats import okr_files
from milepost.ledger.garbage import uncollected
from milepost.management import schema
from milepost.management import workspaces as which
from milepost.management.operator import OperatorCommand
from milepost.management.progress import Progress
from milepost.queries import workspaces
from milepost.queries.plans import current as plan_of
from milepost.queries.plans import personal_objectives


class Command(OperatorCommand):
    examples = client.EXAMPLES

    def add_arguments(self, parser):
        client.words(parser)

    def handle(self, *, file, workspace, dry_run, json, yes, **_):
        client.require_an_answer(json=json, dry_run=dry_run, yes=yes)
        # Looking makes no database; and one that is there is changed for nobody who only looks.
        self.has_database = schema.exists()
        if self.has_database and dry_run:
            schema.require()
        elif self.has_database:
            schema.make_current()
        if workspace is not None:
            self._chosen(workspace)  # a slip in its name is told before a long file is read
        with uncollected(for_good=True):
            self._apply_file(file, workspace, dry_run=dry_run, json=json, yes=yes)

    def _apply_file(self, file, workspace, *, dry_run, json, yes):
        plan, have = self._read(file, workspace)
        target, is_new = self._target(plan, workspace)
        changes = plans.preview(target, plan, have=have, is_checked=True)
        settings = plan.workspace or have.workspace or WorkspacePlan("", "")
        today = day_in(settings.time_zone, timezone.now())
        nothing_to_do = changes.is_empty and not is_new
        # A program reads one answer: what was done, or, if that fails, why not.
        if not json or dry_run or nothing_to_do:
            self._show(changes, today, as_json=json, is_new=plan.workspace.name if is_new else None)
        if nothing_to_do:
            if not json:
                self.stdout.write("Nothing to do: the workspace says all this already.")
            sys.exit(Exit.NOTHING_TO_DO)
        if dry_run:
            return
        if not yes and not self._agreed():
            self.stdout.write("Nothing was changed.")
            return
        if not self.has_database:
            schema.make_current()
        with Progress("Applying") as progress:
            by, at = operator(target), timezone.now()
            if is_new:
                plans.apply_to_new_workspace(plan=plan, changes=changes, progress=progress, by=by, at=at)
            else:
                plans.apply_plan(plan=plan, changes=changes, progress=progress, by=by, at=at)
        if json:
            self._show(changes, today, as_json=True, is_new=None)
        else:
            self.stdout.write("Applied.")

    def _read(self, file: str, slug: str | None) -> tuple[Plan, Plan]:
        """Return what the file says, and what the workspace holds that it is for."""
        data, name = self._data(file)
        held: list[Plan] = []
        if (chosen := self._exported(data, slug)) is not None:
            known = plan_of(chosen)
            if okr_files.says(data, known):
                return known, known  # of its own export there is nothing to read
            # Personal objectives are compared with where a file names them, and no export does.
            held = [] if personal_objectives(chosen) else [known]

        def have(plan: Plan) -> Plan:
            # A file may name what the workspace holds already, and means its days in the workspace's zone.
            named = plan.workspace
            wanted = slug or (named.id if named else None)
            if not held:  # days meant in another time zone are read a second time
                if named is not None and self._is_new(wanted):
                    held.append(Plan())
                else:
                    personal = all_said(plan.objectives, "id")
                    held.append(plan_of(self._chosen(wanted), with_personal=personal))
            return held[0]

        with Progress("Reading") as progress:
            plan = okr_files.read(data, name=name, have=have, progress=progress)
        return plan, held[0]

    def _exported(self, data: bytes, slug: str | None) -> int | None:
        """Return the workspace whose export the file may be, of those that are there."""
        named = okr_files.export_of(data)
        if named is None or slug not in (None, named) or self._is_new(named):
            return None
        return self._chosen(named)

    def _data(self, file: str) -> tuple[bytes, str]:
        if file == "-":
            return sys.stdin.buffer.read(), "standard input"
        path = Path(file)
        try:
            if path.is_file() and path.stat().st_size > okr_files.LARGEST_FILE:
                most = okr_files.LARGEST_FILE >> 20
                raise Problem(
                    f"{file} has {path.stat().st_size >> 20} MB.",
                    code="too_large",
                    remedy=f"A file of OKRs holds at most {most} MB; split it by cycle.",
                )
            return path.read_bytes(), path.name
        except OSError as wrong:
            raise client.unreadable(file, wrong) from None

    def _target(self, plan: Plan, slug: str | None) -> tuple[int, bool]:
        """Return the workspace the plan is for, and whether it has still to be made."""
        named = plan.workspace.id if plan.workspace else None
        if slug is None and named is not None and self._is_new(named):
            return plans.new_workspace_id(), True
        return self._chosen(slug or named), False

    def _is_new(self, slug: str) -> bool:
        return not self.has_database or workspaces.by_slug(slug) is None

    def _chosen(self, slug: str | None) -> int:
        if not self.has_database:
            schema.require()
        return which.chosen(slug)

    def _show(self, changes: Changes, today: date, *, as_json: bool, is_new: str | None) -> None:
        told = changes.as_json() | {"warnings": [one.as_json() for one in doubts.of_changes(changes, today)]}
        if as_json:
            self.stdout.write(json_module.dumps(told, ensure_ascii=False))
            return
        if is_new is not None:
            self.stdout.write(f"A new workspace, “{is_new}”, will be made.")
        for line in lines(told):
            self.stdout.write(line)

    def _agreed(self) -> bool:
        require_somebody(client.WITHOUT_ASKING)
        return input("Apply? [y/N] ").strip().lower() in ("y", "yes")
