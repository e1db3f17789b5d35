"""Comparisons: two days side by side, what lies between them, and the arithmetic of the difference."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from milepost.actions import alignments, checkins, cycles, key_results, objectives, teams
from milepost.actions.key_results import Definition
from milepost.core.ids import encode
from milepost.models import Cycle, Event, Grade, Objective, Workspace
from tests.okrs import SECRET_TITLE
from tests.web.acme import day_of, first_day
from tests.web.statements import STATEMENTS, count

pytestmark = pytest.mark.both_databases
DAY = timedelta(days=1)
COMPANY, TREE = "/w/acme/company/comparison", "/w/acme/alignment/comparison"


def of(row) -> str:
    return f"/w/acme/objectives/{encode(row.id)}/comparison"


def read(browser, path: str, before, after=None, **asked: str) -> dict:
    """Read a comparison as JSON."""
    to = {"to": after.isoformat()} if after else {}
    answer = browser.get(f"{path}.json", {"from": before.isoformat(), **to, **asked})
    assert answer.status_code == 200, answer.content
    return answer.json()


def page(browser, path: str, before, after=None) -> str:
    to = {"to": after.isoformat()} if after else {}
    answer = browser.get(f"{path}/", {"from": before.isoformat(), **to})
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def _made_before(now, workspace) -> None:
    """Let the cycles be older than what is compared."""
    assert Event.objects.of(workspace.id).filter(kind="cycle.created").update(at=now - 9 * DAY)


class TestWhoSees:
    @pytest.mark.parametrize("path", [TREE, COMPANY])
    def test_tells_that_something_was_only_restricted(self, signed_in, okrs, cast, now, path):
        """It stands among what changed, with who saw it then and who sees it now."""
        to = {"visibility": "people", "visible_to": [cast.cleo.person_id]}
        objectives.update(objective=okrs.company.id, changed=to, by=cast.ada, at=now)

        found = read(signed_in("cleo"), path, day_of(now) - DAY)

        (pair,) = [one for one in found["objectives"] if one["title"] == okrs.company.title]
        assert [(one["what"], one["before"], one["after"]) for one in pair["differences"]] == [
            ("who sees it", "everyone here", "named people"), ("people who see it", "none", "Cleo Wong"),
        ]  # fmt: skip
        assert encode(okrs.company.id) not in found["unmoved"]
        assert okrs.company.title not in str(read(signed_in("ben"), path, day_of(now) - DAY))

    def test_tells_that_something_was_only_opened(self, signed_in, okrs, cast, now):
        """Whoever sees it today is told that it was restricted."""
        to = {"visibility": "workspace", "visible_to": []}
        objectives.update(objective=okrs.shares.objective_id, changed=to, by=cast.ada, at=now)

        found = read(signed_in("ada"), TREE, day_of(now) - DAY)

        (pair,) = [one for one in found["objectives"] if one["title"] == SECRET_TITLE]
        assert ("who sees it", "named people", "everyone here") in [
            (one["what"], one["before"], one["after"]) for one in pair["differences"]
        ]
        assert "who sees it" in page(signed_in("ada"), TREE, day_of(now) - DAY)

    def test_tells_it_of_key_results(self, signed_in, okrs, cast, now):
        """A key result that was restricted is told with its objective, to those who see it."""
        to = {"visibility": "people", "visible_to": [cast.ben.person_id]}
        key_results.update(key_result=okrs.guides.id, changed=to, by=cast.ben, at=now)

        found = read(signed_in("ben"), TREE, day_of(now) - DAY)

        (one,) = [
            one
            for pair in found["objectives"]
            for one in pair["key_results"]
            if one["title"] == okrs.guides.title
        ]
        assert ("who sees it", "none", "named people") in [
            (each["what"], each["before"], each["after"]) for each in one["differences"]
        ]
        assert okrs.guides.title not in str(read(signed_in("cleo"), TREE, day_of(now) - DAY))

    def test_tells_it_between_two_past_days(self, signed_in, okrs, cast, now):
        """Neither what was done before the first of them nor what came after the second."""
        for days, to in ((4, "team"), (2, "people"), (0, "workspace")):
            people = [cast.cleo.person_id] if to == "people" else []
            changed = {"visibility": to, "visible_to": people}
            objectives.update(objective=okrs.helpful.id, changed=changed, by=cast.ben, at=now - days * DAY)

        found = read(signed_in("cleo"), TREE, day_of(now) - 3 * DAY, day_of(now) - DAY)

        (pair,) = [one for one in found["objectives"] if one["title"] == okrs.helpful.title]
        assert ("who sees it", "its team", "named people") in [
            (one["what"], one["before"], one["after"]) for one in pair["differences"]
        ]


class TestContributors:
    def test_tells_what_each_did_to_a_key_result(self, signed_in, okrs, cast, now):
        """A key result that its contributors make up has a table of what shifted; the parts add up."""
        then, made = now - 3 * DAY, Definition("Both bells ring", start=Decimal(0), target=Decimal(10))
        made = replace(made, source="contributors")
        fed = key_results.add(objective=okrs.company.id, definition=made, by=cast.ada, at=then)
        link = okrs.helpful.alignments.of(cast.acme.id).get(until_at=None)
        alignments.end(alignment=link.id, by=cast.ada, at=then)
        alignments.align(child=okrs.helpful.id, key_result=fed.id, by=cast.ada, at=then)
        checkins.record(key_result=okrs.waiting.id, value=Decimal(5), by=cast.cleo, at=now)

        found = read(signed_in("cleo"), of(okrs.company), day_of(now) - DAY)

        keys = found["objectives"][0]["key_results"]
        (one,) = [each for each in keys if each["title"] == fed.title]
        assert [part["label"] for part in one["why"]["parts"]] == [okrs.helpful.title]
        assert Fraction(one["why"]["exact"]) > 0
        assert round(float(Fraction(one["why"]["exact"])) * 100, 4) == round(one["points"], 4)
        assert all(each["why"] is None for each in keys if each["title"] != fed.title)
        moved, held = (
            page(signed_in("cleo"), of(okrs.company), day_of(now) - begin * DAY, day_of(now) - end * DAY)
            for begin, end in ((1, 0), (3, 1))
        )
        assert "What each part adds on both days" in moved.split(f'id="k-{one["id"]}"')[1]
        assert "moved by what contributes to it" in moved and "held by what contributes to it" in held


class TestObjective:
    def test_makes_no_difference_out_of_nothing(self, signed_in, okrs, cast, now):
        """A key result without data on the first day has its first figure, and no points between."""
        checkins.record(
            key_result=okrs.guides.id, value=None, parts=[Decimal(1), Decimal(0)], by=cast.ben, at=now
        )

        found = read(signed_in("ada"), of(okrs.helpful), day_of(now) - DAY)
        (guides,) = [
            one
            for pair in found["objectives"]
            for one in pair["key_results"]
            if one["title"] == okrs.guides.title
        ]

        assert guides["before"]["progress"] is None and guides["after"]["progress"] is not None
        assert guides["points"] is None
        assert "its first figure" in page(signed_in("ada"), of(okrs.helpful), day_of(now) - DAY)

    def test_names_both_owners_and_both_units(self, signed_in, okrs, cast, now):
        """A key result without an owner had its objective's, as its page says; each number has its unit."""
        key_results.update(
            key_result=okrs.growth.id, changed={"owner": None}, reason="", by=cast.ada, at=now - 2 * DAY
        )
        key_results.update(
            key_result=okrs.growth.id, changed={"owner": cast.ben.person_id, "start": Decimal(20)},
            reason="We know more now.", by=cast.ada, at=now,
        )  # fmt: skip

        (pair,) = read(signed_in("ada"), of(okrs.company), day_of(now) - DAY)["objectives"]
        (growth,) = [one for one in pair["key_results"] if one["differences"]]

        assert [
            {name: text.replace("\N{NO-BREAK SPACE}", " ") for name, text in one.items()}
            for one in growth["differences"]
        ] == [
            {"what": "start", "before": "30 %", "after": "20 %"},
            {"what": "owner", "before": "Ada Lovelace (of the objective)", "after": "Ben Okri"},
        ]

    def test_shows_both_days_and_what_lies_between(self, signed_in, okrs, cast, now):
        """Each side as it stood; what was changed, by whom and why; how far it moved."""
        key_results.update(
            key_result=okrs.growth.id,
            changed={"target": Decimal(60), "owner": cast.ben.person_id},
            reason="We know more now.", by=cast.ada, at=now,
        )  # fmt: skip
        checkins.record(key_result=okrs.growth.id, value=Decimal(45), note="It works.", by=cast.ada, at=now)

        found = read(signed_in("ada"), of(okrs.company), day_of(now) - DAY)
        (pair,) = found["objectives"]
        (growth,) = [one for one in pair["key_results"] if one["title"] == okrs.growth.title]

        assert (growth["before"]["target"], growth["after"]["target"]) == ("50", "60")
        assert (growth["before"]["value"], growth["after"]["value"]) == ("40", "45")
        assert {one["what"] for one in growth["differences"]} == {"target", "owner"}
        assert growth["check_ins"]["count"] == 1
        assert [note["text"] for note in growth["check_ins"]["notes"]] == ["It works."]
        assert [(one["kind"], one["note"]) for one in pair["events"]] == [
            ("key_result.changed", "We know more now.")
        ]

    def test_explains_the_difference_with_parts_that_add_up(self, signed_in, okrs, cast, now):
        """What the parts add sums to the difference of the two numbers, exactly."""
        more = Definition("Another way", start=Decimal(0), target=Decimal(7), owner=cast.ada.person_id)
        checkins.record(key_result=okrs.growth.id, value=Decimal(47), by=cast.ada, at=now)
        key_results.add(objective=okrs.company.id, definition=more, by=cast.ada, at=now)

        found = read(signed_in("ada"), of(okrs.company), day_of(now) - DAY)
        why = found["objectives"][0]["why"]

        points = [Decimal(part["points"].replace("−", "-")) for part in why["parts"]]
        assert sum(points) == Decimal(why["points"].replace("−", "-"))
        assert Fraction(why["exact"]) * 100 == pytest.approx(found["objectives"][0]["points"], abs=1e-4)

    def test_tells_what_came_late_and_what_was_corrected(self, signed_in, okrs, cast, now):
        """An entry for before the first day is counted as late; a correction as one."""
        late = checkins.record(
            key_result=okrs.growth.id, value=Decimal(46), effective_at=now - 2 * DAY, by=cast.ada, at=now
        )
        checkins.correct(checkin=late.id, value=Decimal(47), by=cast.ada, at=now)

        found = read(signed_in("ada"), of(okrs.company), day_of(now) - DAY)
        (growth,) = [one for one in found["objectives"][0]["key_results"] if one["check_ins"]["count"]]

        assert growth["check_ins"] | {"notes": []} == {
            "count": 1, "corrections": 1, "withdrawals": 0, "late": 1, "notes": [],
        }  # fmt: skip

    def test_tells_a_move_as_one(self, signed_in, okrs, cast, now):
        """What was done in one step is one line, not each of its parts."""
        other = objectives.draft(
            title="Stay", cycle=okrs.cycle.id, owner=cast.ada.person_id, by=cast.ada, at=now
        )
        alignments.move(
            child=okrs.helpful.id, leaves=okrs.company.id, objective=other.id, reason="There.", by=cast.ada,
            at=now,
        )  # fmt: skip

        found = read(signed_in("ada"), of(okrs.helpful), day_of(now) - DAY)

        (told,) = found["objectives"][0]["events"]
        assert "moved" in told["text"]

    def test_tells_what_was_only_taken_back(self, signed_in, okrs, cast, now):
        """Where none was made, none is counted: a correction and a withdrawal are called that."""
        first, last = okrs.growth.checkins.of(cast.acme.id).order_by("id").first(), now - DAY / 24
        mended = checkins.correct(checkin=first.id, value=Decimal(41), note="wrong", by=cast.ada, at=last)
        checkins.withdraw(checkin=mended.id, by=cast.ada, at=now)

        told = page(signed_in("ada"), of(okrs.company), day_of(now) - DAY)

        (row,) = re.findall(rf'<li id="k-{encode(okrs.growth.id)}">.*?</li>', told, re.DOTALL)
        assert ">1 correction, 1 taken back</p>" in row

    def test_tells_notes_on_the_side_that_knew_them(self, signed_in, okrs, cast, now):
        """What was written between the days stands below the later one."""
        checkins.record(key_result=okrs.growth.id, value=Decimal(44), note="Again", by=cast.ada, at=now)

        told = page(signed_in("ada"), of(okrs.company), day_of(now) - DAY)

        (row,) = re.findall(rf'<li id="k-{encode(okrs.growth.id)}">.*?</li>', told, re.DOTALL)
        assert row.rindex('class="cmp-when"') < row.index("Again")

    def test_tells_links_that_came_and_went(self, signed_in, okrs, cast, now):
        """A link that ended shows on both of its ends."""
        link = okrs.helpful.alignments.model.objects.of(cast.acme.id).get(child=okrs.helpful)
        alignments.end(alignment=link.id, by=cast.ada, at=now)
        browser, before = signed_in("ada"), day_of(now) - DAY

        child = read(browser, of(okrs.helpful), before)["objectives"][0]
        parent = read(browser, of(okrs.company), before)["objectives"][0]

        assert child["differences"] == [
            {"what": f"link to “{okrs.company.title}”", "before": "contributes, weight 2", "after": "none"}
        ]
        assert [one["kind"] for one in parent["events"]] == ["alignment.ended"]

    def test_tells_in_which_order_key_results_stand(self, signed_in, okrs, cast, now):
        """That somebody put them in another order is a difference, with who did it."""
        key_results.move(key_result=okrs.guides.id, up=True, by=cast.ben, at=now)

        (pair,) = read(signed_in("ada"), of(okrs.helpful), day_of(now) - DAY)["objectives"]
        listed = read(signed_in("ada"), TREE, day_of(now) - DAY)["objectives"]

        assert pair["differences"] == [
            {
                "what": "order",
                "before": "“Cut the wait”, “Write the guides”",
                "after": "“Write the guides”, “Cut the wait”",
            }
        ]
        assert [one["text"] for one in pair["events"]] == ["Ben Okri moved Write the guides up"]
        assert [one["title"] for one in listed] == [okrs.helpful.title]

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            (
                {"milestones": (("Ten guides", Decimal(3)), ("Thirty guides", Decimal(2)))},
                ("milestones", "Ten guides, Thirty guides (weight 2)",
                 "Ten guides (weight 3), Thirty guides (weight 2)"),
            ),
            (
                {"curve": "points", "points": ((Decimal("0.5"), Decimal("0.3")),)},
                ("points of the plan", "50 % by 25 % of the time", "30 % by 50 % of the time"),
            ),
        ],
    )  # fmt: skip
    def test_tells_what_has_parts(self, signed_in, okrs, cast, now, changed, said):
        """Weights of milestones, and the points of a plan, with what they were before."""
        points = {"curve": "points", "points": ((Decimal("0.25"), Decimal("0.5")),)}
        key_results.update(
            key_result=okrs.guides.id, changed=points, reason="Now.", by=cast.ben, at=now - 3 * DAY
        )
        key_results.update(key_result=okrs.guides.id, changed=changed, reason="Now.", by=cast.ben, at=now)

        (pair,) = read(signed_in("ada"), of(okrs.helpful), day_of(now) - DAY)["objectives"]
        (one,) = [one for one in pair["key_results"] if one["title"] == okrs.guides.title]

        assert one["differences"] == [dict(zip(("what", "before", "after"), said, strict=True))]

    def test_says_what_was_not_there_yet(self, signed_in, okrs, cast, now):
        """What was written between the days has one side."""
        made = objectives.draft(
            title="Fresh", cycle=okrs.cycle.id, owner=cast.ada.person_id, by=cast.ada, at=now
        )

        found = read(signed_in("ada"), of(made), day_of(now) - DAY)

        assert found["objectives"][0]["before"] is None and found["objectives"][0]["why"] is None
        assert "Not written yet" in page(signed_in("ada"), of(made), day_of(now) - DAY)

    def test_is_not_told_of_what_is_hidden(self, signed_in, okrs, now):
        """Who may not see it today, finds nothing."""
        there = {"from": (day_of(now) - DAY).isoformat()}

        for tail in ("/", ".json"):
            assert signed_in("cleo").get(of(okrs.secret) + tail, there).status_code == 404
            assert signed_in("ben").get(of(okrs.secret) + tail, there).status_code == 200


class TestMany:
    def test_puts_first_what_moved_most(self, signed_in, okrs, cast, now):
        """The company's tree, sorted by how far each moved; what did not is named apart."""
        checkins.record(key_result=okrs.waiting.id, value=Decimal("4.5"), by=cast.cleo, at=now)

        found = read(signed_in("cleo"), TREE, day_of(now) - DAY)

        moved = [abs(one["points"]) for one in found["objectives"]]
        assert found["objectives"][0]["title"] == okrs.helpful.title
        assert moved == sorted(moved, reverse=True) and moved[0] > 0
        assert SECRET_TITLE not in str(found)

    def test_sums_a_long_list_up_and_folds_it(self, signed_in, okrs, cast, now):
        """From the fourth objective on, ten lines come first; what lies between the days is folded below."""
        browser, short = signed_in("ada"), day_of(now) - DAY
        for title in ("One more", "Another", "A third", "A fourth"):
            objectives.draft(title=title, cycle=okrs.cycle.id, by=cast.ada, at=now)

        found = page(browser, TREE, short)

        assert "What changed most" in found and '<details class="why cmp-each">' in found
        assert found.index("cmp-most") < found.index("cmp-each") < found.index("cmp-o")
        assert "cmp-most" not in page(browser, of(okrs.company), short)

    def test_count_what_somebody_arranged_otherwise(self, signed_in, okrs, cast, now):
        """In one line above the list: what is new, moved, renamed, and whose it is now."""
        assert "with another owner" not in page(signed_in("ada"), COMPANY, day_of(now) - DAY)
        changes = {"title": "Riders stay", "owner": cast.cleo.person_id, "team": cast.product.id}
        objectives.update(objective=okrs.company.id, changed=changes, by=cast.ada, at=now)
        objectives.draft(title="Brand new", cycle=okrs.cycle.id, by=cast.ada, at=now)

        told = page(signed_in("ada"), TREE, day_of(now) - DAY)

        line = re.search(r"Objectives: (.*?)</p>", told)[1]
        assert re.sub(r"<.*?>", "", line) == "1 new, 1 moved, 1 renamed, 1 with another owner."

    def test_begins_before_there_was_anything(self, signed_in, okrs, now):
        """A day before the record is refused as on every page; on the first one nothing stood yet."""
        first, cleo = first_day(okrs), signed_in("cleo")
        begins = f"begins on {first:%-d\xa0%b\xa0%Y}"

        for path in ("alignment/comparison/", "alignment/comparison.json", "company/comparison/"):
            refused = cleo.get(f"/w/acme/{path}?from={first - DAY}")
            assert refused.status_code == 422 and begins in refused.content.decode()
            assert cleo.get(f"/w/acme/{path}?from={first}").status_code == 200

    def test_names_what_is_the_same(self, signed_in, okrs, now):
        """Where nothing happened nothing is told, and not that time went by where its end is open."""
        Cycle.objects.of(okrs.cycle.workspace_id).filter(id=okrs.cycle.id).update(ends_on=None)
        found = read(signed_in("ada"), COMPANY, day_of(now) - DAY)

        assert found["objectives"] == [] and encode(okrs.company.id) in found["unmoved"]
        assert "Nothing differs" in page(signed_in("ada"), COMPANY, day_of(now) - DAY)

    def test_sums_up_nothing_where_there_is_nothing(self, signed_in, cast, now):
        """Without objectives there are no figures to set beside one another."""
        assert 'aria-label="Summary"' not in page(signed_in("ada"), COMPANY, day_of(now) - DAY)

    def test_says_where_there_is_nothing_to_compare(self, signed_in, cast, now):
        """A workspace without objectives stands as it stood, which would be no answer."""
        told = page(signed_in("ada"), TREE, day_of(now) - DAY)

        assert "Nothing to compare yet" in told and "Nothing differs" not in told

    def test_tells_by_itself_what_time_alone_changed(self, signed_in, okrs, cast, now):
        """What is judged otherwise though nothing was done: with the figures of both days, in a group."""
        today = day_of(now)
        days = {"starts_on": today - 55 * DAY, "ends_on": today + 44 * DAY}  # today is 56 of 100
        Cycle.objects.of(cast.acme.id).filter(id=okrs.cycle.id).update(**days)
        path = f"/w/acme/teams/{encode(cast.product.id)}/comparison"

        found = read(signed_in("cleo"), path, today - DAY)
        shown = page(signed_in("cleo"), path, today - DAY)

        (drifted,) = found["drifted"]
        (one,) = drifted["key_results"]
        assert found["objectives"] == [] and drifted["id"] not in found["unmoved"]
        assert (one["title"], one["before"]["status"], one["after"]["status"]) == (
            okrs.waiting.title, "on_track", "at_risk",
        )  # fmt: skip
        assert "where 55.0" in one["before"]["because"] and "where 56.0" in one["after"]["because"]
        assert "Changed by time alone" in shown and one["after"]["because"] in shown
        assert "Nothing was done" in shown

    def test_tells_of_a_cycle_that_got_other_days(self, signed_in, okrs, cast, now):
        """Its objectives are judged by another plan then: that is no work of time alone."""
        ends = okrs.cycle.ends_on + 7 * DAY
        cycles.update(cycle=okrs.cycle.id, changed={"ends_on": ends}, by=cast.ada, at=now)

        found = read(signed_in("ada"), of(okrs.helpful), day_of(now) - DAY)
        listed = read(signed_in("ada"), TREE, day_of(now) - DAY)

        (pair,) = found["objectives"]
        assert [one["what"] for one in pair["differences"]] == ["last day"]
        assert {okrs.helpful.title, okrs.company.title} <= {one["title"] for one in listed["objectives"]}
        assert listed["drifted"] == []

    def test_tells_time_and_what_changed_below_apart(self, signed_in, okrs, cast, now):
        """Judged otherwise because of what contributes to it is no work of time: the cause is named."""
        today = day_of(now)
        checkins.record(key_result=okrs.waiting.id, value=Decimal("4.4"), by=cast.cleo, at=now - 3 * DAY)
        cycles.update(
            cycle=okrs.next_cycle.id,
            changed={"starts_on": today - 400 * DAY, "ends_on": today + 9 * DAY},
            by=cast.ada, at=now - 2 * DAY,
        )  # fmt: skip
        objectives.update(
            objective=okrs.helpful.id, changed={"cycle": okrs.next_cycle.id}, reason="", by=cast.ada, at=now
        )

        (pair,) = read(signed_in("ada"), of(okrs.company), today - DAY)["objectives"]
        listed = read(signed_in("ada"), TREE, today - DAY, cycle=encode(okrs.cycle.id))
        shown = page(signed_in("ada"), "/w/acme/objectives/" + pair["id"] + "/comparison", today - DAY)

        assert (pair["before"]["status"], pair["after"]["status"]) == ("at_risk", "off_track")
        assert pair["points"] == 0 and pair["below"] == [encode(okrs.helpful.id)]
        assert okrs.company.title in {one["title"] for one in listed["objectives"]}
        assert listed["drifted"] == [] and "changed below it" in shown

    def test_tells_of_teams_that_moved(self, signed_in, okrs, cast, now):
        """A team that stands below another one moved no figure of its own, but those of the tree of teams."""
        _made_before(now, cast.acme)
        sales = teams.create(name="Sales", by=cast.ada, at=now - 3 * DAY)
        teams.update(team=cast.product.id, changed={"parent": sales.id}, by=cast.ada, at=now)
        told = [{"what": "“Product” below", "before": "none", "after": "Sales"}]

        for path in (TREE, *(f"/w/acme/teams/{encode(one.id)}/comparison" for one in (cast.product, sales))):
            assert read(signed_in("ada"), path, day_of(now) - DAY)["places"] == told
        assert "Teams and cycles" in page(signed_in("ada"), TREE, day_of(now) - DAY)
        assert read(signed_in("ada"), TREE, day_of(now) - 2 * DAY, day_of(now) - DAY)["places"] == []

    def test_tells_of_new_names_and_of_who_joined_and_left(self, signed_in, okrs, cast, now):
        """Names stand in every list; who belongs to a team is told where two days of that team stand."""
        _made_before(now, cast.acme)
        team = cast.product.id
        sales = teams.create(name="Sales", by=cast.ada, at=now)
        teams.update(team=team, changed={"name": "Riding"}, by=cast.ada, at=now)
        cycles.update(cycle=okrs.cycle.id, changed={"name": "Fall"}, by=cast.ada, at=now)
        teams.remove_member(team=team, person=cast.ben.person_id, by=cast.ada, at=now)
        teams.add_member(team=team, person=cast.ada.person_id, is_lead=True, by=cast.ada, at=now)

        everywhere = read(signed_in("ada"), TREE, day_of(now) - DAY)["places"]
        own = read(signed_in("ada"), f"/w/acme/teams/{encode(team)}/comparison", day_of(now) - DAY)["places"]

        named = {"what": "team’s name", "before": "Product", "after": "Riding"}
        renamed = {"what": "cycle’s name", "before": "Autumn", "after": "Fall"}
        assert everywhere == [
            named,
            {"what": f"“{sales.name}”", "before": "none", "after": "founded"},
            renamed,
        ]
        assert own == [
            named,
            renamed,
            {"what": "members who left", "before": "Ben Okri", "after": "none"},
            {"what": "members who joined", "before": "none", "after": "Ada Lovelace"},
            {"what": "leads", "before": "Ben Okri", "after": "Ada Lovelace"},
        ]

    def test_tells_of_a_cycle_s_days_and_of_its_closing(self, signed_in, okrs, cast, now):
        """That a cycle was cut short, closed and opened again stands beside the new names."""
        _made_before(now, cast.acme)
        cycle, today, ends = okrs.cycle, day_of(now), okrs.cycle.ends_on
        cycles.update(cycle=cycle.id, changed={"ends_on": ends - DAY}, by=cast.ada, at=now - 5 * DAY)
        cycles.close(cycle=cycle.id, by=cast.ada, at=now - 3 * DAY)
        cycles.reopen(cycle=cycle.id, by=cast.ada, at=now - DAY)
        ada, team = signed_in("ada"), f"/w/acme/teams/{encode(cast.product.id)}/comparison"

        def told(before: int, after: int) -> list[dict]:
            everywhere, own = (
                read(ada, path, today - before * DAY, today - after * DAY)["places"] for path in (TREE, team)
            )
            assert [one for one in own if one["what"][0] == "“"] == everywhere
            return everywhere

        cut = {
            "what": "“Autumn”: last day", "before": f"{ends:%-d %b %Y}", "after": f"{ends - DAY:%-d %b %Y}",
        }  # fmt: skip
        closed = {
            "what": "“Autumn”", "before": "open", "after": f"closed on {today - 3 * DAY:%-d %b %Y}",
        }  # fmt: skip
        assert told(6, 2) == [cut, closed] and told(4, 2) == [closed]
        assert told(2, 1) == [closed | {"before": closed["after"], "after": "open"}]
        assert told(6, 1) == [cut]

    def test_tells_of_a_cycle_that_was_made(self, signed_in, okrs, cast, now):
        """A new one stands there with its days; a team to which it means nothing is not told."""
        _made_before(now, cast.acme)
        starts = day_of(now) + 100 * DAY
        cycles.create(name="Spring", starts_on=starts, ends_on=starts + 90 * DAY, by=cast.ada, at=now)
        team = f"/w/acme/teams/{encode(cast.product.id)}/comparison"

        (told,) = read(signed_in("ada"), TREE, day_of(now) - DAY)["places"]

        days = f"{starts:%-d %b %Y} to {starts + 90 * DAY:%-d %b %Y}"
        assert told == {"what": "“Spring”", "before": "none", "after": f"made, from {days}"}
        assert read(signed_in("ada"), team, day_of(now) - DAY)["places"] == []

    def test_shows_a_team(self, signed_in, okrs, cast, now):
        """A team's page has the same, with its summary on both days."""
        checkins.record(key_result=okrs.waiting.id, value=Decimal(5), by=cast.cleo, at=now)
        path = f"/w/acme/teams/{encode(cast.product.id)}/comparison"

        found = read(signed_in("cleo"), path, day_of(now) - DAY)

        assert found["summary_before"]["progress"] < found["summary_after"]["progress"]
        assert okrs.helpful.title in page(signed_in("cleo"), path, day_of(now) - DAY)

    def test_tells_who_moved_to_another_team(self, signed_in, okrs, cast, now):
        """It is shown where it came from, with what changed."""
        objectives.update(
            objective=okrs.helpful.id, changed={"team": None}, reason="Ours.", by=cast.ada, at=now
        )
        path = f"/w/acme/teams/{encode(cast.product.id)}/comparison"

        found = read(signed_in("ada"), path, day_of(now) - DAY)

        (pair,) = found["objectives"]
        assert pair["differences"] == [{"what": "team", "before": "Product", "after": "none"}]


class TestDays:
    @pytest.mark.parametrize(
        ("days", "said"),
        [({"from": 1}, "has not come yet"), ({"from": -3, "to": -3}, "Both days are the same")],
    )
    def test_says_what_is_wrong_with_them(self, signed_in, okrs, now, days, said):
        """A day to come is named, twice the same day is no comparison: the days stand there to be mended."""
        asked = {name: (day_of(now) + number * DAY).isoformat() for name, number in days.items()}

        answer = signed_in("ada").get(f"{TREE}/", asked)

        page = answer.content.decode()
        assert answer.status_code == 422 and said in page
        for name, day in asked.items():
            assert re.search(rf'type="date" name="{name}" value="{day}"[^>]*aria-invalid', page)

    def test_takes_the_week_before_where_none_is_named(self, signed_in, okrs, now):
        """The usual question is what happened since last week."""
        found = signed_in("ada").get(f"{COMPANY}.json").json()

        assert (found["before"], found["after"]) == (
            (day_of(now) - 7 * DAY).isoformat(),
            day_of(now).isoformat(),
        )

    def test_steps_by_weeks(self, signed_in, okrs, now):
        """The keys of other pages lead the first day a week on and back, within the record."""
        ada, first = signed_in("ada"), first_day(okrs)

        def stops(before) -> dict[str, str]:
            told = page(ada, COMPANY, before)
            found = re.findall(r'href="\?from=([^"]+)" rel="\w+" data-key="(.)"', told)
            return {key: on for on, key in found}

        assert stops(day_of(now) - 14 * DAY) == {
            "[": str(day_of(now) - 21 * DAY), "]": str(day_of(now) - 7 * DAY),
        }  # fmt: skip
        assert stops(day_of(now) - 3 * DAY).keys() == {"["} and stops(first).keys() == {"]"}

    def test_slide_by_weeks_and_to_both_days(self, signed_in, okrs, now):
        """The sliders stop at whole weeks before today, at the first day there is, and where they stand."""
        today, first, before = day_of(now), first_day(okrs), day_of(now) - 10 * DAY

        told = page(signed_in("ada"), COMPANY, before)

        stops = re.search(r'data-stops="([^"]+)"', told)[1].split()
        weeks = {today - number * 7 * DAY for number in range((today - first).days // 7 + 1)}
        assert stops == sorted(map(str, {first, before, *weeks}))
        assert told.count(f'max="{len(stops) - 1}"') == 2
        assert f'value="{stops.index(str(before))}"' in told

    def test_come_alone_while_a_slider_is_dragged(self, signed_in, okrs, now):
        """Then the middle of the page is all that is sent, with its title."""
        asked = {"from": str(day_of(now) - 10 * DAY)}

        told = signed_in("ada").get(f"{COMPANY}/", asked, headers={"HX-Request": "true"}).content.decode()

        assert told.startswith("<title>Acme, ") and "<main" in told and "topbar" not in told

    def test_offers_none_before_the_record(self, signed_in, okrs, cast, now):
        """In a young record the usual comparison begins with its first day; none before it is offered."""
        Objective.objects.of(cast.acme.id).update(created_at=now)
        Event.objects.of(cast.acme.id).update(at=now)
        Workspace.objects.filter(id=cast.acme.id).update(created_at=now - 2 * DAY)
        Cycle.objects.of(cast.acme.id).filter(id=okrs.cycle.id).update(starts_on=day_of(now) - 2 * DAY)
        read(signed_in("ada"), COMPANY, day_of(now) - DAY)

        told = signed_in("ada").get(f"{COMPANY}/").content.decode()

        assert f'name="from" value="{day_of(now) - 2 * DAY}"' in told
        assert "Last week" not in told and "The cycle’s first day" in told

    def test_waits_for_a_second_day(self, signed_in, okrs, cast, now):
        """On the first day on record there is none beside it: it says so, and offers none that is refused."""
        for dated in (Objective.objects.of(cast.acme.id), Workspace.objects.filter(id=cast.acme.id)):
            dated.update(created_at=now)
        Event.objects.of(cast.acme.id).update(at=now)

        for path in (COMPANY, "/w/acme/alignment/comparison"):
            told = signed_in("ada").get(f"{path}/")
            text = told.content.decode()
            assert told.status_code == 200 and "Nothing to compare yet" in text
            assert "Compare once another day is over" in text and 'name="from"' not in text
            assert signed_in("ada").get(f"{path}.json").status_code == 422

    def test_takes_them_in_either_order(self, signed_in, okrs, now):
        """The earlier day is the one on the left."""
        first, last = day_of(now) - 9 * DAY, day_of(now) - 2 * DAY

        assert read(signed_in("ada"), COMPANY, last, first) == read(signed_in("ada"), COMPANY, first, last)

    @pytest.mark.parametrize(
        "asked", ["from=soon", "to=2026-02-30", "to=0001-01-01", "from={today}", "from={last}&to={last}"]
    )
    def test_refuses_what_are_not_two_days(self, signed_in, okrs, now, asked):
        """Said kindly, on the page and as JSON."""
        query = asked.format(today=day_of(now), last=day_of(now) - DAY)

        assert signed_in("ada").get(f"{COMPANY}/?{query}").status_code == 422
        assert signed_in("ada").get(f"{COMPANY}.json?{query}").status_code == 422

    def test_offers_the_days_one_asks_for(self, signed_in, okrs, now):
        """Last week and the cycle's first day, as links."""
        Workspace.objects.filter(id=okrs.cycle.workspace_id).update(created_at=now - 90 * DAY)
        found = page(signed_in("ada"), COMPANY, day_of(now) - DAY)

        assert "Last week" in found and "The cycle’s first day" in found
        assert f"?from={okrs.cycle.starts_on}" in found

    def test_offers_no_closing_that_was_undone(self, signed_in, okrs, cast, now):
        """A closed objective makes a day to look back to; once it is opened again, it does not."""
        rows = Objective.objects.of(cast.acme.id).filter(id=okrs.helpful.id)
        Grade.objects.create(
            workspace_id=cast.acme.id,
            objective_id=okrs.helpful.id,
            grade=Decimal(1),
            policy="p",
            at=now - 3 * DAY,
        )
        rows.update(state="closed")
        offered = page(signed_in("ada"), COMPANY, day_of(now) - DAY)
        rows.update(state="grading")

        assert "The last closing" in offered
        assert "The last closing" not in page(signed_in("ada"), COMPANY, day_of(now) - DAY)

    def test_is_reached_from_the_slider(self, signed_in, okrs, now):
        """The page of a past day leads to that day beside today."""
        day, path = day_of(now) - DAY, f"/w/acme/objectives/{encode(okrs.company.id)}/"

        then = signed_in("ada").get(path, {"on": day.isoformat()}).content.decode()

        assert f'href="{path}comparison/?from={day}"' in then

    def test_is_known_by_its_tag(self, signed_in, okrs, now):
        """JSON that the reader has already is not sent again."""
        browser = signed_in("ada")
        tag = browser.get(f"{TREE}.json").headers["ETag"]

        assert browser.get(f"{TREE}.json", headers={"If-None-Match": tag}).status_code == 304


class TestStatements:
    def test_cost_as_many_as_is_written_down(self, signed_in, okrs, cast, now):
        """However many objectives are told."""
        checkins.record(key_result=okrs.waiting.id, value=Decimal(5), by=cast.cleo, at=now)
        browser, team = signed_in("cleo"), f"/w/acme/teams/{encode(cast.product.id)}/comparison"

        for name, path in (
            ("objective_comparison", of(okrs.helpful)), ("team_comparison", team),
            ("company_comparison", COMPANY), ("alignment_comparison", TREE),
        ):  # fmt: skip
            assert (name, count(browser, f"{path}/")) == (name, STATEMENTS[name])
            assert (name, count(browser, f"{path}.json")) == (name, STATEMENTS[f"{name}_json"])
