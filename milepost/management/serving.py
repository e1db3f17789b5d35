"""Serve Milepost: one process that answers, and one that watches over it."""

from __future__ import annotations

import errno
import gc
import http.client
import multiprocessing
import os
import resource
import signal
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.db import connection, connections
from django.urls import reverse
from django.utils.module_loading import import_string
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from milepost.core.problems import Conflict, Invalid, Problem
from milepost.management import assets, keeping, schema, sealer, whereabouts
from milepost.web import bodies

# Who is connected, asking or not: a browser keeps up to six connections. Whoever comes on top of that waits
# until others end; a connection on which nothing is asked ends after half a minute.
CONNECTIONS = 2_000
FILES_BESIDE = 500  # of which the database and the static ones need some
IDLE_SECONDS = 600  # how long a thread is kept that has nothing to do
API_SECONDS = 5  # after which the API is imported, where no program has asked yet
STOP_SECONDS = 10  # how long requests under way may take when the server is told to stop
# Python looks for garbage whenever so many more objects have come than gone. At its own number, 700 to 2,000,
# it spends some 8 % of a page or a check-in on it; at this one it holds five megabytes longer.
OBJECTS_BETWEEN_LOOKS = 10_000

_kept: sqlite3.Connection | None = None


class PortIsTaken(Conflict):
    """Something else listens there."""

    code = "port_is_taken"


class WorkerIsLost(Problem):
    """The process that answers does not stay alive."""

    code = "worker_is_lost"


def prepare() -> None:
    """Make everything ready that a server needs: the schema and the static files."""
    schema.make_current()
    assets.collect()


def check_port(host: str, port: int) -> None:
    """Raise a Problem where nobody can listen at this address."""
    family, *_, address = _resolve(host, port)
    try:
        _try(family, address)
    except OSError as wrong:
        raise _cannot_listen(host, port, wrong) from None


def _try(family: int, address: tuple) -> None:
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tried.bind(address)


def free_port(host: str, port: int, *, tries: int = 20) -> int:
    """Return this port, or the next one after it at which nobody listens."""
    for candidate in range(port, min(port + tries, 65536)):
        try:
            check_port(host, candidate)
            return candidate
        except PortIsTaken:
            continue
    raise PortIsTaken(
        f"Something else listens at each of the ports {port} to {port + tries - 1}.",
        remedy="Choose another with --port.",
    )


def serve(milepost, *, on_ready: Callable[[], None]) -> None:
    """Serve at the settings' host and port until told to stop; call `on_ready` once pages are answered."""
    check_port(milepost.host, milepost.port)
    settings.MILEPOST = milepost
    settings.ALLOWED_HOSTS = list(milepost.allowed_hosts)
    # Where the second process is not forked it reads the settings again.
    os.environ |= {"MILEPOST_HOST": milepost.host, "MILEPOST_PORT": str(milepost.port)}
    _share_what_is_loaded()
    server = _Server(
        settings.WSGI_APPLICATION.replace(".application", ":application"),
        address=milepost.host,
        port=milepost.port,
        interface=Interfaces.WSGI,
        # Where HTTP/2 may come as well, who never says a word is waited for without an end.
        http=HTTPModes.http1,
        blocking_threads=milepost.threads + bodies.WAITING,
        blocking_threads_idle_timeout=IDLE_SECONDS,
        backpressure=_connections(),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.debug if milepost.log_level == "debug" else LogLevels.critical,
    )
    server.on_ready = on_ready
    try:
        with whereabouts.told(milepost.base_url):
            server.serve(target_loader=_load, wrap_loader=False)
    except SystemExit:
        # Ctrl-C reaches both processes; that the other one ended is then no failure.
        if not server.interrupt_signal:
            raise WorkerIsLost(
                "The process that answers ended again and again.",
                remedy="With MILEPOST_LOG_LEVEL=debug the server says why; `milepost doctor` may know too.",
            ) from None
    _put_all_in_one_file()


def _connections() -> int:
    """Return how many may be connected at once; each is an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + FILES_BESIDE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return (
        CONNECTIONS
        if soft == resource.RLIM_INFINITY
        else min(CONNECTIONS, max(soft // 2, soft - FILES_BESIDE))
    )


class _Server(Granian):
    on_ready: Callable[[], None]

    def startup(self, spawn_target, target_loader) -> None:
        super().startup(spawn_target, target_loader)
        threading.Thread(target=self._announce, daemon=True).start()

    def _respawn_workers(self, workers, *given, **named) -> None:
        # Ctrl-C reaches both processes. Where the one that answers is missed first, granian may clear what
        # wakes this one up after the signal has set it, and would wait for ever beside a new process.
        if not self.interrupt_signal:
            super()._respawn_workers(workers, *given, **named)
        if self.interrupt_signal:
            self.main_loop_interrupt.set()

    def _announce(self) -> None:
        while not self.main_loop_interrupt.is_set():
            if _answers(self.bind_addr, self.bind_port):
                self.on_ready()
                return _tell_systemd("READY=1")
            time.sleep(0.02)


def _tell_systemd(state: str) -> None:
    """Say how the server is to systemd, where it started it and asked to be told (`sd_notify`)."""
    if place := os.environ.get("NOTIFY_SOCKET"):
        if place.startswith("@"):
            place = f"\0{place[1:]}"  # a name that lies in no folder
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.sendto(state.encode(), place)


def _share_what_is_loaded() -> None:
    # Forking spares the second process the half second that loading takes, and the memory. Elsewhere
    # than on Linux system libraries do not survive it. No connection may cross the fork.
    connections.close_all()
    if sys.platform == "linux":
        gc.disable()
        import_string(settings.WSGI_APPLICATION)
        reverse("livez")  # imports the pages, and finds their addresses
        connections.close_all()
        gc.freeze()  # so that looking for what has gone writes nowhere on what both processes share
        gc.enable()
        multiprocessing.set_start_method("fork", force=True)


def _load():
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS)
    _keep_files_open()
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    keeping.begin()
    sealer.begin()
    _import_the_api_soon()
    return import_string(settings.WSGI_APPLICATION)


def _import_the_api_soon() -> None:
    # Not before the first page, and not only when a program waits for its first answer.
    timer = threading.Timer(API_SECONDS, import_module, ["milepost.api.urls"])
    timer.daemon = True
    timer.start()


def _keep_files_open() -> None:
    # The last connection to close takes SQLite's two files beside the database away; on a disk that has
    # become full they could not be made again, and then nobody could even read.
    global _kept
    if connection.vendor == "sqlite":
        _kept = sqlite3.connect(connection.settings_dict["NAME"], check_same_thread=False)
        _kept.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _put_all_in_one_file() -> None:
    # The process that answered has ended, however it did. Whoever copies the database while nobody serves it
    # may think of its one file alone.
    if connection.vendor != "sqlite":
        return
    with suppress(sqlite3.Error):  # on a full disk, or while a command writes, the three files stay
        address = f"{Path(connection.settings_dict['NAME']).as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=1)) as last:
            last.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _end_with(parent: int) -> None:
    # Else a killed parent leaves a server that nobody watches and that keeps the port.
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def _answers(host: str, port: int) -> bool:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    asked = http.client.HTTPConnection(reachable, port, timeout=5)
    try:
        asked.request("GET", "/livez", headers={"Host": "localhost"})
        return asked.getresponse().status < 600
    except OSError:
        return False
    finally:
        asked.close()


def _resolve(host: str, port: int):
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError as wrong:
        raise _cannot_listen(host, port, wrong) from None


def _next(host: str, port: int, *, tries: int = 20) -> int:
    """Return a port after this one at which nobody listens; the next one where that cannot be found."""
    for candidate in range(port + 1, min(port + tries, 65536)):
        family, *_, address = _resolve(host, candidate)
        with suppress(OSError):
            _try(family, address)
            return candidate
    return port + 1


def _cannot_listen(host: str, port: int, wrong: OSError) -> Exception:
    if wrong.errno == errno.EADDRINUSE:
        return PortIsTaken(
            f"Something else listens at port {port} of {host}.",
            remedy=f"Stop it, or choose another port: `milepost serve --port {_next(host, port)}`.",
            field="port",
        )
    if wrong.errno == errno.EACCES:
        return Invalid(
            f"This user may not listen at port {port}.",
            remedy="Choose one from 1024 on, or put a proxy in front.",
            field="port",
        )
    return Invalid(
        f"Milepost cannot listen at {host}: {wrong.strerror}.",
        remedy="Set MILEPOST_HOST to an address of this machine, such as 127.0.0.1.",
        field="host",
    )
