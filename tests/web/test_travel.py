"""Time travel: pages as they stood at the end of a past day, for whoever may see them today."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from milepost.actions import checkins, cycles, key_results, objectives, people, teams
from milepost.actions.key_results import Definition
from milepost.core.ids import encode
from milepost.web import words
from tests.okrs import SECRET_TITLE
from tests.web import acme
from tests.web.reading import text

pytestmark = pytest.mark.both_databases
DAY = timedelta(days=1)


def page(browser, path: str, on=None, **query) -> str:
    """Read a page as of a day."""
    answer = browser.get(path, query | ({"on": on.isoformat()} if on else {}))
    assert answer.status_code == 200, answer.status_code
    return text(answer)


def of_key_result(one) -> str:
    return f"/w/acme/key-results/{encode(one.id)}/"


class TestShow:
    def test_tells_the_target_and_the_value_of_then(self, signed_in, okrs, cast, now):
        """A target that was changed today reads as it was; so does the value."""
        key_results.update(
            key_result=okrs.growth.id, changed={"target": Decimal(80)}, reason="More.", by=cast.ada, at=now
        )
        checkins.record(key_result=okrs.growth.id, value=Decimal(44), by=cast.ada, at=now)
        browser = signed_in("ada")

        then = page(browser, of_key_result(okrs.growth), acme.day_of(now) - DAY)
        today = page(browser, of_key_result(okrs.growth))

        assert "50 %" in then and "80 %" not in then and "As it stood" in then
        assert "80 %" in today and "As it stood" not in today

    @pytest.mark.parametrize(("days", "said"), [(1, "1 day ago"), (7, "1 week ago"), (10, "10 days ago")])
    def test_says_how_long_ago_it_was(self, signed_in, okrs, now, days, said):
        """In days, unless weeks are exact."""
        there = f"/w/acme/objectives/{encode(okrs.company.id)}/"

        assert f"</b>, {said}<" in page(signed_in("ada"), there, acme.day_of(now) - days * DAY)

    def test_names_the_cycle_of_what_it_shows(self, signed_in, okrs, now):
        """Whichever cycle was looked at last: above a key result stands its own."""
        ada = signed_in("ada")
        ada.cookies["cycle"] = okrs.next_cycle.key

        for there in (f"/w/acme/objectives/{encode(okrs.company.id)}/", of_key_result(okrs.growth)):
            assert '<span class="cut">Autumn</span>' in page(ada, there)

    def test_says_that_there_were_no_initiatives(self, signed_in, okrs, now):
        """A key result's page says so, as its objective's does."""
        then = acme.day_of(now) - 2 * DAY

        assert "None had been added by then." in page(signed_in("cleo"), of_key_result(okrs.growth), then)

    def test_speaks_of_the_plan_of_then(self, signed_in, okrs, now):
        """Neither the head of the column, nor a chart, nor an explanation calls that day today."""
        browser, path = signed_in("ada"), f"/w/acme/objectives/{encode(okrs.company.id)}/"

        then, today = page(browser, path, acme.day_of(now) - DAY), page(browser, path)

        assert "tick = plan then" in then and "Planned by that day" in then and "plan today" not in then
        assert "tick = plan today" in today and "Planned by today" in today

    def test_tells_names_and_members_of_then(self, signed_in, okrs, cast, now):
        """Teams and cycles are called as they were; people, wherever they stand, by their names of today."""
        browser, path = signed_in("ada"), f"/w/acme/teams/{encode(cast.product.id)}/"
        teams.update(
            team=cast.product.id, changed={"name": "Riding", "purpose": "Ride."}, by=cast.ada, at=now
        )
        cycles.update(cycle=okrs.cycle.id, changed={"name": "Fall"}, by=cast.ada, at=now)
        teams.remove_member(team=cast.product.id, person=cast.ben.person_id, by=cast.ada, at=now)
        people.update(person=cast.cleo.person_id, name="Clea Wong", by=cast.ada, at=now)

        then, today = page(browser, path, acme.day_of(now) - DAY), page(browser, path)

        members = [shown.split('id="mem"')[1].split("</section>")[0] for shown in (then, today)]
        assert "Product" in then and "Riding" not in then and "Ride." not in then
        assert "Riding" in today and "Product" not in today
        assert "Autumn" in then and "Fall" in today
        assert "Ben Okri" in members[0] and "Ben Okri" not in members[1]
        assert all("Clea Wong" in shown for shown in members)

    def test_says_since_when_a_team_is_there(self, signed_in, okrs, cast, now):
        """Before it was founded it stands in no tree, and its own page says so."""
        browser = signed_in("ada")
        sales = teams.create(name="Sales", by=cast.ada, at=now)
        then = {"on": (acme.day_of(now) - DAY).isoformat()}

        answer = browser.get(f"/w/acme/teams/{encode(sales.id)}/", then)

        assert answer.status_code == 404
        assert "It was not there yet" in text(answer) and "founded" in text(answer)
        assert "Sales" not in page(browser, "/w/acme/teams/", acme.day_of(now) - DAY).split("<main")[1]
        assert "Sales" in page(browser, "/w/acme/teams/")

    def test_offers_nothing_that_changes_anything(self, signed_in, okrs, now):
        """No form but the one that asks for a day, the account's menu apart."""
        browser = signed_in("ada")

        for path in (of_key_result(okrs.growth), f"/w/acme/objectives/{encode(okrs.company.id)}/"):
            main = page(browser, path, acme.day_of(now) - DAY).split("<main")[1].split("</main>")[0]
            assert 'method="post"' not in main and "/edit/" not in main

    def test_offers_no_state_to_whoever_owns_an_initiative(self, signed_in, okrs, now):
        """What is done is changed today: on a past day an initiative says its state and no more."""
        path = f"/w/acme/objectives/{encode(okrs.helpful.id)}/"

        today, then = (page(signed_in("cleo"), path, day) for day in (None, acme.day_of(now) - DAY))

        assert "change the state of Triage form" in today
        assert "Triage form" in then and "change the state of" not in then

    @pytest.mark.parametrize("path", ["/w/acme/alignment/", "/w/acme/map/"])
    def test_compares_in_the_cycle_that_is_looked_at(self, signed_in, okrs, now, path):
        """The comparison that a past day leads to stays in that day's cycle."""
        then, today = (page(signed_in("ada"), path, day) for day in (acme.day_of(now) - DAY, None))

        assert f"/w/acme/alignment/comparison/?cycle={okrs.cycle.key}&amp;from=" in then
        assert "/w/acme/alignment/comparison/?cycle=" not in today

    def test_leads_on_to_the_same_day(self, signed_in, okrs, now):
        """Links to other things keep the day; the way back does not."""
        day = acme.day_of(now) - DAY

        found = page(signed_in("ada"), f"/w/acme/objectives/{encode(okrs.company.id)}/", day)

        assert f'{of_key_result(okrs.growth)}?on={day}"' in found
        assert f'href="/w/acme/objectives/{encode(okrs.company.id)}/">Back to today' in found

    def test_leads_to_the_comparison_without_the_day(self, signed_in, okrs, now):
        """Two days side by side have two days in their address, and no third that is not understood there."""
        day = acme.day_of(now) - DAY

        found = page(signed_in("ada"), f"/w/acme/objectives/{encode(okrs.company.id)}/", day)
        links = re.findall(r'href="([^"]*/comparison/[^"]*)"', found)

        assert len(links) == 3 and all(link.endswith(f"/comparison/?from={day}") for link in links)

    def test_a_key_result_is_compared_in_its_own_part_of_the_page(self, signed_in, okrs, now):
        """Its comparison is its objective's, from the day looked at, and opens where it stands itself."""
        day = acme.day_of(now) - DAY

        then = page(signed_in("ada"), of_key_result(okrs.growth), day)
        beside = f"/w/acme/objectives/{encode(okrs.company.id)}/comparison/?from={day}"

        assert f'{beside}#k-{encode(okrs.growth.id)}"' in then
        assert f'<li id="k-{encode(okrs.growth.id)}">' in text(signed_in("ada").get(beside))

    def test_says_what_is_known_now(self, signed_in, okrs, cast, now):
        """A late and a corrected check-in are counted where they matter, with the figure known now."""
        day, waiting = acme.day_of(now) - 10 * DAY, okrs.waiting.id
        first = checkins.record(
            key_result=waiting, value=Decimal(8), effective_at=now - 12 * DAY, by=cast.ada, at=now - 12 * DAY
        )
        checkins.correct(checkin=first.id, value=Decimal(7), by=cast.ada, at=now)
        checkins.record(
            key_result=waiting, value=Decimal(6), effective_at=now - 11 * DAY, by=cast.ada, at=now
        )

        told = {
            path: text(signed_in("ada").get(f"/w/acme/{path}", {"on": day.isoformat()})).partition(
                'id="learned"'
            )
            for path in (
                f"objectives/{encode(okrs.helpful.id)}/",
                f"objectives/{encode(okrs.company.id)}/",
                f"teams/{encode(cast.product.id)}/",
                "alignment/",
                "map/",
                "overview/",
            )
        }
        today = text(signed_in("ada").get(f"/w/acme/objectives/{encode(okrs.helpful.id)}/"))
        beside = text(signed_in("ada").get("/w/acme/alignment/comparison/", {"from": day.isoformat()}))

        for path, (_, found, note) in told.items():
            assert found, path
            assert "1 check-in for" in note and "and 1 was corrected or withdrawn since" in note, path
        assert "Known now: 30 % instead of 10 %" in told[f"objectives/{encode(okrs.helpful.id)}/"][2]
        for path in (f"teams/{encode(cast.product.id)}/", "alignment/", "map/", "overview/"):
            told_now = told[path][2].partition("With what is known now: ")[2].partition("</details>")[0]
            assert f"/objectives/{encode(okrs.helpful.id)}/" in told_now, path
            assert "30 % instead of 10 %" in told_now, path
        assert 'id="learned"' not in today and 'id="learned"' in beside

    def test_tells_nobody_of_what_they_may_not_see(self, signed_in, okrs, cast, now):
        """What came late for a key result that is not hers to see is neither counted nor told to Cleo."""
        day, then = acme.day_of(now) - 10 * DAY, now - 11 * DAY
        for number, at in ((40, then), (48, now)):
            checkins.record(
                key_result=okrs.growth.id, value=Decimal(number), effective_at=then, by=cast.ada, at=at
            )
        objectives.update(objective=okrs.company.id, changed={"visibility": "people"}, by=cast.ada, at=now)

        hers, adas = (text(signed_in(who).get(f"/w/acme/alignment/?on={day}")) for who in ("cleo", "ada"))

        assert "Known now" not in hers and "With what is known now" in adas

    def test_says_what_was_moved_to_an_earlier_day(self, signed_in, okrs, cast, now):
        """A check-in that is corrected to be for an earlier day is known now of the days between."""
        day, waiting = acme.day_of(now) - 5 * DAY, okrs.waiting.id
        first = checkins.record(key_result=waiting, value=Decimal(4), by=cast.ada, at=now - 2 * DAY)
        checkins.correct(checkin=first.id, value=Decimal(4), effective_at=now - 6 * DAY, by=cast.ada, at=now)
        helpful, ada = f"objectives/{encode(okrs.helpful.id)}/", signed_in("ada")

        told = {
            path: page(ada, f"/w/acme/{path}", day) for path in (helpful, "alignment/", "map/", "overview/")
        }
        before = page(ada, f"/w/acme/{helpful}", day - 3 * DAY)

        for path, found in told.items():
            assert "1 check-in was corrected or withdrawn since" in found, path
        assert "Known now: 50 %" in told[helpful] and "Known now" not in before
        assert "Known now:</b> it stood at 4" in page(ada, of_key_result(okrs.waiting), day)

    def test_says_in_the_feed_which_day_it_is_for(self, signed_in, okrs, cast, now):
        """A check-in that came late is told with its day, one of the same day without."""
        then, ada = now - 9 * DAY, signed_in("ada")
        checkins.record(key_result=okrs.waiting.id, value=Decimal(5), by=cast.ada, at=now)
        before = text(ada.get("/w/acme/activity/"))
        checkins.record(key_result=okrs.waiting.id, value=Decimal(6), effective_at=then, by=cast.ada, at=now)

        after = text(ada.get("/w/acme/activity/"))

        told = f", for {acme.day_of(then):%-d %b %Y}"
        assert told not in before and told in after

    @pytest.mark.parametrize("on", ["yesterday", "2999-01-01"])
    def test_leads_from_no_day_to_today(self, signed_in, okrs, on):
        """An address with a day that is none, or has not come, leads to the same page today."""
        path = of_key_result(okrs.growth)

        answer = signed_in("ada").get(path, {"on": on})

        assert answer.status_code == 422 and f'href="{path}">Show it as it is today' in text(answer)

    def test_says_since_when_it_was_there(self, signed_in, okrs, cast, now):
        """A page from before it was drafted says so, and leads to its first day, where the way begins."""
        path, early = of_key_result(okrs.growth), (acme.day_of(now) - 300 * DAY).isoformat()

        answer = signed_in("ada").get(path, {"on": early})
        today = page(signed_in("ada"), path)

        stops = re.search('data-stops="([^ "]+)', text(answer))[1]
        assert answer.status_code == 404 and "not there yet on" in text(answer)
        assert f'href="{path}?on={stops}"' in text(answer) and f'href="{path}">Show today' in text(answer)
        assert signed_in("ada").get(path, {"on": stops}).status_code == 200
        day_before = date.fromisoformat(stops) - DAY
        assert signed_in("ada").get(path, {"on": day_before.isoformat()}).status_code == 404
        assert f'data-stops="{stops} ' in today

    def test_goes_by_whole_weeks_from_the_day_shown(self, signed_in, okrs, now):
        """Slider and arrows have the same stops: weeks to either side, and today as the last."""
        on = acme.day_of(now) - 9 * DAY

        shown = page(signed_in("ada"), "/w/acme/alignment/", on)

        stops = [date.fromisoformat(day) for day in re.search('data-stops="([^"]+)', shown)[1].split()]
        assert {on - 7 * DAY, on, on + 7 * DAY} < {*stops} and stops[-1] == acme.day_of(now)
        assert f'value="{stops.index(on)}"' in shown
        for way, day in (("prev", on - 7 * DAY), ("next", on + 7 * DAY)):
            assert re.search(f'href="[^"]*on={day}" rel="{way}"', shown)

    @pytest.mark.parametrize("kind", ["key-results", "objectives"])
    def test_tells_of_the_hidden_on_no_day(self, signed_in, okrs, cast, now, kind):
        """Who may not see a thing is told on a day before it what they are told of nothing at all."""
        on = {"on": (acme.day_of(now) - 300 * DAY).isoformat()}
        hidden = okrs.shares if kind == "key-results" else okrs.secret

        told = signed_in("cleo").get(f"/w/acme/{kind}/{encode(hidden.id)}/", on)
        nothing = signed_in("cleo").get(f"/w/acme/{kind}/{encode(2**61 + 5)}/", on)

        assert told.status_code == nothing.status_code == 404
        assert "The address may have a slip in it" in text(told)
        assert SECRET_TITLE not in text(told) and "not there yet" not in text(told)

    def test_says_of_initiatives_what_holds(self, signed_in, okrs, cast, now):
        """One that was added since is not said to be missing yet: it was not there by then."""
        path = f"/w/acme/objectives/{encode(okrs.company.id)}/"

        then = page(signed_in("ada"), path, acme.day_of(now) - DAY)

        assert "None had been added by then" in then and "None yet" not in then
        assert "People’s names are those of now" in then

    def test_is_seen_with_the_rights_of_today(self, signed_in, okrs, cast, now):
        """What has become confidential since is confidential then too."""
        objectives.update(
            objective=okrs.company.id, changed={"visibility": "people", "visible_to": []}, by=cast.ada, at=now
        )
        day, path = (acme.day_of(now) - DAY).isoformat(), f"/w/acme/objectives/{encode(okrs.company.id)}/"

        assert signed_in("ada").get(path, {"on": day}).status_code == 200
        assert signed_in("cleo").get(path, {"on": day}).status_code == 404
        assert SECRET_TITLE not in page(signed_in("cleo"), "/w/acme/alignment/", acme.day_of(now) - DAY)

    def test_today_is_as_it_stands(self, signed_in, okrs, now):
        """A day that is not over is shown as it stands."""
        today = page(signed_in("ada"), of_key_result(okrs.growth), acme.day_of(now))

        assert "As it stood" not in today and 'name="value"' in today

    def test_later_has_not_come_yet(self, signed_in, okrs, now):
        """Nobody is shown today under the name of a day to come."""
        answer = signed_in("ada").get(of_key_result(okrs.growth), {"on": acme.day_of(now) + 5 * DAY})

        assert answer.status_code == 422 and "has not come yet" in text(answer)

    @pytest.mark.parametrize("written", ["yesterday", "2026-02-30", "20261005x", "\u0000"])
    def test_refuses_what_is_no_day(self, signed_in, okrs, written):
        """Said kindly, with an example."""
        answer = signed_in("ada").get(of_key_result(okrs.growth), {"on": written})

        assert answer.status_code == 422 and "2026-10-05" in text(answer)


class TestHindsight:
    def test_says_what_is_known_now_of_that_day(self, signed_in, okrs, cast, now):
        """A late check-in is not in the figures of then, and is told beside them."""
        checkins.record(
            key_result=okrs.growth.id, value=Decimal(48), effective_at=now - 2 * DAY, by=cast.ada, at=now
        )

        then = page(signed_in("ada"), of_key_result(okrs.growth), acme.day_of(now) - DAY)

        assert "Known now" in then and "48" in then and "50 %" in then

    def test_says_what_a_series_comes_to_now(self, signed_in, okrs, cast, now):
        """A late day of a key result that counts days is told with what all of them come to."""
        daily = Definition("Calls a day", kind="per_period", target=Decimal(10))
        one = key_results.add(objective=okrs.helpful.id, definition=daily, by=cast.ada, at=now - 9 * DAY)
        for value, effective, at in ((10, 5, 5), (2, 6, 0)):
            checkins.record(
                key_result=one.id, value=Decimal(value), effective_at=now - effective * DAY, by=cast.ada,
                at=now - at * DAY,
            )  # fmt: skip
        browser, there = signed_in("ada"), of_key_result(one)

        before, then = (page(browser, there, acme.day_of(now) - days * DAY) for days in (8, 3))

        assert "Known now" not in before
        assert "Known now:</b> it comes to 60 %, with what was recorded" in then

    def test_keeps_quiet_where_nothing_was_learned(self, signed_in, okrs, now):
        """No note where then and now agree."""
        assert "Known now" not in page(signed_in("ada"), of_key_result(okrs.growth), acme.day_of(now) - DAY)

    def test_marks_what_was_taken_back_where_the_figure_stays(self, signed_in, okrs, cast, now):
        """An earlier check-in that was taken back since is marked, though the last one stands as it stood."""
        earlier = checkins.record(
            key_result=okrs.growth.id, value=Decimal(35), effective_at=now - 5 * DAY, by=cast.ada,
            at=now - 2 * DAY,
        )  # fmt: skip
        ada, there = signed_in("ada"), of_key_result(okrs.growth)
        assert "Known now" not in page(ada, there, acme.day_of(now) - DAY)
        checkins.withdraw(checkin=earlier.id, by=cast.ada, at=now)

        then = page(ada, there, acme.day_of(now) - DAY)

        assert "Known now" not in then
        (marked,) = re.findall(rf'<li id="c-{encode(earlier.id)}">.*?</li>', then, re.DOTALL)
        assert "taken back on" in marked and then.count("taken back on") == 1

    @pytest.mark.parametrize(("value", "days"), [(35, 5), (40, 1)])
    def test_keeps_quiet_where_what_came_late_leaves_the_figure(
        self, signed_in, okrs, cast, now, value, days
    ):
        """An earlier day's check-in, or one of the same value, that came in later makes that day no other."""
        checkins.record(
            key_result=okrs.growth.id,
            value=Decimal(value),
            effective_at=now - days * DAY,
            by=cast.ada,
            at=now,
        )

        assert "Known now" not in page(signed_in("ada"), of_key_result(okrs.growth), acme.day_of(now) - DAY)


class TestAlignment:
    def test_shows_the_tree_of_then_as_page_and_as_json(self, signed_in, okrs, cast, now):
        """The tree says what the key results said that evening."""
        browser, day = signed_in("ada"), acme.day_of(now) - DAY
        before = browser.get("/w/acme/alignment.json").json()["objectives"]["progress"]
        checkins.record(key_result=okrs.growth.id, value=Decimal(49), by=cast.ada, at=now)

        then = browser.get("/w/acme/alignment.json", {"on": day.isoformat()}).json()["objectives"]
        today = browser.get("/w/acme/alignment.json").json()["objectives"]

        assert then["progress"] == before != today["progress"]
        assert okrs.helpful.title in page(browser, "/w/acme/alignment/", day)

    def test_shows_teams_of_then(self, signed_in, okrs, cast, now):
        """A team's page keeps its objectives of that day."""
        found = page(signed_in("ada"), f"/w/acme/teams/{encode(cast.product.id)}/", acme.day_of(now) - DAY)

        assert okrs.helpful.title in found and "As it stood" in found


class TestBeforeTheRecord:
    @pytest.mark.parametrize(
        ("place", "name", "before"),
        [
            *((place, "on", DAY) for place in ("alignment", "map", "overview", "company", "teams")),
            ("alignment/comparison", "from", DAY),
        ],
    )
    def test_leads_to_the_first_day(self, signed_in, okrs, place, name, before):
        """A page of a day on which there was nothing says since when there is something, and leads there."""
        browser, first = signed_in("ada"), acme.first_day(okrs)

        for day in (date(1, 1, 1), date(1900, 1, 1), first - before):
            answer = browser.get(f"/w/acme/{place}/", {name: day.isoformat()})
            assert answer.status_code == 422 and 'data-code="before_the_beginning"' in text(answer), day
            written = words.dated(f"{first}", [first]).replace(words.NO_BREAK, " ")
            assert f"the record begins on {written}." in text(answer)
            assert f"Choose a day from {written} on." in text(answer) and f"Show {written}," in text(answer)
            assert f'href="/w/acme/{place}/?{name}={first}"' in text(answer)

        assert browser.get(f"/w/acme/{place}/", {name: first.isoformat()}).status_code == 200

    def test_is_refused_to_files_and_programs_as_well(self, signed_in, okrs):
        """What a page exports answers like the page."""
        for path in ("alignment.json", "overview.json", "map.svg", "company.json"):
            assert signed_in("ada").get(f"/w/acme/{path}?on=2001-01-01").status_code == 422, path

    def test_is_no_day_that_is_none(self, signed_in, okrs):
        """What is no day of the calendar is called that, with a way back to today alone."""
        answer = signed_in("ada").get("/w/acme/alignment/?on=1900-13-01")

        assert answer.status_code == 422 and "is no day" in text(answer)
        assert "first day" not in text(answer) and 'href="/w/acme/alignment/">Show it as it is' in text(
            answer
        )


class TestTree:
    def test_stays_on_its_day(self, signed_in, okrs, now):
        """Filters, folds, order, other cycles, rows that are fetched and files are of the day as well."""
        day, browser = acme.day_of(now) - DAY, signed_in("ada")
        tree = "/w/acme/alignment/"

        found = page(browser, tree, day, status="no_data", person="x")
        forms = re.findall(r'<form [^>]*action="/w/acme/alignment/".*?</form>', found, re.DOTALL)
        below = re.findall(r'data-children-url="rows/([^"]*)"', page(browser, tree, day))
        rows = browser.get(f"{tree}rows/{below[0].replace('&amp;', '&')}", headers={"HX-Request": "true"})
        own = re.findall(r'<a href="(/w/acme/(?:objectives|key-results)/[^"]*)"', text(rows))

        relative = re.findall(r'(?<!data-day )href="(\?[^"]*)"', found)
        assert len(relative) > 8 and all(f"on={day}" in link for link in relative)
        assert all(form.count(f'name="on" value="{day}"') == 1 for form in forms) and len(forms) == 3
        assert below and all(f"on={day}" in address for address in below)
        assert own and all(f"?on={day}" in link for link in own)
        assert f'href="/w/acme/alignment.json?key_results=1&amp;on={day}"' in page(browser, tree, day)


class TestTeams:
    def test_stand_as_they_stood(self, signed_in, okrs, cast, now):
        """The list of teams has the figures of the day, and offers nothing that changes anything."""
        checkins.record(key_result=okrs.waiting.id, value=Decimal(4), by=cast.ada, at=now)
        browser, teams = signed_in("ada"), "/w/acme/teams/"

        then, today = page(browser, teams, acme.day_of(now) - DAY), page(browser, teams)

        assert "As it stood" in then and 'name="on"' in then and "/teams/new/" not in then
        assert "As it stood" not in today and 'name="on"' in today and "/teams/new/" in today
        figures = [re.findall(r"(\d+) %", each.split("<tbody>")[1]) for each in (then, today)]
        assert figures[0] != figures[1]


class TestPagesOfToday:
    @pytest.mark.parametrize("path", ["", "people/", "search/", "cycles/"])
    def test_say_that_they_show_no_past_day(self, signed_in, okrs, now, path):
        """Where a page has no past, the day in its address is named, and nothing of it is as of then."""
        browser = signed_in("ada")

        for day in (acme.day_of(now) - 9 * DAY, "soon"):
            found = text(browser.get(f"/w/acme/{path}?on={day}"))
            assert f"<code>on={day}</code>" in found and "As it stood" not in found, path
        assert "<code>" not in text(browser.get(f"/w/acme/{path}?on={acme.day_of(now)}"))
