"""What tests of the ledger begin with."""

from __future__ import annotations

import pytest


@pytest.fixture
def cast(db):
    """Acme and Zenith, with everyone in; no image of an earlier test is left."""
    from milepost.ledger import image
    from tests import cast as the_cast

    image.forget()
    return the_cast.assemble()
