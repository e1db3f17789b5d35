"""Sentences about the workspace: cycles, settings, files, tokens, saved views."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from milepost.core.plan import parts
from milepost.queries.sentences.differences import changed
from milepost.queries.sentences.phrases import Phrase, Teller, Telling, words

_SHORT = frozenset({"name", "time_zone", "check_in_every", "count_restricted_work"})
"""Settings that are told from what to what; of a text, or who needs a second step, that it changed."""


def _about_cycle(verb: str) -> Teller:
    return lambda told: [words(f"{verb} the cycle "), told.name]


def _applied(told: Telling) -> list[Phrase]:
    # A token that is limited to teams is not told of what the others did.
    is_limited = told.reader.actor.within is not None
    listed = "" if is_limited else ", ".join(_counted(parts.seen(told.data, told.reader.finds)))
    return [words("applied a file" + (f": {listed} created" if listed else ""))]


def _counted(summary: Mapping[str, Any]) -> Iterator[str]:
    for noun, word in (("objective", "objective"), ("key_result", "key result"), ("check_in", "check-in")):
        if count := summary.get(noun, {}).get("created", 0):
            yield f"{count:,} {word}{'' if count == 1 else 's'}"


def _founded(told: Telling) -> list[Phrase]:
    return [words("founded "), told.name]


def _settings(told: Telling) -> list[Phrase]:
    listed = [
        f"{name.replace('_', ' ')}{_from_to(*pair) if name in _SHORT else ''}"
        for name, pair in sorted(told.data.get("changes", {}).items())
    ]
    return [words("changed the settings" + (f": {', '.join(listed)}" if listed else ""))]


def _from_to(old: Any, new: Any) -> str:
    old, new = ({True: "yes", False: "no"}.get(each, each) for each in (old, new))
    return f" {old} → {new}"


TELLERS: Mapping[str, Teller] = MappingProxyType(
    {
        "cycle.created": _about_cycle("created"),
        "cycle.changed": lambda told: changed(told, words("changed the cycle "), told.name),
        "cycle.closed": _about_cycle("closed"),
        "cycle.reopened": _about_cycle("opened again"),
        "cycle.withdrawn": _about_cycle("took away"),
        "token.created": lambda told: [words("made the token "), told.name],
        "token.revoked": lambda told: [words("revoked the token "), told.name],
        "view.saved": lambda told: [words("saved the view "), told.name],
        "view.changed": lambda told: [words("changed the view "), told.name],
        "view.deleted": lambda told: [words("deleted the view "), told.name],
        "view.chosen": lambda told: [words("begins the tree with "), told.name],
        "view.unchosen": lambda told: [words("begins the tree as usual")],
        "plan.applied": _applied,
        "plan.taken_back": lambda told: [words("took a file back")],
        "workspace.founded": _founded,
        "workspace.changed": _settings,
        "workspace.seeded": lambda told: [words("filled the workspace with made-up work")],
    }
)
