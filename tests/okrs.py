"""OKRs for the cast: a company objective, one of Product that contributes to it, and two that not all see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from milepost.actions import alignments, checkins, cycles, initiatives, key_results, objectives
from milepost.actions.key_results import Definition
from milepost.models import Checkin, Cycle, Initiative, KeyResult, Objective
from tests.cast import Cast

DAY = timedelta(days=1)
WEEKS_GONE = timedelta(weeks=8)
LENGTH = timedelta(days=90)
SECRET_TITLE = "Buy the rival across the street"
SECRET_KEY_RESULT = "Shares in our hands"
PRIVATE_TITLE = "Learn to say no"
OUTSIDE_TITLE = "Win back those who left"


@dataclass(frozen=True)
class Okrs:
    """What is there, as rows of the tables."""

    cycle: Cycle
    next_cycle: Cycle
    company: Objective  # Ada's, strategic
    growth: KeyResult  # 30 → 50 %, at 40
    helpful: Objective  # Ben's, of Product; contributes to the company's with weight 2
    waiting: KeyResult  # Cleo's: 9 → 4 days, at 6.5
    guides: KeyResult  # Ben's: two milestones, nothing reported
    secret: Objective  # Ada's; Ben is named; contributes to the company's
    shares: KeyResult
    private: Objective  # Cleo's own
    draft: Objective  # Ben's, of Product, without key results
    triage: Initiative


def written(cast: Cast, at: datetime) -> Okrs:
    """Write everything down, so that `at` lies in the ninth week of a cycle."""
    day: date = at.date()
    began, ada, ben = at - WEEKS_GONE + DAY, cast.ada, cast.ben
    cycle = cycles.create(
        name="Autumn", starts_on=day - WEEKS_GONE, ends_on=day - WEEKS_GONE + LENGTH, by=ada, at=at
    )
    next_cycle = cycles.create(
        name="Winter", starts_on=cycle.ends_on + DAY, ends_on=cycle.ends_on + LENGTH, by=ada, at=at
    )

    def objective(title: str, by, **more) -> Objective:
        return objectives.draft(title=title, cycle=cycle.id, owner=by.person_id, by=by, at=began, **more)

    def key_result(row: Objective, title: str, by, owner=None, **more) -> KeyResult:
        definition = Definition(title, owner=(owner or by).person_id, **more)
        return key_results.add(objective=row.id, definition=definition, by=by, at=began)

    company = objective("Riders choose us twice", ada)
    growth = key_result(company, "Raise repeat buyers", ada, start=Decimal(30), target=Decimal(50), unit="%")
    helpful = objective(
        "Nobody waits for an answer",
        ben,
        team=cast.product.id,
        description="Waiting is the *first* thing riders complain about.",
        commitment="committed",
        contributors=[cast.cleo.person_id],
    )
    waiting = key_result(
        helpful,
        "Cut the wait",
        ben,
        owner=cast.cleo,
        kind="decrease",
        start=Decimal(9),
        target=Decimal(4),
        unit="days",
    )
    guides = key_result(
        helpful,
        "Write the guides",
        ben,
        kind="milestones",
        milestones=(("Ten guides", Decimal(1)), ("Thirty guides", Decimal(2))),
    )
    secret = objective(
        SECRET_TITLE, ada, visibility="people", visible_to=[ben.person_id], commitment="committed"
    )
    shares = key_result(secret, SECRET_KEY_RESULT, ada, start=Decimal(0), target=Decimal(60), unit="%")
    private = objective(PRIVATE_TITLE, cast.cleo, visibility="private")
    draft = objective("Repairs come with a smile", ben, team=cast.product.id)
    alignments.align(child=helpful.id, objective=company.id, weight=Decimal(2), by=ben, at=began)
    alignments.align(child=secret.id, objective=company.id, by=ada, at=began)
    for row in (company, helpful, secret):
        objectives.activate(objective=row.id, by=ada, at=began)
    triage = initiatives.add(
        objective=helpful.id, title="Triage form", key_result=waiting.id, owner=cast.cleo.person_id,
        by=ben, at=began,
    )  # fmt: skip
    checkins.record(
        key_result=growth.id, value=Decimal(40), confidence=6, note="Winter offer works.",
        by=ada, at=at - 3 * DAY,
    )  # fmt: skip
    checkins.record(
        key_result=waiting.id, value=Decimal("6.5"), confidence=5, note="Paint booth is the queue.",
        by=cast.cleo, at=at - 2 * DAY,
    )  # fmt: skip
    fresh = {
        name: Objective.objects.of(cast.acme.id).get(id=row.id)
        for name, row in (("company", company), ("helpful", helpful), ("secret", secret))
    }
    return Okrs(
        cycle, next_cycle, fresh["company"], growth, fresh["helpful"], waiting, guides, fresh["secret"],
        shares, private, draft, triage,
    )  # fmt: skip


def outside(cast: Cast, okrs: Okrs, at: datetime) -> Objective:
    """Write down an objective of Product that serves nothing."""
    return objectives.draft(
        title=OUTSIDE_TITLE, cycle=okrs.cycle.id, team=cast.product.id, owner=cast.cleo.person_id,
        by=cast.ben, at=at,
    )  # fmt: skip


def latest(one: KeyResult) -> Checkin | None:
    """Return the entry of a key result that was written last."""
    return Checkin.objects.of(one.workspace_id).filter(key_result=one).order_by("id").last()


def weightless(okrs: Okrs, cast: Cast, at: datetime) -> None:
    """Let nothing count towards Product's objective."""
    for one in (okrs.waiting, okrs.guides):
        key_results.update(
            key_result=one.id, changed={"weight": Decimal(0)}, reason="To look at.", by=cast.ada, at=at
        )
