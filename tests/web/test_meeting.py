"""Two who change a team, a cycle, the settings, a person, a link or a view, each by its form."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from milepost.actions import alignments, cycles, people, teams, views, workspaces
from milepost.core.ids import encode
from milepost.models import Alignment, Event, Team, Workspace
from tests.threads import at_once
from tests.web.reading import form_of, page_of, text, versions

pytestmark = pytest.mark.both_databases


@dataclass
class Thing:
    """What Ben has a form of: Ada's change of one of its fields, and what Ben writes in two."""

    here: str
    field: str  # the one that Ada changes
    label: str
    was: str
    hers: str
    his: str
    other: tuple[str, str]  # another field, and what Ben writes there
    change: Callable[[dict[str, Any]], Any]
    kind: str  # of the event

    def as_ada(self) -> None:
        """Let Ada come first."""
        self.change({self.field: self.hers})


@pytest.fixture
def ben(cast, signed_in) -> Client:
    """Ben’s browser; he is an admin by now."""
    people.change_role(person=cast.ben.person_id, role="admin", by=cast.ada, at=timezone.now())
    return signed_in("ben")


@pytest.fixture(params=["team", "cycle", "settings", "person", "link", "view"])
def thing(request, cast, okrs) -> Thing:
    who = {"by": cast.ada, "at": timezone.now()}
    match request.param:
        case "team":
            return Thing(
                f"teams/{encode(cast.product.id)}/edit/", "name", "Name", "Product", "Bakery", "Kitchen",
                ("purpose", "Bread."),
                lambda changed: teams.update(team=cast.product.id, changed=changed, **who), "team.changed",
            )  # fmt: skip
        case "cycle":
            year = cycles.create(name="Long", starts_on=okrs.next_cycle.starts_on, **who)
            return Thing(
                f"cycles/{encode(okrs.next_cycle.id)}/edit/", "name", "Name", okrs.next_cycle.name, "Spring",
                "Harvest", ("parent", encode(year.id)),
                lambda changed: cycles.update(cycle=okrs.next_cycle.id, changed=changed, **who),
                "cycle.changed",
            )  # fmt: skip
        case "settings":
            return Thing(
                "settings/", "mission", "Mission", "nothing", "To bake.", "To cook.",
                ("vision", "Soup for all."),
                lambda changed: workspaces.update(changed=changed, **who), "workspace.changed",
            )  # fmt: skip
        case "person":
            row = people.add(name="Newt", email="newt@acme.example", **who)
            return Thing(
                f"people/{encode(row.id)}/", "name", "Name", "Newt", "Newton", "Newt N.",
                ("email", "n@acme.example"),
                lambda changed: people.update(person=row.id, **changed, **who), "person.changed",
            )  # fmt: skip
        case "link":
            link = Alignment.objects.of(cast.acme.id).get(child=okrs.helpful, until_at=None)
            return Thing(
                f"alignments/{encode(link.id)}/edit/", "weight", "Weight", "2", "5", "4", ("how", "supports"),
                lambda changed: alignments.update(
                    alignment=link.id, weight=Decimal(changed["weight"]), **who
                ), "alignment.changed",
            )  # fmt: skip
    row = views.save(name="Mine", settings="sort=due", shared="everyone", by=cast.ben, at=who["at"])
    return Thing(
        f"views/{encode(row.id)}/edit/", "name", "Name", "Mine", "Ours", "Yours", ("shared", "private"),
        lambda changed: views.update(view=row.id, changed=changed, **who), "view.changed",
    )  # fmt: skip


class TestForms:
    def test_merge_what_does_not_meet(self, cast, ben, thing: Thing):
        """Ada changes one field, Ben another with a form read before: both hold, each told of their own."""
        here, (other, written) = f"/w/acme/{thing.here}", thing.other
        sent = form_of(page_of(ben.get(here)), thing.field)
        thing.as_ada()

        answer = ben.post(here, sent | {other: [written]})

        assert answer.status_code == 303
        told = Event.objects.of(cast.acme.id).filter(kind=thing.kind).order_by("id")
        assert [one.actor_id for one in told] == [cast.ada.person_id, cast.ben.person_id]
        changed = told.last().data
        fields = [name.removesuffix("_id") for name in changed.get("changes", changed.get("fields"))]
        assert other in fields
        assert thing.field not in fields
        said = html.unescape(text(ben.get(answer.headers["Location"], follow=True)))
        assert re.search(
            rf"what was changed meanwhile: {thing.label.lower()}\. Ada Lovelace changed it at \d\d:\d\d\.",
            said,
        )

    def test_ask_where_both_changed_the_same(self, ben, thing: Thing):
        """As it was, what Ada made of it and what Ben wrote stand side by side; saved again, his holds."""
        here = f"/w/acme/{thing.here}"
        sent = form_of(page_of(ben.get(here)), thing.field)
        thing.as_ada()

        asked = ben.post(here, sent | {thing.field: [thing.his]})
        page = html.unescape(text(asked))
        form = form_of(text(asked), thing.field)
        again = ben.post(
            re.search(rf'action="([^"]*)"[^>]*>(?:(?!</form>).)*name="{thing.field}"', page, re.S)[1], form
        )

        assert (asked.status_code, again.status_code) == (409, 303)
        assert re.search(
            rf"Ada Lovelace changed “{thing.label}” at \d\d:\d\d, while you were editing\.", page
        )
        assert versions(page) == [thing.was, thing.hers, thing.his]
        assert form[thing.field] == [thing.his]

    def test_write_what_nobody_else_changed(self, cast, ben, thing: Thing):
        """A form that nobody came before is written as it is, and nothing is asked or told besides."""
        here = f"/w/acme/{thing.here}"
        sent = form_of(page_of(ben.get(here)), thing.field)

        answer = ben.post(here, sent | {thing.field: [thing.his]})

        assert answer.status_code == 303
        assert "meanwhile" not in text(ben.get(answer.headers["Location"]))
        told = Event.objects.of(cast.acme.id).filter(kind=thing.kind)
        assert [one.actor_id for one in told] == [cast.ben.person_id]

    @pytest.mark.parametrize("read", ["", "[]", "{", '{"name": 5}'])
    def test_bear_what_no_form_says(self, cast, ben, read: str):
        """Nonsense as what was read only asks more."""
        here = f"/w/acme/teams/{encode(cast.product.id)}/edit/"

        asked = ben.post(here, {"name": "Kitchen", "purpose": "", "parent": "", "read": read})

        assert asked.status_code == 409
        assert Team.objects.of(cast.acme.id).get(id=cast.product.id).name == "Product"


class TestRoles:
    def test_of_two_who_give_one_the_second_is_asked(self, cast, ben):
        """Ada makes Cleo a guest while Ben, who read that she is a member, makes her an admin."""
        here = f"/w/acme/people/{encode(cast.cleo.person_id)}/"
        sent = form_of(page_of(ben.get(here)), "role")
        people.change_role(person=cast.cleo.person_id, role="guest", by=cast.ada, at=timezone.now())

        asked = ben.post(here, sent | {"role": ["admin"]})

        assert asked.status_code == 409
        assert versions(text(asked)) == ["Member", "Guest", "Admin"]


class TestCycles:
    def test_take_their_days_as_a_whole(self, cast, ben, okrs):
        """One moved the first day, the other the last: that is asked, not mixed."""
        cycle = okrs.next_cycle
        here = f"/w/acme/cycles/{encode(cycle.id)}/edit/"
        sent = form_of(page_of(ben.get(here)), "name")
        later = cycle.starts_on.replace(day=cycle.starts_on.day + 1)
        cycles.update(cycle=cycle.id, changed={"starts_on": later}, by=cast.ada, at=timezone.now())

        asked = ben.post(here, sent | {"ends_on": [""]})

        assert asked.status_code == 409
        cycle.refresh_from_db()
        assert (cycle.starts_on, cycle.ends_on is None) == (later, False)

    def test_ask_nobody_about_days_that_another_moved(self, cast, ben, okrs):
        """Ben only renames the cycle: the days that Ada moved meanwhile are hers, and he is not asked."""
        cycle = okrs.cycle
        here = f"/w/acme/cycles/{encode(cycle.id)}/edit/"
        sent = form_of(page_of(ben.get(here)), "name")
        cycles.update(cycle=cycle.id, changed={"ends_on": None}, by=cast.ada, at=timezone.now())

        answer = ben.post(here, sent | {"name": ["Harvest"]})

        assert answer.status_code == 303
        cycle.refresh_from_db()
        assert (cycle.name, cycle.ends_on) == ("Harvest", None)


class TestViews:
    def test_ask_what_one_shall_show(self, cast, ben):
        """The tree saves into a view that another let show something else meanwhile: both are told."""
        row = views.save(name="Ours", settings="sort=due", shared="everyone", by=cast.ada, at=timezone.now())
        sent = form_of(page_of(ben.get(f"/w/acme/alignment/?sort=title&view={encode(row.id)}")), "settings")
        views.update(view=row.id, changed={"settings": "sort=progress"}, by=cast.ada, at=timezone.now())

        asked = ben.post(f"/w/acme/views/{encode(row.id)}/edit/", sent)
        again = ben.post(f"/w/acme/views/{encode(row.id)}/edit/", form_of(text(asked), "settings"))

        assert (asked.status_code, again.status_code) == (409, 303)
        assert versions(text(asked)) == [
            f"by {words}" for words in ("next due, the soonest first", "progress, the least first", "title")
        ]
        row.refresh_from_db()
        assert row.settings == "sort=title"


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_loses_no_edit(self, cast, signed_in):
        """Eight who each write a word into what they have read, until it is taken: all are there."""
        who = [signed_in("ada") for _ in range(8)]

        def write(number: int) -> None:
            browser, written = who[number], False
            while not written:
                sent = form_of(page_of(browser.get("/w/acme/settings/")), "mission")
                mission = f"{sent['mission'][0]} w{number}".strip()
                written = browser.post("/w/acme/settings/", sent | {"mission": [mission]}).status_code == 303

        at_once(8, write)

        row = Workspace.objects.get(id=cast.acme.id)
        assert sorted(row.mission.split()) == [f"w{number}" for number in range(8)]
