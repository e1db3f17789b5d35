"""Where in a file something is wrong, and the one exception that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from milepost.core.plan.findings import Path, path_text
from milepost.core.problems import Problem


@dataclass(frozen=True)
class FilePlace:
    """A spot in a file; lines and columns count from 1, 0 where they are not known."""

    file: str
    line: int = 0
    column: int = 0
    path: Path = ()

    @property
    def where(self) -> str:
        """Return the path as `objectives[3].key_results[0].measure.target`."""
        return path_text(self.path)

    def __str__(self) -> str:
        spot = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{spot} {self.where}" if self.path else spot


@dataclass(frozen=True)
class FileProblem:
    """One thing that is wrong: where, what, and what would be right."""

    place: FilePlace
    message: str
    code: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.message}{f' {self.remedy}' if self.remedy else ''}"

    def as_json(self) -> dict[str, object]:
        """Return plain values for a program to read."""
        return {
            "file": self.place.file,
            "line": self.place.line or None,
            "column": self.place.column or None,
            "path": self.place.where,
            "code": self.code,
            "message": self.message,
            "remedy": self.remedy,
        }


class FileProblems(Problem):
    """A file that is refused whole: `problems` holds the first fifty reasons in the order of the file."""

    code = "file_refused"
    status = 422

    def __init__(self, name: str, problems: Sequence[FileProblem], *, more: bool = False) -> None:
        self.problems = tuple(problems)
        self.more = more
        number = len(self.problems)
        count = (
            f"at least {number} problems" if more else "1 problem" if number == 1 else f"{number} problems"
        )
        super().__init__(
            f"{name} was refused, with {count}; nothing of it was taken.",
            remedy="Mend what is listed and try again.",
            details=tuple(str(problem) for problem in self.problems),
        )

    def as_json(self) -> dict[str, object]:
        """Return plain values for a program to read."""
        parts = [problem.as_json() for problem in self.problems]
        return super().as_json() | {"more": self.more, "problems": parts}
