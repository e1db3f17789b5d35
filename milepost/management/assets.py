"""Static files: collected into the data folder once, and again when one of them changed."""

from __future__ import annotations

import hashlib
from operator import itemgetter
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

from milepost import __version__

STAMP = ".collected"


def is_collected() -> bool:
    """Say whether the files in the data folder are those of this version."""
    return not settings.STATIC_ROOT or _read(_stamp()) == _fingerprint()


def collect() -> bool:
    """Collect static files where they are missing or old; say whether there was anything to do."""
    if is_collected():
        return False
    _stamp().unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    # Last, so that a collection that was cut short is done again.
    _stamp().write_text(_fingerprint(), encoding="ascii")
    return True


def _stamp() -> Path:
    return Path(settings.STATIC_ROOT) / STAMP


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        return ""


def _fingerprint() -> str:
    # Size and time of each file: reading them all would cost a warm start more than it may take.
    found = hashlib.sha256(__version__.encode())
    for finder in finders.get_finders():
        for path, storage in sorted(finder.list([]), key=itemgetter(0)):
            facts = Path(storage.path(path)).stat()
            found.update(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return found.hexdigest()
