"""Arranging teams, cycles and settings through their pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from milepost.actions import cycles, objectives, teams
from milepost.core.ids import encode
from milepost.models import Cycle, Team, TeamMember, Workspace
from tests.cast import Cast
from tests.web import acme
from tests.web.reading import form_of, page_of

pytestmark = pytest.mark.both_databases
DAY = timedelta(days=1)


class TestTeams:
    def test_creates_and_then_asks_who(self, cast: Cast, signed_in):
        """A new team leads to the page where its people are chosen."""
        answer = signed_in("ada").post(
            "/w/acme/teams/new/", {"name": "Web", "purpose": "Sell.", "parent": encode(cast.product.id)}
        )

        team = Team.objects.of(cast.acme.id).get(name="Web")
        assert answer.headers["Location"] == f"/w/acme/teams/{encode(team.id)}/edit/"
        assert team.parent_id == cast.product.id

    def test_seats_and_unseats(self, cast: Cast, signed_in):
        """Somebody joins, becomes lead, and goes, each by a button."""
        ada, here = signed_in("ada"), f"/w/acme/teams/{encode(cast.product.id)}"
        gus = encode(cast.gus.person_id)

        ada.post(f"{here}/members/", {"person": gus, "role": "member"})
        ada.post(f"{here}/members/", {"person": gus, "role": "lead"})
        seat = TeamMember.objects.of(cast.acme.id).get(person_id=cast.gus.person_id, until_on=None)
        ada.post(f"{here}/members/{gus}/end/")

        assert seat.is_lead
        rows = TeamMember.objects.of(cast.acme.id).filter(person_id=cast.gus.person_id, until_on=None)
        assert not rows.exists()

    def test_stay_where_they_stand_for_who_may_not_move_them(self, cast: Cast, signed_in):
        """A lead says what a team is for, below a team that is not theirs or on top: it stays there."""
        at = timezone.now()
        below = teams.create(name="Below", parent=cast.product.id, by=cast.ada, at=at)
        top = teams.create(name="Top", by=cast.ada, at=at)
        for team in (below, top):
            teams.add_member(team=team.id, person=cast.cleo.person_id, is_lead=True, by=cast.ada, at=at)
        cleo = signed_in("cleo")

        for team in (below, top):
            here = f"/w/acme/teams/{encode(team.id)}/edit/"
            sent = form_of(page_of(cleo.get(here)), "purpose")
            assert cleo.post(here, sent | {"purpose": ["Bread."]}).status_code == 303

        found = Team.objects.of(cast.acme.id).filter(purpose="Bread.")
        assert {one.name: one.parent_id for one in found} == {"Below": cast.product.id, "Top": None}

    def test_shows_the_path_of_a_loop(self, cast: Cast, signed_in):
        """A forged parent below the team itself is refused with the path, beside the field."""
        ada = signed_in("ada")
        ada.post("/w/acme/teams/new/", {"name": "Web", "parent": encode(cast.product.id)})
        web = Team.objects.of(cast.acme.id).get(name="Web")

        page = ada.get(f"/w/acme/teams/{encode(cast.product.id)}/edit/").content.decode()
        answer = ada.post(
            f"/w/acme/teams/{encode(cast.product.id)}/edit/", {"name": "Product", "parent": encode(web.id)}
        )

        assert f'value="{encode(web.id)}"' not in page
        assert answer.status_code == 422
        assert "Product → Web → Product" in answer.content.decode()

    def test_refuses_nobody(self, cast: Cast, signed_in):
        """Adding without choosing says so."""
        answer = signed_in("ada").post(
            f"/w/acme/teams/{encode(cast.product.id)}/members/", {"person": "", "role": "member"}
        )

        assert answer.status_code == 422
        assert "Choose someone." in answer.content.decode()


class TestCycles:
    def test_begin_with_a_suggestion(self, cast: Cast, signed_in):
        """With no cycle yet, one click creates the running quarter."""
        ada = signed_in("ada")

        page = ada.get("/w/acme/cycles/").content.decode()
        form = ada.get("/w/acme/cycles/new/").content.decode()

        assert "Create Q" in page
        assert 'name="starts_on" type="date" value="20' in form

    def test_are_created_nested_closed_and_opened_again(self, cast: Cast, signed_in):
        """A year, a quarter in it, closed and open again."""
        ada = signed_in("ada")
        ada.post("/w/acme/cycles/new/", {"name": "Y", "starts_on": "2020-01-01", "ends_on": "2020-12-31"})
        year = Cycle.objects.of(cast.acme.id).get(name="Y")
        ada.post(
            "/w/acme/cycles/new/",
            {"name": "Q", "starts_on": "2020-10-01", "ends_on": "2020-12-31", "parent": encode(year.id)},
        )
        quarter = Cycle.objects.of(cast.acme.id).get(name="Q")
        here = f"/w/acme/cycles/{encode(quarter.id)}"

        ada.post(f"{here}/closing/")
        closed = Cycle.objects.of(cast.acme.id).get(id=quarter.id).closed_on
        ada.post(f"{here}/closing/undo/")

        assert quarter.parent_id == year.id
        assert closed is not None
        assert Cycle.objects.of(cast.acme.id).get(id=quarter.id).closed_on is None

    @pytest.mark.parametrize(
        ("sent", "says"),
        [
            ({"starts_on": "2026-10-01", "ends_on": "2026-09-01"}, "ends before it begins"),
            ({"starts_on": "2026-10-01", "ends_on": "2026-10-03"}, "at least 7 days"),
            ({"starts_on": "2026-10-01", "ends_on": "2036-10-03"}, "at most 5 years"),
            ({"starts_on": "soon", "ends_on": ""}, "“soon” is no day"),
            ({"starts_on": "", "ends_on": ""}, "A first day is needed."),
            ({"starts_on": "2026-10-01", "ends_on": "", "name": ""}, "needs a name"),
            ({"starts_on": "2026-10-01", "ends_on": "", "parent": "nonsense"}, "not on the list"),
            ({"starts_on": "2026-10-01", "ends_on": "", "parent": "0" * 13}, "no such cycle"),
            ({"starts_on": "0001-01-01", "ends_on": ""}, "cannot begin in the year 1"),
            ({"starts_on": "9999-12-01", "ends_on": "9999-12-31"}, "cannot begin in the year 9999"),
        ],
    )
    def test_say_what_is_wrong(self, cast: Cast, signed_in, sent: dict[str, str], says: str):
        """Days, names and places that cannot be are refused in words; what was typed stays."""
        answer = signed_in("ada").post("/w/acme/cycles/new/", {"name": "My cycle", **sent})

        text = answer.content.decode()
        assert answer.status_code == 422
        assert says in text
        assert "name" in sent or 'value="My cycle"' in text


class TestDaysOfACycle:
    """A cycle with one objective and one key result, in its ninth week."""

    @pytest.fixture
    def quick(self, cast: Cast, cycle: Cycle, now) -> acme.Work:
        return acme.work("Repairs are quick", cycle=cycle, by=cast.ada, at=now, team=cast.product.id)

    @pytest.fixture
    def send(self, cycle: Cycle, quick: acme.Work, signed_in) -> Callable:
        def sent(ends_on: date | None = None, begins_on: date | None = None, **more):
            days = (begins_on or cycle.starts_on).isoformat(), (ends_on or cycle.ends_on).isoformat()
            form = {"name": cycle.name, "starts_on": days[0], "ends_on": days[1], **more}
            return signed_in("ada").post(f"/w/acme/cycles/{encode(cycle.id)}/edit/", form)

        return sent

    def test_say_first_what_they_would_change(self, cycle: Cycle, send, now):
        """What ends a cycle, begins it anew or moves its end is told before; nothing is saved by then."""
        today = acme.day_of(now)

        ended = page_of(send(today - DAY))
        to_come = page_of(send(today + 60 * DAY, begins_on=today + 5 * DAY))
        longer = page_of(send(cycle.ends_on + 91 * DAY))

        assert "It is running; with these days it is open for grading, and waits to be closed." in ended
        assert "100 % of its time is gone by today then, instead of 63 %." in ended
        assert "It is running; with these days it has yet to begin." in to_come
        assert "31 % of its time is gone by today then, instead of 63 %." in longer
        for page in (ended, to_come, longer):
            assert "1 open objective stands in it, and the days of 1 key result follow its own" in page
        assert Cycle.objects.of(cycle.workspace_id).get(id=cycle.id).ends_on == cycle.ends_on

    def test_say_that_it_would_run_again(self, cast: Cast, cycle: Cycle, send, now):
        """One whose time is up does not run again unnoticed."""
        past = acme.day_of(now) - DAY
        cycles.update(cycle=cycle.id, changed={"ends_on": past}, by=cast.ada, at=now)

        assert "It is open for grading; with these days it is running." in page_of(send(cycle.ends_on))

    def test_are_saved_the_second_time(self, cycle: Cycle, send, now):
        """Sent once more as they were shown, they hold; other days than those are told first as well."""
        ends_on = acme.day_of(now) - DAY
        shown = re.search(r'name="seen" value="([^"]*)"', page_of(send(ends_on)))[1]

        otherwise = send(ends_on - DAY, seen=shown)
        saved = send(ends_on, seen=shown)

        assert otherwise.status_code == 200 and 'id="moved"' in otherwise.content.decode()
        assert saved.status_code == 303
        assert Cycle.objects.of(cycle.workspace_id).get(id=cycle.id).ends_on == ends_on

    def test_that_change_nothing_are_not_asked_about(self, cycle: Cycle, send):
        """A new name is saved at once; days that cannot be are refused at once."""
        renamed, refused = send(name="Autumn"), send(cycle.starts_on - DAY)

        assert renamed.status_code == 303
        assert refused.status_code == 422 and 'id="moved"' not in refused.content.decode()

    def test_count_only_what_the_reader_sees(self, cast: Cast, cycle: Cycle, send, now):
        """Somebody's personal objective is counted for nobody else."""
        objectives.draft(
            title="Learn Dutch", cycle=cycle.id, owner=cast.cleo.person_id, visibility="private",
            by=cast.cleo, at=now,
        )  # fmt: skip

        assert "1 open objective stands in it" in page_of(send(cycle.ends_on + DAY))


class TestSettings:
    SENT = {
        "name": "Acme Ltd",
        "time_zone": "Asia/Tokyo",
        "mission": "M",
        "vision": "V",
        "check_in_every": "14",
        "count_restricted_work": "on",
    }

    def test_change(self, cast: Cast, signed_in):
        """An owner changes the settings."""
        answer = signed_in("ada").post("/w/acme/settings/", self.SENT, follow=True)

        row = Workspace.objects.get(id=cast.acme.id)
        assert "Saved: “Acme Ltd”." in answer.content.decode()
        assert (row.name, row.time_zone, row.check_in_every) == ("Acme Ltd", "Asia/Tokyo", 14)
        assert row.count_restricted_work

    def test_say_what_counting_restricted_work_reveals(self, signed_in):
        """Whoever switches it on reads first what it tells others."""
        text = signed_in("ada").get("/w/acme/settings/").content.decode()

        assert "reveals" in text and "includes 2 restricted key results" in text

    def test_are_read_by_everyone(self, signed_in):
        """A member reads the settings and finds no form."""
        text = signed_in("cleo").get("/w/acme/settings/").content.decode()

        assert "Europe/Prague" in text
        assert 'name="check_in_every"' not in text

    @pytest.mark.parametrize(
        ("field", "value", "says"),
        [
            ("time_zone", "Moon/Tycho", "no time zone called"),
            ("name", "", "needs a name"),
            ("check_in_every", "x", "every 1 to 92 days"),
        ],
    )
    def test_say_what_is_wrong(self, signed_in, field: str, value: str, says: str):
        """A wrong setting is refused beside its field, and the others are not saved either."""
        answer = signed_in("ada").post("/w/acme/settings/", self.SENT | {field: value})

        assert answer.status_code == 422
        assert says in answer.content.decode()
        assert Workspace.objects.get(slug="acme").check_in_every == 7


class TestPreferences:
    def test_are_kept_in_the_browser(self, signed_in):
        """Appearance, colours and keyboard are cookies of this browser."""
        browser = signed_in("cleo")

        browser.post("/w/acme/preferences/", {"theme": "dark", "status_colours": "classic", "keys": "off"})
        text = browser.get("/w/acme/preferences/").content.decode()

        assert {name: browser.cookies[name].value for name in ("theme", "status_colours", "keys")} == {
            "theme": "dark",
            "status_colours": "classic",
            "keys": "off",
        }
        assert 'data-theme="dark" data-status="classic"' in text

    def test_take_only_what_is_offered(self, signed_in):
        """Nothing else is written into a cookie."""
        browser = signed_in("cleo")

        browser.post("/w/acme/preferences/", {"theme": "<script>", "status_colours": "x", "sessionid": "1"})

        assert not {"theme", "status_colours", "sessionid"} & set(browser.cookies)

    @pytest.mark.parametrize(
        ("referer", "there"),
        [
            ("http://testserver/w/acme/people/?show=left", "/w/acme/people/?show=left"),
            ("http://evil.example/w/acme/", "/"),
            ("http://testserver//evil.example/", "/evil.example/"),
            ("", "/"),
        ],
    )
    def test_lead_back_to_where_one_was(self, signed_in, referer: str, there: str):
        """The switch in the rail leads back to the same page, never to another host."""
        answer = signed_in("cleo").post("/appearance/", {"theme": "light"}, headers={"referer": referer})

        assert answer.headers["Location"] == there
        assert answer.cookies["theme"].value == "light"
