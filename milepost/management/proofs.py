"""How the last `milepost verify` ended, kept in the data folder, for the doctor to tell."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

FILE_NAME = "verified.json"


@dataclass(frozen=True)
class Proof:
    """When it was, and how many differences each workspace had."""

    at: datetime
    found: Mapping[str, int]


def note(found: Mapping[str, int], *, at: datetime) -> None:
    """Write down how a check ended; workspaces that it did not look at keep what was found before."""
    before = last()
    told = {**(before.found if before else {}), **found}
    draft = _path().with_name(f"{FILE_NAME}.{os.getpid()}")
    with suppress(OSError):  # whoever may only read can verify all the same
        for left in _path().parent.glob(f"{FILE_NAME}.*"):  # by a check that was killed while it wrote
            left.unlink(missing_ok=True)
        try:
            draft.write_text(
                json.dumps({"at": at.astimezone(UTC).isoformat(), "found": told}), encoding="utf-8"
            )
            os.replace(draft, _path())
        finally:
            draft.unlink(missing_ok=True)  # a full disk takes the name, and not what stands in it


def last() -> Proof | None:
    """Return how the last check ended; None where there was none."""
    try:
        told = json.loads(_path().read_text(encoding="utf-8"))
        found = {str(slug): int(number) for slug, number in told["found"].items()}
        return Proof(datetime.fromisoformat(told["at"]), found)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _path() -> Path:
    return settings.MILEPOST.data_dir / FILE_NAME
