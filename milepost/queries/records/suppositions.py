"""What would follow from something that is supposed, as programs read it."""

from __future__ import annotations

from dataclasses import dataclass

from milepost.queries.placing import Preview, Turn
from milepost.queries.records.figures import exact, rounded
from milepost.queries.what_if import Effect, Supposition


@dataclass(frozen=True, slots=True)
class EffectRecord:
    """Something above, as it stands and as it would: `progress` with 1 for done, and the status."""

    id: str
    kind: str
    title: str
    url: str
    progress: float | None
    supposed_progress: float | None
    status: str
    supposed_status: str


@dataclass(frozen=True, slots=True)
class SuppositionRecord:
    """A key result that is supposed to end somewhere, what that is on its own scale, and what follows."""

    key_result: EffectRecord
    value: str | None
    unit: str
    effects: tuple[EffectRecord, ...]


@dataclass(frozen=True, slots=True)
class EndRecord:
    """A key result that is supposed to end somewhere, and what that is on its own scale."""

    key_result: EffectRecord
    value: str | None
    unit: str


@dataclass(frozen=True, slots=True)
class SuppositionsRecord:
    """Key results that are supposed to end somewhere, all at once, and what follows, nearest first."""

    ends: tuple[EndRecord, ...]
    effects: tuple[EffectRecord, ...]


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """What would follow if an objective stood elsewhere; with a `loop`, its way round, it cannot."""

    effects: tuple[EffectRecord, ...]
    unchanged: int
    loop: tuple[str, ...]


def of_supposition(found: Supposition) -> SuppositionRecord:
    """Return what follows if one key result ended somewhere."""
    end = found.last
    return SuppositionRecord(
        key_result=_effect(end.key_result),
        value=exact(end.value),
        unit=end.unit,
        effects=tuple(map(_effect, found.effects)),
    )


def of_suppositions(found: Supposition) -> SuppositionsRecord:
    """Return what follows if several key results ended somewhere."""
    ends = (EndRecord(_effect(end.key_result), exact(end.value), end.unit) for end in found.ends)
    return SuppositionsRecord(tuple(ends), tuple(map(_effect, found.effects)))


def of_place(found: Preview) -> PlaceRecord:
    """Return what follows if an objective moved."""
    return PlaceRecord(tuple(map(_effect, found.turns)), found.same, found.loop)


def _effect(one: Effect | Turn) -> EffectRecord:
    return EffectRecord(
        id=one.key,
        kind="key_result" if one.is_key_result else "objective",
        title=one.title,
        url=one.url,
        progress=rounded(one.before),
        supposed_progress=rounded(one.after),
        status=one.status_before,
        supposed_status=one.status_after,
    )
