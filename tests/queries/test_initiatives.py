"""Initiatives on past days: what they said then, what they were for, and what became of them since."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from milepost.actions import initiatives, key_results, objectives, undos
from milepost.actions.key_results import Definition
from milepost.actions.plans.applying import apply_plan
from milepost.core.access import Actor
from milepost.ledger import image as images
from milepost.models import Event
from milepost.queries import comparisons, plans, team_work, teams
from milepost.queries import initiatives as pages
from milepost.queries.cards import Reader
from milepost.queries.contrasts import Contrasts
from milepost.queries.records import initiatives as records
from milepost.queries.records.slices import Wanted
from tests.cast import Cast
from tests.okrs import Okrs
from tests.web.acme import day_of

pytestmark = pytest.mark.both_databases
DAY = timedelta(days=1)


@pytest.fixture
def yesterday(now) -> date:
    """The last day that is over."""
    return day_of(now) - DAY


def looking(actor: Actor, now, on: date | None = None) -> Reader:
    return Reader(actor, day_of(now), on)


def shown(reader: Reader, okrs: Okrs) -> list[tuple]:
    """Return what the objective's page says of its initiatives."""
    row = reader.image.objectives[okrs.helpful.id]
    return [
        (one.title, one.state, one.owner and one.owner.name, one.due_on, one.key_result and one.key_result[0])
        for one in pages.of(reader, row, may_edit=False)
    ]


def rewrite(cast: Cast, okrs: Okrs, now) -> None:
    """Change everything that an initiative says."""
    changed = {
        "title": "A form that asks less", "description": "Three questions.", "state": "doing", "owner": None,
        "due_on": day_of(now) + 9 * DAY, "key_result": okrs.guides.id,
    }  # fmt: skip
    initiatives.update(initiative=okrs.triage.id, changed=changed, by=cast.ben, at=now)


def conceal(cast: Cast, okrs: Okrs, at) -> None:
    """Do the initiative for a key result that Cleo does not see."""
    people = {"visibility": "people", "visible_to": [cast.ben.person_id]}
    key_results.update(key_result=okrs.guides.id, changed=people, by=cast.ben, at=at)
    changed = {"key_result": okrs.guides.id}
    initiatives.update(initiative=okrs.triage.id, changed=changed, by=cast.ben, at=at)


class TestAPastDay:
    def test_tells_what_they_said_then(self, cast: Cast, okrs: Okrs, now, yesterday):
        """Title, state, owner, due day and key result are those of that evening; today they are today's."""
        before = shown(looking(cast.cleo, now), okrs)

        rewrite(cast, okrs, now)

        assert shown(looking(cast.cleo, now, yesterday), okrs) == before
        title, state, owner, due, _ = shown(looking(cast.cleo, now), okrs)[0]
        assert (title, state, owner, due) == ("A form that asks less", "doing", None, day_of(now) + 9 * DAY)

    def test_takes_back_the_earliest_of_several_changes(self, cast: Cast, okrs: Okrs, now, yesterday):
        """What was changed twice, finished or undone since reads as it did before all of that."""
        before = shown(looking(cast.cleo, now), okrs)
        for number, state in enumerate(("doing", "done", "doing")):
            at = now + timedelta(seconds=number)
            initiatives.update(initiative=okrs.triage.id, changed={"state": state}, by=cast.ben, at=at)
        told = Event.objects.of(cast.acme.id).filter(kind="initiative.changed").latest("id")
        undos.undo(event=told.id, by=cast.ben, at=now + timedelta(seconds=9))

        assert shown(looking(cast.cleo, now, yesterday), okrs) == before
        assert shown(looking(cast.cleo, now), okrs)[0][1] == "done"

    def test_tells_what_a_file_has_changed_since(self, cast: Cast, okrs: Okrs, now, yesterday):
        """A file changes them like a page: the day before reads as before, and who edits is told."""
        before, revision = shown(looking(cast.cleo, now), okrs), okrs.triage.revision
        have = plans.current(cast.acme.id)
        rows = [
            replace(
                row,
                initiatives=tuple(
                    replace(one, title="From a file", state="done", owner=None, key_result=None)
                    for one in row.initiatives
                ),
            )
            for row in have.objectives
        ]

        apply_plan(plan=replace(have, objectives=tuple(rows)), by=cast.ada, at=now)

        assert shown(looking(cast.cleo, now, yesterday), okrs) == before
        assert shown(looking(cast.cleo, now), okrs) == [("From a file", "done", None, None, None)]
        okrs.triage.refresh_from_db()
        assert okrs.triage.revision == revision + 1

    def test_stands_under_the_key_result_of_then(self, cast: Cast, okrs: Okrs, now, yesterday):
        """The page of a key result lists what was for it on that day."""
        rewrite(cast, okrs, now)

        def under(key_result: int, on: date | None) -> list[str]:
            reader = looking(cast.cleo, now, on)
            row = reader.image.objectives[okrs.helpful.id]
            return [one.title for one in pages.of(reader, row, may_edit=False, key_result=key_result)]

        assert under(okrs.waiting.id, yesterday) == ["Triage form"] and not under(okrs.guides.id, yesterday)
        assert under(okrs.guides.id, None) == ["A form that asks less"] and not under(okrs.waiting.id, None)

    def test_is_told_beside_the_team(self, cast: Cast, okrs: Okrs, now, yesterday):
        """The team's page says the same."""
        rewrite(cast, okrs, now)

        def beside(on: date | None) -> list[tuple]:
            reader = looking(cast.cleo, now, on)
            page = teams.page(reader, cast.product.id, None)
            rows = [reader.image.objectives[card.number] for card in page.objectives]
            found = team_work.beside(reader, page, team_work.read(reader, rows))
            return [(one.title, one.state, one.due_on) for one in found.initiatives]

        assert beside(yesterday) == [("Triage form", "planned", None)]
        assert beside(None) == [("A form that asks less", "doing", day_of(now) + 9 * DAY)]

    def test_is_listed_by_what_was_so_then(self, cast: Cast, okrs: Okrs, now, yesterday):
        """Programs narrow them by the state, the owner and the key result of that day."""
        rewrite(cast, okrs, now)
        then, today = looking(cast.cleo, now, yesterday), looking(cast.cleo, now)

        def titles(reader: Reader, **asked) -> list[str]:
            return [one.title for one in records.slice_of(reader, Wanted(), **asked).items]

        for asked in (
            {"state": "planned"}, {"owner": cast.cleo.person_id}, {"key_result": okrs.waiting.id}
        ):  # fmt: skip
            assert titles(then, **asked) == ["Triage form"] and titles(today, **asked) == []
        assert titles(then, state="doing") == [] and titles(today, state="doing") == ["A form that asks less"]

    def test_comes_in_slices_without_gaps(self, cast: Cast, okrs: Okrs, now, yesterday, monkeypatch):
        """A cursor leads through those of a past day, however many are read at once."""
        monkeypatch.setattr(records, "READ", 2)
        made = [
            initiatives.add(
                objective=okrs.helpful.id, title=f"Work {number}", by=cast.ben, at=now - 2 * DAY
            ).id
            for number in range(5)
        ]
        for id in made[::2]:
            initiatives.update(initiative=id, changed={"state": "done"}, by=cast.ben, at=now)
        initiatives.add(objective=okrs.helpful.id, title="Too young", by=cast.ben, at=now)
        reader, found, after = looking(cast.cleo, now, yesterday), [], None
        while True:
            part = records.slice_of(reader, Wanted(2, after), state="planned")
            found += [one.title for one in part.items]
            if part.next is None:
                break
            after = [*made, okrs.triage.id][[f"Work {n}" for n in range(5)].index(found[-1])]

        assert found == ["Triage form", *(f"Work {number}" for number in range(5))]

    def test_hides_what_is_hidden_now(self, cast: Cast, okrs: Okrs, now, yesterday):
        """What is for a confidential key result by now is told on no past day to who does not see that."""
        named = Definition("Quietly", start=Decimal(0), target=Decimal(9), owner=cast.ben.person_id)
        secret = key_results.add(objective=okrs.helpful.id, definition=named, by=cast.ben, at=now)
        people = {"visibility": "people", "visible_to": [cast.ben.person_id]}
        key_results.update(key_result=secret.id, changed=people, by=cast.ben, at=now)
        changed = {"key_result": secret.id}
        initiatives.update(initiative=okrs.triage.id, changed=changed, by=cast.ben, at=now)

        assert shown(looking(cast.cleo, now, yesterday), okrs) == []
        assert len(shown(looking(cast.ben, now, yesterday), okrs)) == 1
        assert records.slice_of(looking(cast.cleo, now, yesterday), Wanted()).items == ()

    def test_hides_what_was_for_something_confidential(self, cast: Cast, okrs: Okrs, now, yesterday):
        """Nor what was for it then and is for something open today."""
        conceal(cast, okrs, now - 2 * DAY)
        initiatives.update(initiative=okrs.triage.id, changed={"key_result": None}, by=cast.ben, at=now)

        assert shown(looking(cast.cleo, now, yesterday), okrs) == []
        assert len(shown(looking(cast.cleo, now), okrs)) == 1


class TestTwoDays:
    def test_tell_what_became_of_them(self, cast: Cast, okrs: Okrs, now, yesterday):
        """States, titles, owners, due days and key results; and those that came."""
        rewrite(cast, okrs, now)
        initiatives.add(objective=okrs.helpful.id, title="Hire", by=cast.ben, at=now)

        then, today = looking(cast.cleo, now, yesterday), looking(cast.cleo, now)
        told = Contrasts(then, today).work([okrs.helpful.id])[okrs.helpful.id]

        of_one = "initiative “A form that asks less”"
        due = day_of(now) + 9 * DAY
        assert [(one.label, one.before, one.after) for one in told] == [
            (f"{of_one}: title", "Triage form", "A form that asks less"),
            (f"{of_one}: description", None, None),
            (f"{of_one}: state", "planned", "doing"),
            (f"{of_one}: owner", "Cleo Wong", "none"),
            (f"{of_one}: due day", "none", f"{due.day} {due:%b %Y}"),
            (f"{of_one}: key result", okrs.waiting.title, okrs.guides.title),
            ("initiative “Hire”", "none", "planned"),
        ]

    def test_list_the_objective_of_which_nothing_else_differs(self, cast: Cast, okrs: Okrs, now, yesterday):
        """It is not among those that are the same on both days."""
        initiatives.update(initiative=okrs.triage.id, changed={"state": "done"}, by=cast.ben, at=now)

        found = comparisons.of_workspace(looking(cast.cleo, now, yesterday), looking(cast.cleo, now), None)

        (pair,) = found.objectives
        assert pair.number == okrs.helpful.id
        assert [one.label for one in pair.differences] == ["initiative “Triage form”: state"]
        assert pair.number not in {one.id for one in found.unmoved}

    def test_mention_nothing_done_for_what_is_hidden(self, cast: Cast, okrs: Okrs, now, yesterday):
        """To who does not see the key result, the days are the same."""
        conceal(cast, okrs, now - 2 * DAY)
        initiatives.update(initiative=okrs.triage.id, changed={"state": "done"}, by=cast.ben, at=now)

        for who, count in ((cast.cleo, 0), (cast.ben, 1)):
            found = comparisons.of_workspace(looking(who, now, yesterday), looking(who, now), None)
            assert len(found.objectives) == count

    def test_compare_two_past_days(self, cast: Cast, okrs: Okrs, now, yesterday):
        """What changed after the later of them is told on neither."""
        initiatives.update(initiative=okrs.triage.id, changed={"state": "doing"}, by=cast.ben, at=now - DAY)
        initiatives.update(initiative=okrs.triage.id, changed={"state": "done"}, by=cast.ben, at=now)
        objectives.update(objective=okrs.company.id, changed={"description": "."}, by=cast.ada, at=now)
        images.forget()

        looks = looking(cast.cleo, now, yesterday - DAY), looking(cast.cleo, now, yesterday)
        told = Contrasts(*looks).work([okrs.helpful.id])[okrs.helpful.id]

        assert [(one.before, one.after) for one in told] == [("planned", "doing")]
