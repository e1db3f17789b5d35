"""Fields that choose from a list too long to send: the rest is found as one types, or typed by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

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
UNCLEAR = "_unclear"  # and what of it was told before to be unclear: then what is chosen is the answer
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


@dataclass(frozen=True, slots=True)
class Search:
    """Where the rest of a long list is searched, and the names that were unclear, by field."""

    url: str
    unclear: Mapping[str, str]


def finds(reader: Reader, typed: Typed, about: int | None = None) -> dict[str, Search | None]:
    """Return how each kind of list that is too long to send is searched; None for what is sent whole."""
    asked = f"?about={ids.encode(about)}" if about is not None else ""
    return {
        kind.value: Search(reverse("choices", args=[reader.slug, kind.value]) + asked, typed.unclear)
        if Shortlist(reader, kind, about).is_long
        else None
        for kind in ListOf
    }


def take(typed: Typed, reader: Reader, fields: Mapping[str, ListOf], about: int | None = None) -> Typed:
    """Put what was chosen by its name into its field, as though it had been chosen from the list.

    `fields`: what each chooses from; one whose name ends in `[]` takes several names, with commas between.
    """
    for field, kind in fields.items():
        name, is_several = field.removesuffix("[]"), field.endswith("[]")
        written = _names(typed.text(name + NAMED), is_several)
        if not written:
            continue
        listed, told = Shortlist(reader, kind, about), _names(typed.text(name + UNCLEAR), is_several)
        chosen, wrong = [], {}
        for each in written:
            one, found = listed.named(each)
            if one is not None:
                chosen.append(one.value)
            elif each not in told or not found.has(typed.texts(name)):
                typed.offer(name, [each.value for each in found.choices])
                wrong[each] = _unclear(listed.kind, each, found)
        typed.choose(name, [*(typed.texts(name) if is_several else ()), *chosen])
        if wrong:
            typed.say(name, "\n".join(wrong.values()))
            typed.unclear[name] = ", ".join(wrong)
    return typed


def _names(written: str, is_several: bool) -> list[str]:
    each = _BETWEEN.split(written) if is_several else [written]
    return [one.strip()[:LONGEST] for one in each if one.strip()]


def _unclear(kind: ListOf, written: str, found: Found) -> str:
    """Say that nothing is called so, or that more than one could be meant."""
    none, many = _WORDS[kind]
    if not found.choices:
        return (
            f"{none} is called “{written}”. "
            "Write a part of the name; or leave this empty, and choose from the list."
        )
    if found.count > len(found.choices):
        listed = f"The list has {len(found.choices)} of them now: choose one, or write more of the name."
    else:
        listed = "The list has them now: choose one."
    return f"{found.count} {many} answer to “{written}”. {listed}"
