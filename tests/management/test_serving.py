"""The server starts by itself, says where it is, and stops without losing a request."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import ExitStack, closing, contextmanager, suppress

import pytest

from milepost.cli.exits import Exit
from milepost.core.problems import Problem
from milepost.management import serving
from tests.cli.client import new_token
from tests.running import PATIENCE, Installation, wait_until


@contextmanager
def taken_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def answers(server: Installation, path: str = "/livez") -> int:
    try:
        with urllib.request.urlopen(f"{server.url}{path}", timeout=PATIENCE) as response:
            return response.status
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code
    except OSError:
        return 0


def children(process: subprocess.Popen) -> list[int]:
    told = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True)
    return [int(pid) for pid in told.stdout.split()]


def status(server: Installation, token: str, path: str, body: dict | None = None) -> int:
    """Ask as a program, and return the status."""
    asked = urllib.request.Request(
        f"{server.url}/api/v1{path}",
        None if body is None else json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def answers_all(server: Installation, count: int) -> bool:
    """Ask over so many connections, and once more over each of the same; say whether all were answered."""
    with ExitStack() as kept:
        asked = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE) for _ in range(count)]
        for one in asked:
            kept.callback(one.close)
            one.connect()
            one.auto_open = 0
        try:
            for _ in range(2):
                for one in asked:
                    one.request("GET", "/livez", headers={"Host": "localhost"})
                    one.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False  # the server has ended one of them, since another one waited
    return True


def spoken(server: Installation, said: str) -> str:
    """Say something to the server as it stands, and return all that it answers."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as line:
        line.sendall(said.encode())
        with suppress(ConnectionResetError):
            return b"".join(iter(lambda: line.recv(65536), b"")).decode(errors="replace")
    return ""


class TestServe:
    def test_an_empty_folder_becomes_a_running_milepost(self, server):
        """With nothing but an empty folder, serve makes the database and answers."""
        assert answers(server) == 200
        assert (server.data_dir / "milepost.sqlite3").exists()
        assert wait_until(lambda: server.url in server.output)

    def test_answers_while_others_send_slowly(self, server):
        """Any number of senders who stop after one byte keep nobody from a page, however long they wait."""
        head = (
            f"POST /sign-in/ HTTP/1.1\r\nHost: localhost:{server.port}\r\nOrigin: {server.url}\r\n"
            f"Cookie: milepost_csrf={'a' * 32}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            "Content-Length: 1000\r\n\r\nx"
        )
        senders = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(60)]
        try:
            for one in senders:
                one.sendall(head.encode())

            assert [answers(server) for _ in range(3)] == [200] * 3
        finally:
            for one in senders:
                one.close()

    def test_answers_while_many_are_connected_and_ask_nothing(self, server):
        """Browsers keep their connections: two hundred are kept, and each is answered again."""
        assert wait_until(lambda: answers_all(server, 200))

    def test_speaks_one_language(self, server):
        """Not HTTP/2 in the clear: a server that waits to hear which it is waits without an end."""
        with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as asked:
            answered = b""
            with suppress(ConnectionError):  # it may be ended before all of it is sent
                asked.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
                answered = asked.recv(100)

            assert answered[:9] in (b"", b"HTTP/1.1 ")

    def test_answers_while_a_program_asks_for_slow_things(self, install):
        """While half of the threads have waited long for a program, it has to wait, and nobody else has."""
        server = install(threads="4").start("demo")
        token = new_token(server, "owner", "write")
        assert status(server, token, "/views", {"name": "First"}) == 201  # by now it is noted that it is used
        told: list[int] = []

        def send(number: int) -> None:
            # Whoever waits ten seconds for the database is told so, and asks again.
            while (code := status(server, token, "/views", {"name": f"View {number}"})) == 503:
                pass
            told.append(code)

        senders = [threading.Thread(target=send, args=(number,)) for number in range(2)]
        with closing(sqlite3.connect(server.data_dir / "milepost.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")  # so that nobody else can write
            for sender in senders:
                sender.start()
            assert wait_until(lambda: status(server, token, "/me") == 429)
            assert wait_until(lambda: status(server, token, "/views", {"name": "One more"}) == 429)
            assert answers(server, "/sign-in/") == 200
        for sender in senders:
            sender.join()

        assert told == [201, 201]

    def test_static_files_are_served_for_ever(self, server):
        """A static file's name carries its hash, and a browser may keep it for a year and more."""
        collected = server.data_dir / "static" / "staticfiles.json"
        assert collected.exists()
        hashed = next((server.data_dir / "static" / "milepost").rglob("*.????????????.css"))

        path = hashed.relative_to(server.data_dir)
        with urllib.request.urlopen(f"{server.url}/{path}") as response:
            assert "immutable" in response.headers["Cache-Control"]

    def test_a_stranger_to_the_host_is_refused(self, server):
        """A request for another host's name is refused."""
        asked = urllib.request.Request(f"{server.url}/livez", headers={"Host": "evil.example"})

        with pytest.raises(urllib.error.HTTPError) as refused, urllib.request.urlopen(asked):
            pass

        with refused.value as answer:
            assert answer.code == 400

    @pytest.mark.parametrize(
        ("size", "kind", "status"), [(5, "json", 413), (1, "json", 401), (1, "xml", 415)]
    )
    def test_a_body_in_pieces_is_read_to_its_end(self, server, size, kind, status):
        """Without a length it is neither taken for empty nor read without end."""
        pieces = (b"{" + b" " * 65_535 for _ in range(16 * size))
        asked = http.client.HTTPConnection("localhost", server.port, timeout=PATIENCE)
        with closing(asked):
            with suppress(OSError):  # of a body that is too large the rest is not waited for
                headers = {"Content-Type": f"application/{kind}"}
                asked.request("POST", "/api/v1/objectives", pieces, headers, encode_chunked=True)
            answer = asked.getresponse()

        assert answer.status == status

    @pytest.mark.parametrize(
        "path",
        [
            "/secret.key", "/milepost.sqlite3", "/milepost.toml", "/.git/config", "/static/",
            "/static/milepost/", "/static/../secret.key", "/static/%2e%2e/secret.key",
            "/static/..%2fsecret.key", "/static/..\\secret.key",
            "/static//etc/passwd", "/../../etc/passwd", "/static/%00secret.key",
        ],
    )  # fmt: skip
    def test_gives_no_file_but_the_static_ones(self, server, path):
        """Nothing of the data folder or beside it is reached by any spelling, and no folder is listed."""
        told = spoken(server, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")

        assert re.match(r"HTTP/1\.1 40[04] ", told)
        assert "Index of" not in told and (server.data_dir / "secret.key").read_text().strip() not in told

    @pytest.mark.parametrize("order", [1, -1])
    def test_a_body_has_one_end(self, server, order):
        """Told two lengths of a body, it goes by the pieces or hangs up: nobody hides a request there."""
        lengths = ["Content-Length: 60", "Transfer-Encoding: chunked"][::order]
        hides = "\r\n".join(
            ("POST /sign-in/ HTTP/1.1", "Host: localhost", *lengths, "", "0", "",
             "GET /hidden-in-a-body/ HTTP/1.1", "Host: localhost", "Connection: close", "", "")
        )  # fmt: skip

        answers = re.findall(r"^HTTP/1\.1 (\d+)", spoken(server, hides), re.MULTILINE)

        assert answers in (["403", "404"], ["403"], ["400"])

    @pytest.mark.parametrize("length", ["5, 6", "+5", "0x5", "-1", "5\r\nContent-Length: 6"])
    def test_a_length_that_is_none_is_refused(self, server, length):
        """A length that two programs could read in two ways is read in none."""
        head = f"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\nabcdef"

        assert re.match(r"HTTP/1\.1 400 ", spoken(server, head))

    def test_does_not_say_of_which_version_it_is(self, server):
        """No header tells an attacker which holes to try."""
        told = spoken(server, "GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")

        head = told.partition("\r\n\r\n")[0].lower()
        assert "x-powered-by" not in head and not re.search(r"^server: .*\d", head, re.MULTILINE)

    def test_a_second_one_says_that_the_port_is_taken(self, server):
        """A port that is taken is a conflict that names the next thing to try."""
        with socket.socket() as other:
            with suppress(OSError):  # whoever has it, it is taken
                other.bind(("127.0.0.1", server.port + 1))
                other.listen()
            told = server.run("serve", "--no-browser", "--port", str(server.port))

        assert told.returncode == Exit.CONFLICT
        assert f"port {server.port}" in told.stderr
        assert int(told.stderr.rpartition("--port ")[2].split("`")[0]) > server.port + 1

    def test_stops_when_told_to(self, install):
        """Told to stop, it ends well and leaves nobody behind."""
        server = install().start()
        workers = children(server.process)

        code = server.stop()

        assert code == 0
        assert wait_until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in workers))

    def test_leaves_one_file_when_it_stops(self, install, tmp_path):
        """Who copies the database of a server that was stopped has all of it in the one file."""
        server = install().start("demo")
        token = new_token(server, "owner", "write")
        assert status(server, token, "/views", {"name": "The last one"}) == 201
        server.stop()

        shutil.copy(server.data_dir / "milepost.sqlite3", tmp_path)

        assert [*server.data_dir.glob("milepost.sqlite3-*")] == []
        with closing(sqlite3.connect(tmp_path / "milepost.sqlite3")) as copied:
            assert copied.execute("SELECT name FROM saved_view").fetchall() == [("The last one",)]

    @pytest.mark.parametrize("place", ["{folder}/told", "@milepost-{folder}"])
    def test_tells_systemd_once_it_answers(self, install, tmp_path, place):
        """Where somebody waits to be told that it is ready, it says so, and it is."""
        if place.startswith("@") and sys.platform != "linux":
            pytest.skip("Only Linux has names of sockets that lie in no folder.")
        server, place = install(), place.format(folder=tmp_path)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as waiting:
            waiting.bind(place.replace("@", "\0", 1))
            waiting.settimeout(PATIENCE)
            server.variables["NOTIFY_SOCKET"] = place
            server.start()

            assert waiting.recv(100) == b"READY=1"
            assert answers(server) == 200

    def test_goes_on_where_nobody_waits_to_be_told(self, install, tmp_path):
        """A socket that has gone is no reason not to serve."""
        server = install()
        server.variables["NOTIFY_SOCKET"] = str(tmp_path / "gone")

        assert answers(server.start()) == 200

    def test_ctrl_c_is_no_failure(self, install):
        """Ctrl-C, which reaches both processes at once, ends it quietly with success."""
        server = install().start()
        for pid in [*children(server.process), server.process.pid]:
            os.kill(pid, signal.SIGINT)

        assert server.process.wait(timeout=PATIENCE) == 0
        assert "Traceback" not in server.output

    def test_ctrl_c_is_heard_while_a_lost_worker_is_replaced(self):
        """A signal that comes between seeing that a process has gone and waiting anew is not lost."""
        server = serving._Server("milepost.config.wsgi:application", respawn_failed_workers=True)

        class Interrupted(threading.Event):
            def clear(self):
                server.signal_handler_interrupt()
                super().clear()

        server.main_loop_interrupt = Interrupted()
        server.interrupt_children.append(0)
        server.main_loop_interrupt.set()
        ended = threading.Event()
        threading.Thread(target=lambda: (server._serve_loop(None, None), ended.set()), daemon=True).start()

        assert ended.wait(PATIENCE)

    def test_a_lost_worker_is_replaced(self, install):
        """When the process that answers dies, another takes its place."""
        server = install().start()
        for pid in children(server.process):
            os.kill(pid, signal.SIGKILL)

        assert wait_until(lambda: answers(server) == 200)

    def test_a_killed_server_leaves_the_port_free(self, install):
        """When the process that watches is killed, the one that answers goes too."""
        server = install().start()

        server.process.kill()
        server.process.wait()

        assert wait_until(lambda: answers(server) == 0)

    def test_requests_are_answered_side_by_side(self, server):
        """Many at once are all answered."""
        codes: list[int] = []
        callers = [threading.Thread(target=lambda: codes.append(answers(server))) for _ in range(40)]

        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()

        assert codes == [200] * 40


# What takes long to import, and few pages need.
RARE = (
    "ninja", "pydantic", "fido2", "qrcode", "markdown_it", "yaml", "cryptography", "numpy.ma",
    "milepost.management.demo.chapters",
)  # fmt: skip
LOADED = """
import sys, django
django.setup()
import milepost.management.commands.serve, milepost.config.wsgi
from django.urls import get_resolver, reverse
assert reverse("week", args=["acme"]) and get_resolver().reverse_dict
print(*sys.modules)
"""


class TestStart:
    def test_imports_nothing_that_few_pages_need(self, tmp_path):
        """Each of these would keep the first page of every start waiting."""
        environ = {**Installation(tmp_path).environ, "DJANGO_SETTINGS_MODULE": "milepost.config.settings"}
        told = subprocess.run(
            [sys.executable, "-c", LOADED], env=environ, capture_output=True, text=True, check=True
        )

        assert not {*RARE} & {*told.stdout.split()}


class TestFreePort:
    def test_a_free_port_stays(self):
        """A port that nobody uses is the one that is taken."""
        with taken_port() as port:
            pass

        assert serving.free_port("127.0.0.1", port) == port

    def test_a_taken_port_gives_way_to_the_next(self):
        """Where somebody listens already, the next free port is found."""
        with taken_port() as port:
            assert serving.free_port("127.0.0.1", port) > port

    def test_none_free_is_a_problem(self):
        """Where there is none, the person is asked for another."""
        with taken_port() as port, pytest.raises(Problem) as raised:
            serving.free_port("127.0.0.1", port, tries=1)

        assert "--port" in raised.value.remedy
