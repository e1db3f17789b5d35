"""Log in to a server, with a token that its API page makes.

The page opens in the browser; the token is pasted here, checked, and kept in a file that nobody else reads.
A program gives it by standard input, by a file, or in the variable MILEPOST_TOKEN without logging in at all.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from milepost.cli import servers, telling
from milepost.cli.servers import Server
from milepost.cli.shapes import ME
from milepost.cli.terminal import plain, require_somebody
from milepost.cli.wire import Wire
from milepost.core.problems import NotFound, Problem

EXAMPLES = (
    "milepost login https://okr.example.org",
    "milepost login localhost:8000 --with-token < token.txt",
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what it understands."""
    parser.add_argument("url", nargs="?", metavar="URL", help=f"the server ({servers.USUAL})")
    parser.add_argument("--with-token", action="store_true", help="read the token from standard input")
    parser.add_argument("--token-file", metavar="FILE", help="read the token from a file")
    parser.add_argument("--no-browser", action="store_true", help="print the page's address, open nothing")


def run(options: argparse.Namespace) -> None:
    """Ask for a token, try it, keep it."""
    usual = os.environ.get(servers.SERVER) or next((each.url for each in servers.every()), servers.USUAL)
    url = servers.address(options.url or usual)
    server = Server(url, servers.readable(_token(options, url)))
    if not server.is_alone:
        print(f"Beware: {url} is not HTTPS, so others on the way can read the token.", file=sys.stderr)
    me = Wire(server).get("/me", ME)
    workspace, person, token = me["workspace"], me["person"], me["token"]
    servers.keep(Server(url, server.token, workspace["slug"], workspace["name"], person["name"]))
    print(plain(f"Logged in to {workspace['name']} at {url} as {person['name']}."))
    until = token["expires_at"][:10]
    print(plain(f"The token “{token['name']}” reaches as far as “{token['scope']}”, until {until}."))


def _token(options: argparse.Namespace, url: str) -> str:
    if options.token_file:
        try:
            return Path(options.token_file).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise NotFound(f"There is no file {options.token_file}.", remedy="Check the path.") from None
        except (OSError, ValueError) as wrong:
            raise Problem(
                f"{options.token_file} cannot be read: {wrong}.",
                code="unreadable",
                remedy="Name a file of text that you may read, with the token alone.",
            ) from None
    if options.with_token:
        return sys.stdin.readline()
    require_somebody("Give the token on standard input: milepost login --with-token < token.txt")
    import getpass

    print("Make a token on this page, and paste it here:")
    telling.browse(f"{url}/tokens/new/?for=milepost", no_browser=options.no_browser)
    try:
        return getpass.getpass("Token: ")
    except EOFError:
        raise Problem("No token was given.", code="usage", remedy="Nothing was changed.") from None
