"""Acme and Zenith at work, with what in Acme not everyone may see, and all that is kept of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from django.apps import apps
from django.utils import timezone

from milepost.actions import (
    alignments,
    checkins,
    comments,
    cycles,
    initiatives,
    key_results,
    objectives,
    people,
    teams,
    tokens,
    views,
)
from milepost.actions.key_results import Definition
from milepost.actions.plans import apply_plan
from milepost.core import access
from milepost.core.access import Actor
from milepost.formats import okr_files
from milepost.models import Checkin, Event, Session, Team
from milepost.queries import plans
from tests import cast as the_cast
from tests.cast import Cast
from tests.okrs import Okrs, written

DAY = timedelta(days=1)
NOTHING = 2**61 + 12_345  # an id that nothing has
HIDDEN = (
    "Whispered",
    "Shares in our hands",
    "Buy the rival",
    "Learn to say no",
    "Whispering",
)  # in the titles of what is hidden


@dataclass(frozen=True)
class World:
    """Acme and Zenith at work, and what in Acme not everyone may see."""

    cast: Cast
    okrs: Okrs
    acme: Mapping[str, int]
    zenith: Mapping[str, int]
    hidden: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # by who may see it


def work(title: str, *, cycle: int, by: Actor, above: int, at, **more) -> dict[str, int]:
    """Write an objective with one of everything, and return the ids."""
    row = objectives.draft(title=title, cycle=cycle, owner=by.person_id, by=by, at=at, **more)
    measured = Definition(
        f"{title}, measured", start=Decimal(0), target=Decimal(10), unit="%", owner=by.person_id
    )
    one = key_results.add(objective=row.id, definition=measured, by=by, at=at)
    key_results.add(objective=row.id, definition=replace(measured, title=f"{title}, too"), by=by, at=at)
    link = alignments.align(child=row.id, objective=above, by=by, at=at)
    objectives.activate(objective=row.id, by=by, at=at)
    deed = initiatives.add(
        objective=row.id, title=f"{title}, done", key_result=one.id, owner=by.person_id, by=by, at=at
    )
    said = checkins.record(
        key_result=one.id, value=Decimal(4), confidence=7, note=f"{title}, noted", by=by, at=at + DAY
    )
    word = comments.add(text=f"{title}, discussed", objective=row.id, by=by, at=at + DAY)
    comments.add(text=f"{title}, discussed below", key_result=one.id, by=by, at=at + DAY)
    return {
        "objective": row.id,
        "key_result": one.id,
        "alignment": link.id,
        "initiative": deed.id,
        "checkin": said.id,
        "comment": word.id,
        "event": told_of(row.id, by),
    }


def told_of(objective: int, by: Actor) -> int:
    """Return the event of a comment on an objective, which can be undone."""
    rows = Event.objects.of(by.workspace_id).filter(objective_id=objective, kind="comment.added")
    return rows.order_by("id").values_list("id", flat=True)[0]


def zenith_at_work(cast: Cast, at) -> dict[str, int]:
    """Fill Zenith with one of everything."""
    zed, day = cast.zed, at.date()
    cycle = cycles.create(name="Autumn", starts_on=day - 60 * DAY, ends_on=day + 40 * DAY, by=zed, at=at)
    began = at - 50 * DAY
    above = objectives.draft(title="Reach orbit", cycle=cycle.id, owner=zed.person_id, by=zed, at=began)
    other = objectives.draft(title="Stay there", cycle=cycle.id, owner=zed.person_id, by=zed, at=began)
    draft = objectives.draft(title="Land", cycle=cycle.id, owner=zed.person_id, by=zed, at=began)
    key_results.add(
        objective=draft.id,
        definition=Definition("Landings", start=Decimal(0), target=Decimal(1), owner=zed.person_id),
        by=zed,
        at=began,
    )
    zoe = people.add(name="Zoe", email="zoe@zenith.example", role="member", by=zed, at=began)
    below = work("Build engines", cycle=cycle.id, by=zed, above=above.id, at=began, team=cast.rockets.id)
    comments.add(text="Up", objective=other.id, by=zed, at=at)
    return below | {
        "event": told_of(other.id, zed),
        "team": cast.rockets.id,
        "person": zoe.id,
        "chief": zed.person_id,
        "cycle": cycle.id,
        "draft": draft.id,
        "other": other.id,
        "token": tokens.create(name="Telemetry", by=zed, at=began)[0].id,
        "view": views.save(name="Countdown", settings="sort=due", by=zed, at=began).id,
    }


def at_work(cast: Cast, at) -> Okrs:
    """Fill Acme with OKRs, and found the board, which Ada is alone in."""
    board = teams.create(name="Board", by=cast.ada, at=at - 60 * DAY)
    teams.add_member(team=board.id, person=cast.ada.person_id, is_lead=True, by=cast.ada, at=at - 60 * DAY)
    return written(cast, at)


# It also writes to what is seen, where not everyone may: a number of its own audience.
HIDDEN_FILE = """milepost: 1
objectives:
- id: whispered-file
  title: Whispered in a file
  cycle: {cycle}
  owner: ada-lovelace
  visibility: people
  visible_to: [ben-okri]
  key_results:
  - id: whispered-figure
    title: Whispered figure
    measure: {{kind: increase, start: 0, target: 9}}
    check_ins:
    - {{at: {day}, value: 4, by: ada-lovelace}}
"""


def applied(text: str, cast: Cast, at) -> int:
    """Apply a file to Acme as its operator; return the event that tells of it."""
    by = access.operator(cast.acme.id)
    plan = okr_files.read(text.encode(), name="okrs.yaml", have=lambda plan: plans.current(by.workspace_id))
    apply_plan(plan=plan, by=by, at=at)
    return Event.objects.of(cast.acme.id).filter(kind="plan.applied").latest("id").id


def hide(cast: Cast, okrs: Okrs, at) -> dict[str, dict[str, int]]:
    """Write what not everyone in Acme may see, and let it be as busy as can be."""
    ada, ben, began = cast.ada, cast.ben, at - 30 * DAY
    shared = {"cycle": okrs.cycle.id, "above": okrs.company.id, "at": began}
    board = Team.objects.of(cast.acme.id).get(name="Board")
    chief = the_cast.actor(the_cast.Person.objects.of(cast.acme.id).get(id=ada.person_id))
    quiet = Definition(
        "Whispered number", start=Decimal(0), target=Decimal(10), owner=ben.person_id, weight=Decimal(7),
        visibility="people", visible_to=[ada.person_id],
    )  # fmt: skip
    one = key_results.add(objective=okrs.helpful.id, definition=quiet, by=ben, at=began)
    for _ in range(2):  # to the first place, which makes the others' places other ones
        key_results.move(key_result=one.id, up=True, by=ben, at=began)
    said = checkins.record(
        key_result=one.id, value=Decimal(9), confidence=1, note="Whispered note", by=ben, at=at
    )
    deed = initiatives.add(
        objective=okrs.helpful.id, title="Whispered deed", key_result=one.id, by=ben, at=began
    )
    word = comments.add(text="Whispered word", key_result=one.id, by=ben, at=at)
    whispered = views.save(
        name="Whispered view", settings="group=owner", shared="team", team=board.id, by=chief, at=began
    )
    applied(HIDDEN_FILE.format(cycle=okrs.cycle.key, day=at.date()), cast, at)
    # What is seen serves something hidden, and is served by nothing else than something hidden.
    quietly = {"cycle": okrs.cycle.id, "owner": ada.person_id, "visibility": "people", "by": ada, "at": began}
    purpose, help = (
        objectives.draft(title=title, visible_to=[ben.person_id], **quietly)
        for title in ("Whispered purpose", "Whispered help")
    )
    for child, above in ((okrs.company, purpose), (okrs.draft, purpose), (help, okrs.draft)):
        alignments.align(child=child.id, objective=above.id, by=ada, at=began)
    return {
        "a number of its own": {
            "key_result": one.id,
            "checkin": said.id,
            "initiative": deed.id,
            "comment": word.id,
            "event": Event.objects.of(cast.acme.id).get(subject_id=word.id).id,
        },
        "a team": work("Whispered on the board", by=chief, visibility="team", team=board.id, **shared)
        | {"view": whispered.id},
        "named people": work(
            "Whispered to Ben", by=ada, visibility="people", visible_to=[ben.person_id], **shared
        ),
        "its owner": work("Whispered to myself", by=ben, visibility="private", **shared),
        "whose it is": {
            "token": tokens.create(name="Whispering", by=ben, at=began)[0].id,
            "view": views.save(name="Whispering looks", settings="group=type", by=ben, at=began).id,
        },
    }


def visible(cast: Cast, okrs: Okrs) -> dict[str, int]:
    """Name a thing of each kind that everyone in Acme sees."""
    link = okrs.helpful.alignments.model.objects.of(cast.acme.id).get(child=okrs.helpful)
    entry = Checkin.objects.of(cast.acme.id).filter(key_result=okrs.waiting).latest("id")
    now = timezone.now()
    token, _ = tokens.create(name="A script", by=cast.ada, at=now)
    word = comments.add(text="Well said", objective=okrs.helpful.id, by=cast.cleo, at=now)
    return {
        "objective": okrs.helpful.id,
        "key_result": okrs.waiting.id,
        "initiative": okrs.triage.id,
        "alignment": link.id,
        "checkin": entry.id,
        "team": cast.product.id,
        "person": cast.cleo.person_id,
        "chief": cast.ada.person_id,
        "cycle": okrs.cycle.id,
        "draft": okrs.draft.id,
        "other": okrs.company.id,
        "token": token.id,
        "view": views.save(
            name="At a glance", settings="sort=-due", shared="everyone", by=cast.ada, at=now
        ).id,
        "comment": word.id,
        "event": Event.objects.of(cast.acme.id).get(subject_id=word.id).id,
    }


def everything_kept() -> dict[str, list]:
    """Return every row of every table but the sessions, so that any change shows."""
    return {
        model.__name__: sorted(
            map(repr, getattr(model.objects, "everywhere", model.objects.all)().values_list())
        )
        for model in apps.get_app_config("milepost").get_models()
        if model is not Session
    }


def nothing_for(things: Mapping[str, int]) -> dict[str, int]:
    """Name, for each thing, one that is not there."""
    return dict.fromkeys(things, NOTHING)


def masks(*things: Mapping[str, int]) -> dict[int, bytes]:
    """Let the ids of these things read like that of nothing."""
    return {id: b"SOME_ID" for each in things for id in each.values()} | {NOTHING: b"SOME_ID"}
