"""Lists that grow for years: a page shows fifty at a time of each, and leads to all of them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.db.models import QuerySet
from django.db.models.signals import post_init
from django.test import Client

from milepost.actions import alignments, objectives, people, teams
from milepost.core import addresses
from milepost.core.tokens import hash_of
from milepost.ledger import image
from milepost.models import (
    Comment,
    Initiative,
    KeyResultVersion,
    ObjectiveVersion,
    Person,
    SavedView,
    Session,
    Token,
)
from milepost.queries.listed import LISTED
from tests.cast import Cast
from tests.okrs import Okrs
from tests.web.reading import text

pytestmark = pytest.mark.both_databases

MANY = 2 * LISTED + 10


@dataclass(frozen=True)
class Long:
    """A list of a page: how it becomes long, and what tells its entries from each other."""

    fill: Callable[[Cast, Okrs, datetime], None]
    where: Callable[[Okrs], str]
    entry: str
    word: str = "Show earlier"


def say(cast: Cast, okrs: Okrs, now: datetime, key_result: int | None = None) -> None:
    Comment.objects.of(cast.acme.id).bulk_create(
        Comment(
            workspace_id=cast.acme.id, objective_id=okrs.helpful.id, key_result_id=key_result,
            by_id=cast.cleo.person_id, at=now - timedelta(minutes=number // 3), text=f"Number {number:03}!",
        )
        for number in range(MANY)
    )  # fmt: skip


def copied(row, **new) -> dict:
    told = {field.attname: getattr(row, field.attname) for field in row._meta.fields if field.attname != "id"}
    return told | new


def rename(rows: QuerySet, now: datetime) -> None:
    """Give something another title again and again, three times in each moment."""
    last = rows.order_by("id").last()
    rows.bulk_create(
        rows.model(**copied(last, title=f"Number {n:03}!", at=now + timedelta(minutes=n // 3 - MANY)))
        for n in range(MANY)
    )


def rename_objective(cast: Cast, okrs: Okrs, now: datetime) -> None:
    rename(ObjectiveVersion.objects.of(cast.acme.id).filter(objective_id=okrs.helpful.id), now)


def rename_key_result(cast: Cast, okrs: Okrs, now: datetime) -> None:
    rename(KeyResultVersion.objects.of(cast.acme.id).filter(key_result_id=okrs.waiting.id), now)


def add_initiatives(cast: Cast, okrs: Okrs, now: datetime) -> None:
    Initiative.objects.of(cast.acme.id).bulk_create(
        Initiative(
            workspace_id=cast.acme.id, objective_id=okrs.helpful.id, title=f"Number {number:03}!",
            key=f"number-{number}", created_at=now,
        )
        for number in range(MANY)
    )  # fmt: skip


def align(cast: Cast, okrs: Okrs, now: datetime) -> None:
    for number in range(MANY):
        title = f"Number {number:03}!"
        one = objectives.draft(title=title, cycle=okrs.cycle.id, by=cast.ada, at=now)
        alignments.align(child=one.id, objective=okrs.helpful.id, how="supports", by=cast.ada, at=now)


def keep_tokens(cast: Cast, okrs: Okrs, now: datetime) -> None:
    Token.objects.of(cast.acme.id).bulk_create(
        Token(
            workspace_id=cast.acme.id, person_id=cast.ada.person_id, name=f"Number {number:03}!",
            secret_hash=hash_of(str(number)), last_four="abcd", scope="read", created_at=now,
            expires_at=now + timedelta(days=9), revoked_at=now if number % 3 else None,
        )
        for number in range(MANY)
    )  # fmt: skip


def sign_in(cast: Cast, okrs: Okrs, now: datetime) -> None:
    user = Person.objects.of(cast.acme.id).get(id=cast.ada.person_id).user_id
    Session.objects.bulk_create(
        Session(
            session_key=f"{number:040}", session_data="", expire_date=now + timedelta(days=9), user_id=user,
            device=f"Number {number:03}!",
        )
        for number in range(MANY)
    )  # fmt: skip


def join(cast: Cast, okrs: Okrs, now: datetime) -> None:
    for number in range(MANY):
        one = people.add(name=f"Number {number:03}!", email=f"n{number}@acme.test", by=cast.ada, at=now)
        teams.add_member(team=cast.product.id, person=one.id, by=cast.ada, at=now)


def keep_views(cast: Cast, okrs: Okrs, now: datetime) -> None:
    SavedView.objects.of(cast.acme.id).bulk_create(
        SavedView(
            workspace_id=cast.acme.id, owner_id=cast.ben.person_id, name=f"Number {number:03}!",
            shared="everyone", created_at=now,
        )
        for number in range(MANY)
    )  # fmt: skip


def on_objective(okrs: Okrs) -> str:
    return addresses.objective("acme", okrs.helpful.id)


def on_key_result(okrs: Okrs) -> str:
    return addresses.key_result("acme", okrs.waiting.id)


def on_team(okrs: Okrs) -> str:
    return addresses.team("acme", okrs.helpful.team_id)


LISTS = {
    "the discussion of an objective": Long(say, on_objective, r"<p>Number (\d+)!"),
    "the discussion of a key result": Long(
        lambda cast, okrs, now: say(cast, okrs, now, okrs.waiting.id), on_key_result, r"<p>Number (\d+)!"
    ),
    "the history of an objective": Long(rename_objective, on_objective, r"→ Number (\d+)!"),
    "the history of a key result": Long(rename_key_result, on_key_result, r"→ Number (\d+)!"),
    "what is done for an objective": Long(add_initiatives, on_objective, r">Number (\d+)!</a>", "Show more"),
    "what helps an objective": Long(align, on_objective, r'strong"[^>]*>Number (\d+)!', "Show more"),
    "one’s tokens": Long(keep_tokens, lambda _: "/w/acme/tokens/", r'row">(?:<s[^>]*>)?Number (\d+)!'),
    "where one is signed in": Long(sign_in, lambda _: "/account/", r"<p>Number (\d+)!"),
    "the members of a team": Long(join, on_team, r">Number (\d+)!</a>", "Show more"),
    "the people of a team to arrange": Long(
        join, lambda okrs: on_team(okrs) + "edit/", r"<span>Number (\d+)!", "Show more"
    ),
    "views": Long(keep_views, lambda _: "/w/acme/views/", r'strong" href="[^"]*">Number (\d+)!', "Show more"),
}


def following(page: str, word: str) -> str | None:
    """Return where the list goes on that begins with this word, of the page’s lists the one that does."""
    found = re.search(rf'rel="next" href="([^"]*)">{word}<', page)
    return found and html.unescape(found[1])


@pytest.fixture
def ada(signed_in) -> Client:
    return signed_in("ada")


@pytest.mark.parametrize("name", LISTS)
class TestLists:
    def test_lead_to_each_entry_once(self, ada: Client, cast: Cast, okrs: Okrs, now: datetime, name: str):
        """A page shows so many at most; what leads on leads to all; no such place is the beginning."""
        one = LISTS[name]
        one.fill(cast, okrs, now)
        image.forget()
        found, here, pages, beginning = [], one.where(okrs), 0, 0
        while here:
            page, pages = text(ada.get(here)), pages + 1
            listed = re.findall(one.entry, page)
            assert 0 < len(listed) <= LISTED and len(page) < 100_000
            assert ("Newest<" in page or "First<" in page or "Latest<" in page) is (pages > 1)
            beginning = len(listed) if pages == 1 else beginning
            found, here = [*found, *listed], following(page, one.word)

        assert pages == 3 and sorted(found) == [f"{number:03}" for number in range(MANY)]
        first = one.where(okrs)
        place = re.search(r"[?&]([a-z_]+)=", following(text(ada.get(first)), one.word))[1]
        nowhere = text(ada.get(first, {place: "0000000000000"}))
        assert re.findall(one.entry, nowhere) == found[:beginning]


class TestPage:
    def test_keeps_the_places_of_its_other_lists_and_the_day(
        self, ada: Client, cast: Cast, okrs: Okrs, now: datetime
    ):
        """Who reads on in the discussion of a past day stays there, and where the history was."""
        say(cast, okrs, now - timedelta(days=1))
        rename_objective(cast, okrs, now - timedelta(days=1))
        image.forget()
        day = (now.date() - timedelta(days=1)).isoformat()
        links = re.findall(
            r'rel="next" href="([^"]*)">Show earlier<', text(ada.get(on_objective(okrs), {"on": day}))
        )
        said, changed = (html.unescape(one) for one in links)
        assert f"on={day}" in said and f"on={day}" in changed

        page = text(ada.get(said))

        both = html.unescape(re.findall(r'rel="next" href="([^"]*)">Show earlier<', page)[-1])
        assert "said_before=" in both and "changed_before=" in both and f"on={day}" in both

    def test_costs_the_same_however_much_was_changed(
        self, ada: Client, cast: Cast, okrs: Okrs, now: datetime
    ):
        """Of a history a page reads a stretch: as many dated rows for five times as many changes."""
        made = []

        def note(instance: object, **_) -> None:
            made.append(instance)

        cost = []
        for times in (3, 15):
            for turn in range(times):
                rename_objective(cast, okrs, now - timedelta(hours=6 * turn + times))
            image.forget()
            ada.get(on_objective(okrs))
            made.clear()
            post_init.connect(note, sender=ObjectiveVersion)
            ada.get(on_objective(okrs))
            post_init.disconnect(note, sender=ObjectiveVersion)
            cost.append(len(made))

        assert cost[0] == cost[1] < 3 * LISTED
