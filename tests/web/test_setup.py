"""First run: from the terminal's link to a workspace with its owner."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from milepost.actions import workspaces
from milepost.models import Cycle, Invitation, Objective, Person, Session, Team, Workspace
from tests.cast import PASSWORD, Cast
from tests.web import acme

pytestmark = pytest.mark.both_databases

ORGANISATION = {"name": "Acme", "time_zone": "Europe/Prague"}
YOU = {"person_name": "Ada Lovelace", "email": "ada@acme.example", "password": PASSWORD}
FILE = b"""milepost: 1
workspace: {id: elsewhere, name: Elsewhere, time_zone: Europe/Prague, mission: Bake.}
people:
- {id: al, name: A. Lovelace, email: Ada@acme.example, role: member}
- {id: bo, name: Bo, email: bo@acme.example}
cycles:
- {id: q4, name: Q4 2026, starts: 2026-10-01, ends: 2026-12-31}
objectives:
- id: bread
  title: Bread that people talk about
  cycle: q4
  owner: al
  key_results:
  - {id: talk, title: Talked about, measure: {kind: increase, start: 0, target: 10}}
"""


@pytest.fixture
def address(db) -> str:
    return f"/setup/{workspaces.setup_link(at=timezone.now())}/"


@pytest.fixture
def founded(client: Client, address: str) -> Client:
    """A browser whose owner has just founded Acme."""
    client.post(address, ORGANISATION)
    client.post(f"{address}you/", YOU)
    return client


class TestSetUp:
    def test_founds_a_workspace(self, client: Client, address: str):
        """Two pages later there is a workspace, and its owner is signed in."""
        first = client.post(address, ORGANISATION)
        second = client.post(first.headers["Location"], YOU)

        workspace, person = Workspace.objects.get(), Person.objects.everywhere().get()
        assert second.headers["Location"] == "/w/acme/start/"
        assert (workspace.name, workspace.time_zone) == ("Acme", "Europe/Prague")
        assert (person.name, person.role) == ("Ada Lovelace", "owner")
        assert Session.objects.exclude(user=None).get().user == person.user

    def test_is_gone_afterwards(self, founded: Client, address: str):
        """Nobody finds the set-up a second time, with this link or another."""
        for path in (address, f"{address}you/"):
            assert founded.get(path).status_code == 404
            assert Client().post(path, YOU).status_code == 404

    def test_needs_the_secret(self, client: Client, address: str):
        """Without the terminal's link there is no such page."""
        for secret in ("x", address[7:-2] + "_", "%20"):
            assert client.get(f"/setup/{secret}/").status_code == 404

    def test_keeps_what_was_typed(self, client: Client, address: str):
        """What was right stays in its field, and the rest says what is wrong with it."""
        answer = client.post(address, {"name": "Ümläut & Söhne", "time_zone": "Atlantis"})
        text = answer.content.decode()

        assert answer.status_code == 422
        assert 'value="Ümläut &amp; Söhne"' in text
        assert 'value="Atlantis"' in text
        assert "There is no time zone called “Atlantis”" in text
        assert 'aria-invalid="true"' in text

    def test_says_everything_that_is_wrong_at_once(self, client: Client, address: str):
        """Three wrong fields are three messages, not one after the other; no password comes back."""
        client.post(address, ORGANISATION)

        text = client.post(
            f"{address}you/", {"person_name": " ", "email": "ada", "password": "secret12"}
        ).content.decode()

        assert "3 fields need" in text
        assert 'value="ada"' in text
        assert "secret12" not in text
        assert not Workspace.objects.exists()

    def test_lists_what_is_wrong_with_a_password_once(self, client: Client, address: str):
        """Under its field, one thing a line; the box on top leads there and repeats nothing."""
        client.post(address, ORGANISATION)

        page = client.post(f"{address}you/", YOU | {"password": "123456"}).content.decode()

        assert page.count("This password is too short.") == page.count("This password is too common.") == 1
        assert page.count("Three or four unrelated words") == 1
        assert '<a href="#f-password">Password</a>: 3 things to mend, listed under the field' in page

    def test_begins_at_the_beginning(self, client: Client, address: str):
        """Whoever skips the organisation is led back to it; whoever goes back finds it filled in."""
        skipped = client.get(f"{address}you/")
        client.post(address, ORGANISATION)

        assert skipped.headers["Location"] == address
        assert 'value="Acme"' in client.get(address).content.decode()

    def test_keeps_its_address_to_itself(self, client: Client, address: str):
        """The secret in the address reaches no other site and no cache."""
        answer = client.get(address)

        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert "no-store" in answer.headers["Cache-Control"]

    def test_counts_the_password_just_chosen(self, founded: Client):
        """The owner who has just chosen a password is not asked who they are."""
        assert "QR code" in founded.get("/account/app/").content.decode()


class TestBlank:
    def test_suggests_this_quarter(self, founded: Client):
        """The form begins with the quarter and the year of the workspace's today."""
        text = founded.get("/w/acme/start/blank/").content.decode()

        assert re.search(r'name="cycle_name"[^>]*value="Q[1-4] 20\d\d"', text)
        assert re.search(r'name="starts_on"[^>]*value="20\d\d-(01|04|07|10)-01"', text)

    def test_creates_cycle_year_and_team(self, founded: Client):
        """One form makes the quarter, the year around it and the first team."""
        today = acme.day_of(timezone.now())
        year, ends = today.replace(month=1, day=1), today.replace(month=12, day=31)
        sent = {
            "cycle_name": "Q9",
            "starts_on": max(year, today - timedelta(days=9)),
            "ends_on": ends,
            "with_year": "on",
            "team": "Product",
        }
        sent["starts_on"] = min(sent["starts_on"], ends - timedelta(days=6))

        answer = founded.post("/w/acme/start/blank/", sent)

        rows = {row.name: row for row in Cycle.objects.everywhere()}
        assert answer.headers["Location"] == "/w/acme/start/invite/"
        assert rows["Q9"].parent == rows[str(today.year)]
        assert Team.objects.everywhere().get().name == "Product"

    def test_makes_all_or_nothing(self, founded: Client):
        """Days that cannot be are said beside the field, and neither year nor team was made."""
        answer = founded.post(
            "/w/acme/start/blank/",
            {
                "cycle_name": "Q9",
                "starts_on": "2026-10-01",
                "ends_on": "2026-10-03",
                "team": "Product",
                "with_year": "on",
            },
        )

        assert answer.status_code == 422
        assert "at least 7 days" in answer.content.decode()
        assert 'value="Product"' in answer.content.decode()
        assert not Cycle.objects.everywhere().exists()
        assert not Team.objects.everywhere().exists()


class TestFile:
    def test_is_shown_before_it_is_taken(self, founded: Client):
        """The first click says what the file would do; only the second does it."""
        shown = founded.post("/w/acme/start/file/", {"file": SimpleUploadedFile("okrs.yaml", FILE)})
        before = Objective.objects.everywhere().count()
        taken = founded.post("/w/acme/start/file/application/")

        text = shown.content.decode()
        assert "What okrs.yaml would do" in text
        assert "Objectives" in text and "Key results" in text
        assert before == 0
        assert taken.headers["Location"] == "/w/acme/start/invite/"
        assert Objective.objects.everywhere().get().title == "Bread that people talk about"

    def test_is_doubted_where_a_target_lacks(self, founded: Client):
        """What deserves a second look is named before it is taken, and taken all the same."""
        data = FILE.replace(b", target: 10", b"")

        shown = founded.post("/w/acme/start/file/", {"file": SimpleUploadedFile("acme.yaml", data)})
        whole = founded.post("/w/acme/start/file/", {"file": SimpleUploadedFile("acme.yaml", FILE)})

        assert shown.status_code == 200 and "Talked about: It has no target yet" in shown.content.decode()
        assert "second look" not in whole.content.decode()

    def test_can_be_taken_back(self, founded: Client):
        """The wrong file: the button on the next page makes the workspace as empty as it was."""
        founded.post("/w/acme/start/file/", {"file": SimpleUploadedFile("okrs.yaml", FILE)})
        founded.post("/w/acme/start/file/application/")
        feed = founded.get("/w/acme/activity/").content.decode()
        there = re.search(r'action="(/w/acme/events/\w+/undoing/)"', feed)[1]

        founded.post(there)

        assert not Objective.objects.everywhere().exists()
        assert [row.name for row in Person.objects.everywhere()] == ["Ada Lovelace"]

    def test_makes_the_owner_the_person_of_the_same_address(self, founded: Client):
        """The founder is the one in the file who has their address, and stays the owner."""
        founded.post("/w/acme/start/file/", {"file": SimpleUploadedFile("okrs.yaml", FILE)})
        founded.post("/w/acme/start/file/application/")

        ada = Person.objects.everywhere().get(key="al")
        assert (ada.role, ada.email, ada.user is not None) == ("owner", "ada@acme.example", True)
        assert Objective.objects.everywhere().get().owner == ada
        assert Person.objects.everywhere().count() == 2

    def test_leaves_name_and_address_of_the_workspace(self, founded: Client):
        """What was typed a minute ago wins over the file; the file's mission is taken."""
        founded.post("/w/acme/start/file/", {"file": SimpleUploadedFile("okrs.yaml", FILE)})
        founded.post("/w/acme/start/file/application/")

        row = Workspace.objects.get()
        assert (row.slug, row.name, row.mission) == ("acme", "Acme", "Bake.")

    @pytest.mark.parametrize(
        ("name", "data", "says"),
        [
            ("a.yaml", b"milepost: 1\nobjectives:\n- {id: a, title: T, cycle: nope, foo: 1}\n", "foo"),
            ("b.yaml", b"!!python/object/apply:os.system ['true']\n", "b.yaml"),
            ("c.json", b"{", "c.json"),
            ("d.xlsx", b"PK\x03\x04\x00\x00", "d.xlsx"),
            ("e.yaml", b"", "e.yaml"),
        ],
    )
    def test_refuses_a_wrong_file_whole(self, founded: Client, name: str, data: bytes, says: str):
        """A wrong file is refused, saying where; nothing of it is taken."""
        answer = founded.post("/w/acme/start/file/", {"file": SimpleUploadedFile(name, data)})

        assert answer.status_code == 422
        assert says in answer.content.decode()
        assert not Objective.objects.everywhere().exists()

    def test_refuses_none_and_too_much(self, founded: Client):
        """No file, or one that is better taken at the terminal, is said to be so."""
        none = founded.post("/w/acme/start/file/", {})
        large = founded.post(
            "/w/acme/start/file/", {"file": SimpleUploadedFile("big.yaml", b"#" * (5 * 1024 * 1024 + 1))}
        )

        assert "Choose a file first" in none.content.decode()
        assert "milepost apply" in large.content.decode()

    def test_needs_the_preview(self, founded: Client):
        """There is nothing to take before a file was shown."""
        assert founded.post("/w/acme/start/file/application/").headers["Location"] == "/w/acme/start/file/"


class TestDemo:
    def test_opens_beside_the_workspace(self, founded: Client):
        """The demo is a workspace of its own, which the founder owns too; theirs stays empty."""
        answer = founded.post("/w/acme/start/demo/")

        slugs = {row.slug for row in Workspace.objects.all()}
        demo = next(slug for slug in slugs if slug != "acme")
        assert answer.headers["Location"] == f"/w/{demo}/"
        assert founded.get(f"/w/{demo}/people/").status_code == 200
        assert not Objective.objects.of(Workspace.objects.get(slug="acme").id).exists()
        assert Objective.objects.everywhere().exists()

    def test_opens_once(self, founded: Client):
        """A second click makes no second demo."""
        founded.post("/w/acme/start/demo/")

        again = founded.post("/w/acme/start/demo/")

        assert again.headers["Location"] == "/w/acme/start/"
        assert Workspace.objects.count() == 2


class TestInvite:
    def test_gives_links_to_copy(self, founded: Client):
        """Without a mail server each invited person's link is shown, once."""
        answer = founded.post(
            "/w/acme/start/invite/",
            {
                "name-1": "Ben Okri",
                "email-1": "ben@acme.example",
                "name-2": "",
                "email-2": "",
                "role": "member",
            },
        )

        text = answer.content.decode()
        assert re.search(r'value="http://testserver/invitation/[\w-]{43}/"', text)
        assert Invitation.objects.everywhere().count() == 1
        assert "/invitation/" not in founded.get("/w/acme/start/invite/").content.decode()

    def test_invites_the_right_and_keeps_the_wrong(self, founded: Client):
        """One slip does not hold up the others, and its row stays to be mended."""
        answer = founded.post(
            "/w/acme/start/invite/",
            {"name-1": "Ben", "email-1": "ben@acme.example", "name-2": "Cleo", "email-2": "cleo"},
        )

        text = answer.content.decode()
        assert answer.status_code == 422
        assert "Link for Ben" in text
        assert 'value="cleo"' in text
        assert set(Person.objects.everywhere().values_list("name", flat=True)) == {"Ada Lovelace", "Ben"}


class TestRoles:
    @pytest.mark.parametrize("page", ["", "blank/", "file/", "invite/"])
    @pytest.mark.parametrize("who", ["ben", "cleo", "gus", "zed"])
    def test_is_the_admins(self, cast: Cast, signed_in, who: str, page: str):
        """Nobody but an admin begins anew; for others these pages are not there."""
        assert signed_in(who).get(f"/w/acme/start/{page}").status_code == 404
        assert signed_in(who).post("/w/acme/start/demo/").status_code in (403, 404)
