"""What tests of the client begin with: a server with the demo company, and people logged in to it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.client import Client
from tests.running import Installation

TOKEN = """
import sys
import django
django.setup()
from datetime import date
from django.utils import timezone
from milepost.actions import tokens
from milepost.core.access import Actor, Role
from milepost.models import Person
from milepost.queries.cards import Reader
from milepost.queries.shell import due_now
who, scope = sys.argv[1:]
for row in Person.objects.everywhere().filter(left_on=None).order_by("id"):
    by = Actor(row.workspace_id, row.id, Role(row.role))
    if row.role == who or who == "busy" and len(due_now(Reader(by, date.today()))) > 2:
        print(tokens.create(name="Terminal", scope=scope, by=by, at=timezone.now())[1])
        break
"""


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Iterator[Installation]:
    """The demo company, served."""
    server = Installation(tmp_path_factory.mktemp("demo")).start("demo")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def token(demo: Installation) -> Callable[[str, str], str]:
    """Make a token of somebody: of the owner, or of someone busy, for whom check-ins are due."""
    made: dict[tuple[str, str], str] = {}

    def make(who: str, scope: str = "admin") -> str:
        if (who, scope) not in made:
            told = subprocess.run(
                [sys.executable, "-c", TOKEN, who, scope],
                env={**demo.environ, "DJANGO_SETTINGS_MODULE": "milepost.config.settings"},
                capture_output=True, text=True, check=True, timeout=60,
            )  # fmt: skip
            made[who, scope] = told.stdout.strip()
        return made[who, scope]

    return make


@pytest.fixture
def stranger(tmp_path: Path) -> Client:
    """Somebody's own machine, logged in nowhere."""
    return Client(tmp_path / "home")


@pytest.fixture
def client(demo: Installation, token, stranger: Client) -> Client:
    """The owner of the demo company at their machine, logged in."""
    told = stranger.run("login", demo.url, "--with-token", stdin=token("owner"))
    assert told.returncode == 0, told.stderr
    return stranger


@pytest.fixture
def busy(demo: Installation, token, tmp_path: Path) -> Client:
    """Someone for whom check-ins are due."""
    found = Client(tmp_path / "busy")
    assert found.run("login", demo.url, "--with-token", stdin=token("busy")).returncode == 0
    return found
