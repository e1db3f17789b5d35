"""Who gets through which door: roles, other workspaces, forged forms, in one table for these pages."""

from __future__ import annotations

import json

import pytest
from django.db import transaction
from django.test import Client

from milepost.core.ids import encode
from milepost.ledger import image
from milepost.models import Cycle, User
from tests.cast import NOW, TODAY, Cast

WHO = ("ada", "ben", "cleo", "gus", "zed")
# Page → what Ada (owner), Ben (lead of Product), Cleo (member), Gus (guest) and Zed (stranger) get.
PAGES = {
    "people/": (200, 200, 200, 200, 404),
    "people/new/": (200, 200, 404, 404, 404),
    "people/{cleo}/": (200, 200, 200, 200, 404),
    "people/{zed}/": (404, 404, 404, 404, 404),
    "teams/new/": (200, 200, 404, 404, 404),
    "teams/{product}/edit/": (200, 200, 404, 404, 404),
    "teams/{sales}/edit/": (200, 404, 404, 404, 404),
    "teams/{rockets}/edit/": (404, 404, 404, 404, 404),
    "cycles/": (200, 200, 200, 200, 404),
    "cycles/new/": (200, 404, 404, 404, 404),
    "cycles/{year}/edit/": (200, 404, 404, 404, 404),
    "settings/": (200, 200, 200, 200, 404),
    "preferences/": (200, 200, 200, 200, 404),
}
# Form → the same, with something sensible sent. 303: done; 403: seen, not to be done; 404: not there.
FORMS = {
    "people/{cleo}/|role=guest": (303, 403, 403, 403, 404),
    "people/{cleo}/|name=Cleo": (303, 403, 303, 403, 404),
    "people/{zed}/|role=guest": (404, 404, 404, 404, 404),
    "people/{cleo}/departure/|": (303, 403, 403, 403, 404),
    "people/{cleo}/departure/undo/|": (303, 403, 403, 403, 404),
    "people/{eve}/invitation/|": (200, 403, 403, 403, 404),
    "people/{eve}/invitation/revoke/|": (303, 403, 403, 403, 404),
    "people/new/|name=X&email=x@acme.example&team={product}": (200, 200, 403, 403, 404),
    "people/new/|name=X&email=x@acme.example": (200, 403, 403, 403, 404),
    "teams/new/|name=New": (303, 403, 403, 403, 404),
    "teams/new/|name=New&parent={product}": (303, 303, 403, 403, 404),
    "teams/{product}/edit/|name=P": (303, 303, 403, 403, 404),
    "teams/{product}/members/|person={gus}": (303, 303, 403, 403, 404),
    "teams/{sales}/members/|person={gus}": (303, 403, 403, 403, 404),
    "teams/{rockets}/members/|person={gus}": (404, 404, 404, 404, 404),
    "teams/{product}/members/|person={zed}": (422, 422, 403, 403, 404),
    "teams/{product}/members/{cleo}/end/|": (303, 303, 403, 403, 404),
    "cycles/new/|name=C&starts_on=2026-10-01": (303, 403, 403, 403, 404),
    "cycles/{year}/edit/|name=C&starts_on=2026-01-01": (303, 403, 403, 403, 404),
    "cycles/{year}/closing/|": (303, 403, 403, 403, 404),
    "cycles/{year}/closing/undo/|": (303, 403, 403, 403, 404),
    "cycles/{foreign}/closing/|": (404, 403, 403, 403, 404),
    "settings/|name=A&time_zone=UTC&check_in_every=7": (303, 403, 403, 403, 404),
    "preferences/|theme=dark": (303, 303, 303, 303, 404),
    "persona/{ben}/|": (404, 404, 404, 404, 404),
    "start/invite/|name-1=N&email-1=n@acme.example": (200, 404, 404, 404, 404),
    "start/blank/|cycle_name=C&starts_on=2026-10-01&ends_on=2026-12-31": (303, 404, 404, 404, 404),
    "start/file/application/|": (303, 404, 404, 404, 404),
}


@pytest.fixture
def names(cast: Cast) -> dict[str, str]:
    """The codes that stand in addresses."""
    from milepost.actions import people, teams

    eve = people.add(name="Eve", email="eve@acme.example", by=cast.ada, at=NOW)
    sales = teams.create(name="Sales", by=cast.ada, at=NOW)
    year, foreign = (
        Cycle.objects.create(workspace=workspace, key="y", name="Year", starts_on=TODAY)
        for workspace in (cast.acme, cast.zenith)
    )
    rows = {"eve": eve, "sales": sales, "product": cast.product, "rockets": cast.rockets, "year": year}
    codes = {name: encode(row.id) for name, row in rows.items()} | {"foreign": encode(foreign.id)}
    return codes | {who: encode(getattr(cast, who).person_id) for who in WHO}


class TestRoles:
    @pytest.mark.parametrize("page", PAGES)
    def test_pages(self, names, signed_in, page: str):
        """Each page opens for exactly those for whom the table says so."""
        path = f"/w/acme/{page.format(**names)}"

        got = tuple(signed_in(who).get(path).status_code for who in WHO)

        assert got == PAGES[page]

    @pytest.mark.parametrize("form", FORMS)
    def test_forms(self, names, signed_in, form: str):
        """Each form does its work for exactly those for whom the table says so."""
        path, _, sent = form.format(**names).partition("|")

        got = tuple(_undone(signed_in(who), f"/w/acme/{path}", sent) for who in WHO)

        assert got == FORMS[form]


class TestStrangers:
    def test_are_sent_to_sign_in(self, names, client: Client):
        """Who is not signed in learns nothing, and comes back afterwards."""
        answers = [client.get(f"/w/acme/{page.format(**names)}") for page in PAGES]

        assert {answer.status_code for answer in answers} == {302}
        assert all(answer.headers["Location"].startswith("/sign-in/?next=") for answer in answers)

    def test_cannot_tell_a_workspace_from_none(self, names, signed_in):
        """A workspace one does not belong to answers like one that does not exist."""
        zed = signed_in("zed")

        theirs, nobodys = zed.get("/w/acme/people/"), zed.get("/w/nowhere/people/")

        assert theirs.status_code == nobodys.status_code == 404
        assert _plain(theirs) == _plain(nobodys)


class TestForgery:
    def test_a_form_needs_its_token(self, names, signed_in):
        """A form without our token is refused, whoever sends it."""
        browser = signed_in("ada", enforce_csrf_checks=True)

        for form in FORMS:
            path, _, sent = form.format(**names).partition("|")
            answer = browser.post(f"/w/acme/{path}", sent, content_type="application/x-www-form-urlencoded")

            assert answer.status_code == 403, form

    @pytest.mark.parametrize(
        "path", ["/sign-in/", "/sign-out/", "/appearance/", "/account/password/", "/sign-in/link/x/"]
    )
    def test_so_do_those_without_a_workspace(self, signed_in, path: str):
        """The same holds in front of the workspaces."""
        assert signed_in("ada", enforce_csrf_checks=True).post(path).status_code == 403

    def test_nothing_changes_by_a_link(self, names, signed_in):
        """What only changes something cannot be reached by GET."""
        ada = signed_in("ada")

        for form in FORMS:
            if any(word in form for word in ("departure", "closing", "members", "invitation", "application")):
                path = form.format(**names).partition("|")[0]

                assert ada.get(f"/w/acme/{path}").status_code == 405, form


class TestPersonas:
    @pytest.fixture
    def demo(self, cast: Cast, settings, tmp_path):
        """The marker that `milepost demo` leaves in the data folder."""
        from dataclasses import replace

        settings.MILEPOST = replace(settings.MILEPOST, data_dir=tmp_path)
        written = {
            "workspace": encode(cast.acme.id),
            "personas": [["Lead", "ben-okri"], ["Guest", "gus-guest"]],
        }
        (tmp_path / "demo.json").write_text(json.dumps(written))

    def test_can_be_taken_on_in_the_demo(self, demo, cast: Cast, names, signed_in):
        """In the demo one click makes one somebody else."""
        browser = signed_in("ada")

        answer = browser.post(f"/w/acme/persona/{names['ben']}/")
        page = browser.get("/w/acme/preferences/").content.decode()

        assert answer.headers["Location"] == "/w/acme/"
        assert "Ben Okri" in page and "ben@acme.example" in page

    def test_are_only_those_of_the_demo(self, demo, names, signed_in):
        """Nobody takes on a person who is no persona."""
        assert signed_in("gus").post(f"/w/acme/persona/{names['ada']}/").status_code == 404

    def test_are_only_for_those_inside(self, demo, names, signed_in, client: Client):
        """A stranger does not get in this way, nor a member of another workspace."""
        assert signed_in("zed").post(f"/w/acme/persona/{names['ben']}/").status_code == 404
        assert client.post(f"/w/acme/persona/{names['ben']}/").headers["Location"].startswith("/sign-in/")

    def test_do_not_exist_elsewhere(self, demo, cast: Cast, signed_in):
        """Another workspace of the same server has no personas."""
        zed = encode(cast.zed.person_id)

        assert signed_in("zed").post(f"/w/zenith/persona/{zed}/").status_code == 404


class TestAdmin:
    def test_is_for_superusers(self, cast: Cast, signed_in, client: Client):
        """An owner of a workspace is nobody in the operator's admin."""
        assert client.get("/admin/").status_code == 302
        assert signed_in("ada").get("/admin/").status_code in (302, 403)

    def test_shows_everything_and_changes_nothing(self, cast: Cast, client: Client):
        """Every table can be read across workspaces; none can be written; no hash is shown."""
        client.force_login(User.objects.create_superuser("op@acme.example", "x", name="Op"))

        listed = client.get("/admin/milepost/person/").content.decode()
        one = client.get(f"/admin/milepost/user/{User.objects.get(email='ada@acme.example').pk}/change/")

        assert "Ada Lovelace" in listed and "Zed Shaw" in listed
        assert client.get("/admin/milepost/person/add/").status_code == 403
        assert client.post(f"/admin/milepost/person/{cast.zed.person_id}/delete/").status_code == 403
        assert (
            client.post(f"/admin/milepost/person/{cast.zed.person_id}/change/", {"name": "X"}).status_code
            == 403
        )
        assert one.status_code == 200
        assert "md5$" not in one.content.decode()

    def test_opens_every_list(self, cast: Cast, client: Client):
        """No list needs a workspace that an operator does not have."""
        from django.contrib import admin

        client.force_login(User.objects.create_superuser("op@acme.example", "x", name="Op"))

        for model in admin.site._registry:
            meta = model._meta
            answer = client.get(f"/admin/{meta.app_label}/{meta.model_name}/")
            assert answer.status_code == 200, meta.model_name

    def test_does_not_show_personal_okrs(self, cast: Cast, client: Client):
        """What is one's own alone is not the operator's either."""
        from milepost.models import Objective

        cycle = Cycle.objects.create(workspace=cast.acme, key="q", name="Q", starts_on=TODAY)
        for title, visibility in (("Personal aim", "private"), ("Team aim", "team")):
            Objective.objects.create(
                workspace=cast.acme,
                key=visibility,
                title=title,
                cycle=cycle,
                visibility=visibility,
                created_at=NOW,
            )
        client.force_login(User.objects.create_superuser("op@acme.example", "x", name="Op"))

        text = client.get("/admin/milepost/objective/").content.decode()

        assert "Team aim" in text
        assert "Personal aim" not in text


def _undone(browser: Client, path: str, sent: str) -> int:
    """Send a form, note the answer, and take back what it did."""
    try:
        with transaction.atomic():
            answer = browser.post(path, sent, content_type="application/x-www-form-urlencoded")
            raise _TakenBack
    except _TakenBack:
        image.forget()
        return answer.status_code


class _TakenBack(Exception):
    pass


def _plain(answer) -> str:
    import re

    return re.sub(r'nonce="[^"]+"', "", answer.content.decode())
