"""Sign a benchmark in and say what there is to ask for: run in a process of its own, prints JSON."""

from __future__ import annotations

import os
import sys
from typing import Any

import django
import orjson

MOST = 500


def main(slug: str) -> None:
    """Print the session of an admin, and ids of the workspace."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.config.settings")
    django.setup()
    # Only now: tables cannot be imported before.
    from milepost.ledger import sight

    with sight.everywhere():
        sys.stdout.buffer.write(orjson.dumps(_signed_in(slug)))


def _signed_in(slug: str) -> dict[str, Any]:
    from milepost.models import KeyResult, Objective, Person, User, Workspace
    from tests.cast import session_of

    workspace = Workspace.objects.get(slug=slug)
    person = Person.objects.of(workspace.id).filter(role__in=("owner", "admin")).order_by("id").first()
    person = person or Person.objects.of(workspace.id).order_by("id").first()
    user, _ = User.objects.get_or_create(email=f"bench@{slug}.example", defaults={"name": "Bench"})
    Person.objects.of(workspace.id).filter(id=person.id).update(user=user, role="owner")
    key_results = (
        KeyResult.objects.of(workspace.id)
        .filter(
            kind__in=("increase", "decrease", "count", "percent"),
            state="active",
            objective__state="active",
            objective__visibility="workspace",
        )
        .order_by("-id")
        .values_list("id", flat=True)[:MOST]
    )
    team = (
        Objective.objects.of(workspace.id)
        .filter(team__isnull=False, state="active")
        .order_by("-id")
        .values_list("team_id", flat=True)
        .first()
    )
    return {
        "workspace": workspace.id,
        "session": session_of(user),
        "key_results": list(key_results),
        "team": team,
        "rows": "alignment/",
    }


if __name__ == "__main__":
    main(sys.argv[1])
