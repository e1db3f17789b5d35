"""Seal what was recorded: now and then in the process that serves, and at once for commands."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from django.db import connection
from django.utils import timezone

from milepost.ledger import image as images
from milepost.ledger import seals, sight
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
    """Seals the workspaces that this process holds images of: nothing is recorded in another."""

    def __init__(self) -> None:
        self._over = threading.Event()

    def run(self) -> None:
        """Look again and again, until it is over."""
        wait = FIRST_SECONDS
        while not self._over.wait(wait):
            wait = LOOK_SECONDS
            self.look()

    def look(self) -> None:
        """Seal what is new; no failure ends the server, nor keeps another workspace from its seal."""
        try:
            for image in images.all_held():
                self._seal(image.workspace_id)
        finally:
            connection.close()

    def _seal(self, workspace_id: int) -> None:
        try:
            if workspaces.exists(workspace_id):
                with sight.within(workspace_id):
                    seals.seal(workspace_id, at=timezone.now(), pause=self._pause)
        except Exception as why:
            log.warning("What was recorded could not be sealed: %s", why)

    def _pause(self) -> bool:
        return self._over.wait(PAUSE_SECONDS)
