"""Deeds: everything that the cast can do to its OKRs, and that can be undone."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db import transaction

from milepost.actions import (
    alignments,
    checkins,
    comments,
    cycles,
    initiatives,
    key_results,
    objectives,
    people,
    reviews,
    teams,
    workspaces,
)
from milepost.actions.key_results import Definition
from milepost.models import Event
from tests.cast import LATER, NOW, Cast
from tests.okrs import Okrs


def latest(cast: Cast, kind: str = "") -> int:
    """Return the event that was told last, perhaps of a kind."""
    rows = Event.objects.of(cast.acme.id)
    return (rows.filter(kind=kind) if kind else rows).latest("id").id


class Deeds:
    """What the cast can do to its OKRs, each as one deed."""

    def __init__(self, cast: Cast, okrs: Okrs) -> None:
        self.cast, self.okrs = cast, okrs
        self.ada = {"by": cast.ada, "at": LATER}

    def retitle(self) -> None:
        objectives.update(
            objective=self.okrs.helpful.id,
            changed={"title": "Nobody waits", "owner": self.cast.cleo.person_id, "description": ""},
            **self.ada,
        )

    def move_to_another_cycle_and_team(self) -> None:
        objectives.update(
            objective=self.okrs.helpful.id,
            changed={"cycle": self.okrs.next_cycle.id, "team": None, "contributors": []},
            **self.ada,
        )

    def make_it_a_secret(self) -> None:
        objectives.update(
            objective=self.okrs.helpful.id,
            changed={"visibility": "people", "visible_to": [self.cast.ada.person_id]},
            **self.ada,
        )

    def keep_it_for_oneself(self) -> None:
        # Whoever makes it a personal one is its owner, and it gives up its team and helpers.
        objectives.update(
            objective=self.okrs.company.id,
            changed={"visibility": "private"},
            **self.ada,
        )

    def aim_elsewhere(self) -> None:
        key_results.update(
            key_result=self.okrs.waiting.id,
            changed={
                "target": Decimal("3.50"), "weight": Decimal(3), "ends_on": self.okrs.cycle.ends_on,
                "curve": "points", "points": ((Decimal("0.5"), Decimal("0.2")), (Decimal(1), Decimal(1))),
                "owner": None,
            },
            reason="The market moved.",
            **self.ada,
        )  # fmt: skip

    def rename_milestones(self) -> None:
        key_results.update(
            key_result=self.okrs.guides.id,
            changed={"milestones": (("Five guides", Decimal("0.5")), ("Fifty guides", Decimal(4)))},
            reason="Smaller first.",
            **self.ada,
        )

    def cancel_a_key_result(self) -> None:
        key_results.cancel(key_result=self.okrs.waiting.id, reason="Not ours.", **self.ada)

    def add_a_key_result(self) -> None:
        key_results.add(
            objective=self.okrs.helpful.id,
            definition=Definition("Another", start=Decimal(0), target=Decimal(5)),
            **self.ada,
        )

    def order_anew(self) -> None:
        key_results.move(key_result=self.okrs.guides.id, up=True, **self.ada)

    def check_in(self) -> None:
        checkins.record(key_result=self.okrs.waiting.id, value=Decimal(5), note="Better.", **self.ada)

    def report_milestones(self) -> None:
        checkins.record(
            key_result=self.okrs.guides.id, value=None, parts=[Decimal(1), Decimal("0.5")], **self.ada
        )

    def correct_an_entry(self) -> None:
        entry = self.okrs.waiting.checkins.of(self.cast.acme.id).latest("id")
        checkins.correct(checkin=entry.id, value=Decimal(8), **self.ada)

    def withdraw_an_entry(self) -> None:
        entry = self.okrs.growth.checkins.of(self.cast.acme.id).latest("id")
        checkins.withdraw(checkin=entry.id, **self.ada)

    def cancel(self) -> None:
        objectives.cancel(objective=self.okrs.helpful.id, reason="Enough.", **self.ada)

    def defer(self) -> None:
        objectives.defer(objective=self.okrs.helpful.id, reason="Later.", **self.ada)

    def park(self) -> None:
        objectives.park(objective=self.okrs.draft.id, reason="Not now.", **self.ada)

    def activate(self) -> None:
        with transaction.atomic():
            key_results.add(
                objective=self.okrs.draft.id,
                definition=Definition("Smiles", start=Decimal(0), target=Decimal(5)),
                by=self.cast.ada,
                at=NOW,
            )
        objectives.activate(objective=self.okrs.draft.id, **self.ada)

    def draft(self) -> None:
        objectives.draft(title="New", cycle=self.okrs.cycle.id, **self.ada)

    def add_an_initiative(self) -> None:
        initiatives.add(objective=self.okrs.helpful.id, title="Hire", **self.ada)

    def change_an_initiative(self) -> None:
        initiatives.update(
            initiative=self.okrs.triage.id,
            changed={"title": "Form", "due_on": NOW.date(), "owner": None, "key_result": None},
            **self.ada,
        )

    def finish_an_initiative(self) -> None:
        initiatives.update(initiative=self.okrs.triage.id, changed={"state": "done"}, **self.ada)

    def align(self) -> None:
        alignments.align(child=self.okrs.draft.id, key_result=self.okrs.growth.id, **self.ada)

    def weigh_a_link(self) -> None:
        alignments.update(alignment=self._link(), how="supports", weight=Decimal("0.5"), **self.ada)

    def end_a_link(self) -> None:
        alignments.end(alignment=self._link(), **self.ada)

    def _link(self) -> int:
        return self.okrs.helpful.alignments.of(self.cast.acme.id).get(until_at=None).id

    def comment(self) -> None:
        comments.add(text="Well done", objective=self.okrs.helpful.id, **self.ada)

    def rename_a_team(self) -> None:
        teams.update(team=self.cast.product.id, changed={"name": "Things", "purpose": "Make"}, **self.ada)

    def let_in(self) -> None:
        teams.add_member(team=self.cast.product.id, person=self.cast.gus.person_id, **self.ada)

    def let_out(self) -> None:
        teams.remove_member(team=self.cast.product.id, person=self.cast.ben.person_id, **self.ada)

    def let_lead(self) -> None:
        teams.add_member(team=self.cast.product.id, person=self.cast.cleo.person_id, is_lead=True, **self.ada)

    def give_a_role(self) -> None:
        people.change_role(person=self.cast.cleo.person_id, role="admin", **self.ada)

    def rename_someone(self) -> None:
        people.update(person=self.cast.cleo.person_id, name="Cleopatra", **self.ada)

    def let_leave(self) -> None:
        people.leave(person=self.cast.ben.person_id, **self.ada)

    def lengthen_a_cycle(self) -> None:
        ends = self.okrs.next_cycle.ends_on + timedelta(days=7)
        cycles.update(cycle=self.okrs.next_cycle.id, changed={"ends_on": ends, "name": "Ice"}, **self.ada)

    def close(self) -> None:
        final = {self.okrs.waiting.id: Decimal(5)}
        reviews.close(objective=self.okrs.helpful.id, values=final, learned="Ask sooner.", **self.ada)

    def close_a_cycle(self) -> None:
        cycles.close(cycle=self.okrs.cycle.id, **self.ada)

    def plan_a_cycle(self) -> None:
        cycles.create(name="Spring", starts_on=self.okrs.next_cycle.ends_on + timedelta(days=1), **self.ada)

    def found_a_team(self) -> None:
        teams.create(name="Brakes", parent=self.cast.product.id, **self.ada)

    def add_someone(self) -> None:
        people.add(name="Dee", email="dee@acme.example", team=self.cast.product.id, **self.ada)

    def change_settings(self) -> None:
        workspaces.update(changed={"check_in_every": 14, "mission": "Ride"}, **self.ada)


DEEDS = [name for name in vars(Deeds) if not name.startswith("_")]
