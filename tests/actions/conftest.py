"""What tests of actions begin with."""

from __future__ import annotations

import pytest


@pytest.fixture
def cast(db):
    """Acme and Zenith, with everyone in."""
    # Here, because models cannot be imported before Django is set up.
    from tests import cast as the_cast

    return the_cast.assemble()
