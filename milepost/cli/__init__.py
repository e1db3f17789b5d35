"""The `milepost` command. Nothing here imports Django: commands that need it start it by name."""

from __future__ import annotations


def main(arguments: list[str] | None = None) -> int:
    """Run the command with these arguments (the shell's by default) and return its exit code."""
    try:
        from milepost.cli.door import run
    except KeyboardInterrupt:  # who is quick has nothing to be told
        return 130

    return run(arguments)
