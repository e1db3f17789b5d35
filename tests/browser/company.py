"""A running Milepost with the cast and their OKRs in it, and the way in through its front door."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from tests.cast import PASSWORD
from tests.running import PATIENCE, ROOT, Installation

WRITE = """
import django
django.setup()
from django.utils import timezone
from tests import cast, okrs
okrs.written(cast.assemble(), timezone.now())
"""


def running(install: Callable[..., Installation]) -> Installation:
    """Start a server of its own, with Acme and its OKRs."""
    made = install()
    environ = made.environ | {"DJANGO_SETTINGS_MODULE": "milepost.config.settings"}
    told = subprocess.run(
        [sys.executable, "-c", WRITE], env=environ, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE
    )
    assert told.returncode == 0, told.stderr
    return made.start()


def sign_in(page, company: Installation, who: str) -> None:
    """Sign somebody of Acme in, as people do."""
    page.goto(f"{company.url}/sign-in/")
    page.fill("[name=login]", f"{who}@acme.example")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit], main form button")
    page.wait_for_url("**/w/acme/**")


def objective(page, company: Installation, title: str) -> str:
    """Walk from the team to an objective, and return its address."""
    page.goto(f"{company.url}/w/acme/teams/")
    page.get_by_role("link", name="Product", exact=True).first.click()
    page.get_by_role("link", name=title, exact=True).first.click()
    page.wait_for_url("**/objectives/**")
    return page.url.split("#")[0]
