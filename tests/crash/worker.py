"""Milepost's own application in a process that is made to be killed.

It loads once and waits. For each line on standard input, a JSON object, it forks a child in which threads
check in through the WSGI application, as the server's threads do, and say on standard output what they
sent and what was acknowledged. The child knows nothing of its end. `{"rest": true}` lets it check in a
little, compare its living image with the tables, and end by itself.
"""

from __future__ import annotations

import io
import itertools
import json
import os
import sys
import threading

THREADS = 4
LITTLE = 40


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "milepost.config.settings"
    from django.db import connections

    from milepost.config.wsgi import application

    # What loads late loads now: the forked child should spend its short life on check-ins.
    application(environ("GET", "/livez", {}, b""), lambda status, headers: None)
    connections.close_all()
    say("ready")
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            live(application, **order)
            os._exit(0)
        say("born", child)
        os.waitpid(child, 0)
        say("dead", child)


def live(application, *, addresses, headers, again, first, rest=False) -> None:
    """Check in on several threads: what is to be sent again first, then what is new."""
    waiting, numbers, lock = list(again), itertools.count(first), threading.Lock()
    left = itertools.count() if not rest else iter(range(LITTLE + len(again)))

    def work() -> None:
        for _ in left:
            with lock:
                key = waiting.pop() if waiting else f"key-{next(numbers)}"
            say("sent", key)
            status = "503"
            while not status.startswith("2"):
                status = one(application, addresses, headers, key)
            say("acknowledged", key)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for difference in differences():
        say("differs", difference)


def one(application, addresses, headers, key) -> str:
    """Send one check-in and return the status of its answer."""
    number = int(key.removeprefix("key-"))
    body = json.dumps({"value": number % 1000, "note": key}).encode()
    found: list[str] = []
    asked = environ("POST", addresses[number % len(addresses)], {**headers, "Idempotency-Key": key}, body)
    answer = application(asked, lambda status, headers, error=None: found.append(status))
    b"".join(answer)
    if hasattr(answer, "close"):  # what is there whole is a list
        answer.close()
    return found[0]


def environ(method: str, path: str, headers: dict[str, str], body: bytes) -> dict:
    """Return a request as a server hands it on."""
    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return {
        "REQUEST_METHOD": method, "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": "",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost", "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr, "wsgi.multithread": True, "wsgi.multiprocess": False,
        "wsgi.run_once": False, **named,
    }  # fmt: skip


def differences() -> list[str]:
    """Compare the living images with the tables."""
    from django.utils import timezone

    from milepost.queries import verification, workspaces

    return [
        str(difference)
        for slug in workspaces.slugs()
        for difference in verification.differences(workspaces.by_slug(slug), timezone.now())
    ]


def say(word: str, *more: object) -> None:
    """Write a line at once and whole, whatever other threads write."""
    os.write(1, (" ".join([word, *map(str, more)]) + "\n").encode())


if __name__ == "__main__":
    main()
