"""Passwords: which are too weak."""

from __future__ import annotations

import re

from django.contrib.auth import password_validation
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from milepost.core.problems import Invalid
from milepost.models import User

LONGEST = 1_000  # a longer one only keeps the hash busy
# What somebody tries first at a Milepost, besides what everybody uses everywhere.
OURS = frozenset(
    {
        "milepost", "okr", "okrs", "objective", "objectives", "keyresult", "keyresults", "checkin",
        "checkins", "quarter", "admin", "owner",
    }
)  # fmt: skip
_LETTERS = re.compile(r"[^\W\d_]+")


class OneWord(CommonPasswordValidator):
    """Refuses what many use, and one word that would be tried first, whatever digits stand beside it.

    Those are the words that many use, ours, and those of the person's name and address, as of their company.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError where a password is such a word."""
        super().validate(password, user)
        words = _LETTERS.findall(password.casefold())
        tried = {"".join(words), *(words if len({*words}) == 1 else ())} - {""}
        known = OURS.union(*(_LETTERS.findall(said.casefold()) for said in _said_of(user)))
        if any(word in known or word in self.passwords for word in tried):
            raise ValidationError(
                "It is one word that others would try, with something beside it.",
                code="password_too_common",
            )


def _said_of(user: User | None) -> tuple[str, ...]:
    return (user.name, user.email) if user is not None else ()


def check(password: str, *, name: str, email: str) -> None:
    """Refuse a password that is easily guessed, saying why."""
    try:
        if len(password) > LONGEST:
            raise ValidationError(f"It is longer than {LONGEST} characters.")
        password_validation.validate_password(password, User(name=name, email=email))
    except ValidationError as wrong:
        first, *more = wrong.messages
        raise Invalid(
            first,
            details=tuple(more),
            code="weak_password",
            field="password",
            remedy="Three or four unrelated words make a good one.",
        ) from None
