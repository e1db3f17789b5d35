"""Say where you are logged in, as whom, and how far your token reaches."""

from __future__ import annotations

import argparse

from milepost.cli import clients, servers, telling
from milepost.cli.shapes import ME
from milepost.cli.terminal import plain

EXAMPLES = ("milepost whoami", "milepost whoami --jq .token.expires_at", "milepost whoami --all")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what it understands."""
    clients.common(parser)
    parser.add_argument("--all", action="store_true", help="list every login, the one that is asked first")


def run(options: argparse.Namespace) -> None:
    """Ask the server, or list the logins."""
    if options.all:
        here = [
            {"server": one.url, "workspace": one.workspace, "name": one.name, "person": one.person}
            for one in servers.every()
        ]

        def listed() -> None:
            for each in here:
                print(plain(f"{each['name']} ({each['workspace']}) at {each['server']} as {each['person']}"))

        telling.tell(options, here, listed, (each["server"] for each in here))
        return
    wire = telling.wire(options)
    me = wire.get("/me", ME)
    person, workspace, token = me["person"], me["workspace"], me["token"]

    def told() -> None:
        print(plain(f"{person['name']}, {person['role']} in {workspace['name']} ({workspace['slug']})"))
        print(f"at {wire.server.url}")
        print(
            plain(
                f"with the token “{token['name']}”, which reaches as far as “{token['scope']}”, "
                f"until {token['expires_at'][:10]}"
            )
        )

    telling.tell(options, {"server": wire.server.url, **me}, told, [person["id"]])
