"""What is checked in while processes die: Acme with a tree of its own, and Ada signed in.

`python -m tests.crash.ground` writes it into the database of the environment and prints how to reach it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal

from tests.running import Installation

TREE = 12  # key results below the one objective that counts towards the company's


@dataclass(frozen=True)
class Ground:
    """Where to check in, and as whom."""

    session: str
    key_results: list[str]

    @property
    def addresses(self) -> list[str]:
        return [f"/w/acme/key-results/{id}/checkins/" for id in self.key_results]

    @property
    def headers(self) -> dict[str, str]:
        """What a program that is signed in as Ada sends."""
        forgery = "f" * 32
        return {
            "Content-Type": "application/json",
            "Cookie": f"milepost={self.session}; milepost_csrf={forgery}",
            "X-CSRFToken": forgery,
        }


def broken(milepost: Installation) -> Ground:
    """Break the ground in an installation that is migrated."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.crash.ground"], env=milepost.environ, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    return Ground(**json.loads(told.stdout))


def _write() -> Ground:
    from django.utils import timezone

    from milepost.actions import key_results
    from milepost.actions.key_results import Definition
    from milepost.core.ids import encode
    from milepost.models import User
    from tests import cast as the_cast
    from tests.okrs import written

    at = timezone.now()
    cast = the_cast.assemble()
    okrs = written(cast, at)
    rows = [okrs.growth]
    for number in range(TREE):
        definition = Definition(
            f"Raise number {number}", start=Decimal(0), target=Decimal(1000), owner=cast.ada.person_id
        )
        rows.append(key_results.add(objective=okrs.helpful.id, definition=definition, by=cast.ada, at=at))
    user = User.objects.get(email="ada@acme.example")
    return Ground(the_cast.session_of(user), [encode(row.id) for row in rows])


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "milepost.config.settings"
    import django

    django.setup()
    from milepost.ledger import sight

    with sight.everywhere():
        print(json.dumps(_write().__dict__))
