"""The servers that are measured: Milepost as people start it, and a bare hello on the same server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.postgres import free_port

ROOT = Path(__file__).resolve().parent.parent
TICK = os.sysconf("SC_CLK_TCK")
PATIENCE = 120


class Connection:
    """A kept connection that costs little: the standard library reads a head for longer than we answer."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes | bytearray, dict]:
        """Send a request and read the whole answer."""
        if body is not None:
            headers = {**headers, "Content-Length": str(len(body))}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b""))
        head, _, found = self._until(b"\r\n\r\n").partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        said = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
        status = int(first.split(" ", 2)[1])
        if status != 304:
            found = self._all(found, int(said["content-length"]))
        return status, found, said

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def _until(self, end: bytes) -> bytes:
        found = b""
        while end not in found:
            received = self.socket.recv(1 << 14)
            _come(len(received))
            found += received
        return found

    def _all(self, begun: bytes, length: int) -> bytearray:
        # Into one place: room of its own for each piece cost us more than the server's work on all of them.
        found = bytearray(length)
        found[: len(begun)] = begun
        with memoryview(found) as room:
            there = len(begun)
            while there < length:
                there += _come(self.socket.recv_into(room[there:]))
        return found


def _come(length: int) -> int:
    if not length:
        raise ConnectionResetError("the server hung up")
    return length


@dataclass
class Server:
    """A server in a process of its own, asked over one kept connection."""

    process: subprocess.Popen
    port: int
    headers: dict[str, str] = field(default_factory=dict)
    connection: Connection | None = None

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes | bytearray, dict]:
        """Send a request and read the whole answer."""
        named = {"Host": f"localhost:{self.port}", **self.headers}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        if self.connection is None:
            self.connection = Connection(self.port)
        try:
            return self.connection.ask(method, path, body, named)
        except ConnectionError:
            # A connection that idled while something else was measured has been closed: open another.
            self.connection.close()
            self.connection = Connection(self.port)
            return self.connection.ask(method, path, body, named)

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
