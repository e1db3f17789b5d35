"""The page of one's tokens."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.utils import timezone

from milepost.actions import tokens
from milepost.core.ids import encode
from milepost.models import Event, Token
from milepost.queries import shortlists
from tests.cast import Cast
from tests.web.statements import STATEMENTS, count

pytestmark = pytest.mark.both_databases
HERE = "/w/acme/tokens/"
SECRET = re.compile(r"mp_[0-9a-z]{52}")


class TestCreate:
    def test_shows_the_token_once(self, cast: Cast, signed_in):
        """The answer holds the token, which is one that scanners know; no later page does."""
        ada = signed_in("ada")

        answer = ada.post(HERE, {"name": "Reports", "scope": "read", "days": "30", "team": ""})

        secret = SECRET.search(answer.content.decode()).group()
        assert (answer.status_code, answer.headers["Cache-Control"]) == (
            201, "max-age=0, no-cache, no-store, must-revalidate, private",
        )  # fmt: skip
        page = ada.get(HERE).content.decode()
        assert "Reports" in page
        assert f"mp_…{secret[-4:]}" in page
        assert secret not in page

    def test_keeps_the_hash_alone(self, cast: Cast, signed_in):
        """Neither the row nor the event holds the secret."""
        answer = signed_in("ada").post(HERE, {"name": "Reports", "scope": "read", "days": "30", "team": ""})

        secret = SECRET.search(answer.content.decode()).group()
        row = Token.objects.of(cast.acme.id).values().get()
        told = Event.objects.of(cast.acme.id).filter(kind="token.created").values().get()
        assert secret not in f"{row} {told}"
        assert (row["scope"], (row["expires_at"] - row["created_at"]).days) == ("read", 30)

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"name": " "}, "name"),
            ({"scope": "root"}, "scope"),
            ({"days": "9999"}, "days"),
            ({"days": ""}, "days"),
            ({"team": "nonsense"}, "team"),
        ],
    )
    def test_says_what_is_wrong(self, cast: Cast, signed_in, wrong: dict, field: str):
        """A wrong field is named, and nothing is made."""
        form = {"name": "Reports", "scope": "read", "days": "30", "team": ""} | wrong

        answer = signed_in("ada").post(HERE, form)

        assert answer.status_code == 422
        assert f'id="f-{field}-error"' in answer.content.decode() or field in ("scope",)
        assert not Token.objects.of(cast.acme.id).exists()

    def test_gives_no_team_the_settings(self, cast: Cast, signed_in):
        """A token for everything cannot be limited to a team, for people and settings belong to none."""
        form = {"name": "Reports", "scope": "admin", "days": "30", "team": encode(cast.product.id)}

        answer = signed_in("ada").post(HERE, form)

        assert answer.status_code == 422
        assert "belong to no team" in answer.content.decode()

    def test_is_ones_own_and_no_setting_of_the_workspace(self, cast: Cast, signed_in):
        """Its tab is the current one, and nothing in the rail."""
        page = signed_in("ada").get(HERE).text

        assert re.findall(r'href="([^"]+)" aria-current="page"', page) == [HERE]

    def test_makes_one_of_a_form_that_is_sent_again(self, cast: Cast, signed_in):
        """Whoever reloads the page of a new token gets no other, and is told that it is shown once."""
        ada = signed_in("ada")
        mark = re.search(r'name="submission" value="([^"]+)"', ada.get(HERE).content.decode())[1]
        form = {"name": "Reports", "scope": "read", "days": "30", "team": "", "submission": mark}
        first = ada.post(HERE, form).content.decode()

        again = ada.post(HERE, form)

        page, row = again.content.decode(), Token.objects.of(cast.acme.id).get()
        assert (again.status_code, SECRET.search(page)) == (200, None)
        assert "shown once only" in page
        assert f"<code>{row.last_four}</code>" in page
        assert SECRET.search(first).group()[-4:] == row.last_four

    def test_makes_another_of_another_form(self, cast: Cast, signed_in):
        """The form that is fetched anew carries another mark, and makes another token."""
        ada = signed_in("ada")
        for _ in range(2):
            mark = re.search(r'name="submission" value="([^"]+)"', ada.get(HERE).content.decode())[1]
            form = {"name": "Reports", "scope": "read", "days": "30", "team": "", "submission": mark}
            assert SECRET.search(ada.post(HERE, form).content.decode())

        assert Token.objects.of(cast.acme.id).count() == 2


class TestExamples:
    @pytest.mark.parametrize(
        ("who", "of", "said"),
        [
            ("cleo", "waiting", {"value": "6.5", "confidence": 5}),
            ("ben", "guides", {"value": None}),
        ],
    )
    def test_check_in_what_stands_already(self, okrs, signed_in, who: str, of: str, said: dict):
        """Whoever tries the example changes no figure: it says the last value again, or none."""
        page = unescape(signed_in(who).get(HERE).content.decode())

        command = re.search(r"-d '(.+)' .+\s+.+/key-results/(\w+)/checkins", page)
        assert command[2] == encode(getattr(okrs, of).id)
        assert json.loads(command[1]) == said | {"note": "From a script"}

    def test_name_what_one_sees_where_nothing_is_ones_own(self, okrs, cast: Cast, signed_in):
        """Whoever owns no key result and is in no team reads others’: nothing of theirs is changed."""
        page = unescape(signed_in("gus").get(HERE).content.decode())

        assert "Nothing here is yours yet: the ids are of what you see." in page
        assert re.search(r"How “.+” stands", page)
        assert re.search(r"/api/v1/key-results/(\w+)<", page)[1] in {
            encode(one.id) for one in (okrs.growth, okrs.waiting, okrs.guides)
        }
        assert f"/api/v1/objectives?team={encode(cast.product.id)}" in page
        assert "/checkins" not in page

    def test_say_whose_the_ids_are(self, okrs, signed_in):
        """Of one’s own they say that; where a part is of others, that too."""
        cleo, ada = (unescape(signed_in(who).get(HERE).content.decode()) for who in ("cleo", "ada"))

        assert "The ids are of what is yours.</p>" in cleo
        assert "The ids are of what is yours or, where nothing is, of what you see.</p>" in ada


class TestTeam:
    def test_is_typed_where_there_are_too_many(self, cast: Cast, signed_in, monkeypatch):
        """Of too many teams to send, any is found as one types, and taken by name without scripts."""
        monkeypatch.setattr(shortlists, "LISTED", 0)
        ada = signed_in("ada")

        page = ada.get(HERE).content.decode()
        ada.post(
            HERE, {"name": "Reports", "scope": "read", "days": "30", "team": "", "team_named": "product"}
        )

        assert '<mp-pick data-find="/w/acme/choices/any-team.json">' in page
        assert Token.objects.of(cast.acme.id).get().team_id == cast.product.id


class TestRevocation:
    @pytest.mark.parametrize(("used", "said"), [(False, "never used"), (True, "last used today")])
    def test_asks_first(self, cast: Cast, signed_in, used: bool, said: str):
        """The list leads to a question that names the token and its last use; asking ends nothing."""
        row, _ = tokens.create(name="Reports", by=cast.ada, at=timezone.now())
        if used:
            tokens.use(token=row.id, by=cast.ada, at=timezone.now())
        ada, there = signed_in("ada"), f"{HERE}{encode(row.id)}/revocation/"

        page = ada.get(there).content.decode()

        assert f'href="{there}"' in ada.get(HERE).content.decode()
        assert "Reports" in page
        assert said in page
        assert Token.objects.of(cast.acme.id).get().revoked_at is None

    def test_asks_for_nothing_that_ended(self, cast: Cast, signed_in):
        """Whoever comes to the question of a revoked token is led to the list, which says so."""
        row, _ = tokens.create(name="Reports", by=cast.ada, at=timezone.now())
        tokens.revoke(token=row.id, by=cast.ada, at=timezone.now())

        answer = signed_in("ada").get(f"{HERE}{encode(row.id)}/revocation/")

        assert (answer.status_code, answer.headers["Location"]) == (303, HERE)

    def test_is_for_its_person_alone(self, cast: Cast, signed_in):
        """Nobody else is asked, an owner neither."""
        row, _ = tokens.create(name="Reports", by=cast.cleo, at=timezone.now())

        assert signed_in("ada").get(f"{HERE}{encode(row.id)}/revocation/").status_code == 404


class TestDestroy:
    def test_ends_the_token_at_once(self, cast: Cast, signed_in):
        """A revoked token stays listed, struck out, with the day it was revoked."""
        row, _ = tokens.create(name="Reports", by=cast.ada, at=timezone.now())
        ada = signed_in("ada")

        ada.post(f"{HERE}{encode(row.id)}/revocation/")

        row = Token.objects.of(cast.acme.id).get()
        assert row.revoked_at is not None
        page = ada.get(HERE).content.decode()
        assert '<s class="muted">Reports</s>' in page
        assert "<b>revoked</b> on " in page

    def test_is_for_its_person_alone(self, cast: Cast, signed_in):
        """Nobody else can revoke it, an owner neither; they let its person leave instead."""
        row, _ = tokens.create(name="Reports", by=cast.cleo, at=timezone.now())

        answer = signed_in("ada").post(f"{HERE}{encode(row.id)}/revocation/")

        assert answer.status_code == 404
        assert Token.objects.of(cast.acme.id).get().revoked_at is None


class TestCost:
    def test_is_as_decided(self, cast: Cast, signed_in):
        """The page costs as many statements as the table says, however many tokens there are."""
        for name in ("One", "Two", "Three"):
            tokens.create(name=name, team=cast.product.id, by=cast.ada, at=timezone.now())

        assert count(signed_in("ada"), HERE) == STATEMENTS["tokens"]


class TestReference:
    def test_leads_to_examples_with_ones_own_ids(self, cast: Cast, signed_in):
        """It is the same page for everyone, so its link goes by the workspace that the reader is in."""
        ada = signed_in("ada")
        link = re.search(r'href="([^"]+)">Examples with your own ids', ada.get("/api/").content.decode())[1]

        answer = ada.get(link)

        assert (answer.status_code, answer.headers["Location"]) == (302, f"{HERE}#examples")
        assert 'id="examples"' in ada.get(HERE).content.decode()


class TestLogin:
    def test_leads_to_the_form_filled_in(self, cast: Cast, signed_in):
        """Whoever comes from `milepost login` knows no workspace: the way leads to the form, filled in."""
        ada = signed_in("ada")

        answer = ada.get("/tokens/new/?for=milepost")
        form = ada.get(answer.headers["Location"]).content.decode()

        assert (answer.status_code, answer.headers["Location"]) == (302, f"{HERE}?for=milepost#new")
        assert 'value="milepost, the command"' in form
        assert re.search(r'value="write"[^>]* checked|checked[^>]* value="write"', form)

    def test_signs_in_first(self, cast: Cast, client):
        """Somebody who is not signed in does that, and comes back."""
        answer = client.get("/tokens/new/?for=milepost")

        assert answer.headers["Location"] == "/sign-in/?next=%2Ftokens%2Fnew%2F%3Ffor%3Dmilepost"

    def test_is_told_on_the_page_of_the_token(self, cast: Cast, signed_in):
        """Beside a new token stands the command that takes it."""
        answer = signed_in("ada").post(HERE, {"name": "Me", "scope": "write", "days": "30", "team": ""})

        assert "milepost login http" in answer.content.decode()
