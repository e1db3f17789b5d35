"""Editing without fear, by program: versions that are named, what is undone, what is handed over."""

from __future__ import annotations

import pytest
from django.utils import timezone

from milepost.actions import objectives
from milepost.core.ids import encode
from milepost.models import Objective

pytestmark = pytest.mark.both_databases


class TestIfMatch:
    @pytest.mark.parametrize("noun", ["objectives", "key-results", "initiatives"])
    def test_writes_over_nothing_newer(self, program, okrs, noun: str):
        """What was read and named is changed; read before somebody else's change, it is refused with 412."""
        ada = program("ada")
        there = {
            "objectives": f"/objectives/{encode(okrs.helpful.id)}",
            "key-results": f"/key-results/{encode(okrs.waiting.id)}",
            "initiatives": f"/initiatives/{encode(okrs.triage.id)}",
        }[noun]
        read = ada.get(there).headers["ETag"]

        first = ada.patch(there, {"title": "First"}, If_Match=read)
        late = ada.patch(there, {"title": "Late"}, If_Match=read)
        again = ada.patch(there, {"title": "Again"}, If_Match=first.headers["ETag"])

        assert (first.status_code, late.status_code, again.status_code) == (200, 412, 200)
        assert late.json()["code"] == "changed_meanwhile"
        assert ada.get(there).json()["title"] == "Again"

    def test_minds_the_definition_alone(self, program, okrs):
        """A check-in moves the figures, and no edit is lost by it."""
        ada, there = program("ada"), f"/objectives/{encode(okrs.helpful.id)}"
        read = ada.get(there).headers["ETag"]
        ada.post(f"/key-results/{encode(okrs.waiting.id)}/checkins", {"value": 5})

        answer = ada.patch(there, {"title": "New"}, If_Match=read)

        assert answer.status_code == 200
        assert ada.get(there, If_None_Match=read).status_code == 200
        assert ada.get(there, If_None_Match=answer.headers["ETag"]).status_code == 304

    @pytest.mark.parametrize("named", ['"nonsense"', 'W/"nonsense"', "1", '"99-"'])
    def test_refuses_what_it_never_gave(self, program, okrs, named: str):
        """A tag that names no version matches none."""
        answer = program("ada").patch(
            f"/objectives/{encode(okrs.helpful.id)}", {"title": "X"}, If_Match=named
        )

        assert answer.status_code == 412
        assert Objective.objects.of(okrs.helpful.workspace_id).get(id=okrs.helpful.id).title != "X"

    def test_takes_any_where_asked(self, program, okrs):
        """A star matches whatever there is."""
        answer = program("ada").patch(f"/objectives/{encode(okrs.helpful.id)}", {"title": "X"}, If_Match="*")

        assert answer.status_code == 200

    @pytest.mark.parametrize("mark", ["W/{}", "{}-gzip", "{}-zstd"])
    def test_takes_tags_as_proxies_mark_them(self, program, okrs, mark: str):
        """A proxy that packs answers marks their tags; what was read is the same, so an edit is written."""
        ada, there = program("ada"), f"/objectives/{encode(okrs.helpful.id)}"
        read = ada.get(there).headers["ETag"]
        marked = f"W/{read}" if mark[0] == "W" else mark.format(read[:-1]) + '"'

        first = ada.patch(there, {"title": "First"}, If_Match=marked)
        late = ada.patch(there, {"title": "Late"}, If_Match=marked)

        assert (first.status_code, late.status_code) == (200, 412)


class TestIfMatchWithoutRevisions:
    """What keeps no revision is compared whole, while it is held."""

    @pytest.mark.parametrize("noun", ["people", "teams", "cycles", "workspace", "views", "alignments"])
    def test_writes_over_nothing_newer(self, program, okrs, cast, noun: str):
        """What was read is changed; read before somebody else's change, it is refused with 412."""
        ada = program("ada")
        there, first, second = _editable(ada, okrs, cast)[noun]
        read = ada.get(there).headers["ETag"]

        done = ada.patch(there, first, If_Match=read)
        there = done.headers.get("Location", there).removeprefix("/api/v1")
        late = ada.patch(there, second, If_Match=read)
        again = ada.patch(there, second, If_Match=ada.get(there).headers["ETag"])

        assert (done.status_code, late.status_code, again.status_code) == (200, 412, 200)
        assert late.json()["code"] == "changed_meanwhile"

    @pytest.mark.parametrize("noun", ["people", "teams", "cycles", "workspace", "views"])
    def test_goes_on_with_what_was_answered(self, program, okrs, cast, noun: str):
        """The tag of a change's own answer names what stands there now."""
        ada = program("ada")
        there, first, second = _editable(ada, okrs, cast)[noun]

        tag = ada.patch(there, first).headers["ETag"]

        assert ada.patch(there, second, If_Match=tag).status_code == 200

    @pytest.mark.parametrize("noun", ["views", "alignments"])
    def test_deletes_nothing_newer(self, program, okrs, cast, noun: str):
        """What somebody else changed since is not deleted; what stands as it was read is."""
        ada = program("ada")
        there, first, _ = _editable(ada, okrs, cast)[noun]
        read = ada.get(there).headers["ETag"]
        there = ada.patch(there, first).headers.get("Location", there).removeprefix("/api/v1")

        late = ada.delete(there, If_Match=read)
        again = ada.delete(there, If_Match=ada.get(there).headers["ETag"])

        assert (late.status_code, again.status_code) == (412, 204)

    def test_is_not_passed_over_elsewhere(self, program, okrs):
        """Where nothing is compared, the header is refused, for whoever sends it counts on it."""
        ada, there = program("ada"), f"/objectives/{encode(okrs.helpful.id)}/comments"

        answer = ada.post(there, {"text": "Well"}, If_Match='"1-0123456789abcdef"')

        assert (answer.status_code, answer.json()["code"]) == (412, "no_versions")
        assert ada.get("/comments?objective=" + encode(okrs.helpful.id)).status_code in (200, 404)


def _editable(ada, okrs, cast) -> dict[str, tuple[str, dict, dict]]:
    """Return, of each noun, where one is and two changes of it."""
    names = {"name": "First"}, {"name": "Second"}
    view = ada.post("/views", {"name": "Mine", "settings": "sort=title"}).json()["id"]
    link = ada.get("/alignments?limit=1").json()["items"][0]["id"]
    return {
        "people": (f"/people/{encode(cast.cleo.person_id)}", *names),
        "teams": (f"/teams/{encode(cast.product.id)}", *names),
        "cycles": (f"/cycles/{encode(okrs.next_cycle.id)}", *names),
        "workspace": ("/workspace", *names),
        "views": (f"/views/{view}", *names),
        "alignments": (
            f"/alignments/{link}",
            {"how": "contributes", "weight": 3},
            {"how": "contributes", "weight": 4},
        ),
    }


class TestLinks:
    def test_keep_what_a_change_does_not_name(self, program, okrs):
        """A weight alone, a kind alone, or nothing at all: the rest of the link stays as it was."""
        ada = program("ada")
        (link,) = ada.get(f"/alignments?objective={encode(okrs.helpful.id)}").json()["items"]

        def changed(id: str, body: dict) -> dict:
            answer = ada.patch(f"/alignments/{id}", body)
            assert answer.status_code == 200, answer.content
            return answer.json()

        heavier = changed(link["id"], {"weight": "3"})
        looser = changed(heavier["id"], {"how": "supports"})

        assert (heavier["how"], heavier["weight"]) == (link["how"], "3")
        assert (looser["how"], looser["weight"]) == ("supports", "3")
        assert changed(looser["id"], {})["id"] == looser["id"]


class TestUndoing:
    def test_takes_back_what_an_event_tells(self, program, okrs):
        """The latest event is undone, once; the answer names the event that did it."""
        ada, there = program("ada"), f"/objectives/{encode(okrs.helpful.id)}"
        ada.patch(there, {"title": "New"})
        latest = ada.get("/events?limit=1").json()["items"][0]
        assert latest["may_undo"]

        done = ada.post(f"/events/{latest['id']}/undoing", {})

        assert (done.status_code, done.json()["undoes"]) == (201, latest["id"])
        assert ada.get(done.headers["Location"]).json()["undoes"] == latest["id"]
        assert ada.get(there).json()["title"] == okrs.helpful.title
        assert ada.post(f"/events/{latest['id']}/undoing", {}).json()["code"] == "undone_already"

    def test_is_done_once_by_its_key(self, program, okrs):
        """Sent again with the same key, it is answered again."""
        ada = program("ada")
        ada.patch(f"/objectives/{encode(okrs.helpful.id)}", {"title": "New"})
        where = f"/events/{ada.get('/events?limit=1').json()['items'][0]['id']}/undoing"

        first, again = (ada.post(where, {}, Idempotency_Key="u-1") for _ in range(2))

        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json()

    def test_writes_over_a_later_change_only_when_told(self, program, okrs):
        """What was changed since is named with 409, and written over with `anyway`."""
        ada, there = program("ada"), f"/objectives/{encode(okrs.helpful.id)}"
        ada.patch(there, {"title": "First"})
        where = f"/events/{ada.get('/events?limit=1').json()['items'][0]['id']}/undoing"
        ada.patch(there, {"title": "Second"})

        assert ada.post(where, {}).json()["code"] == "changed_since"
        assert ada.post(where, {"anyway": True}).status_code == 201
        assert ada.get(there).json()["title"] == okrs.helpful.title


class TestHandover:
    def test_lists_what_it_would_give(self, cast, program, okrs):
        """What somebody holds is told to them and to admins; one thing can go elsewhere, or stay."""
        ada, ben = program("ada"), encode(cast.ben.person_id)
        told = ada.get(f"/people/{ben}/holdings").json()
        held = {(one["role"], one["title"]): one for one in told["holdings"]}
        staying, going = held["owner", okrs.helpful.title], held["key_result", "Write the guides"]

        done = ada.post(
            f"/people/{ben}/handover",
            {
                "to": encode(cast.cleo.person_id),
                "instead": [
                    {"holding": staying["holding"], "to": None},
                    {"holding": going["holding"], "to": encode(cast.ada.person_id)},
                ],
            },
        )

        assert done.status_code == 201
        left = ada.get(f"/people/{ben}/holdings").json()["holdings"]
        assert [one["title"] for one in left] == [okrs.helpful.title]
        owner = ada.get(f"/key-results/{going['id']}").json()["owner"]
        assert owner == encode(cast.ada.person_id)
        assert program("cleo").get(f"/people/{ben}/holdings").status_code == 403

    def test_gives_nothing_that_was_not_read(self, cast, program, okrs):
        """With `seen`, what came or went since is refused, and nothing has moved."""
        ada, ben = program("ada"), encode(cast.ben.person_id)
        read = [one["holding"] for one in ada.get(f"/people/{ben}/holdings").json()["holdings"]]
        objectives.update(
            objective=okrs.company.id, changed={"owner": cast.ben.person_id}, by=cast.ada, at=timezone.now()
        )
        body = {"to": encode(cast.cleo.person_id), "seen": read}

        refused = ada.post(f"/people/{ben}/handover", body)
        held = [one["holding"] for one in ada.get(f"/people/{ben}/holdings").json()["holdings"]]
        done = ada.post(f"/people/{ben}/handover", body | {"seen": held})

        assert (refused.status_code, refused.json()["code"]) == (409, "changed_meanwhile")
        assert "1 came, 0 went" in refused.json()["detail"]
        assert set(read) < set(held)
        assert done.status_code == 201

    def test_goes_to_somebody(self, cast, program, okrs):
        """Without anybody who takes it over it is refused, by the field that is missing."""
        done = program("ada").post(f"/people/{encode(cast.ben.person_id)}/handover", {})

        assert (done.status_code, done.json()["errors"][0]["field"]) == (422, "to")

    def test_keeps_the_reason(self, cast, program, okrs):
        """Why stands in the history of whatever was given; without a reason, whose it was."""
        ada, there = program("ada"), f"/objectives/{encode(okrs.helpful.id)}/history"
        ben, cleo = encode(cast.ben.person_id), encode(cast.cleo.person_id)

        ada.post(f"/people/{ben}/handover", {"to": cleo, "reason": "Ben is away until May."})
        ada.post(f"/people/{cleo}/handover", {"to": ben})

        reasons = {one["reason"] for one in ada.get(there).json()["items"] if one["reason"]}
        assert reasons == {"Ben is away until May.", "Handed over from Cleo Wong."}

    def test_gives_everything(self, cast, program, okrs):
        """All that is Ben's is Cleo's, and one undoing gives it back."""
        ada = program("ada")
        owned = f"/objectives?owner={encode(cast.ben.person_id)}"
        before = ada.get(owned).json()["items"]

        done = ada.post(f"/people/{encode(cast.ben.person_id)}/handover", {"to": encode(cast.cleo.person_id)})

        assert done.status_code == 201
        assert before
        assert ada.get(owned).json()["items"] == []
        ada.post(f"/events/{done.json()['id']}/undoing", {})
        assert [one["id"] for one in ada.get(owned).json()["items"]] == [one["id"] for one in before]
