"""The project's files, as house rules read them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILT = {".venv", ".git", "__pycache__", "node_modules", "build", "dist"}


def committed() -> list[str]:
    """List the paths that are or would be committed, from the project's root."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True)
    if told.returncode == 0 and told.stdout:
        return sorted(path for path in told.stdout.split("\0") if path and (ROOT / path).is_file())
    return sorted(_walked())


def text(path: str) -> str | None:
    """Read a file; None where it is not text, or has gone since it was listed, as what tests write."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError):
        return None


def parsed(source: str) -> ast.Module:
    """Parse Python."""
    return ast.parse(source)


def _walked() -> Iterator[str]:
    for path in ROOT.rglob("*"):
        relative = path.relative_to(ROOT)
        if path.is_file() and not BUILT.intersection(relative.parts):
            yield relative.as_posix()
