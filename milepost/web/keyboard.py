"""One's own keys: each can be another one, or none, in this browser."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from milepost.web import cookies, keymap, pages
from milepost.web.actors import in_workspace
from milepost.web.keymap import KEYS
from milepost.web.methods import go
from milepost.web.typed import Typed

NO_KEYS = "One key (C), two one after the other (G H), or Ctrl with one (Ctrl K). Empty switches it off."
NO_LETTERS = (
    "Letters are typed there, so it takes Ctrl and one more: Ctrl ↵, or Ctrl S. Empty switches it off."
)


@in_workspace
def edit(request: HttpRequest) -> HttpResponse:
    """Show every key, and what it does."""
    return _form(request, _now(request), {})


@in_workspace
def update(request: HttpRequest) -> HttpResponse:
    """Keep the keys in this browser; two things with the same keys are refused."""
    typed = Typed(request.POST)
    if "usual" in request.POST:
        values = {key.name: key.usual for key in KEYS}
    else:
        # What leads to a page that is not there yet is not asked for, and stays as it is.
        values = {key.name: typed.text(key.name, _now(request)[key.name])[:20] for key in KEYS}
    keys = {name: keymap.spelled(value) for name, value in values.items()}
    wrong = {name: NO_KEYS for name, told in keys.items() if told is None}
    wrong |= {name: NO_LETTERS for name, told in keys.items() if told and _is_typed(name, told)}
    wrong |= {
        name: f"That {does} in every browser, so it cannot do anything else. Choose other keys."
        for name, value in values.items()
        if (does := keymap.browsers(value))
    }
    told = tuple((key.name, keys[key.name] or "") for key in KEYS if keys[key.name] != key.usual)
    wrong = keymap.conflicts(told, pages.links(request.seat.slug)) | wrong
    if wrong:
        return _form(request, values, wrong)
    answer = go("keyboard", slug=request.seat.slug)
    if told:
        cookies.keep(answer, keymap.COOKIE, keymap.written(told))
    else:
        cookies.forget(answer, keymap.COOKIE)
    messages.success(
        request, "Saved in this browser: your keys." if told else "The keys are the usual ones again."
    )
    return answer


def _is_typed(name: str, keys: str) -> bool:
    return keymap.NAMES[name].place == keymap.SWEEP and not keys.startswith("ctrl ")


def _now(request: HttpRequest) -> dict[str, str]:
    chosen = keymap.in_force(pages.keymap_of(request))
    return {key.name: keymap.shown(chosen.get(key.name, "")) for key in KEYS}


def _form(request: HttpRequest, values: dict[str, str], wrong: dict[str, str]) -> HttpResponse:
    links = pages.links(request.seat.slug)
    keys = [key for key in KEYS if not key.leads or key.name in links]
    more = {"keys": keys, "values": values, "wrong": wrong, "here": request.path}
    crumbs = [("Preferences", reverse("preferences", args=[request.seat.slug])), ("Keyboard", None)]
    status = 422 if wrong else 200
    return pages.page(request, "preferences/keyboard.html", more, nav="", crumbs=crumbs, status=status)
