"""Handing over: everything somebody holds goes to others in one step, and comes back in one."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from milepost.actions import handovers, objectives, people, undos
from milepost.actions.handovers import NothingToHandOver
from milepost.core.ids import encode
from milepost.core.problems import Conflict, Invalid, NotAllowed
from milepost.models import Event, Initiative, KeyResult, Objective, TeamMember
from milepost.queries import holdings
from milepost.queries.cards import Reader
from tests.cast import Cast
from tests.okrs import SECRET_TITLE
from tests.web.reading import form_of, page_of, text

pytestmark = pytest.mark.both_databases


def owners(cast: Cast) -> list[tuple]:
    """Return who holds what."""
    id = cast.acme.id
    return [
        *Objective.objects.of(id).order_by("id").values_list("owner_id", "sponsor_id", "contributors"),
        *KeyResult.objects.of(id).order_by("id").values_list("title", "owner_id"),
        *Initiative.objects.of(id).order_by("id").values_list("title", "owner_id"),
        *TeamMember.objects.of(id)
        .filter(until_on=None)
        .order_by("team_id", "person_id")
        .values_list("team_id", "person_id", "is_lead", "since_on"),
    ]  # fmt: skip


def held_by(cast: Cast, who: str, person: int) -> set[tuple[str, str]]:
    reader = Reader(getattr(cast, who), timezone.now().date())
    return {(one.role, one.title) for one in holdings.of(reader, person).listed}


def give(cast: Cast, who: str, **more) -> Event:
    return handovers.hand_over(
        by=getattr(cast, who), at=timezone.now(),
        **{"person": cast.ben.person_id, "to": cast.cleo.person_id, **more},
    )  # fmt: skip


def hand_over(browser, here: str, fields: dict[str, str]):
    """Hand over by the form: look at what would go to whom, then say so."""
    first = browser.post(here, fields | {"show": "1"})
    assert first.status_code == 200
    return browser.post(here, fields | {"seen": seen(first)}, follow=True)


def seen(answer) -> str:
    """Return the mark of what was shown."""
    return re.search(r'name="seen" value="([^"]+)"', answer.content.decode())[1]


def shown(answer) -> list[str]:
    """List who would get what, and what stays, as text."""
    part = answer.content.decode().split('id="goes"')[1].split("</ul>")[0]
    return [" ".join(re.sub(r"<[^>]*>|&nbsp;", " ", line).split()) for line in part.split("<li>")[1:]]


def turns(answer) -> str:
    """Return what is said to have changed since it was listed, as text."""
    part = text(answer).split('id="turns"')[1].split("<ul")[1].split("</ul>")[0].partition(">")[2]
    return " ".join(re.sub(r"<[^>]*>", "", part.replace("<li>", " ")).split())


def said(answer) -> list[str]:
    """List the lines of the feed as text."""
    lines = re.findall(r'<li class="feed".*?<p>(.*?)</p>', answer.content.decode(), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", "", line).split()) for line in lines]


class TestHandOver:
    def test_gives_all_of_it(self, cast, okrs):
        """Objectives, key results and the lead of teams: whatever was Ben's is Cleo's."""
        assert held_by(cast, "ada", cast.ben.person_id) == {
            ("owner", "Nobody waits for an answer"),
            ("owner", "Repairs come with a smile"),
            ("key_result", "Write the guides"),
            ("lead", "Product"),
        }

        give(cast, "ada")

        assert held_by(cast, "ada", cast.ben.person_id) == set()
        assert ("lead", "Product") in held_by(cast, "ada", cast.cleo.person_id)

    def test_is_undone_as_one(self, cast, okrs):
        """Undone, everybody holds what they held."""
        before = owners(cast)
        made = give(cast, "ada")
        assert owners(cast) != before

        undos.undo(event=made.id, by=cast.ada, at=timezone.now())

        assert owners(cast) == before

    def test_gives_some_to_others(self, cast, okrs):
        """A row may go to somebody else, or stay."""
        instead = {
            f"owner-{encode(okrs.helpful.id)}": cast.ada.person_id,
            f"lead-{encode(cast.product.id)}": None,
        }

        give(cast, "ada", instead=instead)

        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).owner_id == cast.ada.person_id
        assert Objective.objects.of(cast.acme.id).get(id=okrs.draft.id).owner_id == cast.cleo.person_id
        assert held_by(cast, "ada", cast.ben.person_id) == {("lead", "Product")}

    def test_one_may_give_ones_own(self, cast, okrs):
        """Ben hands over by himself what he may change; what was his is not his to change afterwards."""
        give(cast, "ben")

        assert held_by(cast, "ben", cast.ben.person_id) == set()

    def test_leaves_what_the_giver_does_not_see(self, cast, okrs):
        """A role opens no restricted work: an admin hands over what they see, and learns of no other."""
        Objective.objects.of(cast.acme.id).filter(id=okrs.secret.id).update(
            owner_id=cast.ben.person_id, visible_to=[]
        )
        KeyResult.objects.of(cast.acme.id).filter(id=okrs.shares.id).update(owner_id=cast.ben.person_id)
        give(cast, "ada")

        assert Objective.objects.of(cast.acme.id).get(id=okrs.secret.id).owner_id == cast.ben.person_id

    def test_is_all_or_nothing(self, cast, okrs):
        """A successor of another company is refused, and nothing has moved."""
        before = owners(cast)

        with pytest.raises(Invalid, match="no such person"):
            give(cast, "ada", instead={f"lead-{encode(cast.product.id)}": cast.zed.person_id})

        assert owners(cast) == before

    def test_refuses_what_is_not_theirs(self, cast, okrs):
        """What they no longer hold is named, and nothing has moved."""
        with pytest.raises(Conflict, match="Not theirs any more"):
            give(cast, "ada", instead={f"owner-{encode(okrs.company.id)}": cast.ada.person_id})

    def test_refuses_colleagues(self, cast, okrs):
        """What is somebody else's is not Cleo's to give."""
        with pytest.raises(NotAllowed):
            give(cast, "cleo")

    def test_says_where_there_is_nothing(self, cast, okrs):
        """A second time there is nothing left."""
        give(cast, "ada")

        with pytest.raises(NothingToHandOver):
            give(cast, "ada")


class TestPage:
    def test_hands_over(self, cast, okrs, signed_in):
        """The form gives it all, and the next page offers to undo that."""
        here = f"/w/acme/people/{encode(cast.ben.person_id)}/handover/"
        ada = signed_in("ada")
        assert SECRET_TITLE not in ada.get(here).content.decode()

        answer = hand_over(ada, here, {"to": encode(cast.cleo.person_id)})

        assert "/undoing/" in answer.content.decode()
        assert held_by(cast, "ada", cast.ben.person_id) == set()

    def test_shows_first_what_goes_to_whom(self, cast, okrs, signed_in):
        """With counts and names, whoever gets most first, then what stays; and nothing has moved."""
        here, before = f"/w/acme/people/{encode(cast.ben.person_id)}/handover/", owners(cast)
        fields = {
            "to": encode(cast.cleo.person_id),
            f"to-owner-{encode(okrs.helpful.id)}": encode(cast.ada.person_id),
            f"to-lead-{encode(cast.product.id)}": "stays",
        }

        answer = signed_in("ada").post(here, fields | {"show": "1"})

        assert shown(answer) == [
            "Cleo Wong 2 Write the guides key result , Repairs come with a smile owner",
            "Ada Lovelace 1 Nobody waits for an answer owner",
            "Stays with Ben 1 Product lead of the team",
        ]
        assert "Hand over 3 things" in answer.content.decode() and owners(cast) == before

    def test_does_nothing_else_than_was_shown(self, cast, okrs, signed_in):
        """Chosen otherwise since, or changed by others, it is refused and nothing has moved."""
        browser, here = signed_in("ada"), f"/w/acme/people/{encode(cast.ben.person_id)}/handover/"
        to_cleo = {"to": encode(cast.cleo.person_id)}
        mark = seen(browser.post(here, to_cleo | {"show": "1"}))
        before = owners(cast)

        otherwise = browser.post(here, {"to": encode(cast.ada.person_id), "seen": mark})
        assert otherwise.status_code == 409 and owners(cast) == before

        give(cast, "ada", instead={f"lead-{encode(cast.product.id)}": None})
        before = owners(cast)
        meanwhile = browser.post(here, to_cleo | {"seen": mark})

        assert meanwhile.status_code == 409 and owners(cast) == before
        assert "This is not what was shown" in meanwhile.content.decode()

    def test_tells_what_came_and_went_since_it_was_listed(self, cast, okrs, signed_in):
        """One came, one went: it is refused, both are named with who and when, and nothing has moved."""
        browser, here = signed_in("ben"), f"/w/acme/people/{encode(cast.ben.person_id)}/handover/"
        fields = {
            "listed": form_of(page_of(browser.get(here)), "listed")["listed"][0],
            "to": encode(cast.cleo.person_id),
            f"to-owner-{encode(okrs.helpful.id)}": encode(cast.gus.person_id),
        }
        mark = seen(browser.post(here, fields | {"show": "1"}))
        for row, owner in ((okrs.company, cast.ben), (okrs.helpful, cast.cleo)):
            objectives.update(
                objective=row.id, changed={"owner": owner.person_id}, reason="So.", by=cast.ada,
                at=timezone.now(),
            )  # fmt: skip
        before = owners(cast)

        refused = browser.post(here, fields | {"seen": mark})
        again = browser.post(here, fields | {"show": "1"})

        assert (refused.status_code, again.status_code) == (409, 200)
        assert owners(cast) == before
        for answer in (refused, again):
            assert re.fullmatch(
                rf"New: {okrs.company.title} owner · Ada Lovelace changed it at \d\d:\d\d "
                rf"Gone: {okrs.helpful.title} owner · Ada Lovelace changed it at \d\d:\d\d",
                turns(answer),
            )

    def test_tells_what_went_where_nothing_is_left(self, cast, okrs, signed_in):
        """Somebody else handed all of it over meanwhile: what went is listed, and that nothing is left."""
        browser, here = signed_in("ben"), f"/w/acme/people/{encode(cast.ben.person_id)}/handover/"
        listed = form_of(page_of(browser.get(here)), "listed")["listed"][0]
        to_cleo = {"listed": listed, "to": encode(cast.cleo.person_id)}
        mark = seen(browser.post(here, to_cleo | {"show": "1"}))
        give(cast, "ada")

        refused = browser.post(here, to_cleo | {"seen": mark})

        assert refused.status_code == 409
        assert turns(refused).count("Gone: ") == len(listed.split())
        assert "Nothing to hand over" in text(refused)

    def test_tells_nothing_of_what_is_hidden(self, cast, okrs, signed_in):
        """A list that names what one does not see is answered like one that names what there is not."""
        browser, here = signed_in("cleo"), f"/w/acme/people/{encode(cast.cleo.person_id)}/handover/"
        listed = form_of(page_of(browser.get(here)), "listed")["listed"][0]
        to = {"to": encode(cast.ben.person_id), "show": "1"}

        hidden, nothing = (
            browser.post(here, to | {"listed": f"{listed} owner-{encode(id)} nonsense lead-{encode(id)}"})
            for id in (okrs.secret.id, 5)
        )

        assert (
            turns(hidden)
            == turns(nothing)
            == " ".join(
                f"Gone: something that you do not see {word}" for word in ("owner", "lead of the team")
            )
        )

    def test_takes_anybody_by_name(self, cast, okrs, signed_in):
        """Whoever is here can be typed for a single thing; of two of one name the id tells which."""
        browser, here = signed_in("ben"), f"/w/acme/people/{encode(cast.ben.person_id)}/handover/"
        at = timezone.now()
        twins = [
            people.add(name="Cleo Wong", email=f"cleo{n}@acme.example", by=cast.ada, at=at) for n in (1, 2)
        ]
        fields = {
            f"to-owner-{encode(okrs.helpful.id)}": "else",
            f"else-owner-{encode(okrs.helpful.id)}": "  gus   guest ",
            f"to-owner-{encode(okrs.draft.id)}": "else",
            f"else-key_result-{encode(okrs.guides.id)}": "Ada",  # typed, then chosen otherwise
            "to": encode(cast.cleo.person_id),
        }
        wrong = {f"else-owner-{encode(okrs.draft.id)}": "Cleo Wong"}
        right = {f"else-owner-{encode(okrs.draft.id)}": f"Cleo Wong · {encode(twins[1].id)}"}

        refused = browser.post(here, fields | wrong)
        unsaid = browser.post(here, fields | {f"else-owner-{encode(okrs.draft.id)}": " "})
        hand_over(browser, here, fields | right)

        page = refused.content.decode()
        assert refused.status_code == 422 and "3 people answer to “Cleo Wong”." in page
        assert f'<option value="Cleo Wong · {encode(twins[0].id)}">' in page and 'value="gus   guest"' in page
        owners = {row.id: row.owner_id for row in Objective.objects.of(cast.acme.id)}
        assert owners[okrs.helpful.id] == cast.gus.person_id
        assert owners[okrs.draft.id] == twins[1].id
        assert KeyResult.objects.of(cast.acme.id).get(id=okrs.guides.id).owner_id == cast.cleo.person_id
        assert unsaid.status_code == 422 and "Say who, by a part of the name." in unsaid.content.decode()

    def test_is_told_as_one(self, cast, okrs, signed_in):
        """The feed has one line with one Undo, and undone it says who has it back from whom."""
        ada = signed_in("ada")
        there = f"/w/acme/people/{encode(cast.ben.person_id)}/handover/"
        hand_over(ada, there, {"to": encode(cast.cleo.person_id)})
        mine = f"/w/acme/activity/?person={encode(cast.ada.person_id)}"

        told = said(ada.get(mine))
        made = Event.objects.of(cast.acme.id).get(kind="person.handed_over")
        ada.post(f"/w/acme/events/{encode(made.id)}/undoing/", follow=True)
        after = said(ada.get(mine))

        assert told[0].startswith("You handed over what was Ben Okri’s to Cleo Wong")
        assert not any("→ Cleo Wong" in line for line in told)
        assert after[0].startswith("You gave Ben Okri back what had gone to Cleo Wong · ")
        assert after[1] == f"{told[0]} · undone"

    def test_names_whom_one_sees_something_go_to(self, cast, okrs, signed_in):
        """Who was given hidden work alone is named to those who see it; to others nothing happened."""
        held = holdings.of(Reader(cast.ada, timezone.now().date()), cast.ada.person_id).listed
        kept = {one.ref: None for one in held if one.node not in (okrs.secret.id, okrs.shares.id)}
        give(cast, "ada", person=cast.ada.person_id, to=cast.ben.person_id, instead=kept, leave=True)
        mine = f"/w/acme/activity/?person={encode(cast.ada.person_id)}"

        assert "handed over" in " ".join(said(signed_in("ben").get(mine)))
        assert "handed over" not in " ".join(said(signed_in("cleo").get(mine)))

    def test_asks_for_a_successor(self, cast, okrs, signed_in):
        """Without one nothing moves."""
        here = f"/w/acme/people/{encode(cast.ben.person_id)}/handover/"

        assert signed_in("ada").post(here, {}).status_code == 422
        assert [signed_in(who).get(here).status_code for who in ("cleo", "zed")] == [403, 404]

    def test_is_offered_before_somebody_leaves(self, cast, okrs, signed_in):
        """Whoever lets somebody leave is told what would be nobody's."""
        page = signed_in("ada").get(f"/w/acme/people/{encode(cast.ben.person_id)}/").content.decode()

        assert "hand over what is theirs" in page
