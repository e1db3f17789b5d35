"""Tokens: what lets one's own programs in, and how such a program speaks."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.cache import never_cache

from milepost.actions import tokens as actions
from milepost.core import scopes
from milepost.core.ids import encode
from milepost.core.problems import Conflict, Invalid, NotFound
from milepost.core.scoring import Kind
from milepost.ledger.structure import KeyResultRow
from milepost.queries import shell, tokens
from milepost.queries.cards import Reader
from milepost.queries.records.figures import exact
from milepost.queries.shortlists import ListOf, Shortlist
from milepost.web import confirming, entrance, onwards, pages, shortlists, submissions
from milepost.web.actors import in_workspace
from milepost.web.methods import go
from milepost.web.typed import Typed

LABELS = {"name": "Name", "scope": "What it may do", "team": "Limited to a team", "days": "Lasts"}
# What `milepost login` asks for.
FOR_MILEPOST = QueryDict("name=milepost, the command&scope=write")
LASTS = ((7, "a week"), (30, "30 days"), (90, "90 days"), (365, "a year"))


@in_workspace
def index(request: HttpRequest) -> HttpResponse:
    """Show one's tokens, the form for another, and how to use one."""
    return _index(request, Typed(FOR_MILEPOST if "for" in request.GET else request.POST))


@never_cache
@in_workspace
def create(request: HttpRequest) -> HttpResponse:
    """Make a token and show it, in the answer itself, for it is kept nowhere.

    The same form sent again makes no other token, and cannot show the first one any more.
    """
    if asked := confirming.first(request, back=request.path):
        return asked
    typed = shortlists.take(Typed(request.POST), pages.reader(request), {"team": ListOf.ANY_TEAM})
    days, team = typed.whole("days"), typed.id("team")
    if typed.problems:
        return _index(request, typed)
    secret = None

    def make() -> int:
        nonlocal secret
        row, secret = actions.create(
            name=typed.text("name"),
            scope=typed.text("scope"),
            team=team,
            days=days or 0,
            by=request.actor,
            at=request.at,
        )
        return row.id

    try:
        made = submissions.once(request, typed, makes="token", make=make)
    except (Invalid, Conflict) as wrong:
        typed.refuse(wrong)
        return _index(request, typed)
    return _made(request, made, secret)


@in_workspace
def revocation(request: HttpRequest, token: int) -> HttpResponse:
    """Ask whether a token is to be revoked."""
    card, reader = _card(request, token), pages.reader(request)
    if not card.is_good:
        return go("tokens", slug=request.seat.slug)
    here = reverse("tokens", args=[request.seat.slug])
    more = {"token": card, "on": _days(reader, card), "words": _WORDS[card.scope], "tokens": here}
    crumbs = [("API", here), (card.name, None)]
    return pages.page(request, "tokens/revoke.html", more, nav="", crumbs=crumbs, seen_by=reader)


@in_workspace
def destroy(request: HttpRequest, token: int) -> HttpResponse:
    """Revoke a token."""
    actions.revoke(token=token, by=request.actor, at=request.at)
    messages.success(request, "Revoked. Whatever used it no longer gets in.")
    return go("tokens", slug=request.seat.slug)


def _card(request: HttpRequest, token: int) -> tokens.TokenCard:
    found = tokens.of(request.actor, at=request.at, token=token)
    if not found:
        raise NotFound
    return found[0]


def _made(request: HttpRequest, made: int, secret: str | None) -> HttpResponse:
    """Show a token that was just made; without its secret, say that it was shown before."""
    card, reader = _card(request, made), pages.reader(request)
    here = reverse("tokens", args=[request.seat.slug])
    more = {"secret": secret, "token": card, "on": _days(reader, card), "tokens": here}
    more |= {"examples": _examples(request, reader)[0], "server": entrance.whole(request, "")}
    crumbs = [("API", here), (card.name, None)]
    return pages.page(
        request, "tokens/create.html", more, nav="", crumbs=crumbs, seen_by=reader,
        status=201 if secret else 200,
    )  # fmt: skip


def _index(request: HttpRequest, typed: Typed) -> HttpResponse:
    reader = pages.reader(request)
    examples, whose = _examples(request, reader)
    near = Shortlist(reader, ListOf.ANY_TEAM)
    mine = tokens.listed(request.actor, at=request.at, before=request.GET.get("before", ""))
    if near.is_long:
        teams = near.options(typed.chosen("team"))
    else:
        listed = sorted(reader.image.teams.values(), key=lambda row: row.name.casefold())
        teams = [(encode(row.id), row.name) for row in listed]
    more = {
        "typed": typed,
        "submission": typed.text("submission") or submissions.new_mark(),
        "problems": typed.listed(LABELS),
        "tokens": [(card, _days(reader, card)) for card in mine.entries],
        "onwards": onwards.of(request, "before", mine, "yours"),
        "scopes": [(word.value, _WORDS[word], scopes.SENTENCES[word], _ICONS[word]) for word in scopes.Scope],
        "teams": [("", "No: all that you see"), *teams],
        "finds": shortlists.finds(reader, typed),
        "lasts": LASTS,
        "words": {word.value: words for word, words in _WORDS.items()},
        "examples": examples,
        "ids": _WHOSE[frozenset(whose)],
        "reference": reverse("api_reference"),
    }
    crumbs = [("API", None)]
    return pages.page(
        request, "tokens/index.html", more, nav="", crumbs=crumbs, seen_by=reader, status=typed.status,
        misread=onwards.not_found(request, before=mine),
    )  # fmt: skip


_WORDS = {
    scopes.Scope.READ: "Read",
    scopes.Scope.CHECKIN: "Check in",
    scopes.Scope.WRITE: "Write",
    scopes.Scope.ADMIN: "Everything",
}
_ICONS = {
    scopes.Scope.READ: "search",
    scopes.Scope.CHECKIN: "check",
    scopes.Scope.WRITE: "pencil",
    scopes.Scope.ADMIN: "gear",
}


# By whether what the examples name is the reader's own.
_WHOSE = {
    frozenset(): "",
    frozenset({True}): "The ids are of what is yours.",
    frozenset({True, False}): "The ids are of what is yours or, where nothing is, of what you see.",
    frozenset({False}): "Nothing here is yours yet: the ids are of what you see.",
}


def _days(reader: Reader, card: tokens.TokenCard) -> dict:
    moments = {"created": card.created_at, "expires": card.expires_at, "used": card.used_at}
    moments["revoked"] = card.revoked_at
    return {name: at and reader.local(at).date() for name, at in moments.items()}


def _examples(request: HttpRequest, reader: Reader) -> tuple[list[tuple[str, str]], list[bool]]:
    """Write commands that work as they stand, and say of each thing they name whether it is the reader's own.

    Where nothing is, they read what others have: an example changes nothing that is not one's own.
    """
    api = entrance.whole(request, "/api/v1")
    bearer = '-H "Authorization: Bearer $MILEPOST_TOKEN"'
    found = [
        ("Who am I, and what may this token do?", f"curl {bearer} \\\n  {api}/me"),
        ("What of mine is due?", f"curl {bearer} \\\n  {api}/me/due"),
        ("The whole company, as a tree", f"curl {bearer} \\\n  '{api}/tree?key_results=true'"),
    ]
    owned = reader.image.owned_by.get(reader.actor.person_id, ())
    mine = [one for one in owned if reader.sees(one.id) and reader.takes_checkins(one)]
    whose = []
    # One more entry of a series is one more period, whatever it says.
    for one in [one for one in (*shell.due_now(reader), *mine) if not Kind(one.kind).is_series][:1]:
        found.append(
            (
                f"Check in “{one.title}”",
                f"curl {bearer} \\\n  -H 'Content-Type: application/json' \\\n"
                f'  -H "Idempotency-Key: $(date +%F)-{encode(one.id)}" \\\n'
                f"  -d '{_same_again(reader, one)}' \\\n"
                f"  {api}/key-results/{encode(one.id)}/checkins",
            )
        )
        whose.append(True)
    near = Shortlist(reader, ListOf.PARENTS)
    if not whose and (id := next(near.key_results_nearby(), None)) is not None:
        title = reader.image.key_results[id].title
        found.append((f"How “{title}” stands", f"curl {bearer} \\\n  {api}/key-results/{encode(id)}"))
        whose.append(id in {one.id for one in owned})
    own = sorted(team for team in reader.actor.teams if team in reader.image.teams)
    if (team := next(iter(own or near.teams_nearby()), None)) is not None:
        name = reader.image.teams[team].name
        found.append((f"Objectives of {name}", f"curl {bearer} \\\n  '{api}/objectives?team={encode(team)}'"))
        whose.append(bool(own))
    return found, whose


def _same_again(reader: Reader, one: KeyResultRow) -> str:
    """Write a check-in that says what the last one said: whoever tries it out changes no figure."""
    last = reader.image.entries.current(one.id)
    value = reader.image.entries.exact(last) if last else None
    said = {"parts": [*map(exact, value)]} if isinstance(value, tuple) else {"value": exact(value)}
    if last and last.confidence:
        said["confidence"] = last.confidence
    return json.dumps({**said, "note": "From a script"})
