"""Saved views: kept, shared, begun with, and known to nobody else."""

from __future__ import annotations

import pytest
from django.utils import timezone

from milepost.actions import teams, views
from milepost.core.ids import encode
from milepost.core.problems import NotFound
from milepost.models import DefaultView, Event, SavedView
from tests.cast import Cast
from tests.okrs import Okrs
from tests.threads import at_once
from tests.web.reading import page_of
from tests.web.statements import STATEMENTS, count
from tests.web.tree import TREE

pytestmark = pytest.mark.both_databases

VIEWS, NEW = "/w/acme/views/", "/w/acme/views/new/"
WORRIES = "status=at_risk&columns=due%2Cowner&group=owner&sort=-due"


@pytest.fixture
def worries(cast: Cast, okrs: Okrs) -> SavedView:
    """Ben's own view."""
    return views.save(name="Worries", settings=WORRIES, by=cast.ben, at=timezone.now())


def of(row: SavedView, what: str) -> str:
    return f"{VIEWS}{encode(row.id)}/{what}/"


class TestSave:
    def test_keeps_what_the_tree_shows(self, signed_in, cast, okrs):
        """From the tree to the form to a view that leads back to the same tree."""
        browser = signed_in("ben")

        tree = page_of(browser.get(f"{TREE}?{WORRIES}&open={encode(okrs.helpful.id)}"))
        form = page_of(browser.get(f"{NEW}?{WORRIES}"))
        saved = browser.post(NEW, {"name": "Worries", "settings": WORRIES, "shared": "private"})
        shown = browser.get(saved.headers["Location"])

        row = SavedView.objects.of(cast.acme.id).get()
        assert f'href="/w/acme/views/new/?{WORRIES.replace("&", "&amp;")}"' in tree
        assert "at risk; in groups by owner; by next due, the soonest first, turned round" in form
        assert shown.headers["Location"] == f"?{row.settings}&view={encode(row.id)}"
        assert 'aria-current="true">Worries' in page_of(browser.get(TREE + shown.headers["Location"]))
        assert Event.objects.of(cast.acme.id).filter(kind="view.saved").count() == 1

    def test_keeps_nothing_that_is_no_setting(self, cast, okrs):
        """Open rows, a day, and what the tree does not know are no part of a view."""
        row = views.save(
            name="  Any   day ", settings="?on=2026-10-05&open=x&sort=due&rows=9&evil=1", by=cast.ben,
            at=timezone.now(),
        )  # fmt: skip

        assert (row.name, row.settings) == ("Any day", "sort=due")

    def test_chooses_the_only_team(self, signed_in, cast, okrs):
        """Whoever has one team to share with is not asked which; of several, one is chosen."""
        option = f'<option value="{encode(cast.product.id)}"'

        alone = page_of(signed_in("cleo").get(NEW))
        other = teams.create(name="Other", by=cast.ada, at=timezone.now())
        teams.add_member(team=other.id, person=cast.cleo.person_id, by=cast.ada, at=timezone.now())
        of_two = page_of(signed_in("cleo").get(NEW))

        assert option in alone and "Choose" not in alone
        assert option in of_two and '<option value="" selected>Choose' in of_two

    def test_refuses_what_cannot_be_kept(self, signed_in, okrs):
        """A view needs a name; a team that is not one's own cannot be shared with."""
        browser = signed_in("ada")

        nameless = browser.post(NEW, {"name": " ", "settings": "sort=due"})
        shared = browser.post(NEW, {"name": "Ours", "settings": "", "shared": "team"})

        assert nameless.status_code == 422 and "A view needs a name." in nameless.content.decode()
        assert shared.status_code == 422 and "Say with which team." in shared.content.decode()

    def test_costs_the_tree_no_statement(self, signed_in, worries):
        """Which views there are is kept until one changes."""
        browser = signed_in("ben")

        assert count(browser, f"{TREE}?{WORRIES}&view={encode(worries.id)}") == STATEMENTS["alignment"]


class TestShare:
    @pytest.mark.parametrize(
        ("who", "shared", "status"),
        [
            ("cleo", "team", 303), ("cleo", "everyone", 403), ("ben", "everyone", 303),
            ("ada", "everyone", 303), ("ada", "team", 403), ("gus", "team", 403), ("gus", "private", 303),
        ],
    )  # fmt: skip
    def test_is_for_those_who_may(self, signed_in, cast, who, shared, status):
        """Members share with their team; team leads and admins with everyone; guests keep their own."""
        form = {"name": "Ours", "settings": "sort=due", "shared": shared, "team": encode(cast.product.id)}

        answer = signed_in(who).post(NEW, form)

        assert answer.status_code == status
        assert SavedView.objects.of(cast.acme.id).exists() is (status == 303)

    def test_shows_it_to_nobody_else(self, signed_in, cast, worries, okrs):
        """Its name stands on nobody else's page, in no feed; its address leads nowhere; then it is shared."""

        def naming(who: str) -> list[str]:
            pages = [TREE, VIEWS, "/w/acme/activity/"]
            return [page for page in pages if "Worries" in page_of(signed_in(who).get(page))]

        private = {who: naming(who) for who in ("ada", "ben", "cleo")}
        refused = signed_in("cleo").get(of(worries, "edit")).status_code
        changed = {"shared": "team", "team": cast.product.id}
        views.update(view=worries.id, changed=changed, by=cast.ben, at=timezone.now())
        with_team = {who: naming(who) for who in ("ada", "ben", "cleo")}
        teams.remove_member(team=cast.product.id, person=cast.cleo.person_id, by=cast.ben, at=timezone.now())

        assert private == {"ada": [], "ben": [TREE, VIEWS, "/w/acme/activity/"], "cleo": []}
        assert refused == 404
        assert with_team == {"ada": [], "ben": private["ben"], "cleo": private["ben"]}
        assert naming("cleo") == []

    def test_lets_others_copy_but_not_change(self, signed_in, cast, worries):
        """Who sees a view may copy it; the copy is theirs alone. Leads and admins mend what is shared."""
        views.update(view=worries.id, changed={"shared": "everyone"}, by=cast.ben, at=timezone.now())
        cleo, ada = signed_in("cleo"), signed_in("ada")

        refused = cleo.post(of(worries, "edit"), {"name": "Mine", "shared": "everyone"}).status_code
        cleo.post(of(worries, "copy"))
        mended = ada.post(of(worries, "edit"), {"name": "All worries", "shared": "everyone"}).status_code

        copied = SavedView.objects.of(cast.acme.id).get(owner_id=cast.cleo.person_id)
        assert (refused, mended) == (403, 303)
        assert (copied.name, copied.settings, copied.shared) == (
            "Copy of Worries",
            worries.settings,
            "private",
        )


class TestChange:
    def test_saves_what_is_shown_now_into_it(self, signed_in, cast, worries):
        """A tree that shows something else by now offers to keep it; a newer version is not written over."""
        browser, key = signed_in("ben"), encode(worries.id)
        page = page_of(browser.get(f"{TREE}?sort=due&view={key}"))
        form = {"settings": "sort=due", "revision": "1"}

        saved, again = (
            browser.post(of(worries, "edit"), form),
            browser.post(of(worries, "edit"), form | {"settings": ""}),
        )

        worries.refresh_from_db()
        assert "Save into “Worries”" in page
        assert (saved.status_code, again.status_code) == (303, 409)
        assert (worries.settings, worries.revision) == ("sort=due", 2)

    def test_deletes_it(self, signed_in, cast, worries):
        """A deleted view is gone for those who began with it too."""
        views.update(view=worries.id, changed={"shared": "everyone"}, by=cast.ben, at=timezone.now())
        cleo = signed_in("cleo")
        cleo.post(of(worries, "choice"))

        signed_in("ben").post(of(worries, "deletion"))

        assert cleo.get(TREE).status_code == 200
        assert not DefaultView.objects.of(cast.acme.id).exists()


class TestBegin:
    def test_begins_with_it_and_as_usual_again(self, signed_in, worries):
        """The plain address leads to one’s view; the plain tree is one click away, and links stay there."""
        browser, key = signed_in("ben"), encode(worries.id)

        browser.post(of(worries, "choice"))
        begun = browser.get(TREE)
        plain = page_of(browser.get(f"{TREE}?view=none"))
        browser.post(of(worries, "choice"), {"is_on": "0"})

        assert begun.headers["Location"] == f"?{worries.settings}&view={key}"
        assert 'href="?view=none" aria-current="true">The tree' in plain
        assert 'href="?view=none&amp;sort=progress"' in plain
        assert browser.get(TREE).status_code == 200

    def test_ends_when_it_is_no_longer_shared(self, signed_in, cast, worries):
        """Who may not see it any more begins as usual."""
        views.update(view=worries.id, changed={"shared": "everyone"}, by=cast.ben, at=timezone.now())
        cleo = signed_in("cleo")
        cleo.post(of(worries, "choice"))

        views.update(view=worries.id, changed={"shared": "private"}, by=cast.ben, at=timezone.now())

        assert cleo.get(TREE).status_code == 200
        assert "Worries" not in page_of(cleo.get(TREE))

    @pytest.mark.django_db(transaction=True)
    def test_deleting_it_meanwhile_is_no_defect(self, cast, okrs):
        """Whoever begins with a view at the moment in which it is deleted is told, or begins as usual."""
        outcomes: list[str] = []
        for _ in range(10):
            row = views.save(name="Brief", settings=WORRIES, by=cast.ben, at=timezone.now())

            def deed(number: int, id: int = row.id) -> None:
                acted = views.delete if number == 0 else views.choose
                try:
                    acted(view=id, by=cast.ben, at=timezone.now())
                    outcomes.append("done")
                except NotFound:
                    outcomes.append("gone")

            outcomes.clear()
            at_once(4, deed)

            assert len(outcomes) == 4
            assert not SavedView.objects.of(cast.acme.id).filter(id=row.id).exists()
            assert not DefaultView.objects.of(cast.acme.id).exists()
