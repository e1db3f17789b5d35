"""A PostgreSQL of the tests' own: in a temporary folder, on a free port, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

# Nothing here outlives the tests, so nothing needs to reach the disk.
FAST_AND_LOOSE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")


class NoPostgres(Exception):
    """PostgreSQL is not on this machine, or does not start; the text says which."""


class Postgres:
    """A running server; `url` is its address, without a password: only this machine reaches it."""

    def __init__(self, *, durable: bool = False) -> None:
        self.options = () if durable else FAST_AND_LOOSE
        self.binaries = find_binaries()
        self.folder = Path(tempfile.mkdtemp(prefix="milepost-pg-"))
        self.port = 0
        self.account = _account()

    @property
    def url(self) -> str:
        # Milepost's role owns its database and is no superuser, whom no policy would hold.
        return f"postgresql://milepost@127.0.0.1:{self.port}/milepost"

    @property
    def superuser_url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/milepost"

    def start(self) -> Postgres:
        """Make the cluster and start the server; wait until it answers."""
        if self.account:
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
        data = self.folder / "data"
        self._run(
            "initdb", "--pgdata", data, "--username=postgres", "--auth=trust", "--encoding=UTF8",
            "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        for is_last in (False, False, True):
            self.port = free_port()
            try:
                self.boot()
                break
            except NoPostgres:  # perhaps somebody else was quicker to take the port
                if is_last:
                    raise
        for statement in ("CREATE ROLE milepost LOGIN CREATEDB", "CREATE DATABASE milepost OWNER milepost"):
            self._run(
                "psql", "--host=127.0.0.1", f"--port={self.port}", "--username=postgres", "--no-psqlrc",
                "--dbname=postgres", f"--command={statement}",
            )  # fmt: skip
        return self

    def boot(self) -> Postgres:
        """Start the server on the cluster that is there; after a crash it recovers."""
        data = self.folder / "data"
        options = [f"-c {each}" for each in self.options]
        options += [
            f"-c port={self.port}",
            "-c listen_addresses=127.0.0.1",
            f"-c unix_socket_directories={self.folder}",
        ]
        self._run(
            "pg_ctl", "start", "--pgdata", data, "--wait", "--timeout=120", "--log", self.folder / "log",
            "--options", " ".join(options),
        )  # fmt: skip
        return self

    def crash(self) -> None:
        """Let the server fall over: nothing is finished, nothing is written that was not."""
        self._run(
            "pg_ctl", "stop", "--pgdata", self.folder / "data", "--mode=immediate", "--wait", "--timeout=120"
        )

    def stop(self) -> None:
        """Stop the server and take its folder away."""
        try:
            self.crash()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: object) -> None:
        # A server started by pg_ctl inherits our output; a pipe would never end, so a file takes it.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(
                [self.binaries / program, *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                **_as(self.account),
            )
            if done.returncode:
                said.seek(0)
                log = self.folder / "log"
                words = said.read().decode(errors="replace") + (log.read_text() if log.exists() else "")
                raise NoPostgres(f"{program} failed ({done.returncode}):\n{words}")


def find_binaries() -> Path:
    """Find the folder with initdb and pg_ctl: on the path, or where Debian keeps them."""
    on_path = shutil.which("initdb")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    for place in places:
        if (place / "initdb").exists() and (place / "pg_ctl").exists():
            return place
    raise NoPostgres(
        "PostgreSQL's programs initdb and pg_ctl are not on this machine (apt install postgresql)."
    )


def _version(folder: Path) -> list[int]:
    return [int(part) for part in folder.parent.name.split(".") if part.isdigit()]


def free_port() -> int:
    """Ask the system for a port that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def _account() -> pwd.struct_passwd | None:
    # PostgreSQL refuses to run as root, so root lends the name of somebody who may do less.
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgres("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.")


def _as(account: pwd.struct_passwd | None) -> dict:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
