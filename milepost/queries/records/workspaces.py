"""The workspace, and who is asking, as programs read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from milepost.core import addresses
from milepost.core.ids import encode
from milepost.models import Person, Workspace
from milepost.queries.actors import Bearer
from milepost.queries.cards import Reader
from milepost.queries.records import people
from milepost.queries.records.people import PersonRecord
from milepost.queries.records.slices import written
from milepost.queries.workspaces import slug_of


@dataclass(frozen=True, slots=True)
class WorkspaceRecord:
    """How a workspace is set; `today` is the day by its own clock."""

    id: str
    slug: str
    url: str
    name: str
    time_zone: str
    today: date
    mission: str
    vision: str
    scoring_policy: str
    check_in_every: int
    count_restricted_work: bool
    second_step_for: str


@dataclass(frozen=True, slots=True)
class OpenedRecord:
    """A workspace beside yours; what opens it is another token, made there."""

    id: str
    slug: str
    url: str


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """The token that a program came with; never its secret."""

    id: str
    name: str
    scope: str
    team: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class MeRecord:
    """Who is asking, where, and with which token; `looked_at` is when they last looked at their week."""

    person: PersonRecord
    workspace: WorkspaceRecord
    token: TokenRecord
    looked_at: datetime | None


def own(reader: Reader) -> WorkspaceRecord:
    """Return the reader's workspace."""
    row = Workspace.objects.get(id=reader.actor.workspace_id)
    return WorkspaceRecord(
        id=encode(row.id),
        slug=row.slug,
        url=addresses.week(row.slug),
        name=row.name,
        time_zone=row.time_zone,
        today=reader.today,
        mission=row.mission,
        vision=row.vision,
        scoring_policy=row.scoring_policy,
        check_in_every=row.check_in_every,
        count_restricted_work=row.count_restricted_work,
        second_step_for=row.second_step_for,
    )


def opened(workspace_id: int) -> OpenedRecord:
    """Return a workspace that was opened beside the reader's."""
    slug = slug_of(workspace_id)
    return OpenedRecord(encode(workspace_id), slug, addresses.week(slug))


def me(reader: Reader, bearer: Bearer) -> MeRecord:
    """Return who is asking."""
    token = TokenRecord(
        encode(bearer.token_id), bearer.name, bearer.scope, written(bearer.team_id), bearer.expires_at
    )
    actor = reader.actor
    row = Person.objects.of(actor.workspace_id).only("looked_at").get(id=actor.person_id)
    return MeRecord(people.one(reader, actor.person_id), own(reader), token, row.looked_at)
