"""The reference page of the commands, printed from the commands themselves; `bin/docs` writes it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator

import typer
from django.core.management import get_commands, load_command_class

from milepost.cli import clients, operators
from milepost.cli.exits import MEANINGS
from milepost.cli.listing import app

HEAD = """\
# Commands

<!-- Written by bin/docs from milepost/cli/ and milepost/management/commands/: change it there. -->

In a clone they are called `bin/milepost …`, once installed `milepost …`. `milepost --help` lists them, and
each has a `--help` of its own, with examples.

`handover`, `list`, `login`, `logout`, `open`, `show`, `tree`, `whoami` and `completion` are for
everybody: they ask a server over its API ([the guide](cli.md)). `apply`, `checkin` and `export` ask the
server that one is logged in to; with `--local`, where nobody is logged in, or where a data folder or
database is named in the environment, they work on this machine. The others are for whoever runs
Milepost, on its machine.

Commands that work with what is there (`backup`, `checkin`, `export`, `link`, `move`, `user`, `verify`,
`workspace`) make nothing: in an empty folder they say so and name `milepost serve`, before a database of
an older version `milepost migrate`. `apply --dry-run` makes nothing either: in an empty folder it shows the
workspace that the file would make. What `apply --json` refuses is JSON on standard
output too, with a `code`, a `message` and, for a file, its `problems`; the exit code is the same.

## Exit codes

The same for every command; scripts can rely on them.

| code | in a word | what it means |
|---|---|---|
"""


def page() -> str:
    """Return the page as Markdown; Django is set up."""
    codes = "".join(f"| {code.value} | {word} | {says} |\n" for code, (word, says) in MEANINGS.items())
    parts = {name: _operators(name) for name in operators.names()} | {"score": _score()}
    parts |= {name: _client(name) for name in clients.names()}
    return HEAD + codes + "".join(parts[name] for name in sorted(parts))


def _operators(name: str) -> str:
    command = load_command_class(get_commands()[name], name)
    parser = command.create_parser("milepost", name)
    usage = " ".join(parser.format_usage().removeprefix("usage: ").split())
    words = list(_words(parser))
    return _section(name, operators.first_line(name), usage, words) + _examples(command.examples)


def _client(name: str) -> str:
    parser = clients.parser(name)
    usage = " ".join(parser.format_usage().removeprefix("usage: ").split())
    words = dict(_words(parser))
    if name in operators.names():
        # What only this machine understands comes last.
        here = load_command_class(get_commands()[name], name).create_parser("milepost", name)
        words |= {word: f"{says}; on this machine" for word, says in _words(here) if word not in words}
    says = (parser.description or "").splitlines()[0]
    return _section(name, says, usage, list(words.items())) + _examples(clients.module(name).EXAMPLES)


def _examples(examples: Iterable[str]) -> str:
    return "\nFor example:\n\n" + "".join(f"    {line}\n" for line in examples)


def _words(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    """Yield each word that a command understands, with what it means."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            says = {one.dest: one.help for one in action._choices_actions}
            for verb, inner in action.choices.items():
                yield verb, says[verb]
                yield from ((f"{verb} {word}", says) for word, says in _words(inner))
        elif action.help != argparse.SUPPRESS and "--help" not in action.option_strings:
            value = action.metavar or (action.choices and "|".join(action.choices))
            if value is None and action.nargs != 0:
                value = action.dest.upper() if action.option_strings else action.dest
            yield " ".join(filter(None, [", ".join(action.option_strings), value])), action.help or ""


def _score() -> str:
    command = typer.main.get_command(app).commands["score"]
    words = []
    for one in command.params:
        is_option = one.opts[0].startswith("-")
        value = one.metavar or one.name.upper()
        words.append((f"{one.opts[0]} {value}" if is_option else value, one.help or ""))
    return _section("score", command.help.splitlines()[0], "milepost score [OPTIONS] FILE", words)


def _section(name: str, says: str, usage: str, words: list[tuple[str, str]]) -> str:
    rows = "".join(f"| `{_cell(word)}` | {_cell(help)} |\n" for word, help in words)
    table = f"\n| word | what it is |\n|---|---|\n{rows}" if words else ""
    return f"\n## {name}\n\n{says}\n\n    {usage}\n{table}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
