"""The Jinja2 environment of the pages: what every template may call without importing it."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.template import engines
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from milepost.web import charts, cookies, form_tokens, frames, keymap, looks, marks, scales, words
from milepost.web.compiled import Compiled


class Pages(Environment):
    """An environment whose globals are all known before the first template is loaded."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what a template may call: as a plain dict, which each import and each page goes through."""
        return {**self.globals, **(d or {})}


def render(template: str, context: dict[str, Any], request: HttpRequest) -> str:
    """Draw a page; all of its forms bear one token, for masking one is as much work as drawing a form."""
    context |= {"request": request, "csrf_input": SimpleLazyObject(partial(form_tokens.field, request))}
    return engines["jinja2"].env.get_template(template).render(context)


def environment(**options) -> Environment:
    """Make the environment for Django's Jinja2 backend."""
    # A missing name is a bug on every machine, not only in tests: better loud than a number left out.
    options["undefined"] = StrictUndefined
    if settings.SECRET_KEY:
        folder = settings.MILEPOST.data_dir / "templates"
        options["bytecode_cache"] = Compiled(folder, settings.SECRET_KEY)
    env = Pages(trim_blocks=True, lstrip_blocks=True, **options)
    env.globals.update(
        static=asset,
        url=url,
        frame=frames.frame,
        hx=hx,
        flashes=flashes,
        module=module,
        cookie=cookies.name,
        look=looks.look,
        icon=marks.icon,
        mark=marks.mark,
        mark_with_word=marks.mark_with_word,
        logo=marks.logo,
        bar=charts.bar,
        spark=charts.spark,
        strip=charts.strip,
        line=charts.line,
        month_labels=scales.month_labels,
        trend_of=charts.Trend,
    )
    env.filters.update(
        day=words.day,
        day_to=words.day_to,
        day_value=words.day_value,
        echoed=words.echoed,
        dated=words.dated,
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
        told=marks.told,
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
    """Turn the Markdown that people write into safe HTML."""
    from milepost.web import markdown  # which is slow to come, and the first page may have none

    return markdown.html(text)


def _nonce(context: Context) -> str:
    nonce = context.get("csp_nonce")
    return str(nonce) if nonce else context["request"].csp_nonce


def _attributes(named: dict[str, object]) -> Markup:
    pairs = (f'{escape(name)}="{escape(_written(value))}"' for name, value in named.items())
    return Markup(" ".join(pairs))


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
