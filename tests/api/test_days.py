"""Past days for programs: what stood then, and two days side by side."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from milepost.actions import alignments, checkins, cycles, key_results, objectives, teams, workspaces
from milepost.core.ids import encode
from milepost.models import Event, Objective, TeamMember, Workspace
from tests.okrs import SECRET_TITLE
from tests.web.acme import day_of

pytestmark = pytest.mark.both_databases
DAY = timedelta(days=1)


class TestOn:
    def test_tells_what_stood_then(self, program, okrs, cast, now):
        """Target, text, value and figures of that evening, and its explanation."""
        ada, path = program("ada"), f"/key-results/{encode(okrs.growth.id)}"
        yesterday = f"?on={day_of(now) - DAY}"
        before = ada.get(path).json()
        explained = ada.get(f"{path}/explanation").json()
        changed = {"target": Decimal(80), "description": "More."}
        key_results.update(key_result=okrs.growth.id, changed=changed, reason="We can.", by=cast.ada, at=now)
        checkins.record(key_result=okrs.growth.id, value=Decimal(49), by=cast.ada, at=now)

        then, today = ada.get(path + yesterday).json(), ada.get(path).json()

        told = ("target", "description", "value", "percent", "confidence", "owner")
        assert [then[name] for name in told] == [before[name] for name in told]
        assert (today["target"], today["description"], today["value"]) == ("80", "More.", "49")
        assert ada.get(f"{path}/explanation{yesterday}").json()["progress"] == explained["progress"]

    def test_narrows_lists_by_what_was_so_then(self, program, okrs, cast, now):
        """An objective that has changed its team is found where it was."""
        objectives.update(
            objective=okrs.helpful.id,
            changed={"team": None, "description": "Ours."}, reason="All of us.", by=cast.ada, at=now,
        )  # fmt: skip
        ada, path = program("ada"), f"/objectives?team={encode(cast.product.id)}&state=active"

        then = ada.get(f"{path}&on={day_of(now) - DAY}").json()["items"]

        assert [one["title"] for one in then] == [okrs.helpful.title]
        assert then[0]["description"].startswith("Waiting is")
        assert ada.get(path).json()["items"] == []

    def test_shows_the_tree_of_then(self, program, okrs, cast, now):
        """The whole in one answer, with a tag of its own."""
        ada, yesterday = program("ada"), f"/tree?on={day_of(now) - DAY}"
        before = ada.get("/tree").json()["objectives"]["progress"]
        checkins.record(key_result=okrs.growth.id, value=Decimal(49), by=cast.ada, at=now)

        then = ada.get(yesterday)

        assert then.json()["objectives"]["progress"] == before
        assert then.headers["ETag"] != ada.get("/tree").headers["ETag"]
        assert ada.get(yesterday, **{"If-None-Match": then.headers["ETag"]}).status_code == 304

    def test_is_seen_with_the_rights_of_today(self, program, okrs, cast, now):
        """What has become confidential is confidential then too."""
        objectives.update(
            objective=okrs.company.id, changed={"visibility": "people", "visible_to": []}, by=cast.ada, at=now
        )
        path = f"/objectives/{encode(okrs.company.id)}?on={day_of(now) - DAY}"

        assert program("cleo").get(path).status_code == 404
        assert program("ada").get(path).status_code == 200

    @pytest.mark.parametrize(
        ("on", "code"),
        [("soon", None), ("2026-02-30", None), ("2099-12-31", "day_not_over"),
         ("1999-12-31", "before_the_beginning"), ("0001-01-01", None)],
    )  # fmt: skip
    @pytest.mark.parametrize(
        "path", ["/objectives?on=", "/tree?on=", "/tree/comparison?from=", "/company/comparison?to="]
    )
    def test_refuses_what_is_no_day_to_look_back_to(self, program, okrs, path, on, code):
        """Each with a code and a remedy, and the name of the parameter."""
        answer = program("ada").get(path + on)

        told = answer.json()
        assert answer.status_code == 422 and told["errors"][0]["field"] in ("on", "from", "to")
        assert code is None or (told["code"] == code and told["remedy"])

    def test_looks_back_to_the_day_of_the_first_draft(self, program, okrs, cast):
        """What is drafted before its cycle begins, or came from a file of before, has days of its own."""
        drafted = okrs.cycle.starts_on - 40 * DAY
        Objective.objects.of(cast.acme.id).filter(id=okrs.company.id).update(
            created_at=datetime.combine(drafted, time(12), tzinfo=UTC)
        )
        ask = program("cleo").get

        assert ask(f"/objectives?on={drafted}").status_code == 200
        assert ask(f"/objectives?on={drafted - 2 * DAY}").json()["code"] == "before_the_beginning"

    def test_begins_with_the_founding_whenever_cycles_begin(self, program, okrs, cast, now):
        """A cycle that began long before anybody wrote anything down makes no day that could be shown."""
        Objective.objects.of(cast.acme.id).update(created_at=now)
        founded = day_of(Workspace.objects.get(id=cast.acme.id).created_at)
        ask = program("cleo").get
        cycles.create(name="The year", starts_on=founded - 300 * DAY, ends_on=None, by=cast.ada, at=now)

        refused = ask(f"/objectives?on={founded - DAY}").json()

        assert ask(f"/objectives?on={founded}").status_code == 200
        assert refused["code"] == "before_the_beginning" and f"begins on {founded}" in refused["detail"]

    def test_looks_back_to_a_team_of_which_a_file_tells(self, program, cast):
        """What a file dates before the founding is recorded from then on."""
        founded = day_of(Workspace.objects.get(id=cast.acme.id).created_at)
        told = Event.objects.of(cast.acme.id).filter(kind="team.created", subject_id=cast.product.id)
        told.update(at=datetime.combine(founded - 40 * DAY, time(12), tzinfo=UTC))
        ask = program("cleo").get

        assert len(ask(f"/teams?on={founded - 40 * DAY}").json()["items"]) == 1
        assert ask(f"/teams?on={founded - 41 * DAY}").json()["code"] == "before_the_beginning"

    def test_tells_links_teams_cycles_and_check_ins_of_then(self, program, okrs, cast, now):
        """Each list, and each thing in it, is that of the evening; an entry has the state of then."""
        yesterday = f"on={day_of(now) - DAY}"
        lists = (
            "/alignments",
            "/teams",
            "/cycles",
            "/checkins",
            f"/key-results/{encode(okrs.waiting.id)}/checkins",
        )
        ada = program("ada")
        Event.objects.of(cast.acme.id).filter(kind="cycle.created").update(at=now - 2 * DAY)
        before = {path: ada.get(path).json()["items"] for path in lists}
        above = teams.create(name="Everything", by=cast.ada, at=now)
        teams.update(team=cast.product.id, changed={"parent": above.id}, by=cast.ada, at=now)
        cycles.update(
            cycle=okrs.next_cycle.id, changed={"ends_on": okrs.next_cycle.ends_on + DAY}, by=cast.ada, at=now
        )
        link = okrs.helpful.alignments.of(cast.acme.id).get(until_at=None)
        alignments.update(alignment=link.id, how="supports", weight=Decimal(1), by=cast.ada, at=now)
        entry = okrs.waiting.checkins.of(cast.acme.id).latest("id")
        checkins.correct(checkin=entry.id, value=Decimal(3), by=cast.ada, at=now)

        for path in lists:
            then, today = (ada.get(f"{path}?{on}").json()["items"] for on in (yesterday, ""))
            ids = {each["id"] for each in before[path]}
            assert [each for each in then if each["id"] in ids] == before[path] != today, path
        for path in (f"/teams/{encode(cast.product.id)}", f"/cycles/{encode(okrs.next_cycle.id)}",
                     f"/alignments/{encode(link.id)}"):  # fmt: skip
            then, today = (ada.get(f"{path}?{on}").json() for on in (yesterday, ""))
            assert then in before[f"/{path.split('/')[1]}"] and then != today

    def test_tells_members_and_events_until_then(self, program, okrs, cast, now):
        """Who belonged to a team that evening, and what had happened by then, the latest first."""
        ada, team = program("ada"), cast.product.id
        rows = TeamMember.objects.of(cast.acme.id).filter(team=team)
        rows.update(since_on=day_of(now) - 9 * DAY)
        Event.objects.of(cast.acme.id).filter(kind__startswith="team.").update(at=now - 9 * DAY)
        there, events = (
            f"/teams/{encode(team)}/members?on={day_of(now) - DAY}",
            f"/events?on={day_of(now) - DAY}",
        )
        before = ada.get(f"/teams/{encode(team)}/members").json()["items"]
        happened = ada.get(events).json()["items"]
        teams.remove_member(team=team, person=cast.cleo.person_id, by=cast.ada, at=now)
        teams.add_member(team=team, person=cast.gus.person_id, is_lead=True, by=cast.ada, at=now)

        then, today = ada.get(there).json()["items"], ada.get(there.partition("?")[0]).json()["items"]

        assert then == before != today
        assert ada.get(events).json()["items"] == happened != ada.get("/events").json()["items"]
        assert ada.get("/events?on=1999-12-31").json()["code"] == "before_the_beginning"

    def test_today_is_today(self, program, okrs, now):
        """The day that is not over is shown as it stands."""
        ada = program("ada")

        assert ada.get(f"/objectives?on={day_of(now)}").json() == ada.get("/objectives").json()


class TestComparison:
    def test_tells_both_days_and_why(self, program, okrs, cast, now):
        """Of an objective, a team, the company, the whole tree: values, check-ins and the arithmetic."""
        checkins.record(key_result=okrs.waiting.id, value=Decimal(5), by=cast.cleo, at=now)
        days = f"from={day_of(now) - DAY}"

        for path, title in (
            (f"/objectives/{encode(okrs.helpful.id)}", okrs.helpful.title),
            (f"/teams/{encode(cast.product.id)}", okrs.helpful.title),
            ("/company", okrs.company.title),
            ("/tree", okrs.helpful.title),
        ):
            told = program("cleo").get(f"{path}/comparison?{days}").json()
            assert told["objectives"][0]["title"] == title and told["objectives"][0]["points"] > 0
            assert (told["objectives"][0]["why"] is None) == (path == "/tree")
            assert SECRET_TITLE not in str(told)

    def test_names_no_hidden_part(self, program, okrs, cast, now):
        """Restricted work that counts is a part like others, and has no id for those who may not see it."""
        workspaces.update(changed={"count_restricted_work": True}, by=cast.ada, at=now)
        hidden = okrs.shares.objective_id
        checkins.record(key_result=okrs.shares.id, value=Decimal(30), by=cast.ada, at=now)

        for who, ids in (("ada", True), ("cleo", False)):
            told = program(who).get(f"/company/comparison?from={day_of(now) - DAY}")
            (company,) = [one for one in told.json()["objectives"] if one["title"] == okrs.company.title]
            assert (encode(hidden) in told.content.decode()) is ids
            assert (None in [part["id"] for part in company["why"]["parts"]]) is not ids

    def test_refuses_days_in_the_wrong_order(self, program, okrs, now):
        """Programs say which comes first."""
        answer = program("ada").get(
            f"/company/comparison?from={day_of(now) - DAY}&to={day_of(now) - 2 * DAY}"
        )

        assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "from"

    def test_counts_for_a_limited_token_what_it_reaches(self, program, okrs, cast, now):
        """Neither day's sums tell of work beyond its team."""
        days = f"from={day_of(now) - DAY}&to={day_of(now)}"
        whole, own = (
            program("ada", scope="read", team=team).get(f"/tree/comparison?{days}").json()
            for team in (None, cast.product.id)
        )

        assert [own[f"summary_{side}"]["objectives"] for side in ("before", "after")] == [1, 1]
        assert whole["summary_after"]["objectives"] > 1
