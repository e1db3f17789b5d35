"""Annals: a workspace's history of check-ins in a file, so that the next process need not read them all.

Like a snapshot (`snapshots`) it is a cache that names the code that wrote it and the place in the change log
at which it stands; what was recorded since is taken in from the log. What does not fit is passed over.
"""

from __future__ import annotations

import logging
from pathlib import Path

import orjson

from milepost.ledger import changes, history, snapshots
from milepost.ledger.array_files import DoesNotFit, Writing, read
from milepost.ledger.changes import Kind
from milepost.ledger.history import Columns, Exacts, History
from milepost.ledger.image import Image

log = logging.getLogger(__name__)

ENDING = ".history"


def read_from(folder: Path | None) -> None:
    """Let this process open histories from the files in a folder; None: from the tables alone."""
    history.opened_from = None if folder is None else lambda workspace_id: opened(folder, workspace_id)


def save(folder: Path, image: Image) -> None:
    """Write the history that an image holds, up to where its columns stand."""
    writing, id = Writing(), image.workspace_id
    with image.lock:  # columns are never written over
        held: History = image.entries.history
        columns, token, exact = held.settled, held.token, list(held.exact.said.items())
    if token is None:
        return
    told = {
        "code": snapshots.code(),
        "workspace": id,
        "token": snapshots.plain_token(token),
        "event": snapshots.newest_event(id),
        "arrays": {
            part: {name: writing.add(array) for name, array in arrays.items()}
            for part, arrays in columns.arrays().items()
        },
        "exact": exact,
    }
    writing.put(_path(folder, id), orjson.dumps(told))
    held.is_kept = held.settled is columns


def opened(folder: Path, workspace_id: int) -> History | None:
    """Return a workspace's history from its file, with what came since; None where none fits."""
    try:
        told, arrays = read(_path(folder, workspace_id))
        if told["code"] != snapshots.code() or told["workspace"] != workspace_id:
            raise DoesNotFit("other code wrote it, or of another workspace")
        token = snapshots.token_said(told["token"])
        snapshots.check_log(workspace_id, token, told["event"])
        since, _ = changes.changes_since(workspace_id, token)
        if any(change.kind == Kind.ALL for change in since):
            raise DoesNotFit("a whole file came since")
        parts = {
            part: {name: arrays[number] for name, number in named.items()}
            for part, named in told["arrays"].items()
        }
        rows = [change.entry for change in since if change.entry is not None]
        return History.resumed(Columns.resumed(parts), Exacts(dict(told["exact"])), token, rows)
    except FileNotFoundError:
        return None
    except Exception as why:  # whatever is wrong with a cache, the tables are there
        log.info("The history of workspace %s is passed over: %s", workspace_id, why)
        return None


def _path(folder: Path, workspace_id: int) -> Path:
    return folder / f"{workspace_id}{ENDING}"
