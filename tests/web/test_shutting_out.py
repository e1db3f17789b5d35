"""Shutting oneself out on pages: the form asks, offers to keep one in, and the toast's Undo works."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from milepost.actions import objectives
from milepost.core.ids import encode
from milepost.models import Objective
from tests.cast import Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases


def stored(okrs: Okrs) -> Objective:
    return Objective.objects.of(okrs.helpful.workspace_id).get(id=okrs.helpful.id)


@pytest.fixture
def said(okrs: Okrs) -> dict[str, str]:
    """What Ada's form of Ben's objective says: named people alone see it, and she is not among them."""
    row = stored(okrs)
    return {
        "title": row.title, "cycle": encode(row.cycle_id), "team": encode(row.team_id),
        "owner": encode(row.owner_id), "commitment": row.commitment, "level": row.level,
        "visibility": "people", "revision": str(row.revision), "reason": "Hush.",
    }  # fmt: skip


class TestPartingFromATeam:
    """Ben leads Product and ends his own time in it; its Hush is the team's alone."""

    @pytest.fixture
    def hush(self, cast: Cast, okrs: Okrs) -> str:
        row = objectives.draft(
            title="Hush", cycle=okrs.cycle.id, team=cast.product.id, owner=cast.cleo.person_id,
            visibility="team", by=cast.ben, at=timezone.now(),
        )  # fmt: skip
        return f"/w/acme/objectives/{encode(row.id)}/"

    def test_asks(self, cast: Cast, hush, signed_in):
        """The page says what he would not see any more, and offers to leave it, or to stay."""
        ben, team = signed_in("ben"), f"/w/acme/teams/{encode(cast.product.id)}/"

        answer = ben.post(f"{team}members/{encode(cast.ben.person_id)}/end/")

        page = answer.content.decode()
        assert answer.status_code == 422 and ben.get(hush).status_code == 200
        assert "You will not see “Hush” any more. Name yourself among those who see it, or say below" in page
        assert 'name="leave"' in page and f'href="{team}">Stay' in page and "You can undo that" not in page

    def test_is_done_where_it_is_meant(self, cast: Cast, hush, signed_in):
        """Ticked, he parts, and hears so of himself."""
        ben, team = signed_in("ben"), f"/w/acme/teams/{encode(cast.product.id)}/"

        answer = ben.post(f"{team}members/{encode(cast.ben.person_id)}/end/", {"leave": "on"}, follow=True)

        assert "You no longer belong to the team." in answer.content.decode()
        assert ben.get(hush).status_code == 404


class TestForm:
    def test_asks(self, cast: Cast, okrs: Okrs, signed_in, said):
        """It says that one will not see it any more, and who will; nothing was saved."""
        answer = signed_in("ada").post(f"/w/acme/objectives/{encode(okrs.helpful.id)}/edit/", said)

        page = answer.content.decode()
        assert answer.status_code == 422 and stored(okrs).visibility == "workspace"
        assert "You will not see “Nobody waits for an answer” any more" in page
        assert "say below that you leave it to them" in page and "`leave`" not in page
        assert 'name="leave"' in page and 'name="keep"' in page

    def test_keeps_one_in(self, cast: Cast, okrs: Okrs, signed_in, said):
        """One button saves it with oneself among those who see it."""
        here = f"/w/acme/objectives/{encode(okrs.helpful.id)}/"

        answer = signed_in("ada").post(f"{here}edit/", said | {"keep": "1"})

        assert answer.headers["Location"] == here
        assert stored(okrs).visible_to == [cast.ada.person_id]

    def test_leaves_it_and_the_toast_undoes_that(self, cast: Cast, okrs: Okrs, signed_in, said):
        """Meant, it is saved; a page that one sees says so, its Undo works and leads back to it."""
        ada, here = signed_in("ada"), f"/w/acme/objectives/{encode(okrs.helpful.id)}/"

        answer = ada.post(f"{here}edit/", said | {"leave": "on"}, follow=True)

        page = answer.content.decode()
        assert answer.status_code == 200 and "You do not see it any more." in page
        there = re.search(r'action="(/w/acme/events/\w+/undoing/)"', page)[1]
        assert ada.get(here).status_code == 404
        assert there in ada.get("/w/acme/palette/?q=undo", headers={"Accept": "text/html"}).content.decode()

        asked = ada.get(there).content.decode()
        assert "You left “Nobody waits for an answer” to those who see it" in asked
        undone = ada.post(there, follow=True)

        assert undone.redirect_chain[-1][0] == here and undone.status_code == 200
        assert stored(okrs).visibility == "workspace"

    def test_knows_what_its_author_knew_alone(self, cast: Cast, okrs: Okrs, signed_in, said):
        """The page that offers to undo it keeps the title of then, and others find nothing there."""
        ada, here = signed_in("ada"), f"/w/acme/objectives/{encode(okrs.helpful.id)}/"
        page = ada.post(f"{here}edit/", said | {"leave": "on"}, follow=True).content.decode()
        there = re.search(r'action="(/w/acme/events/\w+/undoing/)"', page)[1]
        before = ada.get(there).content
        renamed = {"title": "Buy the rival", "visibility": "team"}
        objectives.update(objective=okrs.helpful.id, changed=renamed, by=cast.ben, at=timezone.now())

        after = ada.get(there)

        tokens = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"|\d+ ms')
        assert tokens.sub(b"", after.content) == tokens.sub(b"", before)
        assert signed_in("gus").get(there).status_code == 404
        assert "cannot be undone from here" in ada.post(there).content.decode()
