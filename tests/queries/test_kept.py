"""What queries keep of a structure is, after every edit, what they would make of it anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest

from milepost.actions import checkins, key_results, objectives
from milepost.core.access import Actor
from milepost.ledger import image as images
from milepost.queries import gauges, outlines, overview
from milepost.queries.cards import Reader
from milepost.queries.registers import register
from tests.cast import NOW, TODAY, Cast
from tests.ledger.test_image import Walk
from tests.okrs import Okrs

STEPS = 60


def said(reader: Reader) -> dict:
    """Return what a reader is told of the whole, by queries that keep what they make."""
    image = reader.image
    listed, outline = register(image), outlines.of(image, None)
    people, teams = [None, *image.people], [None, *image.teams]
    gauged = gauges.of(reader)
    return {
        "overview": overview.overview(reader, None),
        "teams": [listed.teams.get(id, ()) for id in teams],
        "owners": [listed.owners.get(id, ()) for id in people],
        "workers": [listed.workers.get(id, ()) for id in people],
        "key results": [listed.key_results.get(id, ()) for id in people],
        "answered for": [image.owned_by.get(id, ()) for id in people],
        "tops": (outline.tops, outline.unaligned, outline.hanging),
        "parents": [outline.parents(image, id) for id in image.objectives],
        "below": [outline.below(image, id) for id in image.objectives],
        "sight": outline.sight(reader),
        "names": outline.owners(reader),
        "hidden": set(reader.hidden),
        "seen": reader.seen.tolist(),
        "asked": gauged.asked.tolist(),
        "late": gauged.late.tolist(),
        "before": np.nan_to_num(gauged.before, nan=-9).round(9).tolist(),
    }


def made_anew(actor: Actor) -> dict:
    """Return the same where nothing was kept; what was kept stays for the next time."""
    held = images.of(actor.workspace_id)
    images.forget(actor.workspace_id)
    found = said(Reader(actor, TODAY))
    images._images[actor.workspace_id] = held
    return found


class TestKept:
    @pytest.mark.parametrize("seed", range(6))
    def test_is_what_would_be_made_anew(self, cast: Cast, okrs: Okrs, seed: int):
        """Whatever is edited, handed over, aligned or restricted, and whoever looks."""
        walk = Walk(cast, okrs, seed)
        readers = [cast.ada, cast.cleo, replace(cast.ada, within=frozenset({cast.product.id}))]

        for _ in range(STEPS):
            walk.step()

            for actor in readers:
                assert said(Reader(actor, TODAY)) == made_anew(actor)

    def test_a_new_target_tells_last_week_too(self, cast: Cast, okrs: Okrs):
        """How far a key result was a week ago is measured as it is measured now."""
        checkins.record(key_result=okrs.growth.id, value=Decimal(47), by=cast.ada, at=NOW - timedelta(days=9))
        before = said(Reader(cast.ada, TODAY))["before"]

        key_results.update(
            key_result=okrs.growth.id, changed={"target": Decimal(500)}, reason="More.", by=cast.ada, at=NOW
        )

        assert said(Reader(cast.ada, TODAY)) == made_anew(cast.ada)
        assert said(Reader(cast.ada, TODAY))["before"] != before

    def test_is_kept_where_nothing_changes_places(self, cast: Cast, okrs: Okrs):
        """A new title leaves what stands where as it was drawn up; another owner does not."""
        drawn = outlines.of(images.of(cast.acme.id), None)

        def change(**changed):
            objectives.update(
                objective=okrs.company.id, changed=changed, reason="So it is.", by=cast.ada, at=NOW
            )
            return outlines.of(images.of(cast.acme.id), None)

        assert change(title="Riders come back") is drawn
        assert change(owner=cast.cleo.person_id) is not drawn
