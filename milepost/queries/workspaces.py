"""What pages need to know about workspaces: which there are for someone, and how one is set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from milepost.core.access import Actor, Role
from milepost.core.problems import NotFound
from milepost.core.tokens import hash_of
from milepost.ledger import sight
from milepost.models import Checkin, Objective, Person, SignInLink, Workspace


@dataclass(frozen=True)
class Membership:
    """A workspace that an account belongs to."""

    slug: str
    name: str
    role: str
    person_id: int


@dataclass(frozen=True)
class Settings:
    """How a workspace is set."""

    name: str
    slug: str
    time_zone: str
    mission: str
    vision: str
    check_in_every: int
    count_restricted_work: bool
    second_step_for: str


@dataclass(frozen=True)
class Extent:
    """How much a workspace holds."""

    people: int
    objectives: int
    checkins: int


def exists(workspace_id: int) -> bool:
    """Say whether there is a workspace with this id."""
    with sight.within(workspace_id):
        return Workspace.objects.filter(id=workspace_id).exists()


def slug_of(workspace_id: int) -> str:
    """Return the name of a workspace in addresses; raises NotFound."""
    with sight.within(workspace_id):
        found = Workspace.objects.filter(id=workspace_id).values_list("slug", flat=True).first()
    if found is None:
        raise NotFound
    return found


def is_founded() -> bool:
    """Say whether anybody has set the installation up."""
    return sight.anything_founded() if sight.is_held() else Workspace.objects.exists()


def is_taken(slug: str) -> bool:
    """Say whether a workspace has this name in addresses, whoever's it is."""
    if sight.is_held():
        return sight.opened_by("slug", slug) is not None
    return Workspace.objects.filter(slug=slug).exists()


def may_set_up(secret: str, at: datetime) -> bool:
    """Say whether a secret of the terminal still opens the set-up."""
    links = SignInLink.objects.filter(secret_hash=hash_of(secret), user=None, used_at=None, expires_at__gt=at)
    return links.exists() and not is_founded()


def memberships(user_id: int) -> list[Membership]:
    """List the workspaces of an account, by name."""
    # One's own memberships may be read before a workspace is chosen.
    rows = (
        Person.objects.everywhere()
        .filter(user_id=user_id, left_on=None)
        .order_by("workspace__name", "id")
        .values_list("workspace__slug", "workspace__name", "role", "id")
    )
    with sight.own(user_id):
        return [Membership(*row) for row in rows]


def zone_of(user_id: int) -> str:
    """Return the time zone of the first workspace of an account, by name; UTC for one without any."""
    mine = Person.objects.everywhere().filter(user_id=user_id, left_on=None).order_by("workspace__name", "id")
    with sight.own(user_id):
        return mine.values_list("workspace__time_zone", flat=True).first() or "UTC"


def asking_for_second_step(user_id: int) -> list[str]:
    """List the workspaces of an account that ask it for a second step, by name."""
    # One's own memberships may be read before a workspace is chosen.
    mine = Person.objects.everywhere().filter(user_id=user_id, left_on=None)
    asked = Q(workspace__second_step_for="everyone") | Q(
        workspace__second_step_for="admins", role__in=(Role.OWNER, Role.ADMIN)
    )
    with sight.own(user_id):
        return list(mine.filter(asked).order_by("workspace__name").values_list("workspace__name", flat=True))


def by_slug(slug: str) -> int | None:
    """Return the id of a workspace, for the operator's tools."""
    return Workspace.objects.filter(slug=slug).values_list("id", flat=True).first()


def slugs() -> list[str]:
    """List every workspace, for the operator's tools."""
    return list(Workspace.objects.order_by("slug").values_list("slug", flat=True))


def all_ids() -> list[int]:
    """List the id of every workspace that is seen, for what the server does by itself."""
    return list(Workspace.objects.order_by("id").values_list("id", flat=True))


def extent(workspace_id: int) -> Extent:
    """Count what a workspace holds, for the operator's tools."""
    return Extent(*(model.objects.of(workspace_id).count() for model in (Person, Objective, Checkin)))


def settings(actor: Actor) -> Settings:
    """Return how the actor's workspace is set."""
    row = Workspace.objects.get(id=actor.workspace_id)
    return Settings(
        row.name,
        row.slug,
        row.time_zone,
        row.mission,
        row.vision,
        row.check_in_every,
        row.count_restricted_work,
        row.second_step_for,
    )
