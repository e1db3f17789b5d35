"""The `milepost` command. Nothing here imports Django: commands that need it start it by name."""

from __future__ import annotations


def main(arguments: list[str] | None = None) -> int:
    """Run the command with these arguments (the shell's by default) and return its exit code."""
    from milepost.cli.door import run

    return run(arguments)
