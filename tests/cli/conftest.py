"""What tests of the client begin with: a server with the demo company, and people logged in to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.client import Client, new_token
from tests.running import Installation


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
            made[who, scope] = new_token(demo, who, scope)
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
