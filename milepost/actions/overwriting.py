"""What an undo would write over: fields that were changed again since, and the refusal that names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from milepost.core.problems import Conflict


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A field that was changed since: what it says now, and what undoing would write, as events keep it."""

    field: str
    now: Any
    then: Any
    of: str = ""  # the title of what it is a field of, where several things are undone as one


class ChangedSince(Conflict):
    """It was changed again since, so undoing would write over that; `over` says what."""

    code = "changed_since"

    def __init__(self, over: tuple[Overwritten, ...] = ()) -> None:
        names = ", ".join(dict.fromkeys(one.field.removesuffix("_id").replace("_", " ") for one in over))
        super().__init__(
            "This was changed again since" + (f": {names}." if names else "."),
            remedy="Undo it anyway to write over that, or leave it as it is now.",
        )
        self.over = over
