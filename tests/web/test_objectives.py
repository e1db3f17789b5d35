"""Pages of one objective: who sees what, drafting, changing, and the steps of its life."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from milepost.actions import objectives
from milepost.core import addresses, quarters
from milepost.core.ids import encode
from milepost.models import Alignment, Cycle, KeyResult, Objective, Transition
from tests.cast import Cast
from tests.okrs import PRIVATE_TITLE, SECRET_KEY_RESULT, SECRET_TITLE, Okrs, weightless
from tests.web.reading import text, versions
from tests.web.statements import STATEMENTS, count

pytestmark = pytest.mark.both_databases


def url(row: Objective, tail: str = "") -> str:
    return addresses.objective("acme", row.id) + tail


def filled(okrs: Okrs, **more) -> dict:
    return {
        "title": "Riders stay", "cycle": encode(okrs.cycle.id), "team": "", "commitment": "aspirational",
        "level": "tactical", "visibility": "workspace", "owner": "", "sponsor": "", "submission": "once",
        **more,
    }  # fmt: skip


class TestShow:
    @pytest.mark.parametrize("who", ["ada", "ben", "cleo", "gus"])
    def test_shows_everyone_here(self, signed_in, okrs: Okrs, who: str):
        """Everyone in the workspace reads an open objective with all that belongs to it."""
        answer = signed_in(who).get(url(okrs.helpful))

        page = text(answer)
        assert answer.status_code == 200
        for words in (
            "Nobody waits for an answer", "<em>first</em> thing", "contributes to, weight 2",
            "Riders choose us twice", "Cut the wait", "6.5", "Triage form", "Committed", "drafted it",
            "activated it",
        ):  # fmt: skip
            assert words in page

    def test_is_not_there_for_a_stranger(self, signed_in, okrs: Okrs):
        """Somebody of another workspace cannot tell it from an address that leads nowhere."""
        assert signed_in("zed").get(url(okrs.helpful)).status_code == 404

    @pytest.mark.parametrize(("who", "status"), [("ada", 200), ("ben", 200), ("cleo", 404), ("gus", 404)])
    def test_shows_a_restricted_one_to_those_named(self, signed_in, okrs: Okrs, who: str, status: int):
        """Whoever is not named does not see it, whatever their role."""
        assert signed_in(who).get(url(okrs.secret)).status_code == status

    def test_shows_a_personal_one_to_its_owner_alone(self, signed_in, okrs: Okrs):
        """Not even the owner of the workspace sees a personal objective."""
        assert signed_in("cleo").get(url(okrs.private)).status_code == 200
        assert signed_in("ada").get(url(okrs.private)).status_code == 404

    def test_never_mentions_what_is_restricted(self, signed_in, okrs: Okrs):
        """Neither lists, counts, explanation nor history of a seen objective tell of an unseen one."""
        page = text(signed_in("cleo").get(url(okrs.company)))

        assert SECRET_TITLE not in page
        assert SECRET_KEY_RESULT not in page
        assert SECRET_TITLE in text(signed_in("ben").get(url(okrs.company)))

    @pytest.mark.parametrize(
        ("who", "offered"), [("ada", True), ("ben", True), ("cleo", False), ("gus", False)]
    )
    def test_offers_changes_to_those_who_may(self, signed_in, okrs: Okrs, who: str, offered: bool):
        """Edit, add and the steps stand there for owner, lead and admins alone."""
        page = text(signed_in(who).get(url(okrs.helpful)))

        assert (url(okrs.helpful, "edit/") in page) is offered
        assert (url(okrs.helpful, "cancellation/") in page) is offered

    def test_says_what_changed_from_what_to_what_and_why(self, signed_in, cast: Cast, okrs: Okrs):
        """A change stands in the history with before, after, name and reason."""
        objectives.update(
            objective=okrs.helpful.id, changed={"commitment": "aspirational"}, reason="Too soon to promise.",
            by=cast.ben, at=timezone.now(),
        )  # fmt: skip

        page = text(signed_in("cleo").get(url(okrs.helpful)))

        assert "<b>Ben Okri</b> changed success means" in page
        assert "committed → aspirational" in page
        assert "Too soon to promise." in page

    def test_shows_one_in_which_nothing_counts(self, signed_in, cast: Cast, okrs: Okrs, now):
        """Where every weight is zero there is no number, and every page on which it stands says so."""
        weightless(okrs, cast, now)
        ada = signed_in("ada")

        page = text(ada.get(url(okrs.helpful)))

        assert "no data yet" in page and "Nothing here counts" in page
        for path in (f"teams/{encode(cast.product.id)}/", "alignment/", "map/", "overview/", "company/"):
            assert ada.get(f"/w/acme/{path}").status_code == 200, path

    def test_explains_its_number(self, signed_in, okrs: Okrs):
        """The arithmetic unfolds beneath the number: 50 % × 1 and 0 % × 1, one of two reported."""
        page = text(signed_in("gus").get(url(okrs.helpful)))

        assert "Why 25 %?" in page
        assert "(6.5 − 9) ÷ (4 − 9)" in page
        assert "1 of 2 key results reported" in page
        assert "1 of 2 parts reported" in page

    def test_says_why_what_is_restricted_does_not_count(self, signed_in, okrs: Okrs):
        """Active and contributing, but seen by fewer: its readers learn the true reason, others nothing."""
        told = f"“{SECRET_TITLE}” is not seen by everyone who sees this, so it does not count here."

        named = text(signed_in("ben").get(url(okrs.company)))
        others = text(signed_in("cleo").get(url(okrs.company)))

        assert told in named and "cancelled or deferred" not in named
        assert "does not count here" not in others


class TestNew:
    def test_begins_with_me_and_my_team(self, signed_in, cast: Cast, okrs: Okrs):
        """The form begins with the reader as owner, in the team that the address names."""
        answer = signed_in("ada").get(f"/w/acme/objectives/new/?team={encode(cast.product.id)}")

        page = text(answer)
        assert f'<option value="{encode(cast.product.id)}" selected>' in page
        assert f'<option value="{encode(cast.ada.person_id)}" selected>' in page

    def test_offers_only_teams_one_may_draft_for(self, signed_in, cast: Cast, okrs: Okrs):
        """A member is not offered the whole company."""
        page = text(signed_in("cleo").get("/w/acme/objectives/new/"))

        assert "The whole company</option>" not in page
        assert f'value="{encode(cast.product.id)}"' in page

    def test_is_not_for_guests(self, signed_in, okrs: Okrs):
        """Guests read, comment and check in; they write no objectives."""
        assert signed_in("gus").get("/w/acme/objectives/new/").status_code == 403


class TestCreate:
    def test_saves_a_draft_with_its_key_results(self, signed_in, cast: Cast, okrs: Okrs):
        """Title, key results and link are saved together; empty slots are left out."""
        sent = filled(
            okrs,
            team=encode(cast.product.id),
            owner=encode(cast.ben.person_id),
            contributors=[encode(cast.cleo.person_id)],
            parent="k" + encode(okrs.growth.id),
            how="supports",
            weight="1",
            kr1_title="Bring churn down", kr1_kind="decrease", kr1_start="1,000.5", kr1_target="8,5",
            kr1_unit="%",
            kr3_title="Open the shop", kr3_kind="binary",
        )  # fmt: skip

        answer = signed_in("ben").post("/w/acme/objectives/new/", sent)

        row = Objective.objects.of(cast.acme.id).get(title="Riders stay")
        assert (answer.status_code, answer["Location"]) == (303, url(row))
        assert (row.state, row.owner_id, row.contributors) == (
            "draft",
            cast.ben.person_id,
            [cast.cleo.person_id],
        )
        listed = KeyResult.objects.of(cast.acme.id).filter(objective=row).order_by("position")
        assert [(one.title, one.start, one.target) for one in listed] == [
            ("Bring churn down", Decimal("1000.5"), Decimal("8.5")),
            ("Open the shop", None, None),
        ]
        link = Alignment.objects.of(cast.acme.id).get(child=row)
        assert (link.parent_key_result_id, link.how) == (okrs.growth.id, "supports")

    def test_counts_a_submission_once(self, signed_in, cast: Cast, okrs: Okrs):
        """The same form sent twice makes one draft, and both answers lead there."""
        ben, sent = signed_in("ben"), filled(okrs, team=encode(cast.product.id))

        first, second = (ben.post("/w/acme/objectives/new/", sent) for _ in range(2))

        assert first["Location"] == second["Location"]
        assert Objective.objects.of(cast.acme.id).filter(title="Riders stay").count() == 1

    @pytest.mark.parametrize(
        ("wrong", "field", "said"),
        [
            ({"title": "  "}, "title", "needs a title"),
            ({"title": "\u200e"}, "title", "needs a title"),
            ({"title": "Every\u202evan"}, "title", "makes text read in another order"),
            ({"cycle": ""}, "cycle", "Choose the cycle"),
            ({"kr1_title": "Up", "kr1_start": "six"}, "kr1_start", "does not read as a number"),
            ({"kr2_target": "50"}, "kr2_title", "needs a title"),
            ({"kr1_title": "Keep", "kr1_kind": "sideways"}, "kr1_kind", "no kind of measure"),
            ({"parent": "oZZZ"}, "parent", "not on the list"),
            ({"owner": "nobody"}, "owner", "not on the list"),
            ({"title": "x" * 301}, "title", "301 characters"),
            ({"title": "Riders\u202e stay"}, "title", "Take it out after “Riders”"),
            ({"kr1_title": "Up\x00"}, "kr1_title", "the control character U+0000"),
        ],
    )
    def test_refuses_beside_the_field_and_keeps_the_rest(
        self, signed_in, cast: Cast, okrs: Okrs, wrong: dict, field: str, said: str
    ):
        """What is wrong is said beside its field, what was typed stays, and nothing is saved."""
        before = Objective.objects.of(cast.acme.id).count()

        answer = signed_in("ada").post(
            "/w/acme/objectives/new/", filled(okrs, description="Keep me", kr3_title="Kept too") | wrong
        )

        page = text(answer)
        assert answer.status_code == 422
        assert f'href="#f-{field}"' in page
        assert said in page
        assert "Keep me" in page
        assert "Kept too" in page
        assert Objective.objects.of(cast.acme.id).count() == before

    def test_takes_what_office_programs_copy(self, signed_in, okrs: Okrs):
        """The breaks that they put into a text are line breaks, and a title has none."""
        pasted = {"title": "Riders\x0bstay", "description": "On purpose\x0cand gladly"}

        signed_in("ada").post("/w/acme/objectives/new/", filled(okrs, **pasted))

        row = Objective.objects.of(okrs.cycle.workspace_id).latest("id")
        assert (row.title, row.description) == ("Riders stay", "On purpose\nand gladly")

    def test_refuses_a_team_that_is_not_mine(self, signed_in, okrs: Okrs):
        """A member drafts for the own team; for the company the form refuses and keeps what was typed."""
        answer = signed_in("cleo").post("/w/acme/objectives/new/", filled(okrs, description="Keep me"))

        assert answer.status_code == 403
        assert "Keep me" in text(answer)

    def test_keeps_a_personal_one_alone(self, signed_in, cast: Cast, okrs: Okrs):
        """A personal objective belongs to whoever writes it, and to nobody else."""
        sent = filled(okrs, visibility="private", contributors=[encode(cast.ada.person_id)])

        signed_in("cleo").post("/w/acme/objectives/new/", sent)

        row = Objective.objects.of(cast.acme.id).get(title="Riders stay")
        assert (row.owner_id, row.contributors) == (cast.cleo.person_id, [])

    def test_refuses_people_of_another_workspace(self, signed_in, cast: Cast, okrs: Okrs):
        """Somebody else's people are nobody here."""
        answer = signed_in("ada").post(
            "/w/acme/objectives/new/", filled(okrs, owner=encode(cast.zed.person_id))
        )

        assert answer.status_code == 422
        assert "no such person" in text(answer)


class TestFirst:
    """The first objective of a workspace that has no cycle yet."""

    def blank(self, **more) -> dict:
        return {
            "title": "Open the shop", "team": "", "commitment": "aspirational", "level": "strategic",
            "visibility": "workspace", "owner": "", "sponsor": "", "submission": "once", **more,
        }  # fmt: skip

    def test_makes_its_cycle_with_it(self, signed_in, cast: Cast):
        """An admin chooses among this quarter, the next and the years; both are made, once."""
        zed, here = signed_in("zed"), "/w/zenith/objectives/new/"
        page = text(zed.get(here))
        quarter = quarters.quarter_of(timezone.now().date())
        offered = re.findall(r'<option value="(\d{4}-\d\d-\d\d/[^"]*)"( selected)?>([^<:]*)', page)

        answers = [zed.post(here, self.blank(cycle=offered[0][0])) for _ in range(2)]

        made = Objective.objects.of(cast.zenith.id).get()
        assert (offered[0][1:], len(offered)) == ((" selected", quarter.name), 4)
        assert [answer.status_code for answer in answers] == [303, 303]
        assert (made.cycle.name, made.cycle.starts_on) == (quarter.name, quarter.starts_on)
        assert Cycle.objects.of(cast.zenith.id).count() == 1

    def test_makes_no_cycle_where_the_draft_is_refused(self, signed_in, cast: Cast):
        """What was typed stays, the choice too, and nothing was made."""
        zed, here = signed_in("zed"), "/w/zenith/objectives/new/"
        quarter = quarters.quarter_of(timezone.now().date())
        chosen = f"{quarter.starts_on}/{quarter.ends_on}"

        refused = zed.post(here, self.blank(cycle=chosen, kr1_title="More", kr1_start="1", kr1_target="1"))
        nonsense = zed.post(here, self.blank(cycle="1999-01-01/1999-03-31"))

        assert (refused.status_code, nonsense.status_code) == (422, 422)
        assert f'value="{chosen}" selected' in text(refused) and "Open the shop" in text(refused)
        assert "Choose the cycle it belongs to." in text(nonsense)
        assert not Cycle.objects.of(cast.zenith.id).exists()

    def test_tells_members_whom_to_ask(self, signed_in, cast: Cast):
        """Who may not make cycles is told who can, before and after."""
        ben, here = signed_in("ben"), "/w/acme/objectives/new/"

        shown = text(ben.get(here))
        answer = ben.post(here, self.blank(cycle="", visibility="private"))

        assert "Ask Ada Lovelace to make one." in shown and "None yet</option>" in shown
        assert answer.status_code == 422
        assert "There is no cycle yet. Ask Ada Lovelace to make one." in text(answer)

    def test_stands_in_an_overview_of_everything(self, signed_in, cast: Cast):
        """Without a cycle the overview says so in plain words."""
        page = text(signed_in("zed").get("/w/zenith/overview/"))

        assert "How everything stands" in page


class TestUpdate:
    def sent(self, okrs: Okrs, cast: Cast, **more) -> dict:
        return filled(
            okrs,
            title=okrs.helpful.title,
            team=encode(cast.product.id),
            owner=encode(cast.ben.person_id),
            commitment="committed",
            contributors=[encode(cast.cleo.person_id)],
            description=okrs.helpful.description,
            revision=str(okrs.helpful.revision),
            **more,
        )

    def test_changes_in_place(self, signed_in, cast: Cast, okrs: Okrs):
        """A lead changes the title; owner, team and the rest stay as they are."""
        sent = self.sent(okrs, cast) | {"title": "Answers come at once", "reason": "Clearer"}

        answer = signed_in("ben").post(url(okrs.helpful, "edit/"), sent)

        row = Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id)
        assert answer.status_code == 303
        assert (row.title, row.owner_id, row.team_id) == (
            "Answers come at once", cast.ben.person_id, cast.product.id,
        )  # fmt: skip

    def test_shows_both_versions_when_somebody_came_first(self, signed_in, cast: Cast, okrs: Okrs):
        """A conflict shows theirs beside yours; saving again keeps yours."""
        objectives.update(
            objective=okrs.helpful.id, changed={"title": "Theirs"}, by=cast.ada, at=timezone.now()
        )
        ben, sent = signed_in("ben"), self.sent(okrs, cast) | {"title": "Mine"}

        clash = ben.post(url(okrs.helpful, "edit/"), sent)

        page = text(clash)
        assert clash.status_code == 409
        assert versions(page)[1:] == ["Theirs", "Mine"]
        again = sent | {"revision": str(okrs.helpful.revision + 1)}
        assert ben.post(url(okrs.helpful, "edit/"), again).status_code == 303
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).title == "Mine"

    @pytest.mark.parametrize(("who", "status"), [("cleo", 403), ("gus", 403), ("zed", 404)])
    def test_is_not_for_others(self, signed_in, cast: Cast, okrs: Okrs, who: str, status: int):
        """Who may not change it gets neither form nor change."""
        browser = signed_in(who)

        assert browser.get(url(okrs.helpful, "edit/")).status_code == status
        assert browser.post(url(okrs.helpful, "edit/"), self.sent(okrs, cast)).status_code == status


class TestSteps:
    def test_activates_what_is_ready(self, signed_in, cast: Cast, okrs: Okrs):
        """A draft with owner and key result is active at once when its cycle runs."""
        KeyResult.objects.of(cast.acme.id).filter(id=okrs.guides.id).update(objective=okrs.draft)

        answer = signed_in("ben").post(url(okrs.draft, "activation/"))

        assert answer.status_code == 303
        assert Objective.objects.of(cast.acme.id).get(id=okrs.draft.id).state == "active"

    def test_says_what_activation_waits_for(self, signed_in, cast: Cast, okrs: Okrs):
        """Without a key result it stays a draft, and the page says what to do first."""
        answer = signed_in("ben").post(url(okrs.draft, "activation/"))

        assert answer.status_code == 422
        assert "add at least one key result" in text(answer)
        assert Objective.objects.of(cast.acme.id).get(id=okrs.draft.id).state == "draft"

    @pytest.mark.parametrize(("step", "state"), [("cancellation", "cancelled"), ("deferral", "deferred")])
    def test_asks_why_and_remembers_it(self, signed_in, cast: Cast, okrs: Okrs, step: str, state: str):
        """A step that drops work asks for the reason and tells it in the history."""
        ben = signed_in("ben")

        assert ben.get(url(okrs.helpful, f"{step}/")).status_code == 200
        assert ben.post(url(okrs.helpful, f"{step}/"), {"reason": " "}).status_code == 422
        assert ben.post(url(okrs.helpful, f"{step}/"), {"reason": "No hands left."}).status_code == 303

        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).state == state
        assert "No hands left." in text(ben.get(url(okrs.helpful)))

    def test_parks_and_takes_back(self, signed_in, cast: Cast, okrs: Okrs):
        """A draft goes to the not-now list and comes back."""
        ben = signed_in("ben")

        ben.post(url(okrs.draft, "parking/"), {"reason": "Not now."})
        assert "redrafting/" in text(ben.get(url(okrs.draft)))
        ben.post(url(okrs.draft, "redrafting/"), {"reason": "Now."})

        assert Objective.objects.of(cast.acme.id).get(id=okrs.draft.id).state == "draft"

    def test_refuses_a_step_from_the_wrong_state(self, signed_in, okrs: Okrs):
        """An active objective cannot be parked: neither asked nor done."""
        ben = signed_in("ben")

        assert ben.get(url(okrs.helpful, "parking/")).status_code == 409
        assert ben.post(url(okrs.helpful, "parking/"), {"reason": "x"}).status_code == 409

    @pytest.mark.parametrize(("who", "status"), [("cleo", 403), ("gus", 403), ("zed", 404)])
    def test_is_not_for_others(self, signed_in, cast: Cast, okrs: Okrs, who: str, status: int):
        """Who may not change an objective cannot step it either."""
        answer = signed_in(who).post(url(okrs.helpful, "cancellation/"), {"reason": "Mine!"})

        assert answer.status_code == status
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).state == "active"

    def test_offers_reopening_to_admins_for_14_days(self, signed_in, cast: Cast, okrs: Okrs):
        """Two weeks after closing the record is shut, for admins too."""
        ada = signed_in("ada")
        ada.post(url(okrs.helpful, "closing/"), {"learned": "Answer faster."})
        assert "reopening/" in text(ada.get(url(okrs.helpful)))
        assert "reopening/" not in text(signed_in("ben").get(url(okrs.helpful)))

        closed = Transition.objects.of(cast.acme.id).filter(objective=okrs.helpful, to_state="closed")
        closed.update(at=timezone.now() - timedelta(days=15))

        assert "reopening/" not in text(ada.get(url(okrs.helpful)))
        assert ada.post(url(okrs.helpful, "reopening/"), {"reason": "Late"}).status_code == 422


class TestStatements:
    @pytest.mark.parametrize(
        ("page", "tail"),
        [
            ("objective", ""),
            ("edit_objective", "edit/"),
            ("closing", "closing/"),
            ("new_alignment", "alignments/new/"),
        ],
    )
    def test_are_as_many_as_was_decided(self, signed_in, okrs: Okrs, page: str, tail: str):
        """A page costs a fixed number of statements, however much belongs to the objective."""
        ada = signed_in("ada")

        assert count(ada, url(okrs.helpful, tail)) == STATEMENTS[page]
        assert count(ada, url(okrs.company, tail)) == STATEMENTS[page]

    def test_of_the_empty_form(self, signed_in, okrs: Okrs):
        """Everything that a new objective can choose from comes from the image."""
        assert count(signed_in("ben"), "/w/acme/objectives/new/") == STATEMENTS["new_objective"]


class TestPersonal:
    def test_stays_out_of_everyone_elses_lists(self, signed_in, okrs: Okrs):
        """A personal objective is offered to nobody as something to serve."""
        page = text(signed_in("ada").get("/w/acme/objectives/new/"))

        assert PRIVATE_TITLE not in page
