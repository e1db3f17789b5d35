"""The command that lists workspaces, and removes one."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from milepost.actions import objectives
from milepost.core.problems import NotFound, Problem
from milepost.ledger import sight
from milepost.models import Person, User, Workspace
from tests.cast import NOW, Cast
from tests.okrs import Okrs

# The file is written anew after a removal, which a transaction around the test would not let it.
pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
UNHEARD_OF = "Zwetschgendatschi"  # a word that stands nowhere else in the file


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("workspace", *words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


class TestList:
    def test_names_each(self, cast: Cast):
        """Each workspace stands in a line of its own, by its name in addresses."""
        assert run("list") == "acme\nzenith\n"


class TestRemove:
    def test_takes_one_and_leaves_the_others(self, cast: Cast):
        """The people and accounts of one workspace are gone, and those of another are as they were."""
        said = run("remove", "acme", "--yes")

        with sight.everywhere():
            assert said == "Removed acme: 4 people, 0 objectives, 0 check-ins.\n"
            assert list(Workspace.objects.values_list("slug", flat=True)) == ["zenith"]
            assert [person.name for person in Person.objects.everywhere()] == ["Zed Shaw"]
            assert list(User.objects.values_list("email", flat=True)) == ["zed@zenith.example"]

    def test_asks_before(self, cast: Cast):
        """Where nobody can be asked and nobody said yes, nothing is removed."""
        with pytest.raises(Problem, match="no terminal"):
            run("remove", "acme")

        assert run("list") == "acme\nzenith\n"

    def test_knows_no_other(self, cast: Cast):
        """A name that no workspace has is refused, with those that there are."""
        with pytest.raises(NotFound, match="elsewhere"):
            run("remove", "elsewhere", "--yes")

    def test_leaves_nothing_in_the_file(self, cast: Cast, okrs: Okrs):
        """What was written there cannot be read out of SQLite's file any more, nor of its index."""
        if connection.vendor != "sqlite":
            pytest.skip("PostgreSQL cleans up by itself.")
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=OFF")  # as SQLite does it elsewhere than on Debian
        objectives.draft(title=f"{UNHEARD_OF} for all", cycle=okrs.cycle.id, by=cast.ada, at=NOW)
        file = Path(connection.settings_dict["NAME"])
        written = [UNHEARD_OF.encode(), UNHEARD_OF.lower().encode(), b"ada@acme.example"]

        run("remove", "acme", "--yes")

        left = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
        assert [word for word in written if word in left] == []
