"""Answers that are kept so that they need not be sent again, for each login in a folder of its own."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from datetime import date
from pathlib import Path
from typing import Any

from milepost.cli import servers
from milepost.cli.servers import Server
from milepost.cli.shapes import fits, is_tree
from milepost.cli.wire import Wire
from milepost.core.problems import Problem

FRESH_FOR = 3_600  # seconds for which a list of names is not asked for again


def folder(server: Server) -> Path:
    """Return where the answers to a login are kept."""
    mark = hashlib.sha256(f"{server.url} {server.token}".encode()).hexdigest()[:16]
    return servers.folder("XDG_CACHE_HOME", "~/.cache") / mark


def forget(server: Server) -> None:
    """Delete what is kept of a login."""
    shutil.rmtree(folder(server), ignore_errors=True)


def tree(wire: Wire, *, key_results: bool, on: date | None = None) -> dict[str, Any]:
    """Return the whole as the API gives it; only asked whether it is still right where it is kept.

    That of a past day is not kept: who looks back seldom looks at the same day again.
    """
    if on is not None:
        return wire.get("/tree", is_tree, key_results=key_results, on=on)
    file = folder(wire.server) / ("tree-full.json" if key_results else "tree.json")
    etag, body = _read(file)
    more = {"If-None-Match": etag} if etag else {}
    data = wire.bytes("GET", f"/tree?key_results={str(key_results).lower()}", **more)
    if not data and etag:
        if (found := _value(body, is_tree)) is not None:
            touch(file)
            return found
        # What is kept was spoilt here, so the whole is asked for.
        data = wire.bytes("GET", f"/tree?key_results={str(key_results).lower()}")
    found = wire.read(data, is_tree)
    _write(file, wire.headers.get("ETag", ""), data.decode())
    return found


def tree_at_hand(server: Server) -> dict[str, Any] | None:
    """Return the tree that is kept, with its key results, without asking anybody."""
    _, body = _read(folder(server) / "tree-full.json")
    return _value(body, is_tree)


def tree_kept_at(server: Server) -> float:
    """Return when the tree at hand was last asked for, in seconds since 1970."""
    try:
        return (folder(server) / "tree-full.json").stat().st_mtime
    except OSError:
        return 0.0


def names(
    wire: Wire, noun: str, shape: Any = dict, *, anew: bool = False, **query: Any
) -> dict[str, dict[str, Any]]:
    """Return the people, teams or cycles by id, as they were asked for within the hour."""
    file = folder(wire.server) / f"{noun}.json"
    asked, body = _read(file)
    if not anew and asked.isdecimal() and 0 <= time.time() - int(asked) < FRESH_FOR:
        found = _value(body, dict)
        if found is not None and fits(list(found.values()), [shape]):
            return found
    found = {each["id"]: each for each in wire.every(f"/{noun}", shape, **query)}
    _write(file, str(int(time.time())), json.dumps(found, ensure_ascii=False))
    return found


def note(server: Server, name: str, text: str | None) -> None:
    """Remember a line, or strike it out."""
    if text is None:
        (folder(server) / name).unlink(missing_ok=True)
    else:
        _write(folder(server) / name, str(int(time.time())), text)


def noted(server: Server, name: str) -> str:
    """Return a line that was remembered within the hour."""
    at, text = _read(folder(server) / name)
    return text if at.isdecimal() and 0 <= time.time() - int(at) < FRESH_FOR else ""


def _read(file: Path) -> tuple[str, str]:
    """Return the first line and the rest; what cannot be read is as if it were not there."""
    try:
        mark, _, body = file.read_text(encoding="utf-8").partition("\n")
        return mark, body
    except (OSError, ValueError):
        return "", ""


def _value(body: str, shape: Any) -> Any:
    """Return what is kept, or None where that is no longer what was written."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if fits(value, shape) else None


def touch(file: Path) -> None:
    """Note that what a file says is still right."""
    try:
        file.touch()
    except OSError:
        pass  # as with what cannot be written


def _write(file: Path, mark: str, body: str) -> None:
    try:
        servers.private(file, f"{mark}\n{body}")
    except Problem:
        pass  # a home that cannot be written to makes us slower, no more
