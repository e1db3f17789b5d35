"""Which version was edited: `If-Match` names the one a program has read, so that nothing newer is lost."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from django.http import HttpRequest

from milepost.core.problems import Conflict, Problem

HEADER = "If-Match"
_TAG = re.compile(r'"([0-9]{1,9})-[0-9a-f]{16}"')


class NewerThere(Problem):
    """What stands there is not what `If-Match` names."""

    code = "changed_meanwhile"
    status = 412


def etag(revision: int, body: bytes) -> str:
    """Return the entity tag of a thing that can be edited: its revision, and what was answered with it.

    Its figures move with every check-in; only the revision decides whether an edit may be written.
    """
    return f'"{revision}-{hashlib.blake2b(body, digest_size=8).hexdigest()}"'


def guarded(request: HttpRequest, said: int | None, write: Callable[[int | None], int]) -> Callable[[], int]:
    """Return what writes the version that `If-Match` or else the body names, and nothing over a newer one."""

    def make() -> int:
        named = request.headers.get(HEADER, "*").strip()
        if named == "*":
            return write(said)
        revisions = [int(found[1]) for tag in named.split(",") if (found := _TAG.fullmatch(tag.strip()))]
        if not revisions:
            raise _newer()
        try:
            return write(max(revisions))
        except Conflict as clash:
            if clash.code != NewerThere.code:
                raise
            raise _newer() from None

    return make


def _newer() -> NewerThere:
    return NewerThere(
        "It is not what you have read any more: somebody has changed it. Nothing was written.",
        remedy="Read it again, and send what you want to change with the new ETag.",
    )
