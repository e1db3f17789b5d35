"""Which version was edited: `If-Match` names the one a program has read, so that nothing newer is lost."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

import orjson
from django.http import HttpRequest

from milepost.actions import versions
from milepost.core.problems import Conflict, Problem
from milepost.formats import entity_tags

HEADER = "If-Match"
ANY = "*"
_TAG = re.compile(r'"([0-9]{1,9})-[0-9a-f]{16}"')
# A proxy that packs an answer marks its tag (nginx as weak, Caddy at its end); what was read is the same.
_PACKED = re.compile(r'-(?:gzip|zstd|br)"$')


class NewerThere(Problem):
    """What stands there is not what `If-Match` names."""

    code = "changed_meanwhile"
    status = 412


class NoVersions(Problem):
    """`If-Match` came where there is nothing that it could be compared with."""

    code = "no_versions"
    status = 412

    def __init__(self) -> None:
        super().__init__(
            "This address keeps no versions, so If-Match names none. Nothing was done.",
            remedy="Leave If-Match out here.",
        )


def etag(record: Any, body: bytes) -> str:
    """Return the entity tag of an answer: the revision of what it tells of, where it has one, and its bytes.

    Figures move with every check-in; where there is a revision, it alone decides whether an edit is written.
    """
    if (revision := getattr(record, "revision", None)) is None:
        return entity_tags.of(body)
    return f'"{revision}-{hashlib.blake2b(body, digest_size=8).hexdigest()}"'


def guarded(request: HttpRequest, said: int | None, write: Callable[[int | None], int]) -> Callable[[], int]:
    """Return what writes the version that `If-Match` or else the body names, and nothing over a newer one."""

    def make() -> int:
        tags = _named(request)
        if tags is None:
            return write(said)
        if not (revisions := _revisions(tags)):
            raise _newer()
        return _told(lambda: write(max(revisions)))

    return make


def as_read(
    request: HttpRequest, kind: str, id: int, read: Callable[[], Any], write: Callable[[], int]
) -> Callable[[], int]:
    """Return what writes only where `If-Match`, if it came, is the tag of what `read` gives.

    It is for what keeps no revision (a person, a team, a cycle, a link, the workspace), and for deleting.
    """

    def make() -> int:
        tags = _named(request)
        if tags is None:
            return write()

        def is_as_read() -> bool:
            record = read()
            if (revision := getattr(record, "revision", None)) is not None:
                return revision in _revisions(tags)
            return etag(record, orjson.dumps(record)) in tags

        return _told(
            lambda: versions.unless_changed(
                kind=kind, id=id, is_as_read=is_as_read, make=write, by=request.actor, at=request.at
            )
        )

    return make


def _named(request: HttpRequest) -> list[str] | None:
    written = request.headers.get(HEADER, ANY).strip()
    if written == ANY:
        return None
    return [_PACKED.sub('"', tag.strip().removeprefix("W/")) for tag in written.split(",")]


def _revisions(tags: list[str]) -> list[int]:
    return [int(found[1]) for tag in tags if (found := _TAG.fullmatch(tag))]


def _told(write: Callable[[], int]) -> int:
    try:
        return write()
    except Conflict as clash:
        if clash.code != NewerThere.code:
            raise
        raise _newer() from None


def _newer() -> NewerThere:
    return NewerThere(
        "It is not what you have read any more: somebody has changed it. Nothing was written.",
        remedy="Read it again, and send what you want to change with the new ETag.",
    )
