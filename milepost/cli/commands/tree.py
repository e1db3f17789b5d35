"""Draw the company as a tree: what serves what, how far it is, and who owns it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date

from milepost.cli import clients, drawing, kept, telling
from milepost.cli.drawing import Node
from milepost.cli.exits import Exit, as_typed
from milepost.cli.shapes import record
from milepost.cli.terminal import MARKS, Look
from milepost.cli.things import PATHS, Names, day
from milepost.cli.wire import Wire
from milepost.core import terms
from milepost.core.problems import Invalid

EXAMPLES = (
    "milepost tree --key-results",
    "milepost tree --team Product --status at_risk",
    "milepost tree -k --attention --words deliver",
    "milepost tree --team Product --on 2026-10-05",
    "milepost tree --jq '.. | .title? // empty'",
)
COMMITMENTS = ("committed", "aspirational", "learning")
ATTENTION = ("at_risk", "off_track")
Fits = Callable[[Node], bool]
MOST_ASKED = 40  # of figures near a tie, one request each


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what it understands."""
    clients.common(parser)
    parser.add_argument("-k", "--key-results", action="store_true", help="with the key results")
    parser.add_argument("--team", metavar="NAME", help="what belongs to a team and those below it")
    parser.add_argument("--owner", metavar="NAME", help="what somebody owns: a name, an id, or me")
    parser.add_argument("--cycle", metavar="NAME", help="what belongs to a cycle")
    parser.add_argument("--status", choices=tuple(MARKS), metavar="STATUS", help=", ".join(MARKS))
    parser.add_argument(
        "--commitment", choices=COMMITMENTS, metavar="WORD", help=f"what is {', '.join(COMMITMENTS)}"
    )
    parser.add_argument("--words", metavar="WORDS", help="what has these words, or words that begin so")
    parser.add_argument("--attention", action="store_true", help="what is at risk or off track")
    parser.add_argument("--mine", action="store_true", help="what is yours: the same as --owner me")
    parser.add_argument("--my-teams", action="store_true", help="what belongs to the teams that you are in")
    parser.add_argument("--depth", type=int, metavar="N", help="no further down than so many levels")
    parser.add_argument("--on", metavar="DAY", help="as it stood at the end of a day, such as 2026-10-05")
    parser.add_argument("--all", action="store_true", help="with drafts, and what is closed or was dropped")
    parser.add_argument("--web", action="store_true", help="open the page instead")


@as_typed()
def run(options: argparse.Namespace) -> int:
    """Ask for the tree and draw it."""
    wire = telling.wire(options)
    if options.depth is not None and options.depth < 1:
        raise Invalid(
            "--depth is a number from 1.", code="usage", field="depth", remedy="Leave it out for every level."
        )
    on = options.on and day(options.on)
    if options.web:
        telling.browse(wire.page(f"{wire.home()}alignment/" + telling.of_day(on)))
        return Exit.OK
    names = Names(wire)
    whole = kept.tree(wire, key_results=options.key_results, on=on)
    if not options.key_results and drawing.hangs_on_key_results(whole):
        whole = kept.tree(wire, key_results=True, on=on)
    states = None if options.all else drawing.OPEN
    roots = drawing.grown(whole, states=states, key_results=options.key_results)
    roots = _narrowed(roots, options, names, on)
    shown = [node for root in roots for node in root.walk()]

    def drawn() -> None:
        look = telling.look(options)
        if not shown:
            telling.tell_of_nothing("There is nothing to show.")
            return
        _settle(wire, shown, on)
        for line in drawing.draw(look, roots, depth=options.depth, owner=lambda id: names.of("people", id)):
            print(line)
        if look.is_terminal:
            print("\n" + _counted(look, shown) + (f"  as it stood on {on}" if on else ""))

    value = [root.as_json() for root in roots] if telling.is_for_programs(options) else None
    telling.tell(options, value, drawn, (node.id for node in shown))
    return Exit.OK


def _counted(look: Look, shown: list[Node]) -> str:
    wanted = [node for node in shown if node.is_wanted and node.kind == "objective"]
    noun = "objective" if len(wanted) == 1 else "objectives"
    return f"{len(wanted)} {noun}:  {drawing.legend(look, wanted)}"


def _narrowed(roots: list[Node], options: argparse.Namespace, names: Names, on: date | None) -> list[Node]:
    """Return what the options want, narrowed as the page of the tree is, and what stands above that."""
    of_home, by_itself = _of_home(options, names, on), _by_itself(options, names)
    if not of_home and not by_itself:
        return roots
    above = {child.id: node for root in roots for node in root.walk() for child in node.children}

    def is_wanted(node: Node) -> bool:
        home = node if node.kind == "objective" else above[node.id]
        return all(fits(home) for fits in of_home) and all(fits(node) for fits in by_itself)

    return drawing.narrowed(roots, is_wanted)


def _of_home(options: argparse.Namespace, names: Names, on: date | None) -> list[Fits]:
    """Say what is asked of an objective; a key result stands in the team and the cycle of its own."""
    found: list[Fits] = []
    if options.team:
        teams = names.below(names.id("teams", options.team), on=on)
        found.append(lambda home: home.team in teams)
    if options.my_teams:
        person = names.wire.get("/me", {"person": record("teams")})["person"]
        mine = {seat["team"] for seat in person["teams"]}
        found.append(lambda home: home.team in mine)
    if options.cycle:
        cycle = names.id("cycles", options.cycle)
        found.append(lambda home: home.cycle == cycle)
    if options.commitment:
        found.append(lambda home: home.commitment == options.commitment)
    return found


def _by_itself(options: argparse.Namespace, names: Names) -> list[Fits]:
    """Say what is asked of each by itself, whether objective or key result."""
    found: list[Fits] = []
    for written in filter(None, (options.owner, "me" if options.mine else None)):
        owner = names.id("people", written)
        found.append(lambda node, owner=owner: node.owner == owner)
    if options.status:
        found.append(lambda node: node.status == options.status)
    if options.attention:
        found.append(lambda node: node.status in ATTENTION)
    if options.words:
        words = terms.terms(options.words)
        found.append(lambda node: terms.fit(words, node.title) is not terms.Fit.TEXT)
    return found


def _settle(wire: Wire, shown: list[Node], on: date | None) -> None:
    """Let the server say the figures that six decimals leave open."""
    for node in [node for node in shown if drawing.needs_asking(node.progress)][:MOST_ASKED]:
        path = f"{PATHS[node.kind]}/{node.id}"
        node.percent = wire.get(path, record("percent"), fields="percent", on=on)["percent"]
