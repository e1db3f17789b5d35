"""Runs a command in the test's own process, as the terminal's door does: what it prints and its exit code."""

from __future__ import annotations

import importlib
import io
import json
import sys
from dataclasses import dataclass

import pytest
from django.core.management import CommandError, call_command

from milepost.cli.door import is_for_programs, tell, tell_a_program
from milepost.cli.exits import exit_for
from milepost.core.problems import Problem


@dataclass(frozen=True)
class Said:
    """What came of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        return json.loads(self.out)


class Pipe(io.TextIOWrapper):
    """Standard input that is, or is not, a terminal."""

    def __init__(self, typed: str | bytes, *, is_terminal: bool = False) -> None:
        raw = typed.encode() if isinstance(typed, str) else typed
        super().__init__(io.BytesIO(raw), encoding="utf-8")
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal


def run(*words: str, typed: str | bytes = "", is_terminal: bool = False) -> Said:
    """Run `milepost` with these words."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    command = importlib.import_module(f"milepost.management.commands.{words[0]}").Command(
        stdout=out, stderr=err
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", Pipe(typed, is_terminal=is_terminal))
        try:
            call_command(command, *words[1:])
        except SystemExit as end:
            code = int(end.code or 0)
        except CommandError as wrong:
            code = 2
            err.write(str(wrong))
        except Problem as problem:
            code = int(exit_for(problem))
            tell(problem, err)
            if is_for_programs(words):
                tell_a_program(problem, out)
    return Said(code, out.getvalue(), err.getvalue())
