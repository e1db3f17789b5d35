"""Fields that choose from a list too long to send: the rest is found as one types, or typed by name."""

from __future__ import annotations

import re
from collections.abc import Mapping

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from milepost.core import ids
from milepost.core.problems import NotFound
from milepost.queries.cards import Reader
from milepost.queries.shortlists import Found, ListOf, Shortlist
from milepost.web import answers, pages
from milepost.web.actors import in_workspace
from milepost.web.typed import Typed

LONGEST = 100  # characters of what is looked for
NAMED = "_named"  # behind a field's name: what somebody wrote who has no script to choose with
_BETWEEN = re.compile(r"[,;\n]")
_WORDS: Mapping[ListOf, tuple[str, str]] = {
    ListOf.PEOPLE: ("Nobody here", "people"),
    ListOf.TEAMS: ("No team that you may choose", "teams"),
    ListOf.PLACES: ("No team that you may choose", "teams"),
    ListOf.ANY_TEAM: ("No team here", "teams"),
    ListOf.PARENTS: ("Nothing that it may serve", "objectives and key results"),
}


@in_workspace
def find(request: HttpRequest, kind: str) -> HttpResponse:
    """Answer with the first of a list that have some words, as JSON.

    `{"count": how many there are, "choices": [[value, label, what tells it from others, group], …]}`
    """
    if kind not in list(ListOf):
        raise NotFound
    reader, about = pages.reader(request), ids.decode(request.GET.get("about", ""))
    if kind == ListOf.PARENTS and about is not None:
        reader.objective_row(about)
    with reader.image.lock:
        found = Shortlist(reader, ListOf(kind), about).find(Typed(request.GET).text("q")[:LONGEST])
    return answers.unless_known(
        request, orjson.dumps({"count": found.count, "choices": [tuple(one) for one in found.choices]})
    )


def finds(reader: Reader, about: int | None = None) -> dict[str, str]:
    """Return where each kind of list that is too long to send is searched; "" for what is sent whole."""
    asked = f"?about={ids.encode(about)}" if about is not None else ""
    return {
        kind.value: reverse("choices", args=[reader.slug, kind.value]) + asked
        if Shortlist(reader, kind, about).is_long
        else ""
        for kind in ListOf
    }


def take(typed: Typed, reader: Reader, fields: Mapping[str, ListOf], about: int | None = None) -> Typed:
    """Put what was chosen by its name into its field, as though it had been chosen from the list.

    `fields`: what each chooses from; one whose name ends in `[]` takes several names, with commas between.
    """
    for field, kind in fields.items():
        name, is_several = field.removesuffix("[]"), field.endswith("[]")
        written = typed.text(name + NAMED)
        if not written:
            continue
        listed = Shortlist(reader, kind, about)
        wanted = _BETWEEN.split(written) if is_several else [written]
        chosen, wrong = [], []
        for each in filter(None, map(str.strip, wanted)):
            one, found = listed.named(each[:LONGEST])
            if one is not None:
                chosen.append(one.value)
            else:
                typed.offer(name, [each.value for each in found.choices])
                wrong.append(_unclear(listed.kind, each[:LONGEST], found))
        typed.choose(name, [*(typed.texts(name) if is_several else ()), *chosen])
        if wrong:
            typed.say(name, "\n".join(wrong) if len(wrong) > 1 else wrong[0])
    return typed


def _unclear(kind: ListOf, written: str, found: Found) -> str:
    """Say that nothing is called so, or that more than one could be meant."""
    none, many = _WORDS[kind]
    if not found.choices:
        return f"{none} is called “{written}”. Write a part of the name, or choose from the list."
    if found.count > len(found.choices):
        listed = f"The list has {len(found.choices)} of them now: choose one, or write more of the name."
    else:
        listed = "The list has them now: choose one."
    return f"{found.count} {many} answer to “{written}”. {listed}"
