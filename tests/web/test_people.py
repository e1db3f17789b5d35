"""The people pages: the directory, one person, roles, leaving."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from milepost.actions import people
from milepost.core.ids import encode
from milepost.models import Checkin, Cycle, KeyResult, Objective, Person
from tests.cast import Cast
from tests.okrs import written
from tests.web.statements import STATEMENTS, count

pytestmark = pytest.mark.both_databases

NAMES = ("Ada Lovelace", "Ben Okri", "Cleo Wong", "Gus Guest")


def _page(cast: Cast, who: str) -> str:
    return f"/w/acme/people/{encode(getattr(cast, who).person_id)}/"


def _objective(cast: Cast, title: str, **more) -> Objective:
    now = timezone.now()
    cycle = Cycle.objects.of(cast.acme.id).first() or Cycle.objects.create(
        workspace=cast.acme, key="q", name="Q", starts_on=now.date() - timedelta(days=30)
    )
    return Objective.objects.create(
        workspace=cast.acme,
        key=title.lower(),
        title=title,
        cycle=cycle,
        owner_id=cast.cleo.person_id,
        state="active",
        created_at=now,
        **more,
    )


class TestDirectory:
    def test_lists_everyone_who_is_here(self, cast: Cast, signed_in):
        """Names, teams and roles of Acme, and nobody of Zenith."""
        text = signed_in("cleo").get("/w/acme/people/").content.decode()

        assert all(name in text for name in NAMES)
        assert "Product" in text and "(lead)" in text
        assert "Zed" not in text

    def test_keeps_addresses_from_guests(self, cast: Cast, signed_in):
        """Members see how to reach a colleague; a guest sees only their own address."""
        member = signed_in("cleo").get("/w/acme/people/").content.decode()
        guest = signed_in("gus").get("/w/acme/people/").content.decode()

        assert "ben@acme.example" in member
        assert "ben@acme.example" not in guest
        assert "gus@acme.example" in guest

    def test_does_not_find_by_an_address_one_may_not_see(self, cast: Cast, signed_in):
        """A guest's search looks into names alone, so it cannot be used to guess addresses."""
        guest = signed_in("gus").get("/w/acme/people/?q=ben@acme").content.decode()
        member = signed_in("cleo").get("/w/acme/people/?q=ben@acme").content.decode()

        assert "Ben Okri" not in guest
        assert "Ben Okri" in member

    def test_shows_who_is_still_to_come_and_who_left(self, cast: Cast, signed_in):
        """Those invited and those who left have lists of their own."""
        people.add(name="Dana Scully", email="dana@acme.example", by=cast.ada, at=timezone.now())
        people.leave(person=cast.gus.person_id, by=cast.ada, at=timezone.now())
        ada = signed_in("ada")

        waiting = ada.get("/w/acme/people/?show=waiting").content.decode()
        left = ada.get("/w/acme/people/?show=left").content.decode()
        here = ada.get("/w/acme/people/").content.decode()

        assert "Dana Scully" in waiting and "not invited" in waiting
        assert "Gus Guest" in left and "Dana Scully" not in left
        assert "Gus Guest" not in here

    def test_does_not_mention_restricted_work(self, cast: Cast, signed_in):
        """The last check-in is one that everybody may see; one on restricted work leaves no trace."""
        now = timezone.now()
        secret = _objective(cast, "Secret", visibility="people")
        one = KeyResult.objects.create(
            workspace=cast.acme, key="k", title="K", objective=secret, created_at=now
        )
        Checkin.objects.create(
            workspace=cast.acme, key_result=one, effective_at=now, recorded_at=now, by_id=cast.cleo.person_id
        )
        before = signed_in("gus").get("/w/acme/people/").content.decode()
        Objective.objects.of(cast.acme.id).filter(id=secret.id).update(visibility="workspace")
        after = signed_in("gus").get("/w/acme/people/").content.decode()

        assert "today</time>" not in before
        assert "today</time>" in after

    @pytest.mark.parametrize(
        "query", ["page=0", "page=99999999999", "page=-1", "page=x", "show=nobody", "q=%00", "q=" + "a" * 500]
    )
    def test_takes_any_query(self, cast: Cast, signed_in, query: str):
        """Whatever stands in the address, the page answers."""
        assert signed_in("ada").get(f"/w/acme/people/?{query}").status_code == 200

    def test_turns_pages(self, cast: Cast, signed_in):
        """More than a hundred people come in pages."""
        Person.objects.bulk_create(
            Person(workspace=cast.acme, key=f"p{n}", name=f"Person {n:03}") for n in range(120)
        )
        ada = signed_in("ada")

        first, second = (ada.get(f"/w/acme/people/?page={n}").content.decode() for n in (1, 2))

        assert "Page 1 of 2, 124 people" in first
        assert "Person 119" in second and "Person 119" not in first


class TestPerson:
    def test_shows_what_they_own(self, cast: Cast, signed_in):
        """Objectives that the reader may see are listed with their cycle; others are not mentioned."""
        _objective(cast, "Visible aim")
        _objective(cast, "Hidden aim", visibility="people")
        _objective(cast, "Personal aim", visibility="private")

        texts = {
            who: signed_in(who).get(_page(cast, "cleo")).content.decode() for who in ("ben", "ada", "cleo")
        }

        assert all("Visible aim" in text for text in texts.values())
        assert "Hidden aim" not in texts["ben"] + texts["ada"]
        assert "Personal aim" not in texts["ben"] + texts["ada"]
        assert "Hidden aim" in texts["cleo"] and "Personal aim" in texts["cleo"]

    def test_shows_how_that_stands(self, cast: Cast, signed_in):
        """Each has its status and progress; what is a draft only says that it does not count."""
        written(cast, timezone.now())

        page = signed_in("ada").get(_page(cast, "ben")).content.decode()
        rows = [strip_tags(row) for row in re.findall(r'<li class="lnk">.*?</li>', page, re.S)]

        assert sorted(rows) == [
            "No dataWrite the guidesKey result of Nobody waits for an answer–",
            "Off trackNobody waits for an answerAutumn25\u00a0%",
            "Repairs come with a smileAutumnDoes not count yet",
        ]

    def test_offers_only_what_one_may_do(self, cast: Cast, signed_in):
        """An owner manages, oneself may correct one's name, others only read."""
        texts = {
            who: signed_in(who).get(_page(cast, "cleo")).content.decode() for who in ("ada", "ben", "cleo")
        }

        assert "Change the role" in texts["ada"] and "Let leave" in texts["ada"]
        assert "Correct the name" in texts["cleo"] and "Change the role" not in texts["cleo"]
        assert "Correct the name" not in texts["ben"]

    def test_changes_a_role(self, cast: Cast, signed_in):
        """An owner makes somebody an admin and reads that it is so."""
        answer = signed_in("ada").post(_page(cast, "cleo"), {"role": "admin"}, follow=True)

        assert "Cleo Wong is an admin now." in answer.content.decode()
        assert Person.objects.of(cast.acme.id).get(id=cast.cleo.person_id).role == "admin"

    def test_guards_the_last_owner(self, cast: Cast, signed_in):
        """The only owner reads why they cannot step down or leave, and what to do first."""
        ada = signed_in("ada")

        role = ada.post(_page(cast, "ada"), {"role": "member"})
        leave = ada.post(f"{_page(cast, 'ada')}departure/", follow=True)

        for answer in (role, leave):
            assert "is the only owner" in answer.content.decode()
        assert Person.objects.of(cast.acme.id).get(id=cast.ada.person_id).role == "owner"

    def test_lets_leave_and_takes_back(self, cast: Cast, signed_in):
        """Whoever leaves is out at once; taken back, they sign in and are in again."""
        ada, cleo = signed_in("ada"), signed_in("cleo")

        ada.post(f"{_page(cast, 'cleo')}departure/")
        outside = cleo.get("/w/acme/people/").status_code
        ada.post(f"{_page(cast, 'cleo')}departure/undo/")
        still = cleo.get("/w/acme/people/").status_code
        inside = signed_in("cleo").get("/w/acme/people/").status_code

        assert (outside, still, inside) == (302, 302, 200)


class TestNew:
    def test_keeps_what_was_typed(self, cast: Cast, signed_in):
        """A taken address is said beside the field; name, team and role stay."""
        answer = signed_in("ada").post(
            "/w/acme/people/new/",
            {"name": "Benny", "email": "ben@acme.example", "role": "guest", "team": encode(cast.product.id)},
        )

        text = answer.content.decode()
        assert answer.status_code == 409
        assert "Ben Okri has this address already" in text
        assert 'value="Benny"' in text
        assert 'value="guest" checked' in text
        assert f'value="{encode(cast.product.id)}" selected' in text

    def test_offers_a_lead_their_team_and_two_roles(self, cast: Cast, signed_in):
        """A lead adds members and guests to their own team."""
        text = signed_in("ben").get("/w/acme/people/new/").content.decode()

        assert 'value="member"' in text and 'value="guest"' in text
        assert 'value="admin"' not in text and 'value="owner"' not in text
        assert "None yet" not in text

    def test_refuses_what_is_not_offered(self, cast: Cast, signed_in):
        """Somebody who writes their own form gets no further than the page lets them."""
        answer = signed_in("ben").post(
            "/w/acme/people/new/",
            {"name": "X", "email": "x@acme.example", "role": "owner", "team": encode(cast.product.id)},
        )

        assert answer.status_code == 403
        assert not Person.objects.of(cast.acme.id).filter(email="x@acme.example").exists()


class TestStatements:
    @pytest.mark.parametrize(
        ("page", "path"),
        [
            ("people", "people/"),
            ("person", "people/{cleo}/"),
            ("edit_team", "teams/{product}/edit/"),
            ("cycles", "cycles/"),
            ("settings", "settings/"),
            ("preferences", "preferences/"),
        ],
    )
    def test_are_frozen(self, cast: Cast, signed_in, page: str, path: str):
        """Each page costs exactly as many statements as was decided."""
        codes = {"cleo": encode(cast.cleo.person_id), "product": encode(cast.product.id)}

        assert count(signed_in("ada"), f"/w/acme/{path.format(**codes)}") == STATEMENTS[page]
