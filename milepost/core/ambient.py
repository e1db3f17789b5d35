"""Ambient values: what is so for as long as a block runs, in this thread alone."""

from __future__ import annotations

from contextvars import ContextVar, Token
from typing import Generic, TypeVar

T = TypeVar("T")


class Ambient(Generic[T]):
    """A context variable that has a value as long as this holds; the value is what `as` names.

    A generator would be shorter to write. Every request holds five of these, and mostly finds the processor's
    caches full of something else, where a generator takes twice as long.
    """

    __slots__ = ("_token", "_value", "_variable")

    def __init__(self, variable: ContextVar[T], value: T) -> None:
        self._variable, self._value = variable, value

    def __enter__(self) -> T:
        self._token: Token[T] = self._variable.set(self._value)
        return self._value

    def __exit__(self, *_: object) -> None:
        self._variable.reset(self._token)
