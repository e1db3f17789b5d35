"""Open a page in the browser: your week, or that of an objective or key result."""

from __future__ import annotations

import argparse

from milepost.cli import clients, telling, things

EXAMPLES = ("milepost open", "milepost open cut the wait", "milepost open --print 38g0emz7667vf")
PAGES = {"objective": "objectives", "key_result": "key-results"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what it understands."""
    parser.add_argument("thing", nargs="*", metavar="ID", help="an id, an address, or words of a title")
    clients.common(parser, shows=False)
    parser.add_argument("--print", action="store_true", help="print the address, open nothing")


def run(options: argparse.Namespace) -> None:
    """Print the address, and open it where a person sits."""
    wire = telling.wire(options)
    path = wire.home()
    if options.thing:
        found = things.find(wire, options.thing)
        path += f"{PAGES[found.kind]}/{found.id}/"
    telling.browse(wire.page(path), no_browser=options.print)
