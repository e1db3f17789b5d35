"""The servers that are measured: Milepost as people start it, and a bare hello on the same server."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICK = os.sysconf("SC_CLK_TCK")
PATIENCE = 120


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Server:
    """A server in a process of its own, asked over one kept connection."""

    process: subprocess.Popen
    port: int
    headers: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes, dict]:
        """Send a request and read the whole answer."""
        named = {"Host": f"localhost:{self.port}", **self.headers}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            self.connection.request(method, path, body, named)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            # A connection that idled while something else was measured has been closed: open another.
            self.connection.close()
            self.connection.request(method, path, body, named)
            answer = self.connection.getresponse()
        return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}

    def cpu(self) -> float:
        """Return the CPU seconds that the server and its workers have used."""
        return sum(_cpu(pid) for pid in self._family())

    def memory(self) -> float:
        """Return the memory of the server and its workers, in MB; what they share counts once."""
        return sum(_memory(pid) for pid in self._family())

    def _family(self) -> list[int]:
        found = [self.process.pid]
        for pid in found:
            children = Path(f"/proc/{pid}/task/{pid}/children")
            if children.exists():
                found.extend(int(child) for child in children.read_text().split())
        return found

    def stop(self) -> None:
        """End it and wait until it is gone."""
        self.process.terminate()
        self.process.wait(timeout=30)


def _cpu(pid: int) -> float:
    try:
        said = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(said[11]) + int(said[12])) / TICK


def _memory(pid: int) -> float:
    # A page that the watching process and the answering one share counts half in each.
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def _wait(port: int, process: subprocess.Popen) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError("the server ended before it answered")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.005)
    raise RuntimeError("the server does not answer")


def milepost(environ: dict[str, str], log: Path) -> Server:
    """Start `milepost serve` as people do."""
    port = free_port()
    words = [sys.executable, "-m", "milepost", "serve", "--port", str(port), "--no-browser"]
    with log.open("ab") as output:
        process = subprocess.Popen(words, env=environ, cwd=ROOT, stdout=output, stderr=output)
    _wait(port, process)
    return Server(process, port)


def hello(threads: int = 8) -> Server:
    """Start the bare hello on the same server with the same number of threads."""
    port = free_port()
    words = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", str(threads), "--no-ws", "--no-log",
        "benchmarks.hello:application",
    ]  # fmt: skip
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _wait(port, process)
    return Server(process, port)
