"""Log out of a server: revoke the token there, and forget it here."""

from __future__ import annotations

import argparse
import sys

from milepost.cli import clients, kept, servers
from milepost.cli.exits import Exit
from milepost.cli.terminal import plain
from milepost.cli.wire import Refused, Unreachable, Wire

EXAMPLES = ("milepost logout", "milepost logout --server okr.example.org --keep-token")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what it understands."""
    clients.common(parser, shows=False)
    parser.add_argument(
        "--keep-token", action="store_true", help="forget the token here, and let it be good there"
    )


def run(options: argparse.Namespace) -> int:
    """Revoke and forget."""
    if not servers.every():
        print("You are logged in to no server.")
        return Exit.NOTHING_TO_DO
    server = servers.chosen(options.server, options.workspace)
    told = ""
    if not options.keep_token:
        try:
            Wire(server).bytes("DELETE", "/me/token")
            told = " Its token no longer works."
        except Refused as refused:
            if refused.status != 401:
                raise
        except Unreachable as wrong:
            print(
                f"{plain(wrong.message)} The token may still work: revoke it on the API page.",
                file=sys.stderr,
            )
    servers.forget(server)
    kept.forget(server)
    print(plain(f"Logged out of {server.name or server.url}.{told}"))
    return Exit.OK
