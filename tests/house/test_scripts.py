"""The scripts in bin/ say in one sentence what is missing, and do nothing twice."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.house.sources import ROOT

TOOLS = ("sh", "dirname", "readlink", "cmp", "cp", "rm", "cat")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone without .venv, on a machine that has a few tools and no Python."""
    shutil.copytree(ROOT / "bin", tmp_path / "clone" / "bin")
    shutil.copytree(ROOT / "requirements", tmp_path / "clone" / "requirements")
    (tmp_path / "tools").mkdir()
    for tool in TOOLS:
        (tmp_path / "tools" / tool).symlink_to(shutil.which(tool))
    return tmp_path / "clone"


def give(clone: Path, name: str, script: str) -> None:
    path = clone.parent / "tools" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def run(clone: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PATH": str(clone.parent / "tools")}
    return subprocess.run(
        [clone / "bin" / command[0], *command[1:]], env=environ, capture_output=True, text=True
    )


class TestSetup:
    def test_without_python_names_the_package(self, clone):
        """Without Python, one sentence says what to install."""
        told = run(clone, "milepost", "--version")

        assert told.returncode == 1
        assert told.stderr.count("\n") == 1
        assert "apt install python3" in told.stderr

    def test_an_old_python_is_named(self, clone):
        """With a Python that is too old, the sentence says which was found and which is needed."""
        give(clone, "python3", 'case $1 in --version) echo "Python 3.9.2" ;; *) exit 1 ;; esac')

        told = run(clone, "milepost", "--version")

        assert told.returncode == 1
        assert "3.11" in told.stderr
        assert "Python 3.9.2" in told.stderr

    def test_without_venv_names_the_package(self, clone):
        """With Debian's Python and without its venv, the sentence names the package that has it."""
        give(clone, "python3", "case $2 in *ensurepip*) exit 1 ;; esac")

        told = run(clone, "milepost", "--version")

        assert told.returncode == 1
        assert "apt install python3-venv" in told.stderr

    def test_does_nothing_when_everything_is_there(self, clone):
        """Where the stamp is that of the lock, nothing is installed and the command runs."""
        venv = clone / ".venv"
        (venv / "bin").mkdir(parents=True)
        (venv / "bin" / "python").symlink_to(clone.parent / "tools" / "python")
        give(clone, "python", 'echo "ran $*"')
        shutil.copy(clone / "requirements" / "runtime.lock", venv)

        told = run(clone, "milepost", "apply", "a file.yaml")

        assert (told.returncode, told.stdout) == (0, "ran -m milepost apply a file.yaml\n")

    def test_a_changed_lock_is_installed(self, clone):
        """Where the lock differs from what was installed, it is installed again, with checked hashes."""
        venv = clone / ".venv"
        (venv / "bin").mkdir(parents=True)
        (venv / "bin" / "python").symlink_to(clone.parent / "tools" / "python")
        give(clone, "python", f'echo "$*" >>{clone}/calls; case $* in *purelib*) echo {clone} ;; esac')
        give(clone, "python3", "exit 0")
        (venv / "runtime.lock").write_text("old")

        told = run(clone, "milepost", "--version")

        calls = (clone / "calls").read_text()
        assert told.returncode == 0, told.stderr
        assert "--require-hashes" in calls
        assert (venv / "runtime.lock").read_text() == (clone / "requirements" / "runtime.lock").read_text()


class TestLocks:
    @pytest.mark.parametrize("name", ["runtime", "dev"])
    def test_every_version_is_exact_and_hashed(self, name):
        """Each line of a lock pins one version, with hashes, and names no place to take it from."""
        text = (ROOT / "requirements" / f"{name}.lock").read_text()
        pins = [line for line in text.splitlines() if re.match(r"\w", line)]

        assert pins
        assert all(re.match(r"[\w.-]+==[\w.]+( ; .+)? \\$", pin) for pin in pins)
        assert len(re.findall(r"(?<=\\\n)    --hash=sha256:\w{64}", text)) >= len(pins)
        assert "://" not in text
        assert not re.search(r"^--", text, re.MULTILINE)

    def test_the_tools_use_the_versions_that_run(self):
        """The lock for work on Milepost holds every line of the one that it runs with."""
        runtime, dev = (
            {
                line
                for line in (ROOT / "requirements" / f"{name}.lock").read_text().splitlines()
                if "==" in line
            }
            for name in ("runtime", "dev")
        )

        assert runtime <= dev

    def test_every_dependency_is_locked(self):
        """What pyproject.toml asks for is in the lock."""
        asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
        locked = (ROOT / "requirements" / "runtime.lock").read_text().lower()

        names = [re.match(r"[\w.-]+", line).group().lower() for line in asked]
        assert [name for name in names if f"\n{name}==" not in locked] == []
