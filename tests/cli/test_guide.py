"""The commands of the guide work as they stand, in their order, for somebody who is logged in."""

from __future__ import annotations

import shlex
import subprocess
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from milepost.management.demo import WORKSPACE
from tests.cli.client import Client
from tests.docs.pages import ROOT, snippets

GUIDE, WRITTEN = ROOT / "docs" / "cli.md", "2026-10-05"


class TestGuide:
    def test_commands_work_as_written(self, client: Client, tmp_path):
        """Every command succeeds."""
        folder = client.home / "bin"
        folder.mkdir()
        command = folder / "milepost"
        command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m milepost "$@"\n')
        command.chmod(0o755)
        client.variables = {"PATH": f"{folder}:{client.environ['PATH']}"}
        # The guide names a day of the quarter in which it was written; the demo lives in that of today.
        today = datetime.now(ZoneInfo(WORKSPACE.time_zone)).date().isoformat()
        typed = [one.text.replace(WRITTEN, today) for one in snippets(GUIDE) if one.info == "sh"]

        told = subprocess.run(
            ["sh", "-c", "set -eu\n" + "\n".join(typed)],
            env=client.environ, cwd=tmp_path, capture_output=True, text=True, timeout=120,
        )  # fmt: skip

        assert told.returncode == 0, told.stderr
        assert len(typed) > 4
