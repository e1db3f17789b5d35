"""Hits as lists show them. The palette's are drawn by hand: twenty come with each letter that one types."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from markupsafe import Markup

from milepost.core.terms import Terms
from milepost.queries.hits import Hit
from milepost.web import marks, words

# What the kinds are called, one and many, and the symbols of those that have one.
WORDS = {
    "team": ("Team", "Teams"),
    "objective": ("Objective", "Objectives"),
    "key_result": ("Key result", "Key results"),
    "person": ("Person", "People"),
    "initiative": ("Initiative", "Initiatives"),
    "cycle": ("Cycle", "Cycles"),
    "comment": ("Comment", "Comments"),
}
SYMBOLS = {
    "team": "people",
    "objective": "target",
    "key_result": "gauge",
    "initiative": "check",
    "cycle": "calendar",
    "comment": "comment",
}


def options(hits: Iterable[Hit], wanted: Terms) -> Markup:
    """Draw hits as options of the palette, with the words marked that were looked for."""
    return Markup("\n".join(_option(hit, wanted) for hit in hits))


def _option(hit: Hit, wanted: Terms) -> str:
    excerpt = f'<small class="hit-x">{marks.told(hit.excerpt, wanted)}</small>' if hit.excerpt else ""
    return (
        f'<a class="item opt" role="option" tabindex="-1" href="{marks.escaped(hit.url)}">{symbol(hit)}'
        f'<span class="opt-t"><span>{marks.told(hit.title, wanted)}</span>'
        f'<small class="hit-w">{said(hit)}{marks.escaped(_where(hit))}</small>{excerpt}</span>'
        f"{standing(hit)}</a>"
    )


def symbol(hit: Hit) -> Markup:
    """Draw the symbol of its kind; of a person the initials."""
    if hit.kind != "person":
        return marks.icon(SYMBOLS[hit.kind])
    tint, initials = words.tint(hit.id), words.initials(hit.title)
    return Markup('<span class="av {}" aria-hidden="true">{}</span>').format(tint, initials)


def said(hit: Hit) -> Markup:
    """Say of a comment who said it when."""
    if hit.on is None:
        return Markup()
    by = f"{hit.by}, " if hit.by else ""
    return Markup('{}<time datetime="{}">{}</time> · ').format(by, hit.on.isoformat(), words.day(hit.on))


def standing(hit: Hit) -> Markup:
    """Draw how it stands, where it can."""
    return _standing(hit.status, words.percent(hit.progress)) if hit.status else Markup()


@lru_cache(maxsize=1024)
def _standing(status: str, percent: str) -> Markup:
    mark = marks.mark_with_word(status)
    return Markup(f'<span class="hit-s">{mark}<span class="num">{percent}</span></span>')


def _where(hit: Hit) -> str:
    return " · ".join((WORDS[hit.kind][0], *hit.context))
