"""Seal what was recorded: now and then in the process that serves, and at once for commands."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from django.db import connection
from django.utils import timezone

from milepost.ledger import array_files, seals, sight
from milepost.ledger import image as images
from milepost.management import keeping
from milepost.queries import workspaces

log = logging.getLogger(__name__)

FIRST_SECONDS = 15  # after the snapshots have been looked at
LOOK_SECONDS = 60
# Between two batches, so that whoever writes meanwhile waits for one of them at most.
PAUSE_SECONDS = 0.05


def begin() -> None:
    """Keep sealing from now on."""
    threading.Thread(target=Sealer().run, daemon=True, name="seals").start()


def everything(at: datetime) -> None:
    """Seal what every workspace has recorded; the caller is an operator."""
    for slug in workspaces.slugs():
        seals.seal(workspaces.by_slug(slug), at=at)


class Sealer:
    """Seals the workspaces that this process holds images of: it records in no other.

    The first time it looks at all of them, for an earlier process may have ended before its last seal.
    """

    def __init__(self) -> None:
        self._over = threading.Event()
        self._has_looked_everywhere = False

    def run(self) -> None:
        """Look again and again, until it is over."""
        wait = FIRST_SECONDS
        while not self._over.wait(wait):
            wait = LOOK_SECONDS
            self.look()

    def look(self) -> None:
        """Seal what is new; no failure ends the server, nor keeps another workspace from its seal."""
        try:
            for workspace_id in sorted({image.workspace_id for image in images.all_held()} | self._others()):
                self._seal(workspace_id)
        finally:
            connection.close()

    def _others(self) -> set[int]:
        """Return what an earlier process may have left, until that could be found out once."""
        if self._has_looked_everywhere:
            return set()
        try:
            # Where the server's role may not see who there is, the snapshots of before name them.
            with sight.everywhere():
                found = set(workspaces.all_ids()) | array_files.workspaces(keeping.folder())
        except Exception as why:
            log.warning("What waits for a seal could not be looked for: %s", why)
            return set()
        self._has_looked_everywhere = True
        return found

    def _seal(self, workspace_id: int) -> None:
        try:
            if workspaces.exists(workspace_id):
                with sight.within(workspace_id):
                    seals.seal(workspace_id, at=timezone.now(), pause=self._pause)
        except Exception as why:
            log.warning("What was recorded could not be sealed: %s", why)

    def _pause(self) -> bool:
        return self._over.wait(PAUSE_SECONDS)
