"""Alignments: what serves what, without loops, with its past kept."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from milepost.actions import alignments, key_results, objectives
from milepost.actions.alignments import AlignmentLoop
from milepost.core.access import Actor, Role
from milepost.core.problems import Invalid, NotAllowed, NotFound
from milepost.ledger import image
from milepost.models import Alignment, Event
from milepost.queries import standings
from milepost.queries.rings import UNSEEN
from tests.cast import LATER, NOW, Cast
from tests.okrs import Okrs
from tests.threads import at_once

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

    def test_is_not_refused_for_what_is_not_seen(self, cast: Cast, okrs: Okrs):
        """A ring through restricted work tells nobody of it: the link to that ends, as its readers hear."""
        hidden = alignments.align(child=okrs.draft.id, objective=okrs.secret.id, by=cast.ben, at=NOW)
        by = as_admin(cast.cleo)

        new = alignments.align(child=okrs.company.id, objective=okrs.draft.id, by=by, at=LATER)

        ended = Event.objects.of(cast.acme.id).get(kind="alignment.ended")
        hidden.refresh_from_db(from_queryset=Alignment.objects.of(cast.acme.id))
        assert (new.until_at, hidden.until_at) == (None, LATER)
        assert (ended.subject_id, ended.data["made_way"]) == (hidden.id, True)
        with pytest.raises(NotFound):
            standings.event(by, ended.id)
        assert standings.event(cast.ben, ended.id) == ended

    def test_is_not_refused_for_a_hidden_key_result(self, cast: Cast, okrs: Okrs):
        """Nor does a ring through a key result that only some may see tell of it."""
        changed = {"visibility": "people", "visible_to": [cast.ben.person_id]}
        key_results.update(key_result=okrs.growth.id, changed=changed, reason="Hush.", by=cast.ada, at=NOW)
        hidden = alignments.align(child=okrs.draft.id, key_result=okrs.growth.id, by=cast.ben, at=NOW)

        alignments.align(child=okrs.company.id, objective=okrs.draft.id, by=as_admin(cast.cleo), at=LATER)

        hidden.refresh_from_db(from_queryset=Alignment.objects.of(cast.acme.id))
        assert hidden.until_at == LATER

    def test_refuses_what_is_seen_before_anything_makes_way(self, cast: Cast, okrs: Okrs):
        """Where another ring is seen whole, the refusal names that one, and what is hidden stays."""
        alignments.align(child=okrs.draft.id, objective=okrs.secret.id, by=cast.ben, at=NOW)
        alignments.align(child=okrs.draft.id, objective=okrs.company.id, by=cast.ben, at=NOW)

        with pytest.raises(AlignmentLoop) as refused:
            alignments.align(child=okrs.company.id, objective=okrs.draft.id, by=as_admin(cast.cleo), at=LATER)

        assert UNSEEN not in refused.value.remedy
        assert not Event.objects.of(cast.acme.id).filter(kind="alignment.ended").exists()

    def test_makes_nothing_way_for_a_token_that_sees_less_than_its_person(self, cast: Cast, okrs: Okrs):
        """What colleagues do openly is not hidden, though a token limited to a team reads none of it."""
        by = replace(as_admin(cast.ada), within=frozenset({cast.product.id}))
        alignments.align(child=okrs.company.id, objective=okrs.draft.id, by=cast.ada, at=NOW)

        with pytest.raises(AlignmentLoop) as refused:
            alignments.align(child=okrs.draft.id, objective=okrs.helpful.id, by=by, at=LATER)

        assert UNSEEN in refused.value.remedy

    @pytest.mark.django_db(transaction=True)
    def test_two_links_at_once_close_no_ring(self, cast: Cast, okrs: Okrs):
        """Of two links that would close a ring together, whoever comes second is refused."""
        first = [_drafted(cast, okrs, f"{number}") for number in range(4)]
        for child, parent in ((1, 2), (3, 0)):
            alignments.align(child=first[child], objective=first[parent], by=cast.ada, at=NOW)
        links, refused = [(0, 1), (2, 3)], []

        def link(number: int) -> None:
            child, parent = (first[place] for place in links[number])
            try:
                alignments.align(child=child, objective=parent, by=cast.ada, at=NOW)
            except AlignmentLoop as problem:
                refused.append(problem)

        at_once(2, link)

        assert len(refused) == 1

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


def as_admin(actor: Actor) -> Actor:
    return replace(actor, role=Role.ADMIN)


def _drafted(cast: Cast, okrs: Okrs, title: str) -> int:
    return objectives.draft(
        title=title, cycle=okrs.cycle.id, owner=cast.ada.person_id, by=cast.ada, at=NOW
    ).id
