"""Answering with a page: the template, with the frame around it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse

from milepost.ledger.structure import CycleRow
from milepost.queries import shell as shells
from milepost.queries.cards import Reader
from milepost.web import cookies, inserts, jinja, kept_pages, keymap, looks, personas, travel, words
from milepost.web import misread as misreading

# Which page stands behind each entry of the rail and each key; one that does not exist is not offered.
LINKS = {
    "week": "week",
    "overview": "overview",
    "teams": "teams",
    "alignment": "alignment",
    "map": "map",
    "activity": "activity",
    "people": "people",
    "settings": "settings",
    "sweep": "sweep",
    "new_objective": "new_objective",
    "appearance": "appearance",
    "preferences": "preferences",
    "sign_out": "signing_out",
    "search": "search",
    "palette": "palette",
    "keyboard": "keyboard",
}
CYCLE_COOKIE = "cycle"


def reader(request: HttpRequest) -> Reader:
    """Return the reader of this request: the actor, today or on the past day that the address asks for."""
    return Reader(request.actor, request.today, travel.day_asked(request))


def day_of(looking: Reader) -> date:
    """Return the day from which a page tells how long ago something was."""
    return looking.today if looking.known is None else words.PastDay.of(looking.today)


@lru_cache(maxsize=1024)
def links(slug: str) -> dict[str, str]:
    """Return the addresses of the frame."""
    found = {}
    for name, view in LINKS.items():
        for arguments in ({"slug": slug}, {}):
            try:
                found[name] = reverse(view, kwargs=arguments)
            except NoReverseMatch:
                continue
            break
    return found


def keymap_of(request: HttpRequest) -> keymap.Keymap:
    """Return what the reader has made of the keys in this browser."""
    return keymap.read(cookies.read(request, keymap.COOKIE))


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | Callable[[], dict[str, Any]],
    *,
    nav: str,
    crumbs: list[tuple[str, str | None]],
    seen_by: Reader | None = None,
    status: int = 200,
    travels: bool = False,
    slides: bool = False,
    comparison: str | None = None,
    began: date | None = None,
    cycle: CycleRow | None = None,
    kept_as: Hashable | None = None,
    misread: tuple[misreading.Part, ...] | Callable[[], tuple[misreading.Part, ...]] = (),
) -> HttpResponse:
    """Render a page of a workspace with its frame; one that `travels` can be shown on any past day.

    One that `slides` has sliders of its own in its middle. `comparison` is where two days of it stand side
    by side, `began` the first day of what it shows, `cycle` the one that this belongs to, `misread` what its
    address says and it did not understand, cycle and day apart.

    With `kept_as` it is kept drawn: that names what it depends on besides the figures of the day, the
    reader, the address and the cookies; the context is then a function, asked when it has to be drawn, and
    `misread` too.
    """
    looking = seen_by or reader(request)

    def draw() -> str:
        said = context() if callable(context) else context
        frame = _frame(request, looking, nav, crumbs, cycle)
        understood = {"cycle": _knows_cycle(request, looking), "on": travels or _is_today(request, looking)}
        unread = misread() if callable(misread) else misread
        frame.misread = misreading.told(request, misreading.parts(request.GET, understood) + unread)
        frame.travel = travel.of(request, looking, comparison, began) if travels else None
        named = {"shell": frame, "today": day_of(looking), "csp_nonce": request.csp_nonce, **said}
        return jinja.render(template, named, request)

    is_plain = looking.known is None and "HX-Request" not in request.headers and "cycle" not in request.GET
    if kept_as is not None and is_plain:
        return HttpResponse(kept_pages.drawn(request, looking, (template, kept_as), draw), status=status)
    html = draw()
    if looking.known is not None:
        html = travel.carried(inserts.filled(request, html), looking.today)
    if (travels or slides) and request.headers.get("HX-Request"):
        # A slider is being dragged: the middle of the page is all that it shows.
        html = travel.middle(html)
    answer = HttpResponse(inserts.encoded(request, html), status=status)
    if _knows_cycle(request, looking):
        cookies.keep(answer, CYCLE_COOKIE, request.GET["cycle"][:64], lasts=90 * 86_400)
    return answer


def _knows_cycle(request: HttpRequest, looking: Reader) -> bool:
    """Say whether the address asks for a cycle that there is."""
    wanted = request.GET.get("cycle")
    return bool(wanted) and any(cycle.key == wanted for cycle in looking.image.cycles.values())


def _is_today(request: HttpRequest, looking: Reader) -> bool:
    """Say whether the address asks for today, or for a day on which the reader looks at things anyway."""
    return looking.known is not None or request.GET.get("on") == request.today.isoformat()


def not_yet(
    request: HttpRequest,
    title: str,
    *,
    came: str,
    began: date,
    crumbs: list[tuple[str, str | None]],
) -> HttpResponse:
    """Answer for a day before a thing was there, to a reader who may see it today."""
    there = f"{request.path}?on={began}" if began < request.today else request.path
    context = {"title": title, "came": came, "began": began, "there": there, "now": request.path}
    return page(
        request, "travel/not_yet.html", context, nav="teams", crumbs=crumbs, status=404, travels=True,
        began=began,
    )  # fmt: skip


def _frame(
    request: HttpRequest,
    looking: Reader,
    nav: str,
    crumbs: list[tuple[str, str | None]],
    cycle: CycleRow | None,
) -> shells.Shell:
    wanted = request.GET.get("cycle") or (cycle.key if cycle else cookies.read(request, CYCLE_COOKIE))
    frame = shells.shell(looking, cycle=shells.chosen_cycle(looking, wanted))
    frame.nav, frame.crumbs, frame.links = nav, crumbs, links(looking.slug)
    look = looks.look(request)
    frame.theme, frame.status_colours, frame.keys_off = look.theme, look.status_colours, look.keys == "off"
    frame.personas = personas.offered(request)
    frame.keys = keymap.Keys(keymap_of(request), tuple(frame.links.items()))
    frame.can_edit = not request.actor.is_guest and not looking.actor.looks_back
    if looking.known is not None:
        # The rail leads to what waits today.
        frame.due = len(shells.due_now(Reader(request.actor, request.today)))
    return frame
