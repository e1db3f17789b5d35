"""One thing wrong with a plan: where, what, and what would be right."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches

Path = tuple[str | int, ...]
_TOO_MANY_TO_COMPARE = 3_000
_TOO_LONG_TO_COMPARE = 100


def path_text(path: Path) -> str:
    """Write a path the way people read it: `objectives[3].key_results[0].measure.target`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


@dataclass(frozen=True)
class PlanProblem:
    """What is wrong at `path`, in the words and with the field names of the file."""

    path: Path
    message: str
    code: str
    remedy: str = ""

    @property
    def where(self) -> str:
        return path_text(self.path)

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.where}:", self.message, self.remedy) if part)


def near(word: str, words: Collection[str], *, cutoff: float = 0.6) -> str | None:
    """Return the word of `words` closest to `word`, or None where none comes near."""
    if len(words) > _TOO_MANY_TO_COMPARE or len(word) > _TOO_LONG_TO_COMPARE:
        return None
    return next(iter(get_close_matches(word, words, n=1, cutoff=cutoff)), None)


def nearest(word: str, words: Collection[str]) -> str:
    """Return “Did you mean “x”?” for the word of `words` closest to `word`, or nothing."""
    close = near(word, words)
    return f"Did you mean “{close}”?" if close else ""
