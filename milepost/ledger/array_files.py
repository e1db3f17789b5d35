"""Files of arrays, which are used as they lie there: nothing in them is made into objects when one is opened.

A file holds MAGIC, the length of the header and the checksum of all that follows, the header (JSON), then the
arrays as they lie in memory. Nothing in it is ever executed. It is written beside and put in place at once,
for its owner's eyes alone. What such a file holds is a cache: one that does not fit is passed over.
"""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import orjson

MAGIC = b"MILEPOST IMAGE 1\n"
ALIGNED = 64
_HEAD = struct.Struct("<QI")  # how long the header is, and the checksum


class DoesNotFit(Exception):
    """A file that cannot be used; it says why, for the log."""


class Writing:
    """The arrays of a file, in the order in which they are written."""

    def __init__(self) -> None:
        self.arrays: list[np.ndarray] = []

    def add(self, array: Any) -> int:
        """Take an array to be written; return its number."""
        self.arrays.append(np.ascontiguousarray(np.asarray(array)))
        return len(self.arrays) - 1

    def put(self, path: Path, told: bytes) -> None:
        """Write the arrays and what is `told` of them, as JSON: readers see the old file or the new."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                self._write(file, told)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)

    def _write(self, file, told: bytes) -> None:
        shapes = orjson.dumps([(one.dtype.str, one.shape) for one in self.arrays])
        header = b'{"arrays":%s,"told":%s}' % (shapes, told)
        header += b" " * (-(len(MAGIC) + _HEAD.size + len(header)) % ALIGNED)
        checked = zlib.crc32(header)
        blocks = [memoryview(one).cast("B") if one.size else memoryview(b"") for one in self.arrays]
        blocks = [(block, b"\0" * (-len(block) % ALIGNED)) for block in blocks]
        for block, padding in blocks:
            checked = zlib.crc32(padding, zlib.crc32(block, checked))
        file.write(MAGIC + _HEAD.pack(len(header), checked) + header)
        for block, padding in blocks:
            file.write(block)
            file.write(padding)


def read(path: Path) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Open a file: what it tells, and its arrays. Raises DoesNotFit, or FileNotFoundError."""
    begin = len(MAGIC) + _HEAD.size
    whole = _whole(path)
    if whole[: len(MAGIC)] != MAGIC or len(whole) < begin:
        raise DoesNotFit("it is no snapshot")
    length, checked = _HEAD.unpack(whole[len(MAGIC) : begin])
    if zlib.crc32(whole[begin:]) != checked:
        raise DoesNotFit("it is torn")
    header = orjson.loads(whole[begin : begin + length])
    at, arrays = begin + length, []
    for kind, shape in header["arrays"]:
        found = np.frombuffer(whole, np.dtype(kind), int(np.prod(shape)), at).reshape(shape)
        arrays.append(found)
        at += -(-found.nbytes // ALIGNED) * ALIGNED
    return header["told"], arrays


def _whole(path: Path) -> memoryview:
    # Not the file itself mapped: whoever wrote over it, or made it shorter, would change figures after the
    # checksum was looked at, or end this process. Memory from the system begins where arrays like it.
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if not size:
            raise DoesNotFit("it is empty")
        held = mmap.mmap(-1, size)
        if file.readinto(held) != size:
            raise DoesNotFit("it grew shorter while it was read")
    return memoryview(held).toreadonly()


def drop(folder: Path, workspace_id: int) -> None:
    """Delete the files of a workspace, if there are any."""
    for path in folder.glob(f"{workspace_id}.*"):
        path.unlink(missing_ok=True)


def workspaces(folder: Path) -> set[int]:
    """Return the workspaces that have files there; what else lies there is not ours."""
    return {int(path.stem) for path in folder.glob("[0-9]*.*") if path.stem.isdecimal()}


def drop_others(folder: Path, exists: Callable[[int], bool]) -> None:
    """Delete the files of workspaces that are no longer there."""
    for id in workspaces(folder):
        if not exists(id):
            drop(folder, id)


def clear_away(folder: Path) -> None:
    """Delete what a process that died while it wrote has left behind."""
    for path in folder.glob(".[0-9]*.*.*"):
        with suppress(OSError):
            path.unlink()
