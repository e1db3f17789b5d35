"""Somebody at a machine of their own, with the `milepost` command, with pipes or at a terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.running import PATIENCE, ROOT, Installation

TOKEN = """
import sys
import django
django.setup()
from zoneinfo import ZoneInfo
from django.utils import timezone
from milepost.actions import tokens
from milepost.core.access import Actor, Role
from milepost.models import Person
from milepost.queries.cards import Reader
from milepost.queries.shell import due_now
who, scope = sys.argv[1:]
for row in Person.objects.everywhere().filter(left_on=None).select_related("workspace").order_by("id"):
    by = Actor(row.workspace_id, row.id, Role(row.role))
    today = timezone.now().astimezone(ZoneInfo(row.workspace.time_zone)).date()
    if row.role == who or who == "busy" and len(due_now(Reader(by, today))) > 2:
        print(tokens.create(name="Terminal", scope=scope, by=by, at=timezone.now())[1])
        break
"""


@dataclass
class Client:
    """A home, and commands run in it."""

    home: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MILEPOST_", "DJANGO_", "DATABASE_", "XDG_")) and name != "NO_COLOR"
        }
        self.home.mkdir(exist_ok=True)
        places = {"HOME": str(self.home), "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100"}
        # The server is as busy as the machine.
        return {**kept, **places, "MILEPOST_TIMEOUT": str(PATIENCE), **self.variables}

    def run(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run `milepost` with these words."""
        return subprocess.run(
            [sys.executable, "-m", "milepost", *words],
            env=self.environ, input=stdin, capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip

    def json(self, *words: str) -> Any:
        """Run it with --json and read the answer."""
        told = self.run(*words, "--json")
        assert told.returncode == 0, told.stderr
        return json.loads(told.stdout)

    def type(self, *words: str, answers: tuple[str, ...] = ()) -> tuple[int, str]:
        """Run it at a terminal, answering what it asks; return the exit code and all that was shown."""
        here, there = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "milepost", *words],
            env=self.environ, stdin=there, stdout=there, stderr=there, start_new_session=True,
        )  # fmt: skip
        os.close(there)
        shown, left = "", list(answers)
        while select.select([here], [], [], PATIENCE)[0]:
            try:
                more = os.read(here, 65_536)
            except OSError:  # the other end is closed
                break
            shown += more.decode(errors="replace")
            if left and shown.endswith((": ", "? ")):
                os.write(here, f"{left.pop(0)}\n".encode())
        os.close(here)
        return process.wait(timeout=PATIENCE), shown.replace("\r\n", "\n")

    @property
    def kept(self) -> Path:
        """The file of logins."""
        return self.home / ".config" / "milepost" / "servers.json"


def new_token(demo: Installation, who: str, scope: str) -> str:
    """Make a token of somebody: of whoever has this role, or (busy) of someone for whom check-ins are due."""
    told = subprocess.run(
        [sys.executable, "-c", TOKEN, who, scope],
        env={**demo.environ, "DJANGO_SETTINGS_MODULE": "milepost.config.settings"},
        capture_output=True, text=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    return told.stdout.strip()
