"""Activity: what happened, in words, for those who may know."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client

import milepost.actions
from milepost.actions import (
    alignments,
    bulk,
    checkins,
    comments,
    cycles,
    initiatives,
    key_results,
    objectives,
    people,
    teams,
    undos,
    workspaces,
)
from milepost.actions.bulk import Change
from milepost.core import addresses
from milepost.core.ids import encode
from milepost.models import Checkin, Cycle, Event, Workspace
from milepost.queries import activity, sentences
from milepost.queries.cards import Reader
from tests.cast import Cast
from tests.web import acme
from tests.web.reading import text
from tests.web.statements import STATEMENTS, count

ACTIVITY = "/w/acme/activity/"
DAY = timedelta(days=1)
FOLDED = r'<details class="[^"]*prose long"><summary>(.*?)</summary>(.*?)</details>'
pytestmark = pytest.mark.both_databases
Browser = Callable[..., Client]


@pytest.fixture
def quick(cast: Cast, cycle: Cycle, now: datetime) -> acme.Work:
    return acme.work(
        "Repairs are quick",
        cycle=cycle,
        by=cast.ada,
        at=now - 30 * DAY,
        team=cast.product.id,
        measures="Days",
    )


def told(reader: Reader) -> list[str]:
    """What the feed says, newest first."""
    return [one.text for day in activity.feed(reader).days for one in day.sentences]


def seen_by(actor, now: datetime) -> Reader:
    return Reader(actor, acme.day_of(now))


class TestSentence:
    def test_says_who_did_what(self, cast: Cast, quick: acme.Work, now: datetime):
        """Every change of the work has a sentence that names it."""
        ada, row, one = cast.ada, quick.objective.id, quick.key_result.id
        by = {"by": ada, "at": now}
        acme.check_in(quick.key_result, "6.2", by=ada, at=now)
        entry = Checkin.objects.of(cast.acme.id).get()
        checkins.correct(checkin=entry.id, value=Decimal("6.4"), **by)
        checkins.record(key_result=one, value=None, **by)
        comments.add(key_result=one, text="Well done", **by)
        objectives.update(
            objective=row, changed={"owner": cast.ben.person_id, "commitment": "committed"}, **by
        )
        key_results.update(key_result=one, changed={"target": Decimal("3.5")}, reason="too easy", **by)
        work = initiatives.add(objective=row, title="A second bench", **by)
        initiatives.update(initiative=work.id, changed={"state": "doing"}, **by)
        objectives.cancel(objective=row, reason="no budget", **by)

        said = told(seen_by(cast.cleo, now))

        assert said[:11] == [
            "Ada Lovelace cancelled Repairs are quick",
            "Ada Lovelace began “A second bench” for Repairs are quick",
            "Ada Lovelace added the initiative “A second bench” to Repairs are quick",
            "Ada Lovelace changed Days: target 4 days → 3.5 days",
            "Ada Lovelace changed Repairs are quick: owner Ada Lovelace → Ben Okri, "
            "success means aspirational → committed",
            "Ada Lovelace wrote about Days",
            "Ada Lovelace reported no data on Days",
            "Ada Lovelace corrected an entry of Days to 6.4 days",
            "Ada Lovelace checked in 6.2 days on Days, confidence 5",
            "Ada Lovelace activated Repairs are quick",
            "Ada Lovelace added Days to Repairs are quick",
        ]

    def test_speaks_to_the_one_who_did_it(self, cast: Cast, quick: acme.Work, now: datetime):
        """One's own doings begin with "You"."""
        assert told(seen_by(cast.ada, now))[0] == "You activated Repairs are quick"

    def test_carries_what_was_said(self, cast: Cast, quick: acme.Work, now: datetime):
        """A note, a comment and a reason stand under the sentence."""
        acme.check_in(quick.key_result, "6", by=cast.ada, at=now, note="Second bench")
        comments.add(objective=quick.objective.id, text="Well done", by=cast.ben, at=now)
        objectives.cancel(objective=quick.objective.id, reason="no budget", by=cast.ada, at=now)

        (day, *_) = activity.feed(seen_by(cast.cleo, now)).days

        assert [one.note for one in day.sentences[:3]] == ["no budget", "Well done", "Second bench"]

    def test_knows_every_kind_that_is_told(self):
        """No action tells of something for which there are no words."""
        source = "\n".join(path.read_text() for path in Path(milepost.actions.__path__[0]).glob("*.py"))
        nouns = "|".join(sorted({kind.partition(".")[0] for kind in sentences.TELLERS}))
        kinds = set(re.findall(rf'"((?:{nouns})\.[a-z_]+)"', source))

        assert len(kinds) > 30
        assert kinds - sentences.TELLERS.keys() == set()

    def test_has_words_for_what_it_does_not_know(self, cast: Cast, quick: acme.Work, now: datetime):
        """A kind of a later version is still told, plainly."""
        Event.objects.create(
            workspace_id=cast.acme.id,
            kind="objective.carried_over",
            at=now,
            door="web",
            objective_id=quick.objective.id,
        )

        assert told(seen_by(cast.cleo, now))[0] == "The operator carried over Repairs are quick"

    def test_tells_of_people_teams_and_cycles(self, cast: Cast, now: datetime):
        """Changes of the frame are told as well."""
        by = {"by": cast.ada, "at": now}
        paint = teams.create(name="Paint", **by)
        teams.add_member(team=paint.id, person=cast.cleo.person_id, is_lead=True, **by)
        people.change_role(person=cast.cleo.person_id, role="admin", **by)
        cycles.create(name="Next", starts_on=acme.day_of(now), ends_on=acme.day_of(now) + 90 * DAY, **by)
        workspaces.update(changed={"name": "Acme & Co"}, **by)

        assert told(seen_by(cast.ben, now))[:5] == [
            "Ada Lovelace changed the settings: name Acme → Acme & Co",
            "Ada Lovelace created the cycle Next",
            "Ada Lovelace changed the role of Cleo Wong: member → admin",
            "Ada Lovelace added Cleo Wong to Paint as a lead",
            "Ada Lovelace created the team Paint",
        ]

    def test_says_what_the_frame_was_before(self, cast: Cast, now: datetime):
        """A team, a cycle, a person: each tells from what to what; an address alone is nobody's to read."""
        by, today = {"by": cast.ada, "at": now}, acme.day_of(now)
        dana = people.add(name="Dana Scully", email="dana@acme.example", role="member", **by)
        paint = teams.create(name="Paint", **by)
        autumn = cycles.create(name="Autumn", starts_on=today, ends_on=today + 90 * DAY, **by)
        teams.update(team=paint.id, changed={"name": "Colours", "parent": cast.product.id}, **by)
        cycles.update(cycle=autumn.id, changed={"ends_on": today + 60 * DAY}, **by)
        people.update(person=dana.id, name="Dana Mulder", email="mulder@acme.example", **by)

        days = [f"{today + days * DAY:%-d %b %Y}" for days in (90, 60)]
        assert told(seen_by(cast.ada, now))[:3] == [
            "You changed the details of Dana Mulder: name Dana Scully → Dana Mulder, address",
            f"You changed the cycle Autumn: last day {days[0]} → {days[1]}",
            "You changed the team Colours: name Paint → Colours, place none → Product",
        ]

    def test_says_where_an_objective_stood(self, cast: Cast, cycle: Cycle, quick: acme.Work, now: datetime):
        """A link tells what became of it, a move from where to where."""
        by = {"by": cast.ada, "at": now}
        first, last = (acme.work(each, cycle=cycle, **by).objective for each in ("First", "Last"))
        link = alignments.align(child=quick.objective.id, objective=first.id, **by)
        alignments.update(alignment=link.id, how="contributes", weight=Decimal(2), **by)
        move = {"child": quick.objective.id, "reason": "So", **by}
        alignments.move(leaves=first.id, objective=last.id, **move)
        alignments.move(leaves=last.id, **move)

        assert told(seen_by(cast.ada, now))[:3] == [
            "You let Repairs are quick stand by itself, no longer below Last",
            "You moved Repairs are quick from below First to below Last",
            "You changed how Repairs are quick serves First: weight 1 → 2",
        ]

    def test_says_what_many_were_before(self, cast: Cast, cycle: Cycle, quick: acme.Work, now: datetime):
        """What they had in common is told, and what they have now; what differed is told of each alone."""
        by = {"by": cast.ada, "at": now}
        other = acme.work("Bikes last", cycle=cycle, by=cast.ada, at=now)
        items = [quick.objective.id, other.objective.id]
        bulk.apply(items=items, change=Change("owner", owner=cast.ben.person_id), **by)
        objectives.update(objective=items[0], changed={"commitment": "learning"}, **by)
        bulk.apply(items=items, change=Change("commitment", commitment="committed"), **by)

        said = told(seen_by(cast.ada, now))
        assert said[0] == "You changed what success means for Repairs are quick and Bikes last to committed"
        assert said[2] == (
            "You changed the owner of Repairs are quick and Bikes last from Ada Lovelace to Ben Okri"
        )


class TestWhoIsTold:
    @pytest.mark.parametrize("visibility", ["people", "private"])
    def test_nothing_of_what_they_may_not_see(
        self, cast: Cast, cycle: Cycle, quick: acme.Work, now: datetime, visibility: str
    ):
        """Restricted and personal work leaves no trace in the feed of others, not even a line."""
        before = told(seen_by(cast.ben, now))
        hidden = acme.work("A quiet plan", cycle=cycle, by=cast.ada, at=now, visibility=visibility)
        acme.check_in(hidden.key_result, "6", by=cast.ada, at=now)
        comments.add(key_result=hidden.key_result.id, text="hush", by=cast.ada, at=now)
        initiatives.add(objective=hidden.objective.id, title="A quiet step", by=cast.ada, at=now)

        assert told(seen_by(cast.ben, now)) == before
        assert "You checked in 6 days on A quiet plan, measured, confidence 5" in told(seen_by(cast.ada, now))

    def test_nothing_of_a_link_to_it(self, cast: Cast, cycle: Cycle, quick: acme.Work, now: datetime):
        """A link from shared work to restricted work is not told either."""
        above = acme.work("A quiet plan", cycle=cycle, by=cast.ada, at=now, visibility="people")
        before = told(seen_by(cast.ben, now))
        alignments.align(child=quick.objective.id, objective=above.objective.id, by=cast.ada, at=now)

        assert told(seen_by(cast.ben, now)) == before
        assert told(seen_by(cast.ada, now))[0] == "You let Repairs are quick contribute to A quiet plan"

    def test_nothing_of_a_narrowed_key_result(self, cast: Cast, quick: acme.Work, now: datetime):
        """A key result that few may see is told to them alone, though its objective is shared."""
        before = told(seen_by(cast.ben, now))
        definition = key_results.Definition(
            title="A quiet number",
            kind="reach",
            target=Decimal(3),
            visibility="people",
            owner=cast.ada.person_id,
        )
        one = key_results.add(objective=quick.objective.id, definition=definition, by=cast.ada, at=now)
        acme.check_in(one, "1", by=cast.ada, at=now)

        assert told(seen_by(cast.ben, now)) == before

    def test_doors_are_the_admins(self, cast: Cast, now: datetime):
        """Who was invited or set a password is told to admins and to that person."""
        people.add(name="Nia Mori", email="nia@acme.example", by=cast.ada, at=now)

        assert "Ada Lovelace added Nia Mori" not in told(seen_by(cast.ben, now))
        assert "You added Nia Mori" in told(seen_by(cast.ada, now))

    def test_another_workspace_is_another_world(self, cast: Cast, quick: acme.Work, now: datetime):
        """Zenith's feed knows nothing of Acme."""
        assert all("Repairs" not in line and "Ada" not in line for line in told(seen_by(cast.zed, now)))


class TestIndex:
    def test_is_for_members_alone(self, signed_in: Browser):
        """A stranger finds nothing."""
        assert signed_in("zed").get(ACTIVITY).status_code == 404

    def test_groups_by_day(self, signed_in: Browser, cast: Cast, quick: acme.Work, now: datetime):
        """Each day has its heading, the latest first."""
        acme.check_in(quick.key_result, "6", by=cast.ada, at=now)

        page = signed_in("cleo").get(ACTIVITY).content.decode()

        assert page.index(">Today</h2>") < page.index("checked in")
        assert page.count('<section aria-labelledby="d-') == len(activity.feed(seen_by(cast.cleo, now)).days)

    def test_narrows_to_team_person_and_kind(
        self, signed_in: Browser, cast: Cast, cycle: Cycle, quick: acme.Work, now: datetime
    ):
        """Filters have an address, combine, and say so where nothing is left."""
        acme.work("Riders stay", cycle=cycle, by=cast.ada, at=now)
        comments.add(objective=quick.objective.id, text="Well done", by=cast.ben, at=now)
        cleo = signed_in("cleo")

        def shown(query: str) -> str:
            return cleo.get(f"{ACTIVITY}?{query}").content.decode()

        team, ben = encode(cast.product.id), encode(cast.ben.person_id)
        assert "Riders stay" not in shown(f"team={team}")
        assert "Repairs are quick" in shown(f"team={team}")
        assert "Well done" in shown(f"person={ben}")
        assert "Riders stay" not in shown(f"person={ben}")
        assert "Well done" in shown("kind=discussion")
        assert "activated" not in shown("kind=discussion")
        assert "Nothing like that" in shown(f"kind=check-ins&person={ben}")
        assert shown("kind=nonsense&team=x&person=0000000000000&before=x")

    def test_turns_the_page(self, signed_in: Browser, cast: Cast, quick: acme.Work, now: datetime):
        """ "Older" leads on, without a gap and without a repetition, until there is no more."""
        for number in range(95):
            comments.add(objective=quick.objective.id, text=f"note {number:03}", by=cast.ada, at=now)
        cleo, address, found = signed_in("cleo"), ACTIVITY, []

        for _ in range(4):
            page = cleo.get(address).content.decode()
            found += re.findall(r"note (\d{3})", page)
            older = re.search(r'href="(\?before=\w+)">Older', page)
            if older is None:
                break
            address = ACTIVITY + older.group(1)

        assert found == [f"{number:03}" for number in reversed(range(95))]
        assert older is None

    def test_reads_past_what_may_not_be_seen(self, cast: Cast, cycle: Cycle, quick: acme.Work, now: datetime):
        """Much hidden work between two lines costs a longer look, never an empty page."""
        hidden = acme.work("A quiet plan", cycle=cycle, by=cast.ada, at=now, visibility="private")
        for _ in range(150):
            comments.add(objective=hidden.objective.id, text="hush", by=cast.ada, at=now)

        assert "Ada Lovelace activated Repairs are quick" in told(seen_by(cast.cleo, now))

    def test_ends_where_it_would_without_hidden_work(
        self, cast: Cast, cycle: Cycle, quick: acme.Work, now: datetime
    ):
        """Where a page ends, and whether there is another, does not move with what is hidden after it."""
        hidden = acme.work("A quiet plan", cycle=cycle, by=cast.ada, at=now, visibility="private")
        for number in range(3):
            comments.add(objective=hidden.objective.id, text="hush", by=cast.ada, at=now)
            comments.add(objective=quick.objective.id, text=f"note {number}", by=cast.ada, at=now)
        discussion = activity.Narrowed(group="discussion")

        two = activity.feed(seen_by(cast.cleo, now), discussion, size=2)
        three = activity.feed(seen_by(cast.cleo, now), discussion, size=3)

        assert two.older == two.days[-1].sentences[-1].id
        assert three.older is None

    def test_costs_what_it_cost(self, signed_in: Browser, quick: acme.Work):
        """The number of statements is frozen."""
        assert count(signed_in("cleo"), ACTIVITY) == STATEMENTS["activity"]


class TestPastDay:
    """With a day in the address: what had happened by its end."""

    def test_tells_what_had_happened_by_then(self, signed_in: Browser, cast: Cast, quick: acme.Work, now):
        """Neither what came later, nor that it was undone later; and its headings are days."""
        comments.add(objective=quick.objective.id, text="early word", by=cast.ben, at=now - 9 * DAY)
        objectives.update(
            objective=quick.objective.id, changed={"title": "Repairs"}, by=cast.ada, at=now - 9 * DAY
        )
        renamed = Event.objects.of(cast.acme.id).filter(kind="objective.changed").latest("id")
        undos.undo(event=renamed.id, by=cast.ada, at=now - 2 * DAY)
        comments.add(objective=quick.objective.id, text="late word", by=cast.ben, at=now)
        ada, on = signed_in("ada"), acme.day_of(now) - 7 * DAY

        then, today = text(ada.get(ACTIVITY, {"on": str(on)})), text(ada.get(ACTIVITY))

        assert "early word" in then and "late word" not in then and "As it stood" in then
        assert "undone" not in then and "undone" in today
        assert ">Today</h2>" not in then and ">Yesterday</h2>" not in then and "/undoing/" not in then

    def test_is_kept_while_one_reads_on(self, signed_in: Browser, cast: Cast, quick: acme.Work, now):
        """By filters, the form and "Older"; another day begins at its newest."""
        for number in range(50):
            comments.add(objective=quick.objective.id, text=f"note {number}", by=cast.ada, at=now - 9 * DAY)
        ada, on = signed_in("ada"), acme.day_of(now) - 7 * DAY

        page = ada.get(ACTIVITY, {"on": str(on)}).content.decode()
        older = re.search(r'rel="next" href="([^"]+)">Older', page)[1].replace("&amp;", "&")
        further = ada.get(f"{ACTIVITY}{older}").content.decode()

        assert f"on={on}" in older and "As it stood" in further
        assert f'href="?kind=discussion&amp;on={on}"' in page
        assert page.count(f'name="on" value="{on}"') == 2  # of the filters, and of the day
        assert 'name="before"' not in further and not re.search(r"before=\w+[^\"]*\" rel=\"prev", further)

    def test_says_where_nothing_had_happened(self, signed_in: Browser, cast: Cast, cycle: Cycle, now):
        """A day before the first line is told as one, though the record has begun."""
        Event.objects.of(cast.acme.id).update(at=now)
        Workspace.objects.filter(id=cast.acme.id).update(created_at=now - timedelta(days=300))
        page = text(signed_in("ada").get(ACTIVITY, {"on": str(cycle.starts_on)}))

        assert "Nothing had happened yet" in page


class TestLongNotes:
    def test_are_folded_behind_their_beginning(self, cast: Cast, quick: acme.Work, signed_in: Browser, now):
        """A long text shows its beginning, and all of it on demand; the feed has its first words."""
        long = "We **asked** <everyone>.\n\n" + "And then we waited. " * 700 + "The end."
        acme.check_in(quick.key_result, "6", by=cast.ada, at=now, note=long)
        comments.add(objective=quick.objective.id, text=long, by=cast.ada, at=now)
        short = "Six of them."
        acme.check_in(quick.key_result, "5", by=cast.ada, at=now, note=short)
        browser = signed_in("cleo")

        feed = text(browser.get(ACTIVITY))
        assert feed.count("And then we…</p>") == 2 and "The end." not in feed
        for path in (f"/w/acme/objectives/{quick.id}/", addresses.key_result("acme", quick.key_result.id)):
            folded = re.findall(FOLDED, text(browser.get(path)), re.DOTALL)
            assert folded and all("We asked &lt;everyone&gt;." in beginning for beginning, _ in folded), path
            assert all(len(beginning) < 600 and "Show all" in beginning for beginning, _ in folded), path
            assert all("<strong>asked</strong>" in whole and "The end." in whole for _, whole in folded), path
            assert short not in "".join(whole for _, whole in folded), path
