"""What docs/operations.md lists is what there is: files of the data folder, and figures."""

from __future__ import annotations

import re
import urllib.request

import pytest

from milepost.cli.exits import Exit
from milepost.web import personas
from tests.docs.pages import ROOT
from tests.running import Installation

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
# What the tests write down of a server.
NOT_TOLD = {"output"}
FILE = """
milepost: 1
workspace: {id: acme, name: Acme}
people: [{id: ada, name: Ada Lovelace, email: ada@acme.example, role: owner}]
"""


def listed(heading: str) -> set[str]:
    """Return the words in code of the first column of the first table below a heading."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+?) \|", part, re.M)
    return {word for row in rows for word in re.findall(r"`([^`]+)`", row)}


@pytest.fixture(scope="module")
def milepost(install_for_all) -> Installation:
    """A server with figures, on which an administrator has done what leaves files."""
    made = install_for_all(metrics="local")
    for words, typed in (
        (("apply", "-", "--yes"), FILE),
        (("backup",), ""),
        (("seal", "--json"), ""),
        (("verify",), ""),
    ):
        told = made.run(*words, stdin=typed)
        assert told.returncode == Exit.OK, told.stderr
    return made.start()


class TestDataFolder:
    def test_has_no_file_that_is_not_told(self, milepost):
        """Whatever lies there is in the table, so that whoever cleans up or copies knows what it is."""
        table = {name.rstrip("/") for name in listed("The data folder")}
        told = {f"milepost.sqlite3{name}" if name.startswith("-") else name for name in table}

        made = {path.name for path in milepost.data_dir.iterdir()} | {personas.MARKER}
        assert made - NOT_TOLD <= told


class TestFigures:
    def test_are_those_that_are_told(self, milepost):
        """Each figure of Milepost's own is in the table, and each of the table is given."""
        urllib.request.urlopen(f"{milepost.url}/sign-in/").close()
        with urllib.request.urlopen(f"{milepost.url}/metrics") as answer:
            given = set(re.findall(r"^# TYPE (milepost_\w+)", answer.read().decode(), re.M))

        told = {name for name in listed("Watching over it") if name.startswith("milepost_")}
        assert given == told
