"""Shortlists: a form stays small, however many there are to choose from, and anybody can be found."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from milepost.actions import alignments, objectives
from milepost.core.ids import encode
from milepost.ledger import image
from milepost.models import Alignment, Objective, Person
from milepost.queries import shortlists
from milepost.queries.cards import Reader
from tests.cast import Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases
CHOICES = "/w/acme/choices"
NEW = "/w/acme/objectives/new/"
TITLE = "Bread that keeps for a week"


@pytest.fixture
def crowded(monkeypatch):
    """Whatever there is here is too much to send."""
    monkeypatch.setattr(shortlists, "LISTED", 0)
    monkeypatch.setattr(shortlists, "NEAR", 2)


def found(browser, kind: str, q: str, **more) -> list[str]:
    answer = browser.get(f"{CHOICES}/{kind}.json", {"q": q, **more})
    return [label for _, label, *_ in answer.json()["choices"]]


def select(page: str, name: str) -> str:
    return re.search(rf'<select[^>]* name="{name}".*?</select>', page, re.S)[0]


def written(page: str, name: str) -> str:
    """Return what stands in the field for names beside a list."""
    return re.search(rf'name="{name}_named"[^>]* value="([^"]*)"', page)[1]


def draft(cast: Cast, okrs: Okrs, **said) -> dict:
    return {
        "title": TITLE, "commitment": "aspirational", "level": "tactical",
        "cycle": encode(okrs.cycle.id), "team": encode(cast.product.id), "visibility": "workspace",
        "how": "contributes", "weight": "1", "submission": "a-mark-of-its-own", **said,
    }  # fmt: skip


def more_cleos(cast: Cast) -> None:
    """Let two more people be called Cleo."""
    for letter in "xy":
        Person.objects.create(workspace_id=cast.acme.id, key=letter, name=f"Cleo {letter.upper()}")
    image.forget(cast.acme.id)


class TestFinding:
    def test_finds_people_by_any_of_their_names(self, signed_in, cast):
        """Each word begins a word of the name; who has left is not offered."""
        browser = signed_in("ada")

        assert found(browser, "people", "won cle") == ["Cleo Wong"]
        assert found(browser, "people", "zed") == []
        assert found(browser, "people", "") == []

    def test_tells_people_apart_by_their_teams(self, signed_in, cast):
        """Two of the same name belong to different teams."""
        ben = signed_in("ada").get(f"{CHOICES}/people.json?q=ben").json()["choices"][0]

        assert ben[2] == cast.product.name

    def test_finds_what_may_be_served(self, signed_in, okrs):
        """Objectives and their key results, with the owner and the team they stand under."""
        assert found(signed_in("ada"), "parents", okrs.growth.title) == [f"Key result: {okrs.growth.title}"]
        assert len(found(signed_in("ada"), "parents", okrs.company.title)) >= 1

    @pytest.mark.parametrize(("who", "finds"), [("ben", True), ("cleo", False)])
    def test_names_restricted_work_to_its_audience_alone(self, signed_in, okrs, who, finds):
        """What one may not see is neither listed nor counted."""
        answer = signed_in(who).get(f"{CHOICES}/parents.json", {"q": okrs.secret.title}).json()

        assert (answer["count"] > 0) is finds and bool(answer["choices"]) is finds

    def test_leaves_out_what_would_close_a_ring(self, signed_in, okrs):
        """What serves an objective, by however many steps, is not offered to it."""
        about = {"about": encode(okrs.company.id)}

        assert okrs.helpful.title in " ".join(found(signed_in("ada"), "parents", okrs.helpful.title))
        assert found(signed_in("ada"), "parents", okrs.helpful.title, **about) == []

    def test_tells_nothing_of_a_ring_through_hidden_work(self, signed_in, cast, okrs):
        """A way that leads through work one does not see leaves the list as it is."""
        first, last = (
            objectives.draft(
                title=title, cycle=okrs.cycle.id, owner=cast.ada.person_id, by=cast.ada, at=timezone.now()
            )
            for title in ("First of three", "Last of three")
        )
        for child, above in ((last, okrs.secret), (okrs.secret, first)):
            alignments.align(child=child.id, objective=above.id, by=cast.ada, at=timezone.now())
        about = {"about": encode(first.id)}

        assert found(signed_in("cleo"), "parents", "last of three", **about) != []
        assert found(signed_in("ada"), "parents", "last of three", **about) == []

    def test_lists_the_teams_one_may_draft_for(self, signed_in, cast):
        """Somebody who belongs to one team is not offered another."""
        mine = found(signed_in("cleo"), "teams", cast.product.name)

        assert found(signed_in("ada"), "teams", cast.product.name) == [cast.product.name]
        assert mine in ([], [cast.product.name])
        assert found(signed_in("cleo"), "any-team", cast.product.name) == [cast.product.name]

    @pytest.mark.parametrize("kind", ["cycles", "peoples"])
    def test_knows_no_other_list(self, signed_in, cast, kind):
        """There is nothing at an address that names no list."""
        assert signed_in("ada").get(f"{CHOICES}/{kind}.json?q=a").status_code == 404


class TestForms:
    def test_send_what_is_near_and_where_the_rest_is(self, signed_in, cast, okrs, crowded):
        """The reader and their own are offered at once; the field says where others are found."""
        page = signed_in("ada").get(NEW).content.decode()

        assert page.count("<option") < 60
        assert f'data-find="{CHOICES}/people.json"' in page
        assert encode(cast.ada.person_id) in select(page, "owner")

    def test_are_as_long_as_what_one_sees(self, signed_in, cast, okrs, monkeypatch):
        """Work that one does not see makes no list too long to send."""
        seen = int(Reader(cast.cleo, okrs.cycle.starts_on).seen.sum())
        monkeypatch.setattr(shortlists, "LISTED", seen)

        pages = [signed_in(who).get(NEW).content.decode() for who in ("cleo", "ben")]

        assert ["choices/parents" in page for page in pages] == [False, True]

    def test_say_about_how_many_there_are(self, signed_in, cast, monkeypatch):
        """Of very many, those that were not looked at are counted, and not listed."""
        more_cleos(cast)
        monkeypatch.setattr(shortlists, "LOOKED_AT", 1)

        answer = signed_in("ada").get(f"{CHOICES}/people.json?q=cleo").json()

        assert (len(answer["choices"]), answer["count"]) == (1, 3)

    def test_send_a_short_list_whole(self, signed_in, cast, okrs):
        """Where there are few, nothing is asked for later."""
        page = signed_in("ada").get(NEW).content.decode()

        assert "data-find" not in page and "owner_named" not in page
        assert encode(cast.cleo.person_id) in select(page, "owner")

    def test_keep_what_is_chosen(self, signed_in, cast, okrs, crowded, monkeypatch):
        """An owner who is not near stays the owner when somebody else saves the form."""
        monkeypatch.setattr(shortlists, "NEAR", 0)
        row = okrs.helpful
        page = signed_in("ada").get(f"/w/acme/objectives/{encode(row.id)}/edit/").content.decode()

        assert f'<option value="{encode(row.owner_id)}" data-more' in select(page, "owner")
        assert re.search(rf'value="{encode(row.owner_id)}"[^>]* selected', select(page, "owner"))

    def test_take_a_name_instead(self, signed_in, cast, okrs, crowded):
        """Without scripts one writes who it is; several with commas between."""
        said = draft(cast, okrs, owner_named="cleo wong", contributors_named="Ben, cleo")

        answer = signed_in("ada").post(NEW, said)

        made = Objective.objects.of(cast.acme.id).get(title=said["title"])
        assert answer.status_code == 303
        assert made.owner_id == cast.cleo.person_id
        assert sorted(made.contributors) == sorted([cast.ben.person_id, cast.cleo.person_id])

    @pytest.mark.parametrize("cycle", ["cycle", "next_cycle"])
    def test_take_the_title_that_is_meant(self, signed_in, cast, okrs, crowded, cycle):
        """A whole title names one of several that begin so; of two alike, that of the cycle in question."""
        ada = {"owner": cast.ada.person_id, "by": cast.ada, "at": timezone.now()}
        for title, where in ((TITLE, okrs.cycle), (TITLE, okrs.next_cycle), (f"{TITLE} or two", okrs.cycle)):
            objectives.draft(title=title, cycle=where.id, **ada)
        child = objectives.draft(title="Bake at night", cycle=getattr(okrs, cycle).id, **ada)
        said = {"how": "contributes", "weight": "1", "parent_named": TITLE.upper()}

        answer = signed_in("ada").post(f"/w/acme/objectives/{encode(child.id)}/alignments/new/", said)

        link = Alignment.objects.of(cast.acme.id).get(child_id=child.id)
        served = Objective.objects.of(cast.acme.id).get(id=link.parent_objective_id)
        assert (answer.status_code, served.title) == (303, TITLE)
        assert served.cycle_id == getattr(okrs, cycle).id

    def test_say_when_a_name_is_nobodys(self, signed_in, cast, okrs, crowded):
        """Nothing is saved, and what was typed is still there."""
        answer = signed_in("ada").post(NEW, draft(cast, okrs, owner_named="Nemo"))

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Nobody here is called “Nemo”." in page and TITLE in page

    def test_keep_the_names_that_were_unclear(self, signed_in, cast, okrs, crowded):
        """What was written stays where it was; names that were clear are chosen, and gone from there."""
        more_cleos(cast)
        said = draft(cast, okrs, owner_named='Nemo, "the" fish', contributors_named="ben, Cleo, Nemo")

        page = signed_in("ada").post(NEW, said).content.decode()

        assert written(page, "owner") == "Nemo, &#34;the&#34; fish"
        assert written(page, "contributors") == "Cleo, Nemo"

    def test_take_the_choice_that_an_unclear_name_led_to(self, signed_in, cast, okrs, crowded):
        """The name still stands beside the list then; only a name that was told to be unclear gives way."""
        more_cleos(cast)
        chosen = {"owner": encode(cast.cleo.person_id), "owner_named": "Cleo"}

        first = signed_in("ada").post(NEW, draft(cast, okrs, **chosen))
        again = signed_in("ada").post(NEW, draft(cast, okrs, **chosen, owner_unclear="Cleo"))

        assert (first.status_code, again.status_code) == (422, 303)
        assert Objective.objects.of(cast.acme.id).get(title=TITLE).owner_id == cast.cleo.person_id

    def test_offer_those_a_name_could_mean(self, signed_in, cast, okrs, crowded):
        """Where several answer, the list has them the next time."""
        more_cleos(cast)

        answer = signed_in("ada").post(NEW, draft(cast, okrs, owner_named="Cleo"))

        page = answer.content.decode()
        assert answer.status_code == 422 and "3 people answer to “Cleo”." in page
        assert all(name in select(page, "owner") for name in ("Cleo Wong", "Cleo X", "Cleo Y"))
