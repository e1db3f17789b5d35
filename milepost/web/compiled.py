"""Templates as Jinja has compiled them, kept in the data folder: compiling them is half of a first page."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, BytecodeCache

import milepost

SEAL = hashlib.blake2b().digest_size
PRIVATE = 0o700


class Compiled(BytecodeCache):
    """Keeps what templates were compiled to, and takes back nothing but what this installation has written.

    What is read here is executed. So the folder must be ours alone, and each file bears a seal that only
    the installation's secret key makes, over its text and the template's name.
    """

    def __init__(self, folder: Path, secret: str) -> None:
        self.folder = folder
        self._key = hashlib.blake2b(secret.encode(), person=b"templates").digest()

    def get_source_checksum(self, source: str) -> str:
        """Return what tells one compilation from another: the source, and the code that compiled it."""
        return f"{super().get_source_checksum(source)} {self._compiler}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket with what was kept of this template, where it can be trusted."""
        try:
            if not _is_ours_alone(self.folder):
                return
            kept = (self.folder / bucket.key).read_bytes()
        except OSError:
            return
        if hmac.compare_digest(kept[:SEAL], self._seal(bucket.key, kept[SEAL:])):
            bucket.bytecode_from_string(kept[SEAL:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what this template was compiled to; where that cannot be, it is compiled again next time."""
        text = bucket.bytecode_to_string()
        beside = self.folder / f"{bucket.key}.{os.getpid()}"
        try:
            # The data folder is there, or nobody has begun: whoever only looks makes nothing.
            self.folder.mkdir(PRIVATE, exist_ok=True)
            if _is_ours_alone(self.folder):
                beside.write_bytes(self._seal(bucket.key, text) + text)
                beside.replace(self.folder / bucket.key)
        except OSError:
            with suppress(OSError):
                beside.unlink()

    def _seal(self, name: str, text: bytes) -> bytes:
        return hashlib.blake2b(name.encode() + b"\0" + text, key=self._key).digest()

    @cached_property
    def _compiler(self) -> str:
        # Jinja works out constants while it compiles, with our filters: these are part of the outcome.
        root = Path(milepost.__file__).parent
        found = hashlib.blake2b(f"{milepost.__version__} {jinja2.__version__}".encode(), digest_size=16)
        for path in sorted((*root.glob("web/*.py"), *root.glob("core/*.py"))):
            facts = path.stat()
            found.update(f"{path.name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
        return found.hexdigest()


def _is_ours_alone(folder: Path) -> bool:
    facts = folder.lstat()
    return (
        stat.S_ISDIR(facts.st_mode)
        and stat.S_IMODE(facts.st_mode) == PRIVATE
        and (not hasattr(os, "geteuid") or facts.st_uid == os.geteuid())
    )
