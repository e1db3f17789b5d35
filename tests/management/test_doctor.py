"""The doctor looks at everything and says how to mend what is not well."""

from __future__ import annotations

import json

import pytest

from milepost.cli.exits import Exit
from tests.running import Installation


@pytest.fixture
def milepost(tmp_path) -> Installation:
    tmp_path.chmod(0o700)
    return Installation(tmp_path)


def examined(milepost: Installation) -> tuple[int, dict[str, dict[str, str]]]:
    told = milepost.run("doctor", "--json")
    assert "Traceback" not in told.stderr, told.stderr
    return told.returncode, {finding["name"]: finding for finding in json.loads(told.stdout)}


class TestDoctor:
    def test_is_content_with_a_migrated_installation(self, install):
        """After `milepost migrate` nothing is bad, and the exit code says so."""
        code, found = examined(install())

        assert code == Exit.OK
        assert {finding["state"] for finding in found.values()} <= {"ok", "warn"}
        assert (
            found["durability"]["state"] == found["schema"]["state"] == found["static files"]["state"] == "ok"
        )

    def test_finds_nothing_wrong_with_a_server_at_work(self, install):
        """Others may look into the folder, but each file is its owner's; the address is where it answers."""
        milepost = install().start()
        milepost.data_dir.chmod(0o755)
        (milepost.data_dir / "output").chmod(0o600)

        code, found = examined(milepost)

        assert code == Exit.OK
        assert {name for name, finding in found.items() if finding["state"] != "ok"} == set()
        assert found["address"]["found"] == milepost.url

    def test_sees_a_server_whose_files_are_of_another_version(self, install):
        """Only then are they wrong: where nobody serves, the next start collects them."""
        milepost = install()
        (milepost.data_dir / "static" / ".collected").write_text("of an older version")
        _, before = examined(milepost)
        milepost.start()
        (milepost.data_dir / "static" / ".collected").write_text("of an older version")

        _, after = examined(milepost)

        assert before["static files"]["state"] == "ok" and "next" in before["static files"]["found"]
        assert after["static files"]["state"] == "warn" and "Restart" in after["static files"]["mend"]

    @pytest.mark.parametrize(("mode", "says"), [(0o755, "can read milepost.sqlite3"), (0o733, "can change")])
    def test_sees_data_that_others_reach(self, install, mode: int, says: str):
        """A file that others can read, or a folder that they can write in, is worth a warning."""
        milepost = install()
        (milepost.data_dir / "milepost.sqlite3").chmod(0o644)
        milepost.data_dir.chmod(mode)

        _, found = examined(milepost)

        assert found["data folder"]["state"] == "warn"
        assert says in found["data folder"]["mend"] and "chmod 700" in found["data folder"]["mend"]

    def test_makes_nothing_where_nothing_is(self, milepost):
        """In an empty folder the mend is the command that makes a database; the doctor makes none."""
        code, found = examined(milepost)

        assert code == Exit.ERROR
        assert found["database"]["state"] == "bad"
        assert "milepost serve" in found["database"]["mend"]
        assert "schema" not in found
        assert list(milepost.data_dir.iterdir()) == []

    def test_names_what_to_do_about_an_old_schema(self, install):
        """A database that lacks migrations is bad, and the mend is the command for it."""
        milepost = install()
        milepost.run("shell", "-c", OLDER)

        code, found = examined(milepost)

        assert code == Exit.ERROR
        assert found["schema"]["state"] == "bad"
        assert "milepost migrate" in found["schema"]["mend"]

    def test_sees_a_key_that_others_can_read(self, install):
        """A secret key that others can read is bad, and chmod mends it."""
        milepost = install()
        (milepost.data_dir / "secret.key").chmod(0o644)

        _, found = examined(milepost)

        assert found["secret key"]["state"] == "bad"
        assert found["secret key"]["mend"].startswith("chmod 600")

    def test_sees_a_database_that_does_not_answer(self, milepost):
        """A database that cannot be reached is bad, and the rest is looked at all the same."""
        milepost.variables["DATABASE_URL"] = "postgresql://ada@127.0.0.1:1/okr"

        code, found = examined(milepost)

        assert code == Exit.ERROR
        assert found["database"]["state"] == "bad"
        assert "mail" in found

    def test_sees_mail_that_does_not_work(self, milepost):
        """A mail server that is set and does not answer is bad."""
        milepost.variables |= {"MILEPOST_MAIL_HOST": "127.0.0.1", "MILEPOST_MAIL_PORT": "1"}

        _, found = examined(milepost)

        assert found["mail"]["state"] == "bad"

    @pytest.mark.parametrize(
        ("variables", "state"),
        [
            ({"DATABASE_URL": "postgresql://ada@db.invalid/okr"}, "warn"),
            ({"DATABASE_URL": "postgresql://ada@db.invalid/okr?sslmode=prefer"}, "warn"),
            ({"DATABASE_URL": "postgresql://ada@db.invalid/okr?sslmode=verify-full"}, "ok"),
            ({"DATABASE_URL": "postgresql://ada@127.0.0.1:1/okr"}, "ok"),
            ({"MILEPOST_MAIL_HOST": "mail.invalid", "MILEPOST_MAIL_TLS": "none"}, "warn"),
            ({"MILEPOST_MAIL_HOST": "mail.invalid"}, "ok"),
        ],
    )
    def test_warns_of_what_goes_elsewhere_in_the_clear(self, milepost, variables, state):
        """A database or a mail server on another machine is spoken to in secret, or the doctor warns."""
        milepost.variables |= variables

        assert examined(milepost)[1]["encryption"]["state"] == state

    def test_warns_of_passwords_without_https(self, milepost):
        """An address that others reach over plain HTTP is worth a warning."""
        milepost.variables["MILEPOST_BASE_URL"] = "http://okr.acme.example"

        _, found = examined(milepost)

        assert found["address"]["state"] == "warn"
        assert "HTTPS" in found["address"]["mend"]

    def test_sees_a_database_of_a_newer_version(self, install):
        """A migration that this version does not know is bad: going back would lose what it added."""
        milepost = install()
        milepost.run("shell", "-c", NEWER)

        code, found = examined(milepost)

        assert code == Exit.ERROR
        assert "milepost.9999_newer" in found["schema"]["found"]
        assert milepost.run("serve", "--no-browser").returncode == Exit.CONFLICT


NEWER = """
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
MigrationRecorder(connection).record_applied("milepost", "9999_newer")
"""

OLDER = """
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
MigrationRecorder(connection).record_unapplied("milepost", MigrationRecorder.Migration.objects.filter(
    app="milepost").order_by("name").last().name)
"""
