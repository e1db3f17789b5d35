"""Serve your own Milepost at an address of this machine."""

from __future__ import annotations

import webbrowser

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from milepost.actions import workspaces as founding
from milepost.management import serving
from milepost.management.demo import SLUG, WORKSPACE
from milepost.management.operator import OperatorCommand
from milepost.queries import people, workspaces
from milepost.web import personas


class Command(OperatorCommand):
    keeps_log = True
    examples = ("milepost serve", "milepost serve --port 8100 --no-browser")

    def add_arguments(self, parser):
        parser.add_argument("--port", help=f"the port to listen on ({settings.MILEPOST.port})")
        parser.add_argument("--host", help=f"the network address to listen on ({settings.MILEPOST.host})")
        parser.add_argument("--no-browser", action="store_true", help="do not open a browser")

    def handle(self, *, port: str | None, host: str | None, no_browser: bool, **options):
        milepost = settings.MILEPOST.listening_at(port, host)
        serving.check_port(milepost.host, milepost.port)
        serving.prepare()
        link = first_link(milepost.base_url)
        words = f"\n  Milepost is at {milepost.base_url}\n{next_step(link)}\n  Ctrl-C stops it.\n"

        def on_ready():
            self.stdout.write(words)
            self.stdout.flush()
            if not no_browser:
                webbrowser.open(link or milepost.base_url)

        serving.serve(milepost, on_ready=on_ready)


def next_step(link: str | None) -> str:
    """Say what to do first, where that is not plain: with nobody in it, or nobody who can sign in."""
    if link:
        return f"\n  Nobody has set it up yet. Begin here (the link works once):\n  {link}\n"
    if workspaces.slugs() == [SLUG] and personas.is_demo(workspaces.by_slug(SLUG)):
        # Its people have no passwords, and whoever meant to begin with their own should not begin in it.
        return (
            f"\n  This is {WORKSPACE.name}, the demo company; `milepost demo` prints a link to sign in."
            "\n  To begin empty, name another folder: MILEPOST_DATA_DIR=~/okrs milepost serve\n"
        )
    if not people.anyone_signs_in():
        return "\n  Nobody can sign in yet: `milepost user add EMAIL` prints a link for someone.\n"
    return ""


def first_link(base_url: str) -> str | None:
    """Return the link with which the first person sets Milepost up, or None where somebody has."""
    secret = founding.setup_link(at=timezone.now())
    return f"{base_url}{reverse('setup', args=[secret])}" if secret else None
