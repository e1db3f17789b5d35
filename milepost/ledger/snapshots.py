"""Snapshots: an image in a file, so that the next process need not read the whole workspace again.

A snapshot is a cache of a cache. It names the code and the place in the change log that it stands at; what
was committed since is taken in from the log. One that does not fit in any way (torn, of other code, of a log
that has been replaced) is passed over, and the image is made from the tables.

It is a file of arrays (`array_files`): what it holds is used as it lies there.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, astuple
from datetime import date
from fractions import Fraction
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson
from django.db import connection

import milepost
from milepost.ledger import image as images
from milepost.ledger import structure
from milepost.ledger.array_files import DoesNotFit, Writing, read
from milepost.ledger.changes import Token
from milepost.ledger.columns import Column, Floats, Numbers, Rows, Texts, Words
from milepost.ledger.editions import Written
from milepost.ledger.entries import LATEST, Entries, Latest, latest_row
from milepost.ledger.image import Image
from milepost.ledger.structure import (
    AlignmentRow,
    CycleRow,
    KeyResultRow,
    ObjectiveRow,
    PersonRow,
    TeamRow,
    WorkspaceRow,
)
from milepost.ledger.titles import Titles

log = logging.getLogger(__name__)

ENDING = ".image"

_KINDS = {
    "people": (PersonRow, structure.PERSON),
    "objectives": (ObjectiveRow, structure.OBJECTIVE),
    "key_results": (KeyResultRow, structure.KEY_RESULT),
    "alignments": (AlignmentRow, structure.ALIGNMENT),
    "latest": (latest_row, LATEST),
}
_ARRAYS = {Numbers: ("values",), Floats: ("values",), Words: ("codes",), Texts: ("ends", "bytes")}


def read_from(folder: Path | None) -> None:
    """Let this process open images from the snapshots in a folder; None: from the tables alone."""
    images.opened_from = None if folder is None else lambda workspace_id: opened(folder, workspace_id)


class Standing(NamedTuple):
    """What makes a snapshot worth writing anew: where in the log an image stands, and what was made of it."""

    token: Token
    made: frozenset[str]


def standing(image: Image) -> Standing:
    """Return where an image stands, and what the next process would have to make again."""
    titled = {
        name
        for name, rows in (("objective titles", image.objectives), ("key result titles", image.key_results))
        if rows.columns["title"].titles.kept() is not None
    }
    return Standing(image.token, frozenset(image.written) | titled)


# -- writing -----------------------------------------------------------------------------------------------


def save(folder: Path, image: Image) -> Standing:
    """Write an image as it is now; return what was written. Readers see the old file or the new."""
    writing = Writing()
    with image.lock:  # as short as it can be: columns are never written over, what is gets copied
        told = _about(image, writing)
        rows = {name: getattr(image, name) for name in _KINDS if name != "latest"}
        rows["latest"] = image.entries.latest
        held = {name: (each.base, each.columns, dict(each.own), each.gone) for name, each in rows.items()}
        stands = standing(image)
    told["rows"] = {name: _written(name, writing, *each) for name, each in held.items()}
    told["event"] = newest_event(image.workspace_id)
    header = orjson.dumps(told, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME)
    writing.put(_path(folder, image.workspace_id), header)
    return stands


def _about(image: Image, writing: Writing) -> dict[str, Any]:
    return {
        "code": code(),
        "workspace": asdict(image.workspace),
        "token": plain_token(image.token),
        "teams": [
            [*astuple(row)[:5], sorted(row.members), sorted(row.leads)] for row in image.teams.values()
        ],
        "cycles": [astuple(row) for row in image.cycles.values()],
        "family": writing.add(image.family.copy()),
        "numbers": writing.add(image.numbers.copy()),
        "exact": [(id, plain_exact(value)) for id, value in image.entries.exacts.items()],
        "mended": sorted(image.entries.mended),
        "written": {
            name: _texts(each, behind, writing)
            for name, each in image.written.items()
            if (behind := each.outdated(name, image.edition)) is not None
        },
    }


def _texts(written: Written, behind: set[int], writing: Writing) -> dict[str, Any]:
    arrays = written.ids, written.ends, _as_array(written.bytes)
    return {
        "mark": written.mark, "arrays": [writing.add(each) for each in arrays], "behind": sorted(behind),
    }  # fmt: skip


def _written(name: str, writing: Writing, base, columns, own: dict, gone: frozenset[int]) -> dict[str, Any]:
    make, kinds = _KINDS[name]
    found = sorted(own.items())
    rows = [Latest(id, *row) for id, row in found] if name == "latest" else [row for _, row in found]
    return {
        "columns": {key: _column(column, writing) for key, column in columns.items()},
        "own": {
            key: _column(column, writing)
            for key, column in Rows.collect(make, kinds, rows).columns.items()
        },
        "gone": sorted(gone),
    }  # fmt: skip


def _column(column: Column, writing: Writing) -> dict[str, Any]:
    arrays = [writing.add(_as_array(getattr(column, name))) for name in _ARRAYS[type(column)]]
    return {
        "arrays": arrays,
        "values": column.values if isinstance(column, Words) else None,
        "titles": _titles(column, writing) if isinstance(column, Texts) else None,
    }


def _titles(column: Texts, writing: Writing) -> dict[str, Any] | None:
    # Finding them out takes seconds where there are half a million.
    kept = column.titles.kept()
    if kept is None:
        return None
    words, arrays = kept
    return {"words": _column(Texts.of([words]), writing), "arrays": [writing.add(each) for each in arrays]}


def _as_array(held: Any) -> np.ndarray:
    return held if isinstance(held, np.ndarray) else np.frombuffer(held, dtype=np.uint8)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    raise TypeError(f"no place in a snapshot for {value!r}")


def plain_token(token: Token) -> list:
    """Return a place in the log as JSON holds it."""
    return [token.mark, sorted(token.applied), token.count, token.total]


def plain_exact(value: Fraction | tuple[Fraction, ...]) -> str | list[str]:
    """Return an exact value as JSON holds it."""
    return str(value) if isinstance(value, Fraction) else [str(part) for part in value]


# -- reading -----------------------------------------------------------------------------------------------


def opened(folder: Path, workspace_id: int) -> Image | None:
    """Return a workspace's image from its snapshot, where it stood; None where there is none that fits."""
    try:
        told, arrays = read(_path(folder, workspace_id))
        if told["code"] != code() or told["workspace"]["id"] != workspace_id:
            raise DoesNotFit("other code wrote it, or of another workspace")
        token = token_said(told["token"])
        check_log(workspace_id, token, told["event"])
        return Image(workspace_id, fill=lambda image: _fill(image, token, told, arrays))
    except FileNotFoundError:
        return None
    except Exception as why:  # whatever is wrong with a cache, the tables are there
        log.info("The snapshot of workspace %s is passed over: %s", workspace_id, why)
        return None


def _fill(image: Image, token: Token, told: dict[str, Any], arrays: list[np.ndarray]) -> None:
    image.token = token
    image.workspace = WorkspaceRow(**{name: _revived(value) for name, value in told["workspace"].items()})
    teams = (TeamRow(*row[:5], frozenset(row[5]), frozenset(row[6])) for row in told["teams"])
    image.teams = {row.id: row for row in teams}
    image.cycles = {row.id: row for row in (CycleRow(*map(_revived, row)) for row in told["cycles"])}
    rows = {name: _rows(name, told["rows"][name], arrays) for name in _KINDS}
    image.people, image.objectives = rows["people"], rows["objectives"]
    image.key_results, image.alignments = rows["key_results"], rows["alignments"]
    exact = {id: exact_said(value) for id, value in told["exact"]}
    image.entries = Entries.resumed(image.workspace_id, rows["latest"], exact, set(told["mended"]))
    image.family, image.numbers = arrays[told["family"]].copy(), arrays[told["numbers"]].copy()
    image.written = {name: _texts_said(each, image, arrays) for name, each in told["written"].items()}


def _texts_said(told: dict[str, Any], image: Image, arrays: list[np.ndarray]) -> Written:
    ids, ends, bytes = (arrays[number] for number in told["arrays"])
    behind = frozenset(told["behind"])
    return Written(told["mark"], ids, ends, memoryview(bytes), image.edition, behind)


def _rows(name: str, told: dict[str, Any], arrays: list[np.ndarray]) -> Rows:
    make, kinds = _KINDS[name]
    columns, own = (
        {key: _column_of(kind, told[part][key], arrays) for key, kind in kinds.items()}
        for part in ("columns", "own")
    )
    changed = Rows(make, own["id"].values, own)
    return Rows(make, columns["id"].values, columns, dict(changed.items()), frozenset(told["gone"]))


def _column_of(kind: type, told: dict[str, Any], arrays: list[np.ndarray]) -> Column:
    held = [arrays[number] for number in told["arrays"]]
    if kind is Words:
        return Words(*held, [_revived(value) for value in told["values"]])
    column = kind(*held)
    if told["titles"]:
        words = _column_of(Texts, told["titles"]["words"], arrays)
        column.titles = Titles.resumed(column, words, [arrays[number] for number in told["titles"]["arrays"]])
    return column


def _revived(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_revived(part) for part in value)
    return date.fromisoformat(value["day"]) if isinstance(value, dict) else value


def token_said(plain: list) -> Token:
    """Return the place in the log that `plain_token` wrote."""
    mark, applied, count, total = plain
    return Token(mark, frozenset(applied), count, total)


def exact_said(value: str | list[str]) -> Fraction | tuple[Fraction, ...]:
    """Return the value that `plain_exact` wrote."""
    return _fraction(value) if isinstance(value, str) else tuple(map(_fraction, value))


# Reading one takes as long as reading fifty numbers, and milestones are mostly 0, 1 and a half.
_fraction = lru_cache(maxsize=1024)(Fraction)


# -- does it fit? ------------------------------------------------------------------------------------------


@cache
def code() -> str:
    """Name the code that makes images and what it reads: a snapshot of any other is worth nothing."""
    root = Path(milepost.__file__).parent
    digest = blake2b(milepost.__version__.encode(), digest_size=16)
    for path in sorted(
        (*root.glob("ledger/*.py"), *root.glob("core/**/*.py"), *root.glob("migrations/*.py"))
    ):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def check_log(workspace_id: int, token: Token, event: int | None) -> None:
    """Refuse a snapshot that has not seen exactly what the log holds up to where it stands.

    So an older database put in the place of this one is noticed, and one moved to another PostgreSQL, whose
    transactions are counted anew.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT count(*), coalesce(sum(seq), 0)::bigint, "
                "pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM change "
                "WHERE workspace_id = %s AND (xid < %s::text::xid8 OR seq = ANY(%s))",
                [workspace_id, token.mark, sorted(token.applied)],
            )
        else:
            cursor.execute(
                "SELECT count(*), coalesce(sum(seq), 0), coalesce(max(seq), 0) FROM change "
                "WHERE workspace_id = %s AND seq <= %s",
                [workspace_id, token.mark],
            )
        count, total, mark = cursor.fetchone()
        if (count, total) != (token.count, token.total) or mark < token.mark:
            raise DoesNotFit("the log is another one")
        if event is not None:
            cursor.execute(
                "SELECT count(*) FROM event WHERE workspace_id = %s AND id = %s", [workspace_id, event]
            )
            if not cursor.fetchone()[0]:
                raise DoesNotFit("the log is another one")


def newest_event(workspace_id: int) -> int | None:
    """Return the id of a workspace's newest event; None before there is any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM event WHERE workspace_id = %s", [workspace_id])
        return cursor.fetchone()[0]


def _path(folder: Path, workspace_id: int) -> Path:
    return folder / f"{workspace_id}{ENDING}"
