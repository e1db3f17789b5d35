"""Passwords: which are too weak."""

from __future__ import annotations

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from milepost.core.problems import Invalid
from milepost.models import User

LONGEST = 1_000  # a longer one only keeps the hash busy


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
