"""What is hashed of a row: its sealed columns in the one form that both databases share, with a salt.

A leaf is the first 16 bytes of SHA-256 over the salt and a JSON list without spaces: the table's name, then
the columns as `milepost/ledger/rows.py` reads them, in the order in which they stand here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
import orjson
from django.apps import apps
from django.db import connection

from milepost.ledger import rows
from milepost.models import Seal
from milepost.models.ids import COUNTER_BITS
from milepost.models.key_results import KEY_RESULT_FIELDS
from milepost.models.objectives import OBJECTIVE_FIELDS

FORM = 2
# By form, then by table. A form that has sealed something is never changed: a column that comes is a new
# form, one that goes must still be told for the old ones.
_WHO_WHEN = ("at", "by_id", "reason")
_OBJECTIVE = (
    "id", "workspace_id", "title", "description", "cycle_id", "team_id", "owner_id", "sponsor_id",
    "commitment", "level", "visibility", "state", "contributors", "visible_to", "objective_id",
)  # fmt: skip
_KEY_RESULT = (
    "id", "workspace_id", "title", "description", "kind", "start", "target", "unit", "direction", "floor",
    "low", "high", "tolerance", "milestones", "weight", "starts_on", "ends_on", "curve", "points", "owner_id",
    "source", "data_source", "visibility", "visible_to", "state", "key_result_id", "objective_id",
)  # fmt: skip
FORMS: dict[int, dict[str, tuple[str, ...]]] = {
    1: {
        "alignment": (
            "id", "workspace_id", "child_id", "parent_objective_id", "parent_key_result_id", "how", "weight",
            "since_at", "by_id",
        ),
        "checkin": (
            "id", "workspace_id", "key_result_id", "value", "parts", "confidence", "note", "effective_at",
            "recorded_at", "by_id", "corrects_id", "is_withdrawn",
        ),
        "comment": ("id", "workspace_id", "objective_id", "key_result_id", "by_id", "at", "text"),
        "event": (
            "id", "workspace_id", "kind", "at", "actor_id", "door", "objective_id", "key_result_id",
            "subject_id", "data", "undoes_id",
        ),
        "grade": (
            "id", "workspace_id", "objective_id", "key_result_id", "raw", "grade", "policy", "reason",
            "learned", "at", "by_id",
        ),
        "key_result_version": (*_KEY_RESULT, *_WHO_WHEN),
        "objective_version": (*_OBJECTIVE, *_WHO_WHEN),
        "redaction": ("id", "workspace_id", "table", "row_id", "seal", "is_gone", "why", "at", "by_id"),
        "transition": (
            "id", "workspace_id", "objective_id", "event", "from_state", "to_state", "at", "by_id", "reason",
        ),
    }
}  # fmt: skip
# What changes in its place: `redactions.change` says so, and the row is sealed anew.
_CHANGING: dict[str, tuple[str, ...]] = {
    "alignment": (*FORMS[1]["alignment"], "until_at"),
    "cycle": ("id", "workspace_id", "key", "name", "starts_on", "ends_on", "parent_id", "closed_on"),
    "initiative": (
        "id", "workspace_id", "key", "objective_id", "key_result_id", "title", "description", "owner_id",
        "state", "due_on", "created_at",
    ),
    "key_result": ("id", "workspace_id", "key", "created_at"),
    "objective": ("id", "workspace_id", "key", "created_at"),
    "person": ("id", "workspace_id", "key", "name", "role", "left_on"),
    "team": ("id", "workspace_id", "key", "name", "parent_id", "purpose"),
    "team_member": (
        "id", "workspace_id", "team_id", "person_id", "is_lead", "since_on", "until_on", "since_at",
        "until_at",
    ),
    "workspace": (
        "id", "name", "time_zone", "mission", "vision", "scoring_policy", "check_in_every",
        "count_restricted_work", "second_step_for", "created_at",
    ),
}  # fmt: skip
FORMS[2] = FORMS[1] | _CHANGING
CHANGING: dict[int, frozenset[str]] = {1: frozenset(), 2: frozenset(_CHANGING)}
# Names that files give, and ways to reach somebody; of objectives and key results the versions are sealed.
LEFT_OUT = {
    "checkin": {"key"}, "comment": {"key"}, "initiative": {"revision"}, "workspace": {"slug"},
    "person": {"user_id", "email", "looked_at"}, "objective": {*OBJECTIVE_FIELDS, "revision"},
    "key_result": {*KEY_RESULT_FIELDS, "position", "revision"},
}  # fmt: skip

LEAF = np.dtype([("id", ">i8"), ("leaf", "V16")])
SALT_BYTES = 16
NO_SALT = bytes(SALT_BYTES)


class Place(NamedTuple):
    """Where a row stands in a seal."""

    table: str
    id: int
    position: int


def leaf(salt: bytes, table: str, row: Sequence[Any]) -> bytes:
    """Return the hash of a row."""
    return hashlib.sha256(salt + orjson.dumps([table, *row])).digest()[:16]


def is_same(table: str, form: int, other: int) -> bool:
    """Say whether two forms seal the same columns of a table."""
    return FORMS[form].get(table) == FORMS[other].get(table)


def salts(seal: Seal, count: int) -> list[bytes]:
    """Return the salt of each row of a seal."""
    if told := bytes(seal.salts):
        return [told[start : start + SALT_BYTES] for start in range(0, len(told), SALT_BYTES)]
    return derived(bytes(seal.seed), count)


def derived(seed: bytes, count: int) -> list[bytes]:
    """Return so many salts, which nobody guesses without the seed."""
    return [hashlib.sha256(seed + position.to_bytes(4)).digest()[:SALT_BYTES] for position in range(count)]


def named(seal: Seal) -> np.ndarray:
    """Return the rows of a seal, each with its id and its hash, table by table."""
    blob = bytes(seal.rows)
    return np.frombuffer(blob[: len(blob) - len(blob) % LEAF.itemsize], LEAF)


def by_table(seal: Seal) -> Iterator[tuple[str, int, np.ndarray]]:
    """Yield each table that a seal covers, the position of its first row, and the ids of its rows."""
    ids, position = named(seal)["id"].astype(np.int64), 0
    for table, count in sorted(seal.counts.items()):
        yield table, position, ids[position : position + count]
        position += count


def places(seal: Seal) -> Iterator[Place]:
    """Yield every row of a seal."""
    for table, first, ids in by_table(seal):
        for position, id in enumerate(ids.tolist(), first):
            yield Place(table, id, position)


def read(form: int, table: str, workspace_id: int, ids: Sequence[int]) -> dict[int, list[Any]]:
    """Read the sealed columns of rows by their ids; a row that is not there is left out."""
    kinds = _kinds(table)
    columns = FORMS[form][table]
    chosen = ", ".join(rows.read_as(kinds[column], f'"{column}"') for column in columns)
    wanted = "= ANY (%s)" if connection.vendor == "postgresql" else "IN (SELECT value FROM json_each(%s))"
    listed = list(ids) if connection.vendor == "postgresql" else orjson.dumps(list(ids)).decode()
    jsons = [place for place, column in enumerate(columns) if kinds[column] == "json"]
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {chosen} FROM "{table}" WHERE {_owner(table)} = %s AND id {wanted}',
            [workspace_id, listed],
        )
        for row in cursor.fetchall():
            told = list(row)
            for place in jsons:
                if told[place] is not None:
                    told[place] = rows.in_order(told[place])
            found[told[0]] = told
    return found


def ids_of(table: str, workspace_id: int, *, since: int = 0, until: int | None = None) -> np.ndarray:
    """Return the ids of a workspace's rows, from one on and up to another, in their order."""
    wanted, arguments = f"{_owner(table)} = %s AND id >= %s", [workspace_id, since]
    if until is not None:
        wanted, arguments = f"{wanted} AND id < %s", [*arguments, until]
    with connection.chunked_cursor() as cursor:
        cursor.execute(f'SELECT id FROM "{table}" WHERE {wanted} ORDER BY id', arguments)
        return np.fromiter((id for batch in iter(lambda: cursor.fetchmany(5_000), []) for (id,) in batch),
                           np.int64)  # fmt: skip


def _owner(table: str) -> str:
    return "id" if table == "workspace" else "workspace_id"


def moment(id: int) -> datetime:
    """Return when an id was made."""
    return datetime.fromtimestamp((id >> COUNTER_BITS) / 1000, UTC)


def digest(seal: Seal) -> str:
    """Return the hash of a seal, which is what the next one repeats."""
    told = [
        "milepost.seal", seal.id, seal.workspace_id, seal.number, seal.previous,
        seal.at.astimezone(UTC).isoformat(timespec="microseconds"), seal.form, seal.began, seal.floor,
        seal.is_complete, seal.lowest, seal.highest, sorted(seal.counts.items()),
        hashlib.sha256(bytes(seal.rows)).hexdigest(),
    ]  # fmt: skip
    return hashlib.sha256(orjson.dumps(told)).hexdigest()


def _kinds(table: str) -> Mapping[str, str]:
    if table not in _known:
        models = {model._meta.db_table: model for model in apps.get_app_config("milepost").get_models()}
        _known[table] = {
            field.column: rows.kind(field) for field in models[table]._meta.local_concrete_fields
        }
    return _known[table]


_known: dict[str, dict[str, str]] = {}
