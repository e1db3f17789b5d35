"""Changing many at once: what would change is shown first; then all of it is done, or nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from milepost.actions import objectives, people
from milepost.core.ids import encode
from milepost.ledger import verify
from milepost.models import Alignment, Event, KeyResult, Objective
from tests.cast import Cast
from tests.web.reading import page_of
from tests.web.tree import TREE, row_of

pytestmark = pytest.mark.both_databases

BULK = "/w/acme/bulk/"


def ids(*rows) -> list[str]:
    return [encode(row.id) for row in rows]


def seen(page: str) -> str:
    """Return the mark of what a preview showed."""
    return re.search(r'name="seen" value="([^"]+)"', page)[1]


def lines(page: str) -> list[str]:
    """List what a preview says of each row, as text."""
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in body.split("<tr>")[1:]]


def tight(page: str) -> str:
    """Return a page without the space between its tags."""
    return re.sub(r">\s+<", "><", page)


class TestShow:
    def test_says_what_changes_in_each_row(self, signed_in, cast, okrs):
        """Who owned it and who will; what stays is counted, and listed apart; and nothing was done yet."""
        form = {"id": ids(okrs.helpful, okrs.waiting, okrs.draft), "change": "owner",
                "owner": encode(cast.cleo.person_id)}  # fmt: skip
        before = Event.objects.of(cast.acme.id).count()

        page = page_of(signed_in("ben").get(BULK, form))

        assert lines(page) == [
            f"{okrs.helpful.title} Ben Okri Cleo Wong",
            f"{okrs.draft.title} Ben Okri Cleo Wong",
        ]
        stays = re.sub(r"<[^>]*>", " ", page.split("1 stays as it is")[1].split("</details>")[0])
        assert " ".join(stays.split()) == f"{okrs.waiting.title} Cleo Wong"
        assert "2 would change" in page
        assert Event.objects.of(cast.acme.id).count() == before
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).owner_id == cast.ben.person_id

    def test_speaks_of_one_as_of_one(self, signed_in, cast, okrs):
        """Of a single row nothing is said that only many have."""
        form = {"id": ids(okrs.helpful), "change": "owner"}
        browser = signed_in("ben")

        page = page_of(browser.get(BULK, form | {"owner": encode(cast.cleo.person_id)}))
        refused = page_of(browser.get(BULK, {"id": ids(okrs.company), "change": "cancel"}))

        assert "<h1>Change one</h1>" in page and "It would change" in page and "Change it</button>" in page
        assert "It cannot be changed so" in refused and "Leave it out" not in refused
        for words in ("at once", "row by row", "for all", "none is"):
            assert words not in page.split("<main")[1] + refused.split("<main")[1], words

    def test_says_which_cannot_and_why(self, signed_in, okrs):
        """What may not, or cannot, be changed so is named with its reason, and can be left out."""
        chosen = ids(okrs.company, okrs.growth, okrs.helpful)

        page = page_of(signed_in("ben").get(BULK, {"id": chosen, "change": "cancel"}))
        rest = re.search(r'href="(\?[^"]*)"[^>]*>Leave these 2 out', page)[1].replace("&amp;", "&")

        assert "You may not cancel this objective." in lines(page)[0]
        assert "2 of 3 cannot be changed so" in page and "Change 1" not in page
        assert encode(okrs.helpful.id) in rest and encode(okrs.company.id) not in rest

    def test_asks_step_by_step_without_scripts(self, signed_in, okrs):
        """First what is to happen, then with what value, then what would change."""
        browser, chosen = signed_in("ada"), {"id": ids(okrs.helpful)}

        first = page_of(browser.get(BULK, chosen))
        second = page_of(browser.get(BULK, chosen | {"change": "cycle"}))
        third = page_of(browser.get(BULK, chosen | {"change": "cycle", "cycle": encode(okrs.next_cycle.id)}))

        assert "Let it serve something" in first and "Winter</option>" not in first
        assert "Winter</option>" in second and 'name="seen"' not in second
        assert lines(third) == [f"{okrs.helpful.title} Autumn Winter"]
        assert "Choose in the tree" in page_of(browser.get(BULK))

    def test_takes_nobody_only_where_that_was_said(self, signed_in, cast, okrs):
        """Of several that differ the list begins with nothing; sent so, it asks; “Nobody” is a choice."""
        browser = signed_in("ada")
        differ = {"id": ids(okrs.helpful, okrs.waiting), "change": "owner"}

        asked = page_of(browser.get(BULK, differ))
        unsaid = browser.get(BULK, differ | {"owner": ""})
        said = page_of(browser.get(BULK, differ | {"owner": "none"}))
        alike = page_of(browser.get(BULK, {"id": ids(okrs.helpful, okrs.draft), "change": "owner"}))

        assert '<option value="" selected>Choose…</option><option value="none">Nobody</option>' in tight(
            asked
        )
        assert "Say who owns it, or that nobody does." in unsaid.content.decode()
        assert 'name="seen"' not in unsaid.content.decode()
        assert lines(said)[0] == f"{okrs.helpful.title} Ben Okri nobody"
        assert "Choose…" not in alike and " selected>Ben Okri</option>" in alike

    @pytest.mark.parametrize("change", ["team", "cycle", "visibility", "commitment"])
    def test_changes_nothing_that_was_not_chosen(self, signed_in, cast, okrs, change):
        """A list that nobody touched changes nothing, whatever stands first in it."""
        chosen, browser, before = ids(okrs.helpful, okrs.company), signed_in("ada"), standing(cast)

        answer = browser.post(BULK, {"id": chosen, "change": change, change: ""})

        assert answer.status_code == 422
        assert standing(cast) == before

    def test_is_not_for_guests(self, signed_in, okrs):
        """A guest changes nothing, and is not offered to."""
        gus = signed_in("gus")

        assert gus.get(BULK, {"id": ids(okrs.helpful)}).status_code == 403
        assert "select=1" not in page_of(gus.get(TREE))
        assert 'name="id"' not in page_of(gus.get(f"{TREE}?select=1"))


class TestApply:
    def test_changes_all_with_an_event_each_and_one_reason(self, signed_in, cast, okrs):
        """Everything that was shown is done, told once for each, and the image agrees."""
        browser = signed_in("ben")
        form = {"id": ids(okrs.helpful, okrs.guides), "change": "owner", "reason": "Ben is away.",
                "owner": encode(cast.cleo.person_id), "settings": "group=owner"}  # fmt: skip
        page = page_of(browser.get(BULK, form))

        answer = browser.post(BULK, form | {"seen": seen(page)})

        told = Event.objects.of(cast.acme.id).filter(kind__in=["objective.changed", "key_result.changed"])
        assert answer.headers["Location"] == f"{TREE}?group=owner"
        assert {event.data["reason"] for event in told} == {"Ben is away."} and len(told) == 2
        assert KeyResult.objects.of(cast.acme.id).get(id=okrs.guides.id).owner_id == cast.cleo.person_id
        assert "Cleo Wong" in row_of(page_of(browser.get(TREE)), okrs.helpful.title)
        assert [*verify.differences(cast.acme.id, timezone.now().date())] == []

    def test_does_nothing_where_one_cannot(self, signed_in, cast, okrs):
        """All or nothing: a single one that cannot keeps the others as they are."""
        form = {"id": ids(okrs.draft, okrs.company), "change": "park", "reason": "Not now."}

        answer = signed_in("ada").post(BULK, form)

        assert answer.status_code == 422
        assert "1 of 2 cannot be changed so" in answer.content.decode()
        assert Objective.objects.of(cast.acme.id).get(id=okrs.draft.id).state == "draft"
        assert not Event.objects.of(cast.acme.id).filter(kind="objective.parked").exists()

    def test_does_nothing_else_than_was_shown(self, signed_in, cast, okrs):
        """Where somebody came first, what would happen now is shown instead."""
        browser = signed_in("ben")
        form = {"id": ids(okrs.helpful, okrs.draft), "change": "owner", "owner": encode(cast.cleo.person_id)}
        page = page_of(browser.get(BULK, form))
        objectives.update(
            objective=okrs.draft.id, changed={"owner": cast.ada.person_id}, by=cast.ada, at=timezone.now()
        )

        answer = browser.post(BULK, form | {"seen": seen(page)})

        assert answer.status_code == 409
        assert "Ada Lovelace Cleo Wong" in " ".join(lines(answer.content.decode()))
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).owner_id == cast.ben.person_id

    def test_goes_on_where_something_else_was_changed(self, signed_in, cast, okrs):
        """Another description is no matter to a change of owners, and stays."""
        browser, words = signed_in("ben"), "Ask at the counter."
        form = {"id": ids(okrs.helpful, okrs.draft), "change": "owner", "owner": encode(cast.cleo.person_id)}
        page = page_of(browser.get(BULK, form))
        objectives.update(
            objective=okrs.draft.id, changed={"description": words}, by=cast.ada, at=timezone.now()
        )

        answer = browser.post(BULK, form | {"seen": seen(page)})

        row = Objective.objects.of(cast.acme.id).get(id=okrs.draft.id)
        assert answer.status_code == 303
        assert (row.owner_id, row.description) == (cast.cleo.person_id, words)

    def test_asks_why_where_the_history_needs_it(self, signed_in, cast, okrs):
        """Cancelling many needs one reason."""
        form = {"id": ids(okrs.helpful), "change": "cancel"}
        browser = signed_in("ben")

        refused = browser.post(BULK, form)
        done = browser.post(BULK, form | {"reason": "Others do it."})

        assert refused.status_code == 422 and "Say why." in refused.content.decode()
        assert done.status_code == 303
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).state == "cancelled"

    @pytest.mark.parametrize(
        ("change", "value", "column", "expected"),
        [
            ("commitment", {"commitment": "learning"}, "commitment", "learning"),
            ("visibility", {"visibility": "team", "leave": "on"}, "visibility", "team"),
            ("team", {"team": "none"}, "team_id", None),
        ],
    )
    def test_changes_fields(self, signed_in, cast, okrs, change, value, column, expected):
        """Each change of the list does what it says."""
        answer = signed_in("ada").post(BULK, {"id": ids(okrs.helpful, okrs.draft), "change": change, **value})

        rows = Objective.objects.of(cast.acme.id).filter(id__in=[okrs.helpful.id, okrs.draft.id])
        assert answer.status_code == 303
        assert [getattr(row, column) for row in rows] == [expected, expected]

    def test_asks_before_one_would_not_see_them_any_more(self, signed_in, cast, okrs):
        """The preview says which, and offers to leave them to those who will."""
        said = {"id": ids(okrs.helpful), "change": "visibility", "visibility": "team"}

        asked = page_of(signed_in("ada").get(BULK, said))
        meant = page_of(signed_in("ada").get(BULK, said | {"leave": "on"}))

        assert "You will not see" in asked and 'name="leave"' in asked and 'name="seen"' not in asked
        assert '<input type="hidden" name="leave" value="1">' in meant and 'name="seen"' in meant

    def test_aligns_and_moves_days(self, signed_in, cast, okrs):
        """Objectives come to serve something; key results get days of their own."""
        browser, day = signed_in("ada"), (okrs.cycle.starts_on + timedelta(days=30)).isoformat()
        served = {"parent": f"k{encode(okrs.growth.id)}", "how": "contributes", "weight": "2"}

        page = page_of(browser.get(BULK, {"id": ids(okrs.draft), "change": "align", **served}))
        aligned = browser.post(BULK, {"id": ids(okrs.draft), "change": "align", **served})
        days = {"change": "dates", "starts_on": day, "ends_on": "", "reason": "It begins later."}
        moved = browser.post(BULK, {"id": ids(okrs.waiting, okrs.guides), **days})

        assert f"contributes to “{okrs.growth.title}” with weight 2" in lines(page)[0]
        assert (aligned.status_code, moved.status_code) == (303, 303)
        assert KeyResult.objects.of(cast.acme.id).get(id=okrs.guides.id).starts_on.isoformat() == day

    def test_finds_nothing_where_one_is_hidden(self, signed_in, cast, okrs):
        """A hidden id among others makes all of it lead nowhere, and nothing is done."""
        form = {"id": ids(okrs.helpful, okrs.secret), "change": "owner", "owner": ""}
        cleo = signed_in("cleo")
        before = Event.objects.of(cast.acme.id).count()

        answers = [cleo.get(BULK, form), cleo.post(BULK, form), cleo.post(BULK, form | {"id": ["nonsense"]})]

        assert [answer.status_code for answer in answers] == [404, 404, 404]
        assert Event.objects.of(cast.acme.id).count() == before


def together(cast: Cast) -> Event:
    """Return the event that tells a change of many as one."""
    rows = Event.objects.of(cast.acme.id)
    return rows.get(kind__in=["objective.changed_together", "objective.stepped_together"])


def undo_link(page: str) -> str:
    """Return where the button of a toast leads."""
    return re.search(r'<form method="post" action="(/w/acme/events/\w+/undoing/)">', page)[1]


def standing(cast: Cast) -> list[tuple]:
    """Return what the changes of many can touch, as it holds now."""
    id = cast.acme.id
    columns = ("owner_id", "team_id", "cycle_id", "visibility", "commitment", "state")
    links = Alignment.objects.of(id).filter(until_at=None)
    return [
        *Objective.objects.of(id).order_by("id").values_list("id", *columns),
        *KeyResult.objects.of(id)
        .order_by("id")
        .values_list("id", "owner_id", "starts_on", "ends_on", "state"),
        *links.order_by("child_id").values_list("child_id", "parent_key_result_id", "weight"),
    ]


class TestUndo:
    """A change of many is one thing: told as one, and undone as one."""

    @pytest.mark.parametrize(
        "change",
        ["owner", "team", "cycle", "dates", "visibility", "commitment", "align", "defer", "cancel", "park"],
    )
    def test_takes_all_of_it_back(self, signed_in, cast, okrs, change):
        """Whatever was done to many, the button of the toast undoes it in one step."""
        another = objectives.draft(
            title="Be there", cycle=okrs.cycle.id, owner=cast.ada.person_id, by=cast.ada, at=timezone.now()
        )
        rows = {
            "dates": (okrs.waiting, okrs.guides),
            "park": (okrs.draft, another),
            "align": (okrs.draft, another),
        }
        value = {
            "owner": encode(cast.cleo.person_id), "team": "none", "cycle": encode(okrs.next_cycle.id),
            "visibility": "team", "commitment": "learning", "starts_on": "", "how": "contributes",
            "ends_on": (okrs.cycle.starts_on + timedelta(days=60)).isoformat(), "weight": "2",
            "parent": f"k{encode(okrs.growth.id)}", "reason": "So it is.",
        }  # fmt: skip
        chosen = rows.get(change, (okrs.helpful, okrs.draft))
        if change in ("defer", "cancel"):
            chosen = (okrs.helpful, okrs.company)
        # Who loses sight of something by the change can no longer undo it; Ben is of the team.
        before, browser = standing(cast), signed_in("ben" if change == "visibility" else "ada")

        done = browser.post(BULK, {"id": ids(*chosen), "change": change, **value}, follow=True)
        changed = standing(cast)
        undone = browser.post(undo_link(done.content.decode()), follow=True)

        assert "2 changed." in done.content.decode() and changed != before
        assert "Undone: " in undone.content.decode()
        assert standing(cast) == before
        assert [*verify.differences(cast.acme.id, timezone.now().date())] == []

    def test_is_told_as_one(self, signed_in, cast, okrs):
        """The feed has one line with one Undo; undone, it is again one line."""
        form = {"id": ids(okrs.helpful, okrs.waiting, okrs.draft), "change": "owner",
                "owner": encode(cast.ada.person_id)}  # fmt: skip
        ben = signed_in("ben")
        ben.post(BULK, form, follow=True)

        told = page_of(ben.get("/w/acme/activity/?person=" + encode(cast.ben.person_id)))
        line = re.search(r'<li class="feed".*?</li>', told, re.DOTALL)[0]
        ben.post(f"/w/acme/events/{encode(together(cast).id)}/undoing/", follow=True)
        after = page_of(ben.get("/w/acme/activity/?person=" + encode(cast.ben.person_id)))

        words = " ".join(re.sub(r"<[^>]*>", "", line).split())
        assert "changed the owner of" in words and "to Ada Lovelace" in words
        assert [row.title in words for row in (okrs.helpful, okrs.waiting, okrs.draft)] == [True] * 3
        assert told.count("/undoing/") == 1
        said = [" ".join(re.sub(r"<[^>]*>", "", one).split()) for one in after.split('<li class="feed"')[1:3]]
        assert "You took back what was changed together" in said[0]
        assert "changed the owner of" in said[1] and "· undone" in said[1]

    def test_names_to_each_what_they_see(self, signed_in, cast, okrs):
        """What Cleo may not see is neither named nor counted, and the line is not hers to undo."""
        form = {"id": ids(okrs.helpful, okrs.company, okrs.secret), "change": "commitment",
                "commitment": "learning"}  # fmt: skip
        signed_in("ada").post(BULK, form)

        told = page_of(signed_in("cleo").get("/w/acme/activity/"))

        line = next(line for line in told.split('<li class="feed"') if "what success means" in line)
        assert okrs.helpful.title in line and okrs.secret.title not in told
        assert "more" not in " ".join(re.sub(r"<[^>]*>", "", line).split()) and "/undoing/" not in line

    def test_tells_of_one_alone_as_of_one(self, signed_in, cast, okrs):
        """Whoever sees one of those that changed is told what they would be, had nothing else changed."""
        form = {"id": ids(okrs.helpful, okrs.secret), "change": "commitment", "commitment": "learning"}
        signed_in("ada").post(BULK, form)

        told = page_of(signed_in("cleo").get("/w/acme/activity/"))

        line = next(line for line in told.split('<li class="feed"') if okrs.helpful.title in line)
        assert "success means committed → learning" in " ".join(re.sub(r"<[^>]*>", "", line).split())
        assert "what success means" not in told

    def test_by_an_admin_takes_back_what_they_see(self, signed_in, cast, okrs):
        """The rest is not mentioned, and stays; it has an undoing of its own."""
        people.change_role(person=cast.cleo.person_id, role="admin", by=cast.ada, at=timezone.now())
        form = {"id": ids(okrs.helpful, okrs.company, okrs.secret), "change": "commitment",
                "commitment": "learning"}  # fmt: skip
        signed_in("ada").post(BULK, form)
        before, cleo = standing(cast), signed_in("cleo")

        answer = cleo.post(f"/w/acme/events/{encode(together(cast).id)}/undoing/", follow=True)

        changed = {row[0] for row, was in zip(standing(cast), before, strict=True) if row != was}
        assert answer.status_code == 200
        assert changed == {okrs.helpful.id, okrs.company.id}

    def test_is_refused_whole_where_one_cannot(self, signed_in, cast, okrs):
        """Where one of them was closed since, nothing is undone, and the page names it."""
        form = {"id": ids(okrs.helpful, okrs.company), "change": "commitment", "commitment": "learning"}
        ada = signed_in("ada")
        ada.post(BULK, form)
        Objective.objects.of(cast.acme.id).filter(id=okrs.company.id).update(state="closed")
        before = standing(cast)

        answer = ada.post(f"/w/acme/events/{encode(together(cast).id)}/undoing/")

        page = answer.content.decode()
        assert answer.status_code == 409
        assert "1 of 2 cannot be undone, so none of them was." in page
        assert f"“{okrs.company.title}”: The objective was closed since" in page
        assert standing(cast) == before

    def test_counts_nothing_that_is_hidden_where_it_is_refused(self, signed_in, cast, okrs):
        """An admin who sees two of three is told how many of two cannot be undone."""
        people.change_role(person=cast.cleo.person_id, role="admin", by=cast.ada, at=timezone.now())
        form = {"id": ids(okrs.helpful, okrs.company, okrs.secret), "change": "commitment",
                "commitment": "learning"}  # fmt: skip
        signed_in("ada").post(BULK, form)
        Objective.objects.of(cast.acme.id).filter(id=okrs.company.id).update(state="closed")

        answer = signed_in("cleo").post(f"/w/acme/events/{encode(together(cast).id)}/undoing/")

        assert answer.status_code == 409
        assert "1 of 2 cannot be undone" in answer.content.decode()

    def test_asks_before_it_writes_over_later_changes(self, signed_in, cast, okrs):
        """Each of those that changed again is named with what would be written; then all is undone."""
        form = {"id": ids(okrs.helpful, okrs.draft), "change": "owner", "owner": encode(cast.cleo.person_id)}
        before, ada = standing(cast), signed_in("ada")
        ada.post(BULK, form)
        there = f"/w/acme/events/{encode(together(cast).id)}/undoing/"
        changed = {"owner": cast.ada.person_id}
        objectives.update(objective=okrs.draft.id, changed=changed, by=cast.ada, at=timezone.now())

        asked = ada.post(there)
        done = ada.post(there, {"anyway": "1"})

        words = " ".join(re.sub(r"<[^>]*>", "", asked.content.decode()).split())
        assert asked.status_code == 409
        assert f"“{okrs.draft.title}”: owner Ada Lovelace → Ben Okri" in words
        assert done.status_code == 303 and standing(cast) == before


class TestMeanwhile:
    def test_marks_the_rows_that_changed(self, signed_in, cast, okrs):
        """Shown again, those that somebody changed since say so, with who and when; the others do not."""
        browser, at = signed_in("ben"), timezone.now()
        chosen = ids(okrs.helpful, okrs.draft, okrs.waiting)
        form = {"id": chosen, "change": "owner", "owner": encode(cast.cleo.person_id)}
        page = page_of(browser.get(BULK, form))
        sent = form | {"seen": seen(page), "row": re.findall(r'name="row" value="([^"]+)"', page)}
        objectives.update(objective=okrs.draft.id, changed={"owner": cast.gus.person_id}, by=cast.ada, at=at)
        objectives.update(objective=okrs.draft.id, changed={"level": "strategic"}, by=cast.ben, at=at)
        objectives.update(
            objective=okrs.helpful.id, changed={"owner": cast.cleo.person_id}, by=cast.ada, at=at
        )

        refused = browser.post(BULK, sent)
        text = " ".join(re.sub(r"<[^>]*>", " ", refused.content.decode()).split())

        assert refused.status_code == 409
        other = r"Changed since you looked · Ada Lovelace changed it at \d\d:\d\d"
        (line,) = lines(refused.content.decode())
        assert re.fullmatch(rf"{okrs.draft.title} {other} Gus Guest Cleo Wong", line)
        assert re.search(rf"{okrs.helpful.title} Cleo Wong {other}", text)
        assert text.count("Changed since you looked") == 2
