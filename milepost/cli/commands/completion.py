"""Print what makes a shell complete milepost: commands, options, names, and things by id and title.

bash        put   eval "$(milepost completion bash)"   into ~/.bashrc
zsh         put   eval "$(milepost completion zsh)"   into ~/.zshrc, after compinit
fish        milepost completion fish > ~/.config/fish/completions/milepost.fish
powershell  put   milepost completion powershell | Out-String | Invoke-Expression   into $PROFILE
"""

from __future__ import annotations

import argparse
import sys

from milepost.cli.shells import SCRIPTS
from milepost.cli.terminal import plain

EXAMPLES = (
    "milepost completion bash",
    "milepost completion fish > ~/.config/fish/completions/milepost.fish",
)


class _Shells(tuple):
    """The shells; their scripts ask for “words” behind each Tab, which is taken, and told to nobody."""

    def __contains__(self, written: object) -> bool:
        return written == "words" or super().__contains__(written)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what it understands."""
    parser.add_argument("shell", choices=_Shells(SCRIPTS), metavar="SHELL", help=", ".join(SCRIPTS))
    parser.add_argument("typed", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> None:
    """Print the script, or the words that fit."""
    if options.shell != "words":
        print(SCRIPTS[options.shell], end="")
        return
    from milepost.cli import completing

    sys.stdout.reconfigure(encoding="utf-8")  # as the scripts read it, whatever the terminal does
    typed = options.typed[1:] if options.typed[:1] == ["--"] else options.typed
    for value, says in completing.words(typed):
        print(f"{plain(value)}\t{plain(says)}" if says else plain(value))
