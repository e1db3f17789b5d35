"""The API under made-up requests, good and bad: never a defect, never an answer that is not documented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from milepost.actions import comments, tokens
from milepost.api.document import document
from milepost.core.ids import encode
from milepost.ledger import image
from milepost.models import Alignment, Checkin
from tests.cast import Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.django_db
LONG = 1000  # characters
FEWER = 10  # on PostgreSQL, where only what the database does is other
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
)
# What in a body or an address names which kind of thing.
NAMES = {
    "cycle": "cycle", "team": "team", "owner": "person", "sponsor": "person", "contributors": "person",
    "visible_to": "person", "person": "person", "by": "person", "objective": "objective",
    "key_result": "key_result", "under": "objective", "initiative": "initiative", "alignment": "alignment",
    "checkin": "checkin", "comment": "comment", "after": "checkin",
}  # fmt: skip
HOSTILE = (
    "\x00", "\u202e", "a\u0301" * 200, "NaN", "Infinity", "9" * 400, "-0", "1e999", "'; DROP TABLE token; --",
    "{{7*7}}", "%00", "../../etc/passwd", "7zzzzzzzzzzzz", "8000000000000", "🧭" * 90, "",
)  # fmt: skip


@schemathesis.hook
def before_load_schema(context, raw_schema: dict[str, Any]) -> None:
    """Let long texts be made by their length alone.

    A generator writes length and pattern as one expression, of 40 MB when compiled, and keeps all it made: a
    worker grew to 4 GB. What the pattern forbids is among what is hostile.
    """
    for part in parts(raw_schema):
        if part.get("maxLength", 0) >= LONG:
            part.pop("pattern", None)


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every mapping in a document."""
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts(each)


@pytest.fixture(scope="session")
def documented(django_db_setup, django_db_blocker):
    """The API as its document says, answered in this process; whoever reads it reads all our modules, too."""
    with django_db_blocker.unblock():
        return schemathesis.openapi.from_wsgi("/api/openapi.json", WSGIHandler())


@pytest.fixture
def schema(db, documented):
    """The same, answered in the test's own transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield documented
    for signal in signals:
        signal.connect(close_old_connections)


OPERATIONS = [
    f"{method.upper()} {path}" for path, methods in document()["paths"].items() for method in methods
]


@pytest.fixture
def things(cast: Cast, okrs: Okrs) -> dict[str, list[str]]:
    """The ids of what is there, by kind."""
    said = comments.add(text="Well", objective=okrs.helpful.id, by=cast.ada, at=timezone.now())
    found = {
        "objective": [okrs.company.id, okrs.helpful.id, okrs.draft.id],
        "key_result": [okrs.growth.id, okrs.waiting.id, okrs.guides.id],
        "cycle": [okrs.cycle.id, okrs.next_cycle.id],
        "team": [cast.product.id, cast.rockets.id],
        "person": [cast.ada.person_id, cast.ben.person_id, cast.cleo.person_id, cast.zed.person_id],
        "initiative": [okrs.triage.id],
        "alignment": list(Alignment.objects.of(cast.acme.id).values_list("id", flat=True)),
        "checkin": list(Checkin.objects.of(cast.acme.id).values_list("id", flat=True)),
        "comment": [said.id],
    }
    return {kind: [encode(id) for id in ids] for kind, ids in found.items()}


def aimed(value: Any, things: Mapping[str, list[str]], draw, name: str = "") -> Any:
    """Let some of what was made up name what is there, or be hostile."""
    match value:
        case dict():
            return {key: aimed(each, things, draw, str(key)) for key, each in value.items()}
        case list():
            return [aimed(each, things, draw, name) for each in value]
    if name in NAMES and draw(st.integers(0, 9)) < 7:
        return draw(st.sampled_from(things[NAMES[name]]))
    if isinstance(value, str) and draw(st.integers(0, 19)) == 0:
        return draw(st.sampled_from(HOSTILE))
    return value


def pieces(case) -> Iterator[str]:
    """Name the parts of a request that may be aimed."""
    for part in ("path_parameters", "query", "body"):
        if isinstance(getattr(case, part), dict | list) and getattr(case, part):
            yield part


@pytest.mark.parametrize("named", OPERATIONS)
class TestEveryOperation:
    @pytest.mark.both_databases
    def test_answers_as_documented(self, named: str, schema, cast, things, pytestconfig):
        """Whatever comes with a good token, good or bad: what is answered stands in the document."""
        method, path = named.split(" ")
        operation = schema[path][method]
        _, secret = tokens.create(name="Fuzz", scope="admin", by=cast.ada, at=timezone.now())
        good = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
        bad = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

        cases = pytestconfig.getoption("api_cases")

        @settings(
            max_examples=max(1, cases // FEWER) if connection.vendor == "postgresql" else cases,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=st.one_of(good, bad), data=st.data())
        def every(case, data):
            for part in pieces(case):
                setattr(case, part, aimed(getattr(case, part), things, data.draw))
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {secret}"}
            with transaction.atomic():
                answer = case.call()
                transaction.set_rollback(True)
            if method != "GET" and answer.status_code < 300:
                image.forget()
            case.validate_response(answer, checks=CHECKS)

        every()

    def test_asks_for_a_token(self, named: str, schema, db):
        """Without a token nothing is told, whatever is sent."""
        method, path = named.split(" ")
        operation = schema[path][method]

        @settings(max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
        def every(case):
            case.headers = {
                name: value for name, value in (case.headers or {}).items() if name != "Authorization"
            }
            answer = case.call()
            assert answer.status_code == 401
            case.validate_response(answer, checks=CHECKS)

        every()
