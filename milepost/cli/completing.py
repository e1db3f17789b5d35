"""The words that fit where somebody is typing: commands, options, names, things by id and title."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator, Sequence

from milepost.cli import clients, kept, operators, servers
from milepost.cli.things import Names, things_in
from milepost.cli.wire import Wire
from milepost.core.problems import Problem

Word = tuple[str, str]  # what is written, and what it means

FRESH_FOR = 600  # seconds for which the tree that is kept is good enough to choose from
PATIENCE = 1.0  # seconds that somebody who presses Tab may be kept waiting for a newer one
NOUNS = {
    "--team": "teams", "--parent": "teams", "--owner": "people", "--by": "people", "--to": "people",
    "person": "people", "--cycle": "cycles",
}  # fmt: skip
THINGS = {
    "--objective": ("objective",), "--key-result": ("key_result",), "thing": ("objective", "key_result"),
    "key_result": ("key_result",),
}  # fmt: skip
SCORE = (("--as", "what to work out"), ("--policy", "a scoring policy"), ("--help", "show its help"))


def words(typed: Sequence[str]) -> Iterator[Word]:
    """Yield what may stand in place of the last word typed."""
    *before, current = [word.strip() for word in typed] or [""]
    seen = set()
    for value, says in _fitting(before, current):
        if value not in seen and value.casefold().startswith(current.casefold()):
            seen.add(value)
            yield value, says


def _fitting(before: list[str], current: str) -> Iterable[Word]:
    if not before:
        return [*_commands(), ("--help", "show what there is"), ("--version", "print the version")]
    name = before[0]
    if clients.knows(name):
        return _of_client(clients.parser(name), before[1:], current)
    if not current.startswith("-"):
        return ()
    return SCORE if name == "score" else _options_of_operator(name)


def _commands() -> list[Word]:
    found = {name: operators.first_line(name) for name in operators.names()} | dict(clients.first_lines())
    return sorted([*found.items(), ("score", "Score the measures in a file: one JSON object a line.")])


def _options_of_operator(name: str) -> Iterator[Word]:
    """Yield the options of a command that Django runs, read from its text: starting it takes too long."""
    import ast

    file = operators.FOLDER / f"{name}.py"
    yield "--help", "show its help"
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if file.is_file() else ():
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add_argument":
            says = next((word.value.value for word in node.keywords if word.arg == "help"
                         and isinstance(word.value, ast.Constant)), "")  # fmt: skip
            for each in node.args:
                if isinstance(each, ast.Constant) and str(each.value).startswith("--"):
                    yield each.value, says


def _of_client(parser: argparse.ArgumentParser, before: list[str], current: str) -> Iterable[Word]:
    options = {written: action for action in parser._actions for written in action.option_strings}
    given = options.get(before[-1]) if before else None
    if given is not None and given.nargs != 0:
        return _values(given, before[-1])
    if current.startswith("-"):
        return [
            (written, action.help or "") for written, action in options.items() if written.startswith("--")
        ]
    # How many words stand there already that belong to no option.
    standing, is_value = 0, False
    for word in before:
        if not is_value and not word.startswith("-"):
            standing += 1
        action = options.get(word)
        is_value = action is not None and action.nargs != 0
    places = [action for action in parser._actions if not action.option_strings]
    if not places:
        return ()
    place = places[min(standing, len(places) - 1)]
    if standing >= len(places) and place.nargs not in ("*", "+"):
        return ()
    return _values(place, place.dest)


def _values(action: argparse.Action, name: str) -> Iterable[Word]:
    if action.choices is not None:
        return [(str(choice), "") for choice in action.choices]
    if name == "--server":
        return [(each.url, each.name) for each in servers.every()]
    if name == "--workspace":
        return [(each.workspace, each.name) for each in servers.every()]
    try:
        if name in NOUNS:
            return _names(NOUNS[name])
        if name in THINGS:
            return list(_things(THINGS[name]))
    except Problem:
        pass  # nobody is logged in, or no answer came: there is nothing to offer
    return ()


def _names(noun: str) -> list[Word]:
    found = Names.kept(_wire(), noun)
    return sorted((each["name"], "") for each in found.values())


def _things(kinds: Iterable[str]) -> Iterator[Word]:
    tree = _tree(_wire())
    here = [each for each in things_in(tree) if each.kind in kinds]
    # What people can read comes first: the id in the file, then titles, then ids.
    yield from ((each.key, each.title) for each in here if each.key)
    yield from ((each.title, each.kind.replace("_", " ")) for each in here)
    yield from ((each.id, each.title) for each in here)


def _tree(wire: Wire) -> dict:
    at_hand = kept.tree_at_hand(wire.server)
    if at_hand is not None and time.time() - kept.tree_kept_at(wire.server) < FRESH_FOR:
        return at_hand
    try:
        return kept.tree(wire, key_results=True)
    except Problem:
        if at_hand is None:
            raise
        return at_hand


def _wire() -> Wire:
    return Wire(servers.chosen(), patience=PATIENCE)
