"""Short messages after a change, with the button that undoes it."""

from __future__ import annotations

from textwrap import shorten

from django.contrib import messages
from django.http import HttpRequest

from milepost.actions import events
from milepost.core import addresses

MOST_OF_A_TITLE = 80  # characters: the next page is told by a cookie


def saved(request: HttpRequest, words: str) -> None:
    """Say on the next page what was done, and offer to undo it."""
    there = undo_url(request)
    messages.success(request, words, extra_tags=f"undo:{there}" if there else "")


def named(done: str, title: str) -> str:
    """Say what was done, and to what: Saved: “Riders choose us twice”."""
    return f"{done}: “{shorten(title, MOST_OF_A_TITLE, placeholder='…')}”."


def undo_url(request: HttpRequest) -> str | None:
    """Return where what this request has done can be undone; None where it cannot."""
    event = events.undoable(by=request.actor, at=request.at)
    return addresses.undoing(request.seat.slug, event) if event is not None else None
