"""What could not be read: things with gaps, and rules that stay silent where they would look into one.

A file with mistakes is checked all the same, so that one refusal names everything. A field that was refused
has no value: whoever asks for it gets Unread, and a rule that needed it cannot tell. So a thing is never
blamed for what hangs on another mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import MISSING, fields, replace
from functools import cache, wraps
from typing import Any, ParamSpec

from milepost.core.plan.findings import PlanProblem

_P = ParamSpec("_P")


class Unread(Exception):
    """A value was asked for that could not be read."""


class Torn:
    """A thing of a plan some of whose fields could not be read."""

    def __getattribute__(self, name: str) -> Any:
        if name in object.__getattribute__(self, "__dict__").get("_unread", ()):
            raise Unread(name)
        return object.__getattribute__(self, name)


@cache
def _torn(of: type) -> type:
    return type(f"Torn{of.__name__}", (Torn, of), {})


def torn(of: type, values: Mapping[str, Any], unread: Collection[str]) -> Any:
    """Return a thing of the dataclass `of` that knows `values` and raises Unread for what is `unread`."""
    thing = object.__new__(_torn(of))
    for one in fields(of):
        if one.name not in unread:
            usual = one.default if one.default_factory is MISSING else one.default_factory()
            object.__setattr__(thing, one.name, values.get(one.name, usual))
    object.__setattr__(thing, "_unread", frozenset(unread))
    return thing


def altered(thing: Any, **values: Any) -> Any:
    """Return the thing, whole or torn, with other values."""
    if not isinstance(thing, Torn):
        return replace(thing, **values)
    held = dict(object.__getattribute__(thing, "__dict__"))
    return torn(type(thing).__mro__[2], held | values, held["_unread"] - values.keys())


def said(thing: Any, name: str, otherwise: Any = None) -> Any:
    """Return a field of a thing, or `otherwise` where it could not be read."""
    try:
        return getattr(thing, name)
    except Unread:
        return otherwise


def each(thing: Any, name: str) -> Iterator[tuple[int, Any]]:
    """Yield what a thing lists under `name`, numbered; nothing where that could not be read."""
    return enumerate(said(thing, name, ()))


def as_far_as_known(
    rule: Callable[_P, Iterator[PlanProblem]],
) -> Callable[_P, Iterator[PlanProblem]]:
    """Make a rule end where it asks for what could not be read."""

    @wraps(rule)
    def told(*args: _P.args, **named: _P.kwargs) -> Iterator[PlanProblem]:
        try:
            yield from rule(*args, **named)
        except Unread:
            return

    return told
