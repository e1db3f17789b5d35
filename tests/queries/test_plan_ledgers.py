"""Check-ins that the database writes down for a file: the lines that Milepost writes of them itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from milepost.core import ids
from milepost.core.characters import unprintable
from milepost.core.plan import Plan
from milepost.core.plan.ledgers import CheckIns
from milepost.core.plan.values import CheckInPlan
from milepost.formats import okr_files
from milepost.ledger import moments
from milepost.models import Checkin, Person
from milepost.models.ids import new_ids
from milepost.queries import plan_ledgers, plans
from tests.cast import NOW, Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases

EVERY_CHARACTER = "".join(map(chr, range(1, 0x100))) + "\u2028\ufeff–€𝔐"
SECOND = timedelta(seconds=1)


def made(cast: Cast, okrs: Okrs, id: int, at: datetime, **more: Any) -> Checkin:
    usual = {"recorded_at": at, "value": Decimal(3), "confidence": 5, "by_id": cast.ada.person_id}
    return Checkin.objects.create(
        id=id, workspace_id=cast.acme.id, key_result_id=okrs.growth.id, effective_at=at, **usual | more
    )


def odd(cast: Cast, okrs: Okrs) -> None:
    """Make one check-in of each kind that is not like most."""
    at, number = NOW, iter(new_ids(40))
    plain = made(cast, okrs, next(number), at)
    named = made(cast, okrs, next(number), at + SECOND, key="2026-10-05.first")
    made(cast, okrs, next(number), at - 90 * 86_400 * SECOND, recorded_at=at)
    made(cast, okrs, next(number), at.replace(microsecond=0), recorded_at=at.replace(microsecond=120))
    made(cast, okrs, next(number), at, value=None, confidence=None, by_id=None)
    for value in ("-0.5", "12345678901234567.123456", "0", "1E+3", "2.50"):
        made(cast, okrs, next(number), at, value=Decimal(value))
    made(cast, okrs, next(number), at, value=None, parts=["0", "0.25", "1"])
    made(cast, okrs, next(number), at, value=None, parts=[])
    made(cast, okrs, next(number), at, corrects_id=plain.id, confidence=10)
    made(cast, okrs, next(number), at, corrects_id=named.id, is_withdrawn=True, value=None)
    for note in (EVERY_CHARACTER, "{", '"', "a\nb\r\n", "], }"):
        made(cast, okrs, next(number), at, note=note)


def entries_of(workspace: int, key_result: int) -> list[CheckInPlan]:
    people = dict(Person.objects.of(workspace).values_list("id", "key"))
    rows = list(Checkin.objects.of(workspace).filter(key_result_id=key_result).order_by("id"))
    names = {row.id: row.key or ids.encode(row.id) for row in rows} | {None: None}
    return [
        CheckInPlan(
            names[row.id], row.effective_at, row.recorded_at, row.value,
            None if row.parts is None else tuple(map(Decimal, row.parts)), row.confidence, row.note,
            people.get(row.by_id), names[row.corrects_id], row.is_withdrawn,
        )
        for row in rows
    ]  # fmt: skip


def one_by_one(plan: Plan, workspace: int, key_result: int, key: str) -> Plan:
    """Return the plan with the check-ins of a key result as the models have them."""
    entries = CheckIns.of(entries_of(workspace, key_result))
    return replace(plan, objectives=tuple(
        replace(objective, key_results=tuple(
            replace(one, check_ins=entries) if one.id == key else one for one in objective.key_results
        ))
        for objective in plan.objectives
    ))  # fmt: skip


class TestCheckIns:
    @pytest.mark.parametrize("form", ["json", "yaml"])
    def test_are_written_as_one_by_one(self, cast, okrs, form):
        """However odd a check-in is, the database writes it to the letter as Milepost does."""
        odd(cast, okrs)
        plan = plans.current(cast.acme.id)
        told = one_by_one(plan, cast.acme.id, okrs.growth.id, okrs.growth.key)

        assert unprintable(EVERY_CHARACTER)
        assert okr_files.write(plan, as_=form) == okr_files.write(told, as_=form)

    def test_are_what_the_models_have(self, cast, okrs):
        """To whoever looks at a plan's check-ins, they are values."""
        odd(cast, okrs)
        plan = plans.current(cast.acme.id)
        found = [
            one.check_ins
            for objective in plan.objectives
            for one in objective.key_results
            if one.id == okrs.growth.key
        ]

        assert [*map(list, found)] == [entries_of(cast.acme.id, okrs.growth.id)]

    def test_are_read_block_by_block(self, cast, okrs, monkeypatch):
        """None is lost or doubled between two blocks, and each stays in its place."""
        odd(cast, okrs)
        whole = okr_files.write(plans.current(cast.acme.id))
        for rows in (1, 3, Checkin.objects.of(cast.acme.id).count()):
            monkeypatch.setattr(plan_ledgers, "BLOCK", rows)
            assert okr_files.write(plans.current(cast.acme.id)) == whole

    def test_fail_in_the_open(self, cast, okrs):
        """What goes wrong while they are read ends the reading of the plan."""
        odd(cast, okrs)
        with pytest.raises(KeyError), moments.one(), plan_ledgers.meanwhile(cast.acme.id, []):
            pass  # a check-in whose key result nobody asked for
