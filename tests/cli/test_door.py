"""The command finds what is meant, says what went wrong, and starts quickly."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest

from milepost import __version__
from milepost.cli import clients, door, operators
from milepost.cli.exits import Exit, exit_for
from milepost.core.problems import Conflict, Invalid, NotAllowed, NotFound, Problem
from tests.cli.client import Client
from tests.running import Installation

IMPORTED = """
import sys
from milepost.cli import main
code = main(sys.argv[1:])
print(sorted(sys.modules))
sys.exit(code)
"""


@pytest.fixture
def milepost(tmp_path) -> Installation:
    return Installation(tmp_path)


class TestHelp:
    def test_lists_every_command_with_its_sentence(self, milepost):
        """Each command of the folder, and score, is listed with what it does, and nothing of that is cut."""
        told = milepost.run("--help")

        listed = " ".join(told.stdout.split())
        assert told.returncode == Exit.OK
        assert " score Score the measures in a file" in listed
        for name in operators.names():
            assert f" {name} {operators.first_line(name)} " in listed

    def test_without_a_command_shows_the_help(self, milepost):
        """The bare word `milepost` shows what there is."""
        told = milepost.run()

        assert "milepost demo" in told.stdout + told.stderr

    def test_a_commands_own_help_speaks_of_milepost(self, milepost):
        """The help of an operator's command shows our command's name and none of Django's options."""
        for name in ("config", "migrate"):
            told = milepost.run(name, "--help")

            assert told.stdout.startswith(f"usage: milepost {name} [-h]")
            assert "--pythonpath" not in told.stdout and "zero" not in told.stdout

    def test_a_wrong_name_suggests_the_right_one(self, milepost):
        """A command that does not exist is a mistake in use, with the nearest name."""
        told = milepost.run("confg")

        assert told.returncode == Exit.USAGE
        assert "config" in told.stderr

    def test_a_wrong_option_is_a_mistake_in_use(self, milepost):
        """So is an option that a command does not have."""
        told = milepost.run("config", "--colour")

        assert told.returncode == Exit.USAGE
        assert "--colour" in told.stderr


class TestLetters:
    def test_are_written_whatever_the_locale_knows(self, milepost):
        """A pipe gets UTF-8 from a shell that knows ASCII alone."""
        milepost.variables |= {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}

        told = milepost.run("--help")

        assert told.returncode == Exit.OK, told.stderr
        assert "0 done · 1 error" in told.stdout


class TestStart:
    @pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["score", "--help"]])
    def test_does_not_wait_for_django(self, arguments, milepost):
        """What needs no database imports neither Django nor NumPy."""
        told = subprocess.run(
            [sys.executable, "-c", IMPORTED, *arguments], env=milepost.environ, capture_output=True, text=True
        )

        loaded = told.stdout.splitlines()[-1]
        assert told.returncode == 0, told.stderr
        assert "'django'" not in loaded
        assert "'numpy'" not in loaded

    def test_says_its_version(self, milepost):
        """--version prints the one version there is, and makes no data folder."""
        told = milepost.run("--version")

        assert told.stdout == f"milepost {__version__}\n"
        assert list(milepost.data_dir.iterdir()) == []


class TestProblems:
    @pytest.mark.parametrize(
        ("problem", "code"),
        [
            (Problem("It is so."), Exit.ERROR),
            (Invalid("It is so."), Exit.ERROR),
            (NotFound(), Exit.NOT_FOUND),
            (NotAllowed("It is so."), Exit.AUTH),
            (Conflict("It is so."), Exit.CONFLICT),
        ],
    )
    def test_each_kind_has_its_exit_code(self, problem, code):
        """A script can tell from the exit code what kind of thing went wrong."""
        assert exit_for(problem) is code

    def test_is_told_without_a_traceback(self, milepost):
        """A mistake in the settings is one sentence and its remedy, on the error stream."""
        milepost.variables["MILEPOST_PROT"] = "9000"

        told = milepost.run("config")

        assert told.returncode == Exit.ERROR
        assert told.stdout == ""
        assert told.stderr == "There is no setting MILEPOST_PROT.\nDid you mean MILEPOST_PORT?\n"

    def test_details_stand_one_a_line(self):
        """Several mistakes are a list."""
        out = io.StringIO()

        door.tell(Problem("Two things.", remedy="Mend them.", details=("one", "two")), out)

        assert out.getvalue() == "Two things.\nMend them.\n  - one\n  - two\n"

    def test_an_unreachable_database_is_told_in_words(self, milepost):
        """A database that does not answer is a sentence that leads to the doctor."""
        milepost.variables["DATABASE_URL"] = "postgresql://ada@127.0.0.1:1/okr"

        told = milepost.run("serve", "--no-browser")

        assert told.returncode == Exit.ERROR
        assert "Traceback" not in told.stderr
        assert "milepost doctor" in told.stderr

    def test_who_works_on_milepost_sees_where(self, milepost):
        """With MILEPOST_DEBUG the same mistake shows its traceback."""
        milepost.variables |= {"MILEPOST_DEBUG": "1", "DATABASE_URL": "postgresql://ada@127.0.0.1:1/okr"}

        assert "Traceback" in milepost.run("serve", "--no-browser").stderr

    def test_no_room_for_the_output_is_told(self, milepost):
        """What is written to a full disk is not lost without a word."""
        command = f"{sys.executable} -m milepost config > /dev/full"

        told = subprocess.run(command, shell=True, env=milepost.environ, capture_output=True, text=True)

        assert told.returncode == Exit.ERROR
        assert told.stderr.startswith("There is no room left") and "broke" not in told.stderr

    def test_a_closed_pipe_is_no_problem(self, milepost):
        """When whoever reads the output goes away, the command ends quietly."""
        command = f"{sys.executable} -m milepost config | true"

        told = subprocess.run(command, shell=True, env=milepost.environ, capture_output=True, text=True)

        assert told.stderr == ""


class TestPrograms:
    def test_read_what_went_wrong(self, stranger: Client, tmp_path):
        """With --json every command says it on standard output; a person reads it beside."""
        stranger.variables = {"MILEPOST_SERVER": "http://127.0.0.1:1", "MILEPOST_TOKEN": "mp_x"}
        file = tmp_path / "okrs.yaml"
        file.write_text("milepost: 1\n")
        asking = {
            "apply": (str(file), "--yes"),
            "checkin": ("vans", "1"),
            "handover": ("ben", "--to", "cleo", "--yes"),
            "list": ("cycles",),
            "show": ("vans",),
            "tree": (),
            "whoami": (),
        }

        for name in clients.names():
            told = stranger.run(name, *asking.get(name, ()), "--json")

            found = json.loads(told.stdout)
            assert found.keys() == {"code", "message", "remedy", "problems"}, name
            # The others answer no JSON, so to them --json is a wrong word like any other.
            expected = ("refused", Exit.ERROR) if name in asking else ("usage", Exit.USAGE)
            assert (found["code"], told.returncode) == expected, name
            if name in asking:
                assert told.stderr.startswith(f"{found['message']}\n{found['remedy']}\n"), name

    @pytest.mark.parametrize(
        ("words", "code", "exit"),
        [
            (("list", "stars"), "usage", Exit.USAGE),
            (("lits",), "usage", Exit.USAGE),
            (("doctor", "--colour"), "usage", Exit.USAGE),
            (("checkin", "vans", "1", "--local"), "no_database", Exit.NOT_FOUND),
            (("export", "--local", "--format", "xml"), "usage", Exit.USAGE),
        ],
    )
    def test_read_it_of_every_command(self, milepost, words, code, exit):
        """Also where the command line is wrong, and on the server's own machine."""
        told = milepost.run(*words, "--json")

        assert json.loads(told.stdout)["code"] == code
        assert told.returncode == exit and told.stderr

    @pytest.mark.parametrize(
        "words",
        [("list", "stars"), ("stars",), ("doctor", "--stars"), ("export", "--local", "--format", "stars")],
    )
    def test_read_which_word_is_wrong(self, milepost, words):
        """As a person does on the error stream, where it stands all the same."""
        told = milepost.run(*words, "--json")

        assert ["stars" in each["message"] for each in json.loads(told.stdout)["problems"]] == [True]
        assert "stars" in told.stderr

    def test_read_nothing_where_they_do_not_ask(self, milepost):
        """Without --json, or where it is no option but a word, standard output holds no problem."""
        plain, after = milepost.run("list", "stars"), milepost.run("show", "--on", "never", "--", "--json")

        assert (plain.stdout, after.stdout) == ("", "")
        assert plain.stderr and after.stderr


class TestConfig:
    def test_shows_each_value_and_where_it_came_from(self, milepost):
        """`milepost config` lists every setting with its value and its origin."""
        milepost.variables["MILEPOST_THREADS"] = "4"

        told = milepost.run("config")

        rows = [line.split() for line in told.stdout.splitlines()]
        assert ["threads", "4", "MILEPOST_THREADS"] in rows
        assert ["port", "8000", "default"] in rows
