"""The Jinja2 environment of the pages: what every template may call without importing it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import nh3
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import Message
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from milepost.web import charts, frames, keymap, marks, words

ALLOWED_TAGS = {
    "p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr",
}  # fmt: skip
MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough").disable("image")


def environment(**options) -> Environment:
    """Make the environment for Django's Jinja2 backend."""
    # A missing name is a bug on every machine, not only in tests: better loud than a number left out.
    options["undefined"] = StrictUndefined
    env = Environment(trim_blocks=True, lstrip_blocks=True, **options)
    env.globals.update(
        static=asset,
        url=url,
        frame=frames.frame,
        hx=hx,
        flashes=flashes,
        module=module,
        icon=marks.icon,
        mark=marks.mark,
        logo=marks.logo,
        bar=charts.bar,
        spark=charts.spark,
        strip=charts.strip,
        line=charts.line,
        trend_of=charts.Trend,
    )
    env.filters.update(
        day=words.day,
        day_value=words.day_value,
        ago=words.ago,
        percent=words.percent,
        signed=words.signed,
        apart=words.apart,
        number=words.number,
        amount=words.amount,
        plain_number=words.plain_number,
        sight=words.sight,
        initials=words.initials,
        tint=words.tint,
        notes=notes,
        keys_shown=keymap.shown,
        status_class=marks.status_class,
        status_word=marks.status_word,
    )
    return env


@cache
def asset(path: str) -> str:
    """Address a static file; its name holds a hash of what is in it, so it is looked up once."""
    return static(path)


def url(name: str, *args, **kwargs) -> str:
    """Address a page by its name."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


@pass_context
def hx(context: Context, **attributes) -> Markup:
    """Write data-hx-* attributes with the nonce that hx-csp asks of every element that has any.

    `hx(post=url, target="#kr-1", swap="outerHTML")`; underscores become hyphens, None is left out.
    """
    given = ((name.replace("_", "-"), value) for name, value in attributes.items() if value is not None)
    named = {f"data-hx-{name}": value for name, value in given}
    return _attributes({**named, "data-hx-nonce": _nonce(context)})


@pass_context
def flashes(context: Context) -> list[Message]:
    """List the messages that wait for this person and take them off the pile."""
    request = context.get("request")
    waiting = get_messages(request) if request is not None else ()
    # Going through them marks them as read, which sends a cookie: not when there are none.
    return list(waiting) if len(waiting) else []


@pass_context
def module(context: Context, name: str) -> Markup:
    """Load one of our custom elements: `module("sweep")` is js/sweep.js."""
    return Markup('<script type="module" src="{}" nonce="{}"></script>').format(
        asset(f"milepost/js/{name}.js"), _nonce(context)
    )


def notes(text: str | None) -> Markup:
    """Turn the Markdown that people write into safe HTML: headings become bold, images stay text."""
    tokens = list(_flattened(MARKDOWN.parse(text or "")))
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return Markup(
        nh3.clean(
            html,
            tags=ALLOWED_TAGS,
            attributes={"*": set(), "a": {"href"}},
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer nofollow",
        )
    )


def _flattened(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.type == "heading_open":
            yield Token("paragraph_open", "p", 1, block=True)
            yield Token("strong_open", "strong", 1)
        elif token.type == "heading_close":
            yield Token("strong_close", "strong", -1)
            yield Token("paragraph_close", "p", -1, block=True)
        else:
            yield token


def _nonce(context: Context) -> str:
    nonce = context.get("csp_nonce")
    return str(nonce) if nonce else context["request"].csp_nonce


def _attributes(named: dict[str, object]) -> Markup:
    pairs = (f'{escape(name)}="{escape(_written(value))}"' for name, value in named.items())
    return Markup(" ".join(pairs))


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
