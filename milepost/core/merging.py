"""Two who edit one thing: what each changed, what goes together, and where they meet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Merged:
    """Three versions laid together; fields by their names.

    `mine`: what I changed. `taken`: what they changed and I did not, which is theirs now. `met`: what both
    changed, and not to the same; empty where nothing needs asking.
    """

    mine: tuple[str, ...]
    taken: tuple[str, ...]
    met: tuple[str, ...]


def merge(
    was: Mapping[str, Any],
    theirs: Mapping[str, Any],
    yours: Mapping[str, Any],
    *,
    wholes: Collection[Collection[str]] = (),
) -> Merged:
    """Compare what was read, what stands there now, and what is to be written.

    `wholes` are fields that mean something only together, as a measure does: changed by both, they meet,
    even where each changed another one of them.
    """
    names = [name for name in theirs if name in yours]
    # Of what nobody knows how it was, both may have changed it.
    by_me, by_them = (
        {name for name in names if name not in was or side[name] != was[name]} for side in (yours, theirs)
    )
    met = {name for name in by_me & by_them if yours[name] != theirs[name]}
    for whole in wholes:
        together = set(whole).intersection(names)
        if together & by_me and together & by_them:
            met |= {name for name in together if yours[name] != theirs[name]}
    return Merged(
        mine=tuple(name for name in names if name in by_me),
        taken=tuple(name for name in names if name in by_them - by_me and name not in met),
        met=tuple(name for name in names if name in met),
    )
