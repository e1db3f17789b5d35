"""Icons and status marks: one sprite, the shapes of the five statuses, and their words."""

from __future__ import annotations

import re
from functools import cache

from django.templatetags.static import static
from markupsafe import Markup, escape

from milepost.core import terms
from milepost.core.terms import Terms

_MARKED = "%s", "<mark>%s</mark>"
_SPECIAL = re.compile("[&<>'\"]")  # what HTML writes in another way
STATUS_CLASSES = {
    "on_track": "on",
    "at_risk": "risk",
    "off_track": "off",
    "achieved": "done",
    "not_started": "none",
    "no_data": "none",
}
STATUS_WORDS = {
    "on_track": "On track",
    "at_risk": "At risk",
    "off_track": "Off track",
    "achieved": "Done",
    "not_started": "Not started",
    "no_data": "No data",
}


@cache
def sprite() -> str:
    """Address the icon sprite."""
    return static("milepost/icons.svg")


def status_class(status: str | None) -> str:
    """Name the CSS class of a status; nothing known reads as no data."""
    return STATUS_CLASSES.get(status or "no_data", "none")


def coloured(status: str | None) -> str:
    """Write the class of a status after others: " on"; nothing for none."""
    return f" {status_class(status)}" if status else ""


def status_word(status: str | None) -> str:
    """Say a status in a word or two."""
    return STATUS_WORDS.get(status or "no_data", STATUS_WORDS["no_data"])


@cache
def icon(name: str, size: str = "", extra: str = "") -> Markup:
    """Draw an icon of the sprite; `size` is "" (18 px), "s" (16 px) or "l" (24 px)."""
    classes = " ".join(part for part in ("ico", f"ico-{size}" if size else "", extra) if part)
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>').format(
        classes, sprite(), name
    )


@cache
def mark(status: str | None) -> Markup:
    """Draw the shape of a status, without its word."""
    name = status_class(status)
    return Markup(
        '<svg class="mark {0}" viewBox="0 0 16 16" aria-hidden="true"><use href="{1}#s-{0}"/></svg>'
    ).format(name, sprite())


@cache
def mark_with_word(status: str | None) -> Markup:
    """Draw the shape of a status, with its word for those who hear the page."""
    return Markup('<span class="st {}">{}<span class="vh">{}</span></span>').format(
        status_class(status), mark(status), status_word(status)
    )


def escaped(text: str) -> str:
    """Write a text as HTML writes it: hardly any differs, and to look costs less than to make it `Markup`."""
    return escape(text) if _SPECIAL.search(text) else text


def told(text: str, wanted: Terms) -> Markup:
    """Write a text with the words marked that were looked for."""
    if not _SPECIAL.search(text):
        return Markup(terms.enclosed(wanted, text, "<mark>", "</mark>"))
    return Markup("".join(_MARKED[is_marked] % escape(one) for one, is_marked in terms.marked(wanted, text)))


@cache
def logo() -> Markup:
    """Draw the milestone of the brand."""
    return Markup(
        '<svg class="logo" viewBox="0 0 28 28" aria-hidden="true">'
        '<rect class="p" width="28" height="28" rx="7"/>'
        '<path class="q" d="M9.5 22v-8.5a4.5 4.5 0 0 1 9 0V22M7 22h14M14 14.5V18"/></svg>'
    )
