"""Operations: how a view becomes an address of the API, with its scope and every status it answers with."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable, Collection
from functools import cache
from typing import Any

from ninja import Router
from pydantic import create_model

from milepost.api import versions
from milepost.api.bearers import Holds
from milepost.api.once import HEADER
from milepost.core.scopes import Scope

METHODS: dict[str, list[str]] = defaultdict(list)  # of each address, filled in as the views are read
GUARDED: dict[str, set[str]] = defaultdict(set)  # those of them that take If-Match
ALSO: dict[str, set[str]] = defaultdict(set)  # the media types that an address gives besides JSON
NOT_IN_TEAMS = " Not for a token that is limited to a team."
ALWAYS = (401, 403, 405, 406, 429, 500, 503, 507)
UNSAFE = (400, 409, 411, 412, 413, 415)
KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Of your making. A request that is sent again with the same key is not done again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[!-~]([ -~]*[!-~])?$"},
}
KNOWN = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of what you have. Where it is still right: 304, without a body.",
    "schema": {"type": "string"},
}
MATCH = {
    "name": versions.HEADER,
    "in": "header",
    "required": False,
    "description": "The `ETag` of what you have read whole and edited. Where it was edited since: 412, and "
    "nothing is written. Of what has a `revision`, figures that have moved meanwhile do not matter.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]([ -~]*[!-~])?$"},
}


@cache
def slice_of(record: type) -> type:
    """Return the shape of a slice of many records."""
    named = record.__name__.removesuffix("Record")
    doc = f"Some of many; `next` is the cursor to go on with, null at the end ({named})."
    return create_model(f"{named}Slice", items=(list[record], ...), next=(str | None, ...), __doc__=doc)


def reads(router: Router, path: str, of: Any, *, many: bool = False, also: Collection[str] = ()) -> Callable:
    """Let a view be read at an address: one record, or a slice of many; `also` in these media types."""
    ALSO[path].update(also)
    shape = slice_of(of) if many else of
    return _operation(router, "GET", path, {200: shape, 304: None}, Scope.READ, (422,), True)


def creates(router: Router, path: str, of: Any, *, scope: Scope, in_teams: bool = False) -> Callable:
    """Let a view make something: 201, or 200 where the same request had made it."""
    return _operation(router, "POST", path, {201: of, 200: of}, scope, (*UNSAFE, 422), in_teams)


def changes(
    router: Router,
    path: str,
    of: Any,
    *,
    scope: Scope,
    method: str = "PATCH",
    guarded: bool = False,
    in_teams: bool = False,
) -> Callable:
    """Let a view change something, and answer with what it is now (None: with nothing).

    One that is `guarded` takes `If-Match`, and refuses with 412 where somebody else came first; any other
    refuses the header, for whoever sends it counts on it.
    """
    if guarded:
        GUARDED[path].add(method)
    return _operation(
        router, method, path, {204: None} if of is None else {200: of}, scope, (*UNSAFE, 422), in_teams
    )


def many(router: Router, path: str, of: Any, *, scope: Scope, in_teams: bool = False) -> Callable:
    """Let a view do something to many things that its body names: all of them, or none."""
    return _operation(router, "POST", path, {200: of}, scope, (*UNSAFE, 404, 422), in_teams)


def _operation(
    router: Router,
    method: str,
    path: str,
    shapes: dict,
    scope: Scope,
    refusals: tuple[int, ...],
    in_teams: bool,
) -> Callable:
    def take(view: Callable) -> Callable:
        name = f"{view.__module__.rpartition('.')[2]}_{view.__name__}"
        said = inspect.getdoc(view) or ""
        summary, _, more = said.partition("\n")
        statuses = {*ALWAYS, *refusals} | ({404} if "{" in path else set())
        extra: dict[str, Any] = {
            "security": [{"token": [scope.value]}],
            "responses": {
                status: {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)
            },
        }
        if method == "GET":
            extra["parameters"] = [KNOWN]
        else:
            extra["parameters"] = [KEY, MATCH] if method in GUARDED[path] else [KEY]
        METHODS[path].append(method)
        return router.api_operation(
            [method],
            path,
            response=shapes,
            auth=Holds(scope, in_teams),
            operation_id=name,
            url_name=f"api_{name}",
            summary=summary.rstrip("."),
            description=f"{more.strip()}\n\nScope: {scope.value}.{'' if in_teams else NOT_IN_TEAMS}".strip(),
            openapi_extra=extra,
        )(view)

    return take
