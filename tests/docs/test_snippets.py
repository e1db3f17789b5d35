"""The commands that the documents tell a newcomer to type are typed here, in their order."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, RUN, Snippet, snippets
from tests.running import Installation

SERVERS = re.compile(r"^bin/milepost (demo|serve)\b.*$", re.MULTILINE)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with a bin/milepost that runs this Milepost, and a home of its own."""
    home = tmp_path / "clone"
    (home / "bin").mkdir(parents=True)
    command = home / "bin" / "milepost"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m milepost "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return home


class Shell:
    """A terminal in a clone: what one snippet exports, the next one finds."""

    def __init__(self, clone: Path) -> None:
        self.clone = clone
        self.kept = clone / "environment"
        data = clone.parent / "data"
        data.mkdir(mode=0o700)
        self.data = data

    def type(self, text: str) -> subprocess.CompletedProcess[str]:
        """Run a snippet as somebody would who pastes it, stopping at what fails."""
        remembered = f". {shlex.quote(str(self.kept))}; " if self.kept.exists() else ""
        script = f"set -eu; {remembered}\n{text}\nexport -p >{shlex.quote(str(self.kept))}\n"
        return subprocess.run(
            ["sh", "-c", script], cwd=self.clone, env=self.environ, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip

    @property
    def environ(self) -> dict[str, str]:
        return {**Installation(self.data).environ, "HOME": str(self.clone)}

    def data_dir(self) -> str:
        """Return the data folder that the snippets have come to use."""
        return self.type('printf "%s" "$MILEPOST_DATA_DIR"').stdout


def steps(page: Path) -> Iterator[tuple[Snippet, Snippet | None]]:
    """Yield each snippet to be run, with what the page says that it prints."""
    found = snippets(page)
    for number, snippet in enumerate(found):
        following = found[number + 1] if number + 1 < len(found) else None
        printed = following if following is not None and following.info == "text" else None
        yield snippet, printed


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
class TestDocuments:
    def test_commands_work_as_written(self, page, clone):
        """Every command of the page succeeds, in order, on files as the page shows them."""
        shell, ran = Shell(clone), 0

        for snippet, printed in steps(page):
            if snippet.file:
                (clone / snippet.file).write_text(snippet.text, encoding="utf-8")
            if snippet.info != "sh":
                continue
            ran += 1
            if server := SERVERS.search(snippet.text):
                assert SERVERS.sub("", snippet.text).strip() == "", "a server stands in a snippet of its own"
                _serves(shell, server[1])
                continue
            told = shell.type(snippet.text)
            assert told.returncode == 0, f"{snippet.text}\n{told.stdout}\n{told.stderr}"
            if printed:
                assert told.stdout.startswith(printed.text), told.stdout

        assert ran


class TestFences:
    @pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
    def test_are_all_known(self, page):
        """A block is run, is a file, is printed, or says that it is not tested."""
        kinds = {snippet.info for snippet in snippets(page)}

        assert kinds <= {"sh", "sh notest", "text", "yaml", "csv"}
        assert all(one.file for one in snippets(page) if one.info in ("yaml", "csv"))


class TestScripts:
    def test_every_script_in_bin_that_a_page_names_is_there(self):
        """Each bin/… that README and CONTRIBUTING name can be run."""
        text = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))

        for name in set(re.findall(r"bin/([a-z]+)", text)) - {"python", "pytest"}:
            assert os.access(ROOT / "bin" / name, os.X_OK), name


def _serves(shell: Shell, command: str) -> None:
    """Start the server of a snippet on a port of its own until it answers, and stop it."""
    server = Installation(shell.clone, {"MILEPOST_DATA_DIR": shell.data_dir()})
    try:
        server.start(command)
    finally:
        ended = server.stop()
    assert ended == 0, server.output
