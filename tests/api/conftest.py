"""What tests of the API begin with: programs that hold tokens of theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.api.programs import Program


@pytest.fixture
def program(cast) -> Callable[..., Program]:
    """Return a program that acts for somebody: `program("ada", scope="write")`."""
    from milepost.actions import tokens

    def made(who: str, scope: str = "admin", **more) -> Program:
        by = getattr(cast, who)
        row, secret = tokens.create(name="A program", scope=scope, by=by, at=timezone.now(), **more)
        return Program(secret, row.id)

    return made


@pytest.fixture
def noted_once(monkeypatch) -> None:
    """Let it be noted but once that a token is used, however many minutes the test takes."""
    from milepost.actions import tokens

    monkeypatch.setattr(tokens, "USED_AGAIN_AFTER", timedelta(days=1))


@pytest.fixture(autouse=True)
def nobody_has_asked_before():
    """Forget what was counted."""
    from milepost.api import limits

    limits._counts.clear()
