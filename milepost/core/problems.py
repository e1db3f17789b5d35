"""What can go wrong, in words for a person and a code for a program."""

from __future__ import annotations

MOST_TOLD = 50  # of what is wrong at once; the rest is counted


class Problem(Exception):
    """Say what happened, where, why, and what to do.

    `code` is stable and for programs; `message` is one sentence for a person; `remedy` says what
    to do next; `field` names the input it is about; `details` are further sentences (one a line);
    `status` is that of HTTP; `retry_after` is in how many seconds it is worth trying again, where that
    is known.
    """

    code = "problem"
    status = 400
    retry_after: int | None = None

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        remedy: str | None = None,
        field: str | None = None,
        details: tuple[str, ...] = (),
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.field = field
        self.details = details
        if code is not None:
            self.code = code
        if status is not None:
            self.status = status

    def as_json(self) -> dict[str, object]:
        """Return plain values for a program to read; `problems` are its parts, where it has some."""
        return {
            "code": self.code,
            "message": self.message,
            "remedy": self.remedy or "",
            "problems": [{"path": "", "code": self.code, "message": each} for each in self.details],
        }

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}" if self.remedy else self.message


def first_line(wrong: Exception, *, otherwise: str = "it gave no reason") -> str:
    """Return the first line of what an error says, for it may say a page."""
    return (str(wrong).strip().splitlines() or [otherwise])[0]


class Invalid(Problem):
    """Input that cannot be accepted."""

    code = "invalid"
    status = 422


class NotFound(Problem):
    """No such thing, or none that this person may see: both read the same."""

    code = "not_found"
    status = 404
    USUAL = "There is nothing at this address."
    USUAL_REMEDY = "See that the address is right, and that what stands there is open to you."

    def __init__(self, message: str = USUAL, **more) -> None:
        super().__init__(message, **({"remedy": self.USUAL_REMEDY} if message == self.USUAL else {}) | more)


class NotAllowed(Problem):
    """Seen, but not to be changed by this person."""

    code = "not_allowed"
    status = 403


class Conflict(Problem):
    """The thing has changed, or its state does not allow this."""

    code = "conflict"
    status = 409
