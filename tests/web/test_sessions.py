"""Sessions: listed, ended from elsewhere, and over by themselves."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from milepost.actions import sessions, tokens
from milepost.actions.access import NOBODY_YET
from milepost.models import Session, Token
from tests.cast import Cast
from tests.web.account import HERE, ada, enter, kinds

pytestmark = pytest.mark.both_databases


class TestSessions:
    def test_are_listed(self, cast: Cast):
        """Each browser is named with what it is and where, as far as that is anybody's business."""
        phone = Client(
            headers={"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0) Version/26 Safari/604.1"},
            REMOTE_ADDR="192.0.2.77",
        )
        enter(phone)

        text = enter(Client()).get(HERE).content.decode()

        assert "Safari on iPhone" in text
        assert "192.0.2.…" in text and "192.0.2.77" not in text

    def test_are_told_by_the_clock_of_whoever_looks(self, client: Client, cast: Cast):
        """In the zone that the browser named; where it named none, in that of the workspace."""
        browser, moment = enter(client), datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
        Session.objects.filter(user=ada()).update(started_at=moment)

        in_prague = browser.get(HERE).content.decode()
        browser.cookies["zone"] = "Asia%2FTokyo"
        in_tokyo = browser.get(HERE).content.decode()

        year = "(\u00a02026)?"  # that of another than this one
        for text, zone, time in ((in_prague, "Europe/Prague", "00:30"), (in_tokyo, "Asia/Tokyo", "07:30")):
            assert f"times in {zone}" in text and re.search(f"since 2\u00a0Jul{year}, {time}", text)

    def test_end_with_the_secret_of_the_server(self, client: Client, cast: Cast, settings):
        """Whoever replaces the secret key signs everyone out, on every page."""
        here = enter(client)
        assert here.get("/w/acme/people/").status_code == 200

        settings.SECRET_KEY = "another one, of which nobody else knows"

        assert [here.get(path).status_code for path in ("/w/acme/people/", HERE)] == [302, 302]

    def test_are_ended_by_whoever_runs_the_server(self, client: Client, cast: Cast):
        """By a command, at once, with the tokens where it says so; another account's go on."""
        hers, his = enter(client), enter(Client(), "ben")
        made = tokens.create(name="Nightly", by=cast.ada, at=timezone.now())

        call_command("user", "sign-out", "ada@acme.example", "--tokens")

        assert [one.get("/w/acme/people/").status_code for one in (hers, his)] == [302, 200]
        assert Token.objects.of(cast.acme.id).get(id=made[0].id).revoked_at

    def test_are_ended_from_elsewhere(self, client: Client, cast: Cast):
        """“Sign out there” holds at the next click; nobody else's session can be named."""
        other, here = enter(Client()), enter(client)
        text = here.get(HERE).content.decode()
        (mark,) = re.findall(r"/account/sessions/(\w{20})/end/", text)

        by_ben = enter(Client(), "ben").post(f"/account/sessions/{mark}/end/")
        still = other.get("/w/acme/people/").status_code
        here.post(f"/account/sessions/{mark}/end/")

        assert by_ben.status_code == 404
        assert still == 200
        assert other.get("/w/acme/people/").status_code == 302
        assert here.get("/w/acme/people/").status_code == 200
        assert kinds()[-1] == "person.sessions_ended"

    def test_end_with_the_tokens_where_that_is_wished(self, cast: Cast):
        """The account says how many tokens live; signing out everywhere ends them where one ticks that."""
        at = timezone.now()
        for by in (cast.ada, cast.ada, cast.ben):
            tokens.create(name="A program", by=by, at=at)
        other, here = enter(Client()), enter(Client())

        text = here.get(HERE).content.decode()
        here.post(f"{HERE}sessions/others/end/")
        kept = many(cast, "ada")
        done = here.post(f"{HERE}sessions/others/end/", {"tokens": "on"}, follow=True).content.decode()

        assert "Revoke my 2 tokens as well" in text
        assert (other.get(HERE).status_code, kept) == (302, 2)
        assert "2 tokens were revoked." in done and "Revoke my" not in done
        assert (many(cast, "ada"), many(cast, "ben")) == (0, 1)
        assert kinds()[-1] == "token.revoked"

    def test_never_show_a_key(self, client: Client, cast: Cast):
        """What a page says of a session opens none."""
        text = enter(client).get(HERE).content.decode()

        assert client.session.session_key not in text

    def test_keep_no_key(self, client: Client, cast: Cast):
        """Whoever reads the table, or a backup, cannot sign in with what it holds."""
        enter(client)
        thief = Client()
        thief.cookies["milepost"] = Session.objects.get(user=ada()).session_key

        assert thief.get(HERE).status_code == 302
        assert thief.get("/w/acme/people/").status_code == 302
        assert client.get("/w/acme/people/").status_code == 200

    def test_last_as_long_as_they_are_used(self, client: Client, cast: Cast):
        """Two weeks without a visit end a session; visits prolong it, at most to thirty days."""
        enter(client)
        row = Session.objects.get(user=ada())
        began = row.started_at
        at_first = row.expire_date - began

        use(client, began + timedelta(days=10))
        then = Session.objects.get(user=ada()).expire_date - began
        use(client, began + timedelta(days=20))
        at_last = Session.objects.get(user=ada()).expire_date - began

        assert timedelta(days=13, hours=23) < at_first < timedelta(days=14, hours=1)
        assert then == timedelta(days=24)
        assert at_last == timedelta(days=30)

    def test_end_by_idling(self, client: Client, cast: Cast):
        """A session that nobody used for two weeks opens nothing."""
        enter(client)
        Session.objects.filter(user=ada()).update(expire_date=timezone.now())

        assert client.get("/w/acme/people/").status_code == 302
        assert client.get(HERE).status_code == 302

    def test_are_seen_now_and_then(self, client: Client, cast: Cast):
        """A visit is remembered once in a quarter of an hour, not with each click."""
        enter(client)
        before = timezone.now() - timedelta(hours=1)
        Session.objects.filter(user=ada()).update(seen_at=before)

        client.get("/w/acme/people/")
        first = Session.objects.get(user=ada()).seen_at
        client.get("/w/acme/people/")

        assert first > before
        assert Session.objects.get(user=ada()).seen_at == first


def many(cast: Cast, who: str) -> int:
    """Count the tokens of somebody that open the API."""
    person = getattr(cast, who).person_id
    return Token.objects.of(cast.acme.id).filter(person_id=person, revoked_at=None).count()


def use(client: Client, at) -> None:
    sessions.use(session_key=client.session.session_key, by=NOBODY_YET, at=at)
