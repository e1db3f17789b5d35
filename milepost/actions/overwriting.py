"""An undo and what it would write over: fields that changed again since, and the refusal that names them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from milepost.actions import history
from milepost.core.access import Actor
from milepost.core.problems import Conflict, NotFound
from milepost.models import Event


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A field that was changed since: what it says now, and what undoing would write, as events keep it."""

    field: str
    now: Any
    then: Any
    of: str = ""  # the title of what it is a field of, where several things are undone as one
    part: int | None = None  # the event of those undone as one that told of this


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


@dataclass(frozen=True, slots=True)
class Undoing:
    """An event to be undone: `anyway` also where it was changed since."""

    event: Event
    anyway: bool
    by: Actor
    at: datetime

    @property
    def who(self) -> dict[str, Any]:
        """Who undoes it, and when, as actions take it."""
        return {"by": self.by, "at": self.at}

    @property
    def reason(self) -> str:
        """What stands in the history beside the change."""
        return f"Undoes a change of {self.event.at:%-d %b %Y}."

    def find(self, model: Any, id: int | None) -> Any:
        """Return the row that the event is about; NotFound where it is gone."""
        row = model.objects.of(self.event.workspace_id).filter(id=id).first()
        if row is None:
            raise NotFound("What this was about is not there any more.", remedy="There is nothing to do.")
        return row

    def before(self, row: Any) -> dict[str, Any]:
        """Return the fields as they were before the event; raises ChangedSince where they changed again."""
        found, over = {}, []
        for name, (old, new) in self.event.data["changes"].items():
            now = history.as_kept(getattr(row, name))
            if not _same(now, new) and not _same(now, old):
                over.append(Overwritten(name, now, old))
            found[name] = old
        if over and not self.anyway:
            raise ChangedSince(tuple(over))
        return found


def _same(one: Any, other: Any) -> bool:
    if one == other or not (isinstance(one, str) and isinstance(other, str)):
        return one == other
    try:
        return Decimal(one) == Decimal(other)
    except ArithmeticError:
        return False
