"""The moment of tests that tell it: nothing below the doors asks a clock."""

from __future__ import annotations

from datetime import datetime

import pytest


@pytest.fixture
def now() -> datetime:
    """The moment at which the OKRs of the cast are written down."""
    from tests.cast import NOW

    return NOW
