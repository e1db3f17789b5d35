"""Alignments: what serves what, without loops, with its past kept."""

from __future__ import annotations

from decimal import Decimal

import pytest

from milepost.actions import alignments
from milepost.actions.alignments import AlignmentLoop
from milepost.core.problems import Invalid, NotAllowed, NotFound
from milepost.ledger import image
from milepost.models import Alignment
from tests.cast import LATER, NOW, Cast
from tests.okrs import SECRET_TITLE, Okrs

pytestmark = pytest.mark.both_databases


def link(cast: Cast, okrs: Okrs) -> Alignment:
    return Alignment.objects.of(cast.acme.id).get(child=okrs.helpful, until_at=None)


class TestAlign:
    def test_counts_upwards_with_its_weight(self, cast: Cast, okrs: Okrs):
        """What contributes counts above: (50 % × 1 + 25 % × 2) ÷ 3; what is restricted does not."""
        assert image.of(cast.acme.id).exact(okrs.company.id) * 3 == 1

    def test_supports_without_counting(self, cast: Cast, okrs: Okrs):
        """A link that supports changes no number."""
        alignments.update(
            alignment=link(cast, okrs).id, how="supports", weight=Decimal(2), by=cast.ben, at=NOW
        )

        assert image.of(cast.acme.id).exact(okrs.company.id) * 2 == 1

    @pytest.mark.parametrize("to", ["itself", "child", "key result of the child", "own key result"])
    def test_refuses_loops_of_every_length(self, cast: Cast, okrs: Okrs, to: str):
        """Nothing serves itself, straight or round about."""
        parent = {
            "itself": {"objective": okrs.company.id},
            "child": {"objective": okrs.helpful.id},
            "key result of the child": {"key_result": okrs.waiting.id},
            "own key result": {"key_result": okrs.growth.id},
        }[to]

        with pytest.raises(AlignmentLoop) as refused:
            alignments.align(child=okrs.company.id, **parent, by=cast.ada, at=NOW)

        assert "“Riders choose us twice”" in refused.value.remedy

    def test_does_not_name_the_unseen_on_the_way_round(self, cast: Cast, okrs: Okrs):
        """A loop through restricted work is refused without naming it."""
        alignments.align(child=okrs.draft.id, objective=okrs.secret.id, by=cast.ben, at=NOW)
        ada_sees, cleo = okrs.company, cast.cleo

        with pytest.raises(AlignmentLoop) as refused:
            alignments.align(child=ada_sees.id, objective=okrs.draft.id, by=_as_admin(cleo), at=NOW)

        assert SECRET_TITLE not in str(refused.value)
        assert "something you may not see" in refused.value.remedy

    @pytest.mark.parametrize("given", [{}, {"objective": 1, "key_result": 1}])
    def test_serves_one_thing(self, cast: Cast, okrs: Okrs, given: dict):
        """A link leads to an objective or to a key result."""
        with pytest.raises(Invalid):
            alignments.align(child=okrs.draft.id, **given, by=cast.ben, at=NOW)

    def test_asks_who_may(self, cast: Cast, okrs: Okrs):
        """The child's owner decides what it serves."""
        for by, problem in ((cast.cleo, NotAllowed), (cast.gus, NotAllowed), (cast.zed, NotFound)):
            with pytest.raises(problem):
                alignments.align(child=okrs.draft.id, objective=okrs.company.id, by=by, at=NOW)


class TestUpdate:
    def test_keeps_the_past(self, cast: Cast, okrs: Okrs):
        """The old link ends the moment the new one begins."""
        old = link(cast, okrs)

        new = alignments.update(alignment=old.id, how="contributes", weight=Decimal(5), by=cast.ben, at=LATER)

        old.refresh_from_db(from_queryset=Alignment.objects.of(cast.acme.id))
        assert (old.until_at, old.weight) == (LATER, 2)
        assert (new.since_at, new.weight) == (LATER, 5)


class TestEnd:
    def test_ends_once(self, cast: Cast, okrs: Okrs):
        """An ended link is no longer there to be ended."""
        old = link(cast, okrs)

        alignments.end(alignment=old.id, by=cast.ben, at=LATER)

        with pytest.raises(NotFound):
            alignments.end(alignment=old.id, by=cast.ben, at=LATER)
        assert image.of(cast.acme.id).exact(okrs.company.id) * 2 == 1


def _as_admin(actor):
    from dataclasses import replace

    from milepost.core.access import Role

    return replace(actor, role=Role.ADMIN)
