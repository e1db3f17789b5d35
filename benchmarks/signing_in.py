"""Sign a benchmark in and say what there is to ask for: run in a process of its own, prints JSON."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.config.settings")

import django

django.setup()

import orjson  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402

from milepost.ledger import sight  # noqa: E402
from milepost.models import KeyResult, Objective, Person, User, Workspace  # noqa: E402
from milepost.models.sessions import SessionStore  # noqa: E402

MOST = 500


def main(slug: str) -> None:
    """Print the session of an admin, and ids of the workspace."""
    with sight.everywhere():
        _main(slug)


def _main(slug: str) -> None:
    workspace = Workspace.objects.get(slug=slug)
    person = Person.objects.of(workspace.id).filter(role__in=("owner", "admin")).order_by("id").first()
    person = person or Person.objects.of(workspace.id).order_by("id").first()
    user, _ = User.objects.get_or_create(email=f"bench@{slug}.example", defaults={"name": "Bench"})
    Person.objects.of(workspace.id).filter(id=person.id).update(user=user, role="owner")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
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
    told = {
        "workspace": workspace.id,
        "session": session.session_key,
        "key_results": list(key_results),
        "team": team,
        "rows": "alignment/",
    }
    sys.stdout.buffer.write(orjson.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])
