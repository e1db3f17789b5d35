"""Look around in a living demo company: makes it, serves it, and signs you in."""

from __future__ import annotations

import json
import webbrowser
from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from milepost.actions import demos, people, plans
from milepost.actions import workspaces as founding
from milepost.core.access import operator
from milepost.core.cadence import day_in
from milepost.core.ids import encode
from milepost.core.problems import Conflict
from milepost.ledger import array_files
from milepost.management import keeping, serving
from milepost.management.demo import PERSONAS, SLUG, WORKSPACE, company
from milepost.management.operator import OperatorCommand
from milepost.management.progress import Progress
from milepost.queries import people as known
from milepost.queries import workspaces
from milepost.web import personas

SIGNS_IN_AS = "Owner"  # whose check-ins are due
LINK_LASTS = timedelta(hours=24)
STILL_FRESH = timedelta(days=7)  # after that its ninth week is over


class NotTheDemo(Conflict):
    """A company that only has the demo's name would be deleted."""

    code = "not_the_demo"


class Command(OperatorCommand):
    keeps_log = True
    examples = ("milepost demo", "milepost demo --port 8100 --no-browser")

    def add_arguments(self, parser):
        usual = settings.MILEPOST.port
        parser.add_argument("--port", help=f"the port to listen on ({usual}, or the next free one)")
        parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
        parser.add_argument("--reset", action="store_true", help="forget what was changed and tell it anew")

    def handle(self, *, port: str | None, no_browser: bool, reset: bool, **_):
        milepost = settings.MILEPOST.listening_at(port)
        if port is None:
            milepost = milepost.listening_at(serving.free_port(milepost.host, milepost.port))
        serving.check_port(milepost.host, milepost.port)
        serving.prepare()
        today = day_in(WORKSPACE.time_zone, timezone.now())
        told_on = self._company(today, reset)
        link = milepost.base_url + reverse("sign_in_link", args=[_secret()])
        words = _words(milepost.base_url, link, told_on, today)

        def on_ready():
            self.stdout.write(words)
            self.stdout.flush()
            if not no_browser:
                webbrowser.open(link)

        serving.serve(milepost, on_ready=on_ready)

    def _company(self, today: date, reset: bool) -> date:
        """Make the company where it is not there, and return the day it is told from."""
        here = workspaces.by_slug(SLUG)
        if here is not None and not reset:
            return _told_on() or today
        if here is not None:
            if not personas.is_demo(here):
                raise NotTheDemo(
                    f"The workspace “{SLUG}” here was not made by `milepost demo`, so it is left as it is.",
                    remedy="Give the demo a folder of its own: MILEPOST_DATA_DIR=~/demo milepost demo",
                )
            founding.remove(by=operator(here), at=timezone.now())
            array_files.drop(keeping.folder(), here)
        plan = company(today)
        with Progress(f"Making {WORKSPACE.name}") as progress:
            by = operator(plans.new_workspace_id())
            demos.open(plan=plan, progress=progress, by=by, at=timezone.now())
        said = {"workspace": encode(by.workspace_id), "personas": PERSONAS, "day": f"{today}"}
        (settings.MILEPOST.data_dir / personas.MARKER).write_text(json.dumps(said), encoding="utf-8")
        return today


def _secret() -> str:
    """Make the single-use link of this start."""
    by = operator(workspaces.by_slug(SLUG))
    key = dict(PERSONAS)[SIGNS_IN_AS]
    user_id = known.account_of(by, known.by_keys(by, [key])[key])
    return people.sign_in_link(user_id=user_id, lasts=LINK_LASTS, by=by, at=timezone.now())


def _told_on() -> date | None:
    try:
        said = json.loads((settings.MILEPOST.data_dir / personas.MARKER).read_text(encoding="utf-8"))
        return date.fromisoformat(said["day"])
    except (OSError, ValueError, KeyError):
        return None


def _words(base_url: str, link: str, told_on: date, today: date) -> str:
    words = (
        f"\n  {WORKSPACE.name}, a demo company, is at {base_url}\n"
        f"\n  Sign in with this link (it works once, within a day):\n  {link}\n"
    )
    if today - told_on > STILL_FRESH:
        words += f"\n  It was told on {told_on}; `milepost demo --reset` tells it anew from today.\n"
    return words + "\n  Ctrl-C stops it.\n"
