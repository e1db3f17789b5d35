"""What an application keeps in its event, to be taken back by: small, packed, and read by nobody else."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

from milepost.core.plan import Changes, kept
from milepost.core.plan.kept import Kept
from milepost.formats import okr_files

# Beyond it the feed, which reads events whole, would become slow; the file of before does it then.
LARGEST = 400_000


def packed(changes: Changes) -> dict[str, str]:
    """Return what the event of an application keeps of it: nothing, where that is too much."""
    keep = kept.of(changes)
    said = {
        "before": okr_files.write(keep.before, as_="json").decode(),
        "after": okr_files.write(keep.after, as_="json").decode(),
        "created": dict(keep.created),
        "entries": dict(keep.entries),
        "told": keep.told,
    }
    text = base64.b64encode(zlib.compress(json.dumps(said).encode(), 9)).decode()
    return {"kept": text} if len(text) <= LARGEST else {}


def unpacked(data: dict[str, Any]) -> Kept | None:
    """Return what an application kept; None where it kept nothing."""
    if "kept" not in data:
        return None
    said = json.loads(zlib.decompress(base64.b64decode(data["kept"])))
    before, after = (okr_files.recall(said[name].encode()) for name in ("before", "after"))
    return Kept(before, after, said["created"], said["entries"], said["told"])
