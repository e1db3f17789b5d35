"""Fixtures for tests that use Milepost from outside: the command, a server, a browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from milepost.cli.exits import Exit
from tests.postgres import free_port

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120  # seconds until what does not answer is given up: a busy machine takes its time

CHROMIUM_FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

# What a page says for some seconds only (“Copied”, a message) it says until the test has read it: a machine
# that is busy may take longer to look.
STAYS = """const soon = window.setTimeout;
window.setTimeout = (act, after, ...given) => after < 2000 || !after ? soon(act, after, ...given) : 0;"""


def missing(reason: str) -> None:
    """Skip the test where a tool is missing; where CI is set, fail: there everything must be tried."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def wait_until(holds: Callable[[], bool]) -> bool:
    """Wait for what another process or thread does; say whether it came to hold."""
    last = time.monotonic() + PATIENCE
    while not (held := holds()) and time.monotonic() < last:
        time.sleep(0.02)
    return held


@dataclass
class Installation:
    """One data folder, the `milepost` command on it, and perhaps a server."""

    data_dir: Path
    variables: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MILEPOST_")}
        kept.pop("DATABASE_URL", None)
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        return {**kept, "MILEPOST_DATA_DIR": str(self.data_dir), "PYTHONPATH": str(ROOT), **self.variables}

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run `milepost` with these arguments on this data folder."""
        return subprocess.run(
            [sys.executable, "-m", "milepost", *arguments],
            env=self.environ, input=stdin, capture_output=True, text=True, timeout=300,
        )  # fmt: skip

    def start(self, *command: str) -> Installation:
        """Start `milepost serve` (or demo …) on a free port and wait until it answers."""
        for _ in range(3):
            self.port = free_port()
            words = [*(command or ("serve",)), "--port", str(self.port), "--no-browser"]
            with (self.data_dir / "output").open("ab") as output:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", "milepost", *words],
                    env=self.environ, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                    start_new_session=True,  # so that all of it can be killed at once
                )  # fmt: skip
            if self.answers():
                return self
            # Whoever else starts something may get the port that was free when we asked.
            if self.process.returncode != Exit.CONFLICT:
                break
        pytest.fail(f"The server ended with {self.process.returncode}:\n{self.output}")

    def answers(self) -> bool:
        """Wait until the server answers; say whether it does, or has ended instead."""
        last = time.monotonic() + PATIENCE
        while time.monotonic() < last:
            if self.process.poll() is not None:
                return False
            try:
                urllib.request.urlopen(f"{self.url}/livez", timeout=5).read()
                return True
            except OSError:
                time.sleep(0.05)
        self.stop()
        pytest.fail(f"The server did not answer within {PATIENCE} s:\n{self.output}")

    @property
    def output(self) -> str:
        """What the server has printed so far."""
        return (self.data_dir / "output").read_text(encoding="utf-8")

    def printed(self, pattern: str, times: int = 1) -> str:
        """Wait until the server has printed something so often, which may be after its first answer.

        Return what was printed last.
        """
        if wait_until(lambda: len(re.findall(pattern, self.output)) >= times):
            return re.findall(pattern, self.output)[-1]
        pytest.fail(f"{pattern} was not printed {times} times within {PATIENCE} s:\n{self.output}")

    def stop(self) -> int | None:
        """Stop the server as Ctrl-C does, and return its exit code."""
        if self.process is None:
            return None
        self.process.terminate()
        try:
            return self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def kill(self) -> None:
        """Kill the server and all its processes, in the middle of whatever they do."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation that is migrated and never started: to be copied."""
    made = Installation(tmp_path_factory.mktemp("installed"))
    told = made.run("migrate")
    assert told.returncode == 0, told.stderr
    return made


@pytest.fixture
def install(
    tmp_path_factory: pytest.TempPathFactory, installed: Installation
) -> Iterator[Callable[..., Installation]]:
    """Make installations, migrated and without any data; settings are keywords: `install(threads="2")`.

    Their servers stop with the test: thirty that nobody needs any more would take a machine its memory.
    """
    yield from _installing(tmp_path_factory, installed)


@pytest.fixture(scope="module")
def install_for_all(
    tmp_path_factory: pytest.TempPathFactory, installed: Installation
) -> Iterator[Callable[..., Installation]]:
    """Make installations for all tests of a module."""
    yield from _installing(tmp_path_factory, installed)


def _installing(
    tmp_path_factory: pytest.TempPathFactory, installed: Installation
) -> Iterator[Callable[..., Installation]]:
    made: list[Installation] = []

    def make(**variables: str) -> Installation:
        named = {f"MILEPOST_{name.upper()}": value for name, value in variables.items()}
        folder = tmp_path_factory.mktemp("installation")
        shutil.copytree(installed.data_dir, folder, dirs_exist_ok=True)
        folder.chmod(0o700)
        made.append(Installation(folder, named))
        return made[-1]

    yield make
    for each in made:
        each.stop()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One running `milepost serve`, begun in an empty folder and shared by the session."""
    started = Installation(tmp_path_factory.mktemp("server")).start()
    yield started
    started.stop()


@pytest.fixture(scope="session")
def browser():
    """Chromium, driven by Playwright; one for the session."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        missing("Chromium is not on this machine (apt install chromium).")
    from playwright.sync_api import expect, sync_playwright

    # Playwright leaves an event loop behind in this thread, of which Django's tables are then afraid.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path, args=[*CHROMIUM_FLAGS, *as_root], timeout=PATIENCE * 1000
        )
        expect.set_options(timeout=PATIENCE * 1000)
        started.on("context", _made_patient)
        yield started
        started.close()


def _made_patient(context) -> None:
    context.set_default_timeout(PATIENCE * 1000)
    context.add_init_script(STAYS)


@pytest.fixture
def page(browser):
    """A page in a browser context of its own; a script that fails on it fails the test."""
    context = browser.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, f"Scripts failed on the page: {errors}"
