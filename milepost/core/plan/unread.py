"""What could not be read: things with gaps, and rules that stay silent where they would look into one.

A file with mistakes is checked all the same, so that one refusal names everything. A field that was refused
has no value: whoever asks for it gets Unread, and a rule that needed it cannot tell. So a thing is never
blamed for what hangs on another mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import cache, wraps
from operator import attrgetter
from typing import Any, ParamSpec

from milepost.core.plan.findings import PlanProblem
from milepost.core.plan.ledgers import CheckIns
from milepost.core.plan.values import names_of, usual_values

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
    """Return a thing of the type `of` that knows `values` and raises Unread for what is `unread`."""
    held = {**dict.fromkeys(names_of(of)), **usual_values(of), **values}
    if issubclass(of, tuple):
        thing = tuple.__new__(_torn(of), [held[name] for name in names_of(of)])
    else:
        thing = object.__new__(_torn(of))
        object.__getattribute__(thing, "__dict__").update(held)
    object.__setattr__(thing, "_unread", frozenset(unread))
    return thing


def altered(thing: Any, **values: Any) -> Any:
    """Return the thing, whole or torn, with other values."""
    if not isinstance(thing, Torn):
        return thing._replace(**values) if isinstance(thing, tuple) else replace(thing, **values)
    of, unread = type(thing).__mro__[2], object.__getattribute__(thing, "_unread")
    held = {name: object.__getattribute__(thing, name) for name in names_of(of)}
    return torn(of, held | values, unread - values.keys())


def said(thing: Any, name: str, otherwise: Any = None) -> Any:
    """Return a field of a thing, or `otherwise` where it could not be read."""
    try:
        return getattr(thing, name)
    except Unread:
        return otherwise


def all_said(things: Collection[Any], name: str) -> list[Any]:
    """Return one field of many things; None where it could not be read. Of CheckIns it is a text."""
    if type(things) is CheckIns:
        return things.each(name)
    try:
        return list(map(attrgetter(name), things))
    except Unread:
        return [said(thing, name) for thing in things]


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
