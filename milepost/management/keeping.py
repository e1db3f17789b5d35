"""Keep the images of the process that serves: written now and then, and when it ends."""

from __future__ import annotations

import logging
import multiprocessing.util
import threading
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

from milepost.ledger import annals, array_files, sight, snapshots
from milepost.ledger import image as images
from milepost.ledger.snapshots import Standing
from milepost.queries import workspaces

log = logging.getLogger(__name__)

FIRST_SECONDS = 10  # a page may be waiting for the same processor
LOOK_SECONDS = 60
AGE_SECONDS = 600  # a snapshot that is behind is written anew after this long
END_PRIORITY = 10


def folder() -> Path:
    """Return where the snapshots of this data folder lie."""
    return settings.MILEPOST.data_dir / "images"


def read_from(folder: Path | None) -> None:
    """Let this process open what lies in a folder; None: read the tables alone."""
    snapshots.read_from(folder)
    annals.read_from(folder)


def begin() -> None:
    """Open images from snapshots from now on, and keep writing them."""
    read_from(folder())
    keeper = Keeper(folder())
    threading.Thread(target=keeper.run, daemon=True, name="snapshots").start()
    # This process is made by another, so what `atexit` knows is never called.
    multiprocessing.util.Finalize(None, keeper.end, exitpriority=END_PRIORITY)


class Keeper:
    """Writes the images that this process holds, those that have moved."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._written: dict[int, tuple[Standing, float]] = {}
        self._turn = threading.Lock()
        self._over = threading.Event()

    def run(self) -> None:
        """Look again and again, until it is over."""
        wait = FIRST_SECONDS
        while not self._over.wait(wait):
            wait = LOOK_SECONDS
            self.look(AGE_SECONDS)

    def end(self) -> None:
        """Write what has moved since, for whoever starts next."""
        self._over.set()
        self.look(0)

    def look(self, age: float) -> None:
        """Write every image that moved and was not written for `age` seconds; no failure ends the server."""
        with self._turn:
            try:
                array_files.clear_away(self.folder)
                array_files.drop_others(self.folder, workspaces.exists)
                for image in images.all_held():
                    if workspaces.exists(image.workspace_id):
                        self._keep(image, age)
                    else:  # removed meanwhile, by a command
                        images.forget(image.workspace_id)
            except Exception as why:  # a thread that ended would keep nothing from then on
                log.warning("Snapshots could not be written: %s", why)
            finally:
                connection.close()

    def _keep(self, image: images.Image, age: float) -> None:
        kept, at = self._written.get(image.workspace_id, (None, 0.0))
        if kept != snapshots.standing(image) and (kept is None or time.monotonic() - at >= age):
            with sight.within(image.workspace_id):
                self._written[image.workspace_id] = snapshots.save(self.folder, image), time.monotonic()
        history = image.entries.history
        if history is not None and history.token is not None and not history.is_kept:
            with sight.within(image.workspace_id):
                annals.save(self.folder, image)
