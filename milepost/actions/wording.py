"""Names, texts and addresses as people type them: tidied, and refused where they cannot be kept."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from milepost.core.characters import is_blank, poses, require_printable, seen
from milepost.core.plan.words import NAME_LONGEST, TEXT_LONGEST, TITLE_LONGEST
from milepost.core.problems import Invalid
from milepost.models import User

_is_email = EmailValidator()


def name(text: str, *, of: str, field: str = "name", longest: int = NAME_LONGEST) -> str:
    """Return a name on one line; `of` completes "… needs a name"."""
    tidy = line(text, field=field)
    if not tidy:
        raise Invalid(f"{of} needs a name.", field=field, remedy="You can change it later.")
    require_short(tidy, longest, "name", field=field)
    return tidy


def title(text: str, *, of: str, remedy: str) -> str:
    """Return a title on one line; `of` completes "… needs a title"."""
    tidy = line(text, field="title")
    if not tidy:
        raise Invalid(f"{of} needs a title.", field="title", remedy=remedy)
    require_short(tidy, TITLE_LONGEST, "title", field="title")
    return tidy


def require_short(text: str, longest: int, noun: str, *, field: str) -> None:
    """Refuse a text that is longer than can be kept."""
    if len(text) > longest:
        raise Invalid(
            f"The {noun} has {len(text):,} characters.", field=field, remedy=f"Keep it to {longest:,}."
        )


def line(text: str, *, field: str) -> str:
    """Return a text on one line; refused where it holds what no one can read."""
    require_printable(text, field=field)
    return "" if is_blank(text) else " ".join(seen(text).split())


def printable(text: str, *, field: str) -> str:
    """Return a text, tidied at its ends; refused where it holds what no one can read."""
    require_printable(text, field=field)
    return "" if is_blank(text) else seen(text).replace("\r\n", "\n").strip()


def prose(text: str, *, field: str) -> str:
    """Return a text of several lines."""
    tidy = printable(text, field=field)
    require_short(tidy, TEXT_LONGEST, "text", field=field)
    return tidy


def email(text: str) -> str:
    """Return an e-mail address in the one spelling that is stored."""
    require_printable(text, field="email")
    address = User.objects.spell(text)
    if poses(address):
        raise Invalid(
            "This e-mail address has letters that look like others.",
            code="bad_email",
            field="email",
            remedy="Type it anew, in the letters of one alphabet.",
        )
    try:
        _is_email(address)
    except ValidationError:
        raise Invalid(
            "This is no e-mail address." if address else "An e-mail address is needed.",
            code="bad_email",
            field="email",
            remedy="Write it as name@example.com.",
        ) from None
    return address
