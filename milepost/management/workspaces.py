"""Which workspace a command means, and leaving nothing of what it erased."""

from __future__ import annotations

from argparse import ArgumentParser

from milepost.core.problems import NotFound, Problem
from milepost.ledger import array_files, bulk
from milepost.management import keeping
from milepost.queries import workspaces


def argument(parser: ArgumentParser) -> None:
    """Let a command name its workspace."""
    parser.add_argument("--workspace", metavar="SLUG", help="which workspace; needed where there are several")


def chosen(slug: str | None) -> int:
    """Return the id of the workspace named, or of the only one."""
    if slug is not None:
        found = workspaces.by_slug(slug)
        if found is None:
            here = ", ".join(workspaces.slugs()) or "none yet"
            raise NotFound(f"There is no workspace “{slug}”.", remedy=f"Here there are: {here}.")
        return found
    slugs = workspaces.slugs()
    if not slugs:
        raise NotFound(
            "There is no workspace yet.",
            remedy="Begin with `milepost serve`, or apply a file that names one.",
        )
    if len(slugs) > 1:
        raise Problem(
            "There are several workspaces.",
            code="usage",
            remedy=f"Say which with --workspace: {', '.join(slugs)}.",
        )
    return workspaces.by_slug(slugs[0])


def leave_nothing(workspace_id: int) -> None:
    """Take what was erased out of the files that repeat it: the workspace's snapshots, and SQLite's own."""
    array_files.drop(keeping.folder(), workspace_id)
    bulk.scrub()
