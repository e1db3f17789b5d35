"""The commands of the API guide work as they stand, in their order, against a server with a company in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, snippets
from tests.running import PATIENCE, Installation, missing

MARK = "==== next ===="
GUIDE = ROOT / "docs" / "api.md"
TOKEN = """
import django
django.setup()
from django.utils import timezone
from milepost.actions import tokens
from milepost.core.access import Actor, Role
from milepost.models import Person
row = Person.objects.everywhere().filter(role="owner", left_on=None).first()
by = Actor(row.workspace_id, row.id, Role.OWNER)
print(tokens.create(name="Guide", scope="admin", by=by, at=timezone.now())[1])
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """The demo company, served, with a token of its owner in the environment."""
    if shutil.which("curl") is None:
        missing("curl is not on this machine (apt install curl).")
    server = Installation(tmp_path_factory.mktemp("api_guide")).start("demo")
    made = subprocess.run(
        [sys.executable, "-c", TOKEN],
        env={**server.environ, "DJANGO_SETTINGS_MODULE": "milepost.config.settings"},
        capture_output=True, text=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    yield {**server.environ, "MILEPOST": server.url, "MILEPOST_TOKEN": made.stdout.strip()}
    server.stop()


class TestGuide:
    def test_commands_work_as_written(self, company, tmp_path: Path):
        """Every command succeeds, and prints what the page says that it prints."""
        found = snippets(GUIDE)
        typed = [(place, snippet) for place, snippet in enumerate(found) if snippet.info == "sh"]
        # One terminal for all of it: what a command sets, the next one finds.
        script = "set -eu\n" + "".join(f"printf '{MARK}'\n{snippet.text}\n" for _, snippet in typed)

        told = subprocess.run(
            ["sh", "-c", script], cwd=tmp_path, env=company, capture_output=True, text=True, timeout=120
        )

        printed = told.stdout.split(MARK)[1:]
        assert told.returncode == 0, f"{typed[len(printed) - 1][1].text}\n{printed[-1]}\n{told.stderr}"
        for (place, _), said in zip(typed, printed, strict=True):
            if place + 1 < len(found) and found[place + 1].info == "text":
                assert said.endswith(found[place + 1].text), said
        assert len(typed) > 6

    def test_names_every_status(self):
        """The table of refusals is the document's."""
        from milepost.api.document import REFUSALS

        text = GUIDE.read_text(encoding="utf-8")
        assert [status for status in REFUSALS if str(status) not in text] == []
