"""`milepost seal`, and what moves, restores and upgrades leave of the chain: all of it."""

from __future__ import annotations

import base64
import json
import stat
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.conf import settings
from django.utils import timezone

from milepost.actions import checkins
from milepost.cli.exits import Exit
from milepost.ledger import chain, image, leaves, seals
from milepost.management import backups, checkup, databases, moves
from milepost.management.sealer import Sealer
from milepost.models import Checkin, Comment, Seal, SealHead
from milepost.models.ids import COUNTER_BITS, new_id
from tests.cast import LATER, Cast
from tests.management.contents import silent
from tests.management.terminal import run
from tests.okrs import Okrs

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch):
    """Each test signs with a key of its own."""
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(settings, "MILEPOST", replace(settings.MILEPOST, data_dir=tmp_path / "data"))


def kept(path: Path) -> Path:
    """Keep today's head in a file."""
    path.write_text(run("seal", "--json").out)
    return path


def check_in(cast: Cast, okrs: Okrs) -> int:
    return checkins.record(key_result=okrs.growth.id, value=Decimal(44), by=cast.ada, at=LATER).id


class TestSeal:
    def test_prints_the_head_of_each_chain(self, cast: Cast, okrs: Okrs):
        """What was recorded is sealed; each line says how far a chain reaches and what its end is."""
        said = run("seal")

        acme, zenith = said.out.splitlines()
        head = SealHead.objects.of(cast.acme.id).get()
        assert said.code == Exit.OK and zenith.startswith("zenith: seal 1, ")
        assert acme.startswith("acme: seal 1, ") and acme.endswith(head.digest)

    def test_takes_one_workspace_alone(self, cast: Cast, okrs: Okrs):
        """With --workspace the others wait."""
        assert run("seal", "--workspace", "zenith").code == Exit.OK
        assert not Seal.objects.of(cast.acme.id).exists()
        assert run("seal", "--workspace", "acne").code == Exit.NOT_FOUND

    def test_signs_so_that_anybody_can_check_it(self, cast: Cast, okrs: Okrs):
        """The signature is Ed25519 over the statement, with a key that is nobody else's to read."""
        told = run("seal", "--json").json

        key = load_pem_public_key(told["public_key"].encode())
        key.verify(base64.b64decode(told["signature"]), told["statement"].encode())
        assert told["public_key"] == run("seal", "--public-key").out
        assert told["heads"][0]["digest"] in told["statement"]
        mode = (settings.MILEPOST.data_dir / "signing.key").stat().st_mode
        assert stat.S_IMODE(mode) == 0o600

    def test_has_nothing_to_do_in_an_empty_database(self, db):
        """Without a workspace that is what it says."""
        assert run("seal").code == Exit.NOTHING_TO_DO


class TestVerify:
    def test_says_how_far_the_seals_reach(self, cast: Cast, okrs: Okrs):
        """Where all agrees, one line a workspace says what is proven."""
        run("seal")

        said = run("verify", "--workspace", "acme")

        assert said.code == Exit.OK and said.out.startswith("acme: everything agrees; ")
        assert " rows sealed up to " in said.out

    def test_names_what_was_changed_and_what_to_do(self, cast: Cast, okrs: Okrs):
        """The row at fault is on standard output, what to do about it beside it."""
        entry = check_in(cast, okrs)
        run("seal")
        Checkin.objects.of(cast.acme.id).filter(id=entry).update(note="Always so.")

        said = run("verify", "--workspace", "acme")

        assert said.code == Exit.ERROR
        assert f"acme: checkin {entry} of " in said.out and "was altered (seal 1 of " in said.out
        assert "Compare with a backup" in said.err

    def test_says_what_waits_for_a_seal(self, cast: Cast, okrs: Okrs):
        """What was recorded since the last seal can be changed unnoticed: so one is told how much that is."""
        run("seal")
        check_in(cast, okrs)

        assert run("verify", "--workspace", "acme").out.endswith(", 2 rows wait for a seal.\n")

    def test_agrees_with_a_head_of_before(self, cast: Cast, okrs: Okrs, tmp_path: Path):
        """A head that was kept fits the chain of today, which has grown."""
        head = kept(tmp_path / "monday.head")
        check_in(cast, okrs)
        run("seal")

        assert run("verify", "--head", str(head)).code == Exit.OK

    def test_finds_a_chain_that_was_made_anew(self, cast: Cast, okrs: Okrs, tmp_path: Path):
        """Whoever rewrites a row and every seal is found out by the head that was kept elsewhere."""
        entry = check_in(cast, okrs)
        head = kept(tmp_path / "monday.head")
        Checkin.objects.of(cast.acme.id).filter(id=entry).update(value=Decimal("0.7"))
        Seal.objects.of(cast.acme.id).delete()
        SealHead.objects.of(cast.acme.id).delete()
        seals.seal(cast.acme.id, at=LATER)
        image.forget()

        alone = run("verify", "--workspace", "acme")
        said = run("verify", "--workspace", "acme", "--head", str(head))

        assert not any(word in alone.out for word in ("seal 1:", "altered"))
        assert said.code == Exit.ERROR and "acme: seal 1: is not the one that was signed on" in said.out

    def test_finds_a_chain_that_was_cut_off(self, cast: Cast, okrs: Okrs, tmp_path: Path):
        """A head beyond the chain's end says that something is missing."""
        head = kept(tmp_path / "monday.head")
        Seal.objects.of(cast.acme.id).delete()
        SealHead.objects.of(cast.acme.id).delete()

        said = run("verify", "--workspace", "acme", "--head", str(head), "--json")

        assert said.code == Exit.ERROR
        assert "ends before seal 1" in said.json["workspaces"]["acme"][0]

    @pytest.mark.parametrize(
        ("spoil", "says"),
        [
            (lambda told: told["heads"][0].update(digest="0" * 64), "does not fit what it says"),
            (lambda told: told.pop("signature"), "is not what"),
            (lambda told: told.update(public_key="no key"), "is not what"),
            (lambda told: told.update(heads=[{"number": 1}]), "is not what"),
        ],
    )
    def test_refuses_a_head_that_was_changed(self, cast, okrs, tmp_path, spoil, says: str):
        """A file that its signature does not fit is no evidence."""
        head = kept(tmp_path / "monday.head")
        told = json.loads(head.read_text())
        spoil(told)
        head.write_text(json.dumps(told))

        said = run("verify", "--head", str(head))

        assert said.code != Exit.OK and says in said.err

    def test_refuses_a_head_of_somebody_else(self, cast: Cast, okrs: Okrs, tmp_path: Path):
        """A file signed with another key says nothing about this installation."""
        head = kept(tmp_path / "monday.head")
        (settings.MILEPOST.data_dir / "signing.key").unlink()
        run("seal", "--public-key")

        said = run("verify", "--head", str(head))

        assert said.code != Exit.OK and "another installation" in said.err

    def test_says_when_there_is_no_such_file(self, cast: Cast, okrs: Okrs, tmp_path: Path):
        """A name that was mistyped is told as such."""
        assert run("verify", "--head", str(tmp_path / "none.head")).code == Exit.NOT_FOUND


class TestTheChainElsewhere:
    def test_comes_back_with_a_restore(self, cast: Cast, okrs: Okrs, tmp_path: Path):
        """A backup holds the seals of all it holds; restored, the chain goes on."""
        head = kept(tmp_path / "monday.head")
        check_in(cast, okrs)
        run("backup", str(tmp_path / "backup.zip"))
        proven = run("backup", "verify", str(tmp_path / "backup.zip"))
        check_in(cast, okrs)

        run("restore", str(tmp_path / "backup.zip"), "--replace")
        restored = Seal.objects.of(cast.acme.id).count()
        check_in(cast, okrs)
        run("seal")

        assert proven.code == Exit.OK, proven.out
        assert (restored, Seal.objects.of(cast.acme.id).count()) == (2, 3)
        assert run("verify", "--head", str(head)).code == Exit.OK

    def test_is_proven_in_a_backup(self, cast: Cast, okrs: Okrs, tmp_path: Path):
        """What was changed before a backup was made is found in the backup."""
        entry = check_in(cast, okrs)
        run("seal")
        Checkin.objects.of(cast.acme.id).filter(id=entry).update(note="Always so.")
        path = backups.make(tmp_path / "backup.zip", at=LATER, heard=silent).path

        said = run("backup", "verify", str(path))

        assert said.code == Exit.ERROR and f"checkin {entry}" in said.out and "was altered" in said.out

    def test_moves_to_the_other_database(self, cast: Cast, okrs: Okrs, tmp_path: Path):
        """Rows hash alike on both databases, so a chain that has moved fits, and goes on there."""
        check_in(cast, okrs)
        seals.seal(cast.acme.id, at=LATER)
        there = databases.address_of(tmp_path / "there.sqlite3")

        moves.move(there, with_exports=False, at=LATER, heard=silent)

        with databases.standing_on(there):
            assert Seal.objects.of(cast.acme.id).count() == 1
            assert list(chain.faults(cast.acme.id)) == []
            check_in(cast, okrs)
            seals.seal(cast.acme.id, at=LATER)
            assert list(chain.faults(cast.acme.id)) == []

    def test_is_made_before_a_move(self, cast: Cast, okrs: Okrs, tmp_path: Path):
        """What nobody had sealed yet is sealed first, so that the copy proves all it holds."""
        check_in(cast, okrs)
        there = databases.address_of(tmp_path / "there.sqlite3")

        moves.move(there, with_exports=False, at=LATER, heard=silent)

        with databases.standing_on(there):
            image.forget()
            said = run("verify", "--workspace", "acme")
        assert said.code == Exit.OK and " rows sealed up to " in said.out and "wait" not in said.out

    def test_begins_with_what_is_there(self, cast: Cast, okrs: Okrs, monkeypatch):
        """A workspace that had no seals yet gets them batch by batch, none of its rows left out."""
        monkeypatch.setattr(seals, "BATCH", 5)
        check_in(cast, okrs)
        run("seal")

        made = Seal.objects.of(cast.acme.id).order_by("number")
        held = [place for one in made for place in leaves.places(one) if place.table == "checkin"]
        assert made.count() > 4 and made.last().is_complete
        assert len(held) == Checkin.objects.of(cast.acme.id).count()


class TestDoctor:
    """`milepost doctor` looks at the chains as well."""

    def found(self) -> checkup.Finding:
        [one] = [one for one in checkup.look() if one.name == "seals"]
        return one

    def test_is_content_with_what_is_sealed(self, cast: Cast, okrs: Okrs):
        """Nothing waits for long; nobody has verified it yet, and then somebody has."""
        run("seal")
        before = self.found()
        run("verify")

        assert before == checkup.Finding(
            "seals", checkup.State.OK, "nothing waits for more than a day; never verified"
        )
        assert self.found().found.endswith(f"; verified on {timezone.now():%Y-%m-%d}")

    def test_warns_of_what_was_never_sealed(self, cast: Cast, okrs: Okrs):
        """A row made the day before yesterday waits too long."""
        run("seal", "--workspace", "zenith")
        old = new_id() - (2 * 24 * 3600 * 1000 << COUNTER_BITS)
        Comment.objects.create(
            id=old, workspace_id=cast.acme.id, objective_id=okrs.company.id, at=LATER, text="Old"
        )

        found = self.found()

        assert found.state is checkup.State.WARN and found.found.endswith("wait for more than a day: acme")

    def test_finds_an_end_that_was_cut_off(self, cast: Cast, okrs: Okrs):
        """Where the last seal is gone it says so without a walk along the chain."""
        run("seal")
        Seal.objects.of(cast.acme.id).delete()

        found = self.found()

        assert (found.state, found.found) == (checkup.State.BAD, "the chain does not end as it did: acme")

    def test_repeats_what_the_last_check_found(self, cast: Cast, okrs: Okrs):
        """Until a check finds all in order again, it tells whose history does not agree."""
        entry = check_in(cast, okrs)
        run("seal")
        Checkin.objects.of(cast.acme.id).filter(id=entry).update(note="Always so.")
        image.forget()
        run("verify", "--workspace", "acme")
        broken = self.found()
        Checkin.objects.of(cast.acme.id).filter(id=entry).update(note="")
        image.forget()
        run("verify", "--workspace", "zenith")
        still = self.found()
        run("verify")

        assert broken.state is still.state is checkup.State.BAD
        assert broken.found.endswith(", with differences: acme")
        assert self.found().state is checkup.State.OK


class TestSealer:
    def test_seals_what_its_process_works_with(self, cast: Cast, okrs: Okrs):
        """After its first look the process that serves seals the workspaces it holds, and no other."""
        sealer = Sealer()
        sealer.look()
        before = Seal.objects.of(cast.zenith.id).count()
        image.forget()
        image.of(cast.acme.id)
        check_in(cast, okrs)

        sealer.look()

        assert Seal.objects.of(cast.acme.id).count() == 2
        assert Seal.objects.of(cast.zenith.id).count() == before

    def test_begins_with_what_an_earlier_process_left(self, cast: Cast, okrs: Okrs):
        """After a start it looks at every workspace by itself, before anybody has asked for one."""
        image.forget()

        Sealer().look()

        assert Seal.objects.of(cast.acme.id).count() == 1
        assert Seal.objects.of(cast.zenith.id).count() == 1
