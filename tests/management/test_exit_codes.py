"""What a script can rely on: the same exit codes everywhere, and nothing made by those who only look."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from milepost.cli import operators
from milepost.cli.exits import EPILOG, MEANINGS, Exit
from milepost.management import reference
from tests.house.sources import ROOT
from tests.management.test_apply import SMALL
from tests.running import Installation

PAGE = ROOT / "docs" / "commands.md"
LOOKING = [
    ("export",),
    ("verify",),
    ("checkin", "k1", "5"),
    ("link", "ada@acme.example"),
    ("user", "add", "ada@acme.example", "--name", "Ada"),
    ("workspace", "list"),
]
LAST_MIGRATION = """
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
recorder = MigrationRecorder(connection)
last = MigrationRecorder.Migration.objects.filter(app="milepost").order_by("name").last()
recorder.record_unapplied("milepost", last.name)
"""


@pytest.fixture
def okrs(tmp_path: Path) -> str:
    path = tmp_path / "okrs.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return str(path)


@pytest.fixture
def nowhere(tmp_path: Path) -> Installation:
    """A data folder that is not there yet."""
    return Installation(tmp_path / "data")


@pytest.fixture(scope="module")
def old(install_for_all) -> Installation:
    """An installation whose database lacks the last migration; nobody brings it up to date."""
    milepost = install_for_all()
    milepost.run("shell", "-c", LAST_MIGRATION)
    return milepost


class TestNoDatabase:
    @pytest.mark.parametrize("words", LOOKING, ids=lambda words: words[0])
    def test_is_said_in_a_sentence(self, nowhere, words):
        """A command that works with what is there names the place and `milepost serve`, and makes nothing."""
        said = nowhere.run(*words)

        assert said.returncode == Exit.NOT_FOUND
        assert said.stdout == ""
        assert said.stderr.startswith("There is no database yet at ")
        assert "`milepost serve` makes one" in said.stderr
        assert not nowhere.data_dir.exists()

    @pytest.mark.parametrize("words", [("doctor",), ("config",), ("--help",)], ids=lambda words: words[0])
    def test_is_no_reason_to_make_one(self, nowhere, words):
        """To look at the settings, or for what is wrong, makes no folder, no key and no database."""
        nowhere.run(*words)

        assert not nowhere.data_dir.exists()

    def test_is_enough_for_a_dry_run(self, nowhere, okrs):
        """A dry run shows what an empty Milepost would become, and leaves it empty."""
        said = nowhere.run("apply", okrs, "--dry-run")

        assert said.returncode == Exit.OK
        assert "A new workspace, “Corner Shop”, will be made." in said.stdout
        assert not nowhere.data_dir.exists()

    @pytest.mark.parametrize("text", [SMALL, SMALL.replace("target: 50", "target: fifty")])
    def test_is_made_only_for_a_file_that_is_applied(self, nowhere, okrs, text):
        """Neither a wrong file, nor a right one that nobody agrees to, makes anything."""
        Path(okrs).write_text(text, encoding="utf-8")

        said = nowhere.run("apply", okrs)

        assert said.returncode == (Exit.USAGE if text == SMALL else Exit.ERROR)
        assert not nowhere.data_dir.exists()

    def test_is_made_by_applying(self, nowhere, okrs):
        """Applied, the file has its database, and the commands that look find it."""
        codes = [nowhere.run(*words).returncode for words in (("apply", okrs, "--yes"), ("verify",))]

        assert codes == [Exit.OK, Exit.OK]


class TestOldDatabase:
    @pytest.mark.parametrize("words", [*LOOKING, ("apply", "FILE", "--dry-run")], ids=lambda words: words[0])
    def test_is_left_to_migrate(self, old, okrs, words):
        """Before a database that lacks a migration the command names `milepost migrate`, changing nothing."""
        before = (old.data_dir / "milepost.sqlite3").read_bytes()

        said = old.run(*(okrs if word == "FILE" else word for word in words))

        assert said.returncode == Exit.CONFLICT
        assert "it lacks 1 migration." in said.stderr
        assert "`milepost migrate`" in said.stderr
        assert (old.data_dir / "milepost.sqlite3").read_bytes() == before


class TestExitCodes:
    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (("apply", "FILE", "--yes"), Exit.NOTHING_TO_DO),
            (("apply", "FILE", "--dry-run"), Exit.NOTHING_TO_DO),
            (("apply", "nowhere.yaml", "--yes"), Exit.NOT_FOUND),
            (("apply", "CHANGED"), Exit.USAGE),
            (("apply", "CHANGED", "--json"), Exit.USAGE),
            (("apply", "WRONG", "--yes"), Exit.ERROR),
            (("apply",), Exit.USAGE),
            (("export", "--format", "xml"), Exit.USAGE),
            (("export", "--workspace", "elsewhere"), Exit.NOT_FOUND),
            (("export", "-o", "/no/such/folder/out.yaml"), Exit.ERROR),
            (("verify",), Exit.OK),
            (("verify", "--workspace", "elsewhere"), Exit.NOT_FOUND),
            (("checkin",), Exit.USAGE),
            (("checkin", "k1"), Exit.USAGE),
            (("checkin", "k1", "5"), Exit.USAGE),
            (("checkin", "k1", "5", "--as", "nobody@acme.example"), Exit.NOT_FOUND),
            (("link", "nobody@acme.example"), Exit.NOT_FOUND),
            (("user",), Exit.USAGE),
            (("user", "add", "cleo@acme.example"), Exit.USAGE),
            (("user", "add", "cleo@acme.example", "--name", "Cleo", "--role", "queen"), Exit.USAGE),
            (("user", "erase", "nobody@acme.example", "--yes"), Exit.NOT_FOUND),
            (("workspace",), Exit.USAGE),
            (("workspace", "remove", "elsewhere", "--yes"), Exit.NOT_FOUND),
            (("serve", "--port", "many"), Exit.USAGE),
            (("demo", "--port", "0"), Exit.USAGE),
            (("seed", "--day", "yesterday"), Exit.USAGE),
            (("seed", "--seed", "-1"), Exit.USAGE),
            (("score", "nowhere.csv"), Exit.NOT_FOUND),
            (("score", "nowhere.csv", "--as", "poem"), Exit.USAGE),
            (("score",), Exit.USAGE),
            (("doctor", "--please"), Exit.USAGE),
            (("dance",), Exit.USAGE),
            (("--version",), Exit.OK),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else value.name.lower(),
    )
    def test_mean_the_same_everywhere(self, corner, words, code):
        """Each command ends with the code that the table gives to what happened."""
        said = corner.run(*(corner.variables.get(f"TEST_{word}", word) for word in words))

        assert said.returncode == code, said.stderr
        assert "Traceback" not in said.stderr

    @pytest.mark.parametrize("name", operators.names())
    def test_stand_in_every_help(self, name, capsys):
        """The help of each command lists them."""
        with pytest.raises(SystemExit):
            load_command_class(get_commands()[name], name).run_from_argv(["milepost", name, "--help"])

        assert in_one_line(EPILOG) in in_one_line(capsys.readouterr().out)

    @pytest.mark.parametrize("words", [(), ("score",), ("verify",)])
    def test_stand_in_the_help_from_the_shell(self, nowhere, words):
        """That of `milepost` lists them too, with and without Django behind the command."""
        said = nowhere.run(*words, "--help")

        assert in_one_line(EPILOG) in in_one_line(said.stdout)

    def test_each_have_a_meaning(self):
        """No code is without a word and a sentence."""
        assert set(MEANINGS) == set(Exit)


@pytest.fixture(scope="module")
def corner(install_for_all, tmp_path_factory) -> Installation:
    """An installation that holds one small workspace, and files that say the same, more, and nonsense."""
    milepost = install_for_all()
    folder = tmp_path_factory.mktemp("files")
    texts = {
        "FILE": SMALL,
        "CHANGED": SMALL.replace("target: 50", "target: 60"),
        "WRONG": SMALL.replace("target: 50", "target: fifty"),
    }
    for name, text in texts.items():
        (folder / f"{name.lower()}.yaml").write_text(text, encoding="utf-8")
        milepost.variables[f"TEST_{name}"] = os.fspath(folder / f"{name.lower()}.yaml")
    assert milepost.run("apply", milepost.variables["TEST_FILE"], "--yes").returncode == Exit.OK
    return milepost


def in_one_line(text: str) -> str:
    return " ".join(text.split())


class TestPage:
    def test_is_up_to_date(self, monkeypatch):
        """The page of the commands is the one that the commands themselves make."""
        monkeypatch.setenv("COLUMNS", "1000")

        assert PAGE.read_text("utf-8") == reference.page(), "Run bin/docs."

    def test_speaks_of_every_command(self):
        """No command is missing from it."""
        text = PAGE.read_text("utf-8")

        assert all(f"\n## {name}\n" in text for name in [*operators.names(), "score"])
