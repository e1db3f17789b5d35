"""Too much at once in forms: whatever is sent, no page breaks, and what is refused changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client

from milepost.ledger import image
from milepost.web.problems import FORM_LONGEST
from tests.routes import routes
from tests.web.borders import ROUTES, address, form
from tests.worlds import World, everything_kept

pytestmark = pytest.mark.both_databases

FORM = "application/x-www-form-urlencoded"
LINE = "line"
PARTS = f"multipart/form-data; boundary={LINE}"
HEAVY = 1_900_000  # bytes of a body; 2 MiB are read
FIELDS = ("login", "password", "email", "name", "code", "next", "theme", "credential")  # beside workspaces
Body = tuple[str, str, bytes]  # what is wrong with it, its type, and what is sent

POSTED = [route for route in routes() if route.is_in_workspace and ROUTES[route.name].takes is not None]
BESIDE = [
    route for route in routes() if not (route.is_in_workspace or route.is_for_programs or route.arguments)
]


def written(fields: Mapping[str, Any]) -> bytes:
    """Write a form as browsers do."""
    pairs = (
        f"{quote(name)}={quote(each)}"
        for name, value in fields.items()
        for each in (value if isinstance(value, list) else [value])
    )
    return "&".join(pairs).encode()


def part(name: str, value: bytes, *more: str, file: str | None = None) -> bytes:
    """Write one part of a form with files."""
    named = f'; filename="{file}"' if file is not None else ""
    head = "\r\n".join((f'Content-Disposition: form-data; name="{name}"{named}', *more))
    return f"--{LINE}\r\n{head}\r\n\r\n".encode() + value + b"\r\n"


END = f"--{LINE}--\r\n".encode()


def fields_too_many(names: list[str], good: Mapping[str, Any]) -> Iterator[Body]:
    """Yield forms with more fields than anybody looks at, and with fields that stand there often."""
    yield "as many fields as are read", FORM, written({**good, **{f"k{n}": "1" for n in range(900)}})
    yield "more fields than are read", FORM, written({f"k{n}": "1" for n in range(60_000)})
    yield "nothing but ends of fields", FORM, b"&" * HEAVY
    yield "a name of two megabytes", FORM, b"k" * HEAVY + b"=1"
    yield (
        "names inside names",
        FORM,
        written(
            {
                f"{name}{inner}": "1"
                for name in names
                for inner in ("[]", "[0]", "[a][b][c]", ".a.b", "__in", "[" * 500 + "]" * 500)
            }
        ),
    )
    yield "names of Python", FORM, written({"__class__": "1", "__proto__": "1", "self": "1", "request": "1"})
    for name in names:
        yield f"{name} nine hundred times", FORM, written(good | {name: ["1"] * 900})


def fields_too_large(names: list[str], good: Mapping[str, Any]) -> Iterator[Body]:
    """Yield forms in which one field, or each, holds what nobody types."""
    for name in names:
        yield f"{name} of many letters", FORM, written(good | {name: "x" * 100_000})
        for what, value in HOSTILE.items():
            yield f"{name} is {what}", FORM, written({**good, name: ""}) + f"&{quote(name)}=".encode() + value
    room = HEAVY // max(len(names), 1)
    yield "each field as long as may be", FORM, written(dict.fromkeys(names, "x" * room))


HOSTILE = {
    "a number of many digits": b"9" * 100_000,
    "a number beyond all": b"1e999999999",
    "no number": b"nan",
    "a day that is none": b"9999999-99-99",
    "a character of control": b"%00",
    "half of a character": b"%ed%a0%80",
    "no UTF-8": b"%ff%fe",
    "nothing but signs": b"%" * 100_000,
    "marks that turn it round": b"%e2%80%ae" * 10_000,
    "deep brackets": b"%5b" * 100_000,
    "deep markup": b"%3e+" * 10_000 + b"%2a" * 10_000,
}


def files_and_parts(names: list[str], good: Mapping[str, Any]) -> Iterator[Body]:
    """Yield forms in parts that are too many, too large, or no parts at all."""
    kept = b"".join(
        part(name, each.encode())
        for name, value in good.items()
        for each in (value if isinstance(value, list) else [value])
    )
    first = names[0] if names else "file"
    yield "parts that are too many", PARTS, b"".join(part(f"k{n}", b"1") for n in range(5_000)) + END
    yield "files that are too many", PARTS, b"".join(part(f"k{n}", b"", file="a") for n in range(500)) + END
    yield "files where text is meant", PARTS, b"".join(part(n, b"x", file="a.txt") for n in names) + END
    yield "a large file that nobody asked for", PARTS, kept + part("k", b"x" * 6_000_000, file="a") + END
    yield "a large text", PARTS, kept + part(first, b"x" * 3_000_000) + END
    yield "heads without end", PARTS, part(first, b"1", *(f"X-{n}: 1" for n in range(10_000))) + END
    yield "one long head", PARTS, part(first, b"1", "X-Long: " + "x" * 1_000_000) + END
    yield (
        "parts in parts",
        PARTS,
        part(first, part("k", b"1") * 200 + END, f"Content-Type: multipart/mixed; boundary={LINE}"),
    )
    yield "base64 that is none", PARTS, part(first, b"=" * 100_001, "Content-Transfer-Encoding: base64") + END
    yield "a file that climbs", PARTS, part(first, b"x", file="../../../../etc/passwd\x00.yaml") + END
    yield "no end", PARTS, kept + part(first, b"x" * 1_000)[:-2]
    yield "nothing but lines", PARTS, f"--{LINE}\r\n".encode() * 50_000
    yield "no line between", "multipart/form-data", kept + END
    yield "a line of many letters", f"multipart/form-data; boundary={'x' * 5_000}", kept + END
    yield "a line that is none", "multipart/form-data; boundary=\xe9", kept + END
    yield "letters that are none", f"{PARTS}; charset=base64", kept + END
    yield "letters that nobody knows", f"{PARTS}; charset=klingon", kept + END


def other_types(good: Mapping[str, Any]) -> Iterator[Body]:
    """Yield what is no form, or says that it is another."""
    yield "letters that take two bytes", f"{FORM}; charset=utf-16", written(good)
    yield "letters that are none", f"{FORM}; charset=base64", written(good)
    yield "deep brackets", "application/json", b"[" * (HEAVY // 2) + b"]" * (HEAVY // 2)
    yield "an object of an object", "application/json", b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    yield "a number beyond all", "application/json", b'{"value": 1e999999999}'
    yield "a list where an object is meant", "application/json", b"[1]"
    yield "no JSON", "application/json", b"\xff\xfe{"
    yield "markup", "text/xml", b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'
    yield "no type at all", "", written(good)
    yield "a type of many letters", "a/" + "b" * 8_000, written(good)
    yield "more than is read", FORM, b"k=" + b"x" * 3_000_000


def bodies(names: list[str], good: Mapping[str, Any]) -> Iterator[Body]:
    """Yield everything that is too much for a form with these fields."""
    yield from fields_too_many(names, good)
    yield from fields_too_large(names, good)
    yield from files_and_parts(names, good)
    yield from other_types(good)


class Sender:
    """A browser that sends what no browser does, and notes where a page breaks."""

    def __init__(self, client: Client) -> None:
        client.raise_request_exception = False
        self.client, self.wrong, self.tried = client, [], 0

    def try_all(self, what: str, path: str, sent: Iterator[Body]) -> None:
        """Send bodies to an address, each as if it were the first."""
        for named, kind, body in sent:
            with transaction.atomic():
                answer = self.client.generic("POST", path, body, content_type=kind)
                transaction.set_rollback(True)
            self.tried += 1
            if answer.status_code >= 500:
                self.wrong.append(f"{what} with {named}: {answer.status_code}")
            if answer.status_code < 400:
                image.forget()


class TestForms:
    @pytest.mark.parametrize("part", range(4))
    def test_of_a_workspace_break_no_page(self, world: World, signed_in, part: int):
        """Each form takes what is too much, or refuses it."""
        sender = Sender(signed_in("ada"))

        for route in POSTED[part::4]:
            row = ROUTES[route.name]
            good = form(row, world.acme)
            path = address(route.pattern, "acme", world.acme, row.on)
            names = [*(row.takes or {}), *(["file"] if route.name.startswith("start_") else [])]
            sender.try_all(route.name, path, bodies(names, good))

        assert sender.wrong == []
        assert sender.tried > 500

    def test_beside_workspaces_break_no_page(self, world: World, signed_in):
        """Neither do those of accounts, whether somebody is signed in or not."""
        for client in (Client(), signed_in("ada")):
            sender = Sender(client)
            for route in BESIDE:
                if route.name != "sign_out":
                    sender.try_all(route.name, f"/{route.pattern}", bodies([*FIELDS], {}))

            assert sender.wrong == []
            assert sender.tried > 500

    def test_that_are_refused_change_nothing(self, world: World, signed_in):
        """What Django would not read never reaches an action."""
        client, before, statuses = signed_in("ada"), everything_kept(), set()
        good = form(ROUTES["new_objective"], world.acme)
        many = written({**good, **{f"k{n}": "1" for n in range(2_000)}})

        for body in (many, written(good) + b"&k=" + b"x" * 3_000_000):
            statuses.add(
                client.generic("POST", "/w/acme/objectives/new/", body, content_type=FORM).status_code
            )

        assert statuses == {413}
        assert everything_kept() == before

    @pytest.mark.parametrize("part", range(2))
    def test_get_no_copy_back(self, world: World, signed_in, part: int):
        """A form with more text than anybody writes is refused in a few words; a shorter one is bounded."""
        wrong, ada = [], signed_in("ada")
        for route in POSTED[part::2]:
            row = ROUTES[route.name]
            names, path = [*(row.takes or {"k": ""})], address(route.pattern, "acme", world.acme, row.on)
            for letter, in_all, most in (("x", HEAVY, 40_000), ('"', FORM_LONGEST - 1_000, 800_000)):
                if letter == "x" or len(names) > 1:
                    body = written(dict.fromkeys(names, letter * (in_all // len(names))))
                    with transaction.atomic():
                        answer = ada.generic("POST", path, body, content_type=FORM)
                        transaction.set_rollback(True)
                    if len(answer.content) > most or (letter == "x" and answer.status_code != 413):
                        wrong.append((route.name, letter, answer.status_code, len(answer.content)))
        image.forget()

        assert wrong == []
