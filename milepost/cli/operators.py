"""Commands for operators: Django's management commands, listed by reading and run by name."""

from __future__ import annotations

import gc
import importlib
import os
from pathlib import Path

SETTINGS = "milepost.config.settings"
FOLDER = Path(__file__).resolve().parent.parent / "management" / "commands"

# Django's own, for those who work on Milepost: they run, and are not listed.
FOR_DEVELOPERS = ("check", "dbshell", "makemigrations", "shell", "showmigrations", "sqlmigrate")


def names() -> list[str]:
    """List the commands that lie in the folder."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


def knows(name: str) -> bool:
    """Say whether this is a command for operators."""
    return name in names() or name in FOR_DEVELOPERS


def first_line(name: str) -> str:
    """Read what a command does; nothing is imported, for `milepost --help` must not wait for Django."""
    import ast  # which is slow to come, and few need it

    said = ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8")))
    return said.splitlines()[0] if said else ""


def start(name: str, *arguments: str) -> None:
    """Start Django and run a management command with the arguments as they were written."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    gc.disable()  # code stays: looking through it for what has gone costs a sixth of a start
    importlib.import_module("django").setup()
    management = importlib.import_module("django.core.management")
    command = management.load_command_class(management.get_commands()[name], name)
    gc.freeze()
    gc.enable()
    command.run_from_argv(["milepost", name, *arguments])
