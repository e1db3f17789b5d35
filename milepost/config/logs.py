"""How the log is written: lines for people or for programs, and nothing personal in either.

A message of ours is written out, for we know what we put into it. Of a foreign one only the words that its
author wrote are kept, not what was filled into them: an address may hold a name or a secret. A program's
line names the places an error went through, but not what the error said, which may be somebody's row.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from http import HTTPStatus

from milepost.web import requests

OURS = "milepost"
# What a line may hold besides its message. Whoever adds a name answers for what stands under it.
FIELDS = ("method", "route", "status", "ms", "person", "account")


def message(record: logging.LogRecord) -> str:
    """Return what a record says, without what was filled in by others."""
    if record.name.split(".")[0] == OURS or not record.args:
        return record.getMessage()
    status = getattr(record, "status_code", None)
    if status is not None:
        return HTTPStatus(status).phrase
    return str(record.msg)


def number(record: logging.LogRecord) -> str:
    """Return the number of the request that a record is of; Django writes some after a request was left."""
    return requests.number() or getattr(getattr(record, "request", None), "number", "")


def moment(record: logging.LogRecord) -> str:
    """Return when a record was made, in UTC: lines of several machines can then be put in order."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


class Text(logging.Formatter):
    """Lines for a person at a terminal, who sees where and why something broke."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(said)s%(number)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return moment(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.said = message(record)
        record.number = f" [{found}]" if (found := number(record)) else ""
        return super().formatMessage(record)


class Json(logging.Formatter):
    """One JSON object a line, of fields from a list."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message(record),
            "request": number(record),
            **{name: getattr(record, name, None) for name in FIELDS},
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__qualname__
            line["places"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps({name: value for name, value in line.items() if value not in (None, "")})
