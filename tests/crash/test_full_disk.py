"""A disk that is really full: who writes is told so, who reads goes on, and room again is enough."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from milepost.cli.exits import Exit
from tests.crash.ground import Ground, broken
from tests.postgres import free_port
from tests.running import PATIENCE, Installation

SMALL = "16m"
MOST = 400  # check-ins with long notes, until even what was set aside is used up
# A file system of its own, seen by the server and its children alone; the data comes along.
START = (
    'mount -t tmpfs -o size={size},mode=0700 tmpfs "$MILEPOST_DATA_DIR" && cp -a "$1"/. "$MILEPOST_DATA_DIR" '
    '&& exec "$2" -m milepost serve --no-browser --port "$3"'
)
# A command on a disk that has no room left.
RUN = (
    'mount -t tmpfs -o size={size},mode=0700 tmpfs "$1" && cp -a "$2"/. "$1" && '
    '(dd if=/dev/zero of="$1/ballast" bs=4k 2>/dev/null; shift 2; exec "$@")'
)


def own_disk(tmp_path: Path) -> list[str]:
    """Return how a command is begun that may have a disk of its own; skip where none may."""
    unshare = shutil.which("unshare")
    command = [unshare or "unshare", "--mount", "--map-root-user"]
    tried = unshare and subprocess.run(
        [*command, "mount", "-t", "tmpfs", "tmpfs", tmp_path], capture_output=True
    )
    if not tried or tried.returncode:
        # tests/web/test_faults.py tries the same with a limit that SQLite knows itself.
        pytest.skip("This machine does not let a test have a disk of its own.")
    return command


@pytest.fixture
def small(install, tmp_path):
    """A server whose data folder is a disk of a few megabytes."""
    command = own_disk(tmp_path)
    milepost = install()
    assert milepost.run("migrate").returncode == 0
    ground = broken(milepost)
    data, milepost.data_dir = milepost.data_dir, tmp_path / "disk"
    milepost.data_dir.mkdir()
    milepost.port = free_port()
    words = ["sh", "-c", START.format(size=SMALL), "sh", data, sys.executable, str(milepost.port)]
    with (tmp_path / "output").open("wb") as output:
        milepost.process = subprocess.Popen(
            [*command, *words], env=milepost.environ, stdout=output, stderr=output, start_new_session=True
        )
    try:
        assert milepost.answers(), (tmp_path / "output").read_text()
        yield milepost, ground
    finally:
        milepost.stop()


def say(milepost: Installation, ground: Ground, number: int) -> tuple[int, dict]:
    """Check in with a long note, and return the status and what was answered."""
    body = json.dumps({"value": number % 1000, "note": f"key-{number} " + "x" * 15_000}).encode()
    asked = urllib.request.Request(milepost.url + ground.addresses[0], body, ground.headers)
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, json.loads(answer.read())


def read(milepost: Installation, ground: Ground, path: str) -> tuple[int, str]:
    asked = urllib.request.Request(milepost.url + path, headers=ground.headers)
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.read().decode()


class TestFullDisk:
    def test_refuses_kindly_and_recovers(self, small, tmp_path):
        """507 with words, reading goes on, nothing that was acknowledged is lost, and room is enough."""
        milepost, ground = small
        # The disk as the server sees it; from outside the folder is empty.
        disk = Path(f"/proc/{milepost.process.pid}/root{milepost.data_dir}")
        ballast = disk / "ballast"
        # Without a buffer: what did not fit would be tried again when the file is closed.
        with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"\0" * 65_536)

        recorded, refused = 0, {}
        for number in range(MOST):
            status, told = say(milepost, ground, number)
            if status == 507:
                refused = told
                break
            assert status == 201
            recorded += 1
        reading = [read(milepost, ground, path)[0] for path in ("/w/acme/", "/w/acme/alignment/", "/livez")]
        ready, _ = read(milepost, ground, "/readyz")
        ballast.unlink()
        again, _ = say(milepost, ground, MOST)

        assert refused["code"] == "disk_is_full" and "Nothing was saved" in refused["detail"]
        assert reading == [200, 200, 200]
        assert ready == 503
        assert again == 201
        # SQLite would look for the file outside of the server's disk, so it is brought out.
        for name in ("milepost.sqlite3", "milepost.sqlite3-wal"):
            shutil.copy(disk / name, tmp_path / name)
        with contextlib.closing(sqlite3.connect(tmp_path / "milepost.sqlite3")) as opened:
            kept = opened.execute("SELECT count(*) FROM checkin WHERE note LIKE 'key-%'").fetchone()[0]
            whole = opened.execute("PRAGMA integrity_check").fetchone()[0]
        assert (kept, whole) == (recorded + 1, "ok")


class TestCommands:
    def test_backup_says_which_disk_is_full(self, install, tmp_path):
        """What was not sealed yet is sealed first, and for that the database has no room."""
        command, milepost = own_disk(tmp_path), install()
        broken(milepost)
        disk, data = tmp_path / "disk", milepost.data_dir
        disk.mkdir()
        milepost.data_dir = disk
        words = [sys.executable, "-m", "milepost", "backup", tmp_path / "elsewhere.zip"]

        told = subprocess.run(
            [*command, "sh", "-c", RUN.format(size=SMALL), "sh", disk, data, *words],
            env=milepost.environ, capture_output=True, text=True,
        )  # fmt: skip

        assert told.returncode == Exit.ERROR
        assert told.stderr == (
            f"There is no room left in {disk} for the database.\n"
            "Make room there, and try again; nothing is half saved.\n"
        )
