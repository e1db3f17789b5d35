"""`milepost demo` from outside, and the opening and removing of a demo company."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import UTC, date, datetime
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from milepost.actions import demos, plans, workspaces
from milepost.core.access import operator
from milepost.core.ids import encode
from milepost.ledger import image
from milepost.management.commands import serve
from milepost.management.commands.demo import Command, NotTheDemo
from milepost.management.demo import PERSONAS, SLUG, WORKSPACE, company
from milepost.models import Event, Objective, Person, User, Workspace
from milepost.queries import verification
from milepost.web import personas
from tests.running import PATIENCE

TODAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def demo(db):
    """The demo company, opened; its operator."""
    by = operator(plans.new_workspace_id())
    demos.open(plan=company(TODAY), by=by, at=AT)
    yield by
    image.forget(by.workspace_id)


@pytest.mark.both_databases
class TestOpen:
    def test_remembers_what_the_plan_says(self, demo):
        """What the database holds afterwards is the plan itself."""
        plan = company(TODAY)

        changes = plans.preview(demo.workspace_id, plan)

        assert changes.is_empty, changes.summary()

    def test_agrees_with_itself(self, demo):
        """Image, dated rows and states tell one story."""
        found = list(verification.differences(demo.workspace_id, AT))

        assert found == []

    def test_gives_everyone_an_account_without_a_password(self, demo):
        """Whoever works there can be signed in by link, and by nothing else."""
        here = Person.objects.of(demo.workspace_id).filter(left_on=None)

        assert not here.filter(user=None).exists()
        assert not any(user.has_usable_password() for user in User.objects.all())

    def test_has_a_feed_from_the_first_moment(self, demo):
        """What people reported and said in the running quarter is told, in the order in which it happened."""
        events = Event.objects.of(demo.workspace_id).filter(kind__in=("checkin.recorded", "comment.added"))

        moments = [event.at for event in events.order_by("id")]

        assert len(moments) > 350
        assert moments == sorted(moments)
        assert {event.kind for event in events} == {"checkin.recorded", "comment.added"}


@pytest.mark.both_databases
class TestACopy:
    def test_is_not_called_the_demo_company(self, demo, settings, tmp_path):
        """What somebody applied from a file is theirs: `serve` knows a demo by what `milepost demo` left."""
        settings.MILEPOST = replace(settings.MILEPOST, data_dir=tmp_path)

        copied = serve.next_step(None)
        _mark(tmp_path, demo.workspace_id)

        assert copied == "" and "the demo company" in serve.next_step(None)

    def test_is_not_taken_for_one_that_was_there_before(self, demo, settings, tmp_path):
        """A company of the same name has another id: nobody in it sees it as somebody else, nor resets it."""
        settings.MILEPOST = replace(settings.MILEPOST, data_dir=tmp_path)
        _mark(tmp_path, demo.workspace_id + 1)

        with pytest.raises(NotTheDemo):
            Command()._company(TODAY, reset=True)

        assert serve.next_step(None) == "" and not personas.is_demo(demo.workspace_id)
        assert Workspace.objects.filter(id=demo.workspace_id).exists()


@pytest.mark.both_databases
class TestRemove:
    def test_leaves_no_trace(self, demo):
        """Afterwards there is no workspace, no row of it, and none of its accounts."""
        workspaces.remove(by=demo, at=AT)

        assert not Workspace.objects.exists()
        assert not User.objects.exists()
        assert not Event.objects.everywhere().exists()
        assert not Objective.objects.everywhere().exists()

    def test_keeps_whoever_belongs_elsewhere_too(self, demo):
        """An account that is also in another workspace stays."""
        other = Workspace.objects.create(slug="zenith", name="Zenith", created_at=AT)
        user = User.objects.get(email="roos@morrowmill.example")
        Person.objects.create(workspace=other, key="roos", name="Roos", user=user)

        workspaces.remove(by=demo, at=AT)

        assert list(User.objects.all()) == [user]


class TestCommand:
    def test_signs_in_by_its_link_and_keeps_its_company(self, install):
        """The printed link leads to the owner's week once; a second start finds the company again."""
        milepost = install().start("demo")
        browser, stranger = _browser(), _browser()
        link = _link(milepost, 1)

        page, _ = _open(browser, link)
        _, address = _open(browser, f"{milepost.url}/")
        with pytest.raises(urllib.error.HTTPError) as again:
            _open(stranger, link)
        again.value.close()
        milepost.stop()
        milepost.start("demo")

        assert "Roos" in page
        assert f"/w/{SLUG}/" in address
        assert again.value.code == 404
        assert _link(milepost, 2) != link
        marker = json.loads((milepost.data_dir / "demo.json").read_text(encoding="utf-8"))
        assert len(marker["workspace"]) == 13
        assert [tuple(pair) for pair in marker["personas"]] == PERSONAS
        milepost.stop()

    def test_is_what_serve_serves_in_the_same_folder(self, install):
        """After the demo, `serve` says that this is the demo company, and how to begin empty."""
        milepost = install().start("demo")
        _link(milepost, 1)
        milepost.stop()
        milepost.start("serve")
        milepost.printed(r"Ctrl-C stops it\.", 2)
        milepost.stop()

        assert f"This is {WORKSPACE.name}, the demo company" in milepost.output
        assert "MILEPOST_DATA_DIR=" in milepost.output


def _mark(folder: Path, workspace_id: int) -> None:
    """Leave in a data folder what `milepost demo` leaves there."""
    said = {"workspace": encode(workspace_id), "personas": PERSONAS}
    (folder / "demo.json").write_text(json.dumps(said), encoding="utf-8")


def _browser() -> urllib.request.OpenerDirector:
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    opener.addheaders.append(("Sec-Fetch-Mode", "navigate"))
    return opener


def _open(browser: urllib.request.OpenerDirector, url: str) -> tuple[str, str]:
    with browser.open(url, timeout=PATIENCE) as answer:
        return answer.read().decode(), answer.url


def _link(milepost, number: int) -> str:
    """Return the link of the first, second … start."""
    return milepost.printed(r"http://\S+/sign-in/link/\S+", number)
