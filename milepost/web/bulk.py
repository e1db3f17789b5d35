"""Changing many at once: what would change is shown row by row before anything does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from milepost.actions import bulk as actions
from milepost.actions.bulk import Change, Line
from milepost.core import access, ids, listings
from milepost.core.problems import Conflict, Invalid, NotFound, Problem
from milepost.queries import choices, history
from milepost.queries.cards import Reader
from milepost.queries.shortlists import ListOf
from milepost.queries.shutting_out import ShutsYouOut
from milepost.web import pages, shortlists, versions
from milepost.web.actors import in_workspace
from milepost.web.methods import go
from milepost.web.toasts import saved
from milepost.web.typed import Typed
from milepost.web.words import day

# What a person can do to many: the words of the list, and the fields it asks for.
VERBS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "owner": ("Give it another owner", ("owner",)),
    "team": ("Move it to a team", ("team",)),
    "cycle": ("Move it to a cycle", ("cycle",)),
    "dates": ("Set a key result’s days", ("starts_on", "ends_on")),
    "visibility": ("Say who sees it", ("visibility",)),
    "commitment": ("Say what success means", ("commitment",)),
    "align": ("Let it serve something", ("parent", "how", "weight")),
    "activate": ("Activate it", ()),
    "park": ("Park it", ()),
    "defer": ("Defer it", ()),
    "cancel": ("Cancel it", ()),
    "redraft": ("Take it back to draft", ()),
}
LISTS = {"owner": ListOf.PEOPLE, "team": ListOf.TEAMS, "parent": ListOf.PARENTS}
LABELS = {
    "change": "What to change", "owner": "Owner", "team": "Team", "cycle": "Cycle", "starts_on": "First day",
    "ends_on": "Last day", "visibility": "Who sees it", "commitment": "Success means",
    "parent": "What it serves", "how": "How", "weight": "Weight", "reason": "Why",
}  # fmt: skip
VISIBILITIES = [("workspace", "Everyone here"), ("team", "Its team")]
COMMITMENTS = [("committed", "Committed"), ("aspirational", "Aspirational"), ("learning", "Learning")]
HOWS = [("contributes", "Contributes"), ("supports", "Supports, without counting")]
# What many have one of. Nothing said is no answer: that nobody owns it, or no team, is said.
OF_ONE = {
    "owner": ("owner_id", "Say who owns it, or that nobody does."),
    "team": ("team_id", "Say which team, or that it is the whole company’s."),
    "cycle": ("cycle_id", "Say which cycle."),
    "visibility": ("visibility", "Say who sees it."),
    "commitment": ("commitment", "Say what success means."),
}
FIELDS = {verb: (field,) for verb, (field, _) in OF_ONE.items()} | {"dates": ("starts_on", "ends_on")}
NONE = "none"
NOT_SAID = ("", "Choose…")


@dataclass(frozen=True)
class Asked:
    """What is to be done to which; `change` None as long as it is not said in full."""

    items: list[int]
    verb: str
    change: Change | None


@in_workspace
def show(request: HttpRequest) -> HttpResponse:
    """Show what a change would do to each of many, and which cannot be changed so."""
    reader = pages.reader(request)
    return _page(request, reader, shortlists.take(Typed(request.GET), reader, LISTS))


@in_workspace
def apply(request: HttpRequest) -> HttpResponse:
    """Change all of them, or none."""
    reader = pages.reader(request)
    typed = shortlists.take(Typed(request.POST), reader, LISTS)
    asked = _asked(typed)
    if asked.change is None or typed.problems:
        return _page(request, reader, typed)
    try:
        lines = actions.apply(
            items=asked.items,
            change=asked.change,
            reason=typed.text("reason"),
            seen=typed.text("seen") or None,
            by=request.actor,
            at=request.at,
        )
    except (Invalid, Conflict) as wrong:
        typed.refuse(wrong)
        return _page(request, reader, typed)
    count = sum(line.is_changed for line in lines)
    saved(request, f"{count} changed." if count else "Nothing was left to change.")
    return go(_back(request, typed))


def _asked(typed: Typed) -> Asked:
    # What is no id at all is looked for like one that is not there.
    items = list(dict.fromkeys(ids.decode(text) or 0 for text in typed.texts("id")))
    verb = typed.text("change")
    if verb not in VERBS or not all(name in typed.data for name in VERBS[verb][1]):
        return Asked(items, verb if verb in VERBS else "", None)
    if verb in OF_ONE and not typed.text(verb):
        typed.say(verb, OF_ONE[verb][1])
        return Asked(items, verb, None)
    above = typed.above("parent")
    if verb == "align" and above is None:
        typed.say("parent", "Choose an objective or a key result.")
    change = Change(
        verb,
        owner=_id(typed, "owner"),
        team=_id(typed, "team"),
        cycle=typed.id("cycle"),
        visibility=typed.text("visibility"),
        commitment=typed.text("commitment"),
        starts_on=typed.day("starts_on"),
        ends_on=typed.day("ends_on"),
        objective=above and above.objective,
        key_result=above and above.key_result,
        how=typed.text("how", "contributes"),
        weight=typed.weight(),
        leave=typed.leaves,
    )
    return Asked(items, verb, change)


def _id(typed: Typed, name: str) -> int | None:
    return None if typed.text(name) == NONE else typed.id(name)


def _page(request: HttpRequest, reader: Reader, typed: Typed) -> HttpResponse:
    access.require(not reader.actor.is_guest, "change OKRs", remedy="Guests read, comment and check in.")
    asked = _asked(typed)
    for id in asked.items:
        if not reader.finds(id):
            raise NotFound
    lines = _preview(request, typed, asked)
    before = dict(each.partition(":")[::2] for each in typed.texts("row"))
    value = typed.text(asked.verb) or _shared(reader, asked) if asked.verb in OF_ONE else ""
    context = {
        "typed": typed,
        "problems": typed.listed(LABELS),
        "items": [ids.encode(id) for id in asked.items],
        "titles": [(*reader.named(id), id in reader.image.objectives) for id in asked.items],
        "verb": asked.verb,
        "verbs": [("", "Choose"), *((name, words) for name, (words, _) in VERBS.items())],
        "fields": VERBS[asked.verb][1] if asked.verb else (),
        "value": value,
        "options": _options(reader, asked.verb, [value, *typed.chosen(asked.verb)]),
        "finds": shortlists.finds(reader, typed),
        "given": _given(typed, asked.verb),
        "lines": [_line(reader, asked.verb, line, before.get(ids.encode(line.id))) for line in lines],
        "cannot": sum(line.problem is not None for line in lines),
        "changes": sum(line.is_changed for line in lines),
        "leaving": typed.leaves or any(isinstance(line.problem, ShutsYouOut) for line in lines),
        "left": typed.leaves,
        "seen": actions.mark(lines=lines) if lines else "",
        "needs_reason": bool(asked.verb) and actions.VERBS[asked.verb].needs_reason,
        "takes_reason": asked.verb not in ("", "activate", "align"),
        "without": _without(typed, lines),
        "back": _back(request, typed),
        "settings": listings.settings(typed.text("settings")),
        "most": actions.MOST,
    }
    crumbs = [("Alignment", _back(request, typed)), ("Change many", None)]
    return pages.page(
        request,
        "bulk/show.html",
        context,
        nav="alignment",
        crumbs=crumbs,
        seen_by=reader,
        status=typed.status,
    )


def _preview(request: HttpRequest, typed: Typed, asked: Asked) -> list[Line]:
    """Return what the change would do, as far as enough was said to know."""
    if not asked.items or asked.change is None or not typed.problems.keys() <= {"reason", ""}:
        return []
    try:
        return actions.preview(
            items=asked.items,
            change=asked.change,
            reason=typed.text("reason"),
            by=request.actor,
            at=request.at,
        )
    except (Invalid, Conflict) as wrong:
        typed.refuse(wrong)
        return []


def _back(request: HttpRequest, typed: Typed) -> str:
    tree = reverse("alignment", args=[request.seat.slug])
    settings = listings.settings(typed.text("settings"))
    return f"{tree}?{settings}" if settings else tree


def _given(typed: Typed, verb: str) -> list[tuple[str, str]]:
    """What was said of the change, for the form that applies it."""
    names = VERBS[verb][1] if verb else ()
    said = [("change", verb), *((name, typed.text(name)) for name in names)]
    return [*said, ("leave", "1")] if typed.leaves else said


def _without(typed: Typed, lines: Sequence[Line]) -> str:
    """Return the address of the same change without those that cannot be changed so."""
    query = QueryDict(mutable=True)
    for name in typed.data:
        if name not in ("csrfmiddlewaretoken", "seen", "id", "row"):
            query[name] = typed.data[name]
    query.setlist("id", [ids.encode(line.id) for line in lines if line.problem is None])
    return "?" + query.urlencode()


def _shared(reader: Reader, asked: Asked) -> str:
    """Return what all have that can have one, as the form carries it; nothing where they differ."""
    column = OF_ONE[asked.verb][0]
    rows = [reader.image.objectives.get(id) or reader.image.key_results.get(id) for id in asked.items]
    values = {getattr(row, column) for row in rows if hasattr(row, column)}
    if len(values) != 1:
        return ""
    (value,) = values
    if asked.verb in ("visibility", "commitment"):
        return value
    return NONE if value is None else ids.encode(value)


def _options(reader: Reader, verb: str, chosen: Sequence[str]) -> list[Any]:
    match verb:
        case "owner":
            found = [(NONE, "Nobody"), *choices.people(reader, chosen)]
        case "team":
            found = [(one[0] or NONE, *one[1:]) for one in choices.teams(reader, chosen=chosen)]
        case "cycle":
            found = choices.cycles(reader)
        case "visibility":
            found = VISIBILITIES
        case "commitment":
            found = COMMITMENTS
        case "align":
            return choices.parents(reader, chosen=chosen)
        case _:
            return []
    is_said = any(one[0] == chosen[0] for one in found)
    return list(found) if is_said else [NOT_SAID, *found]


def _line(reader: Reader, verb: str, line: Line, before: str | None) -> dict[str, Any]:
    """Return a line as the page shows it; `before` is the mark of the one that was looked at last."""
    (title, url), mark = reader.named(line.id), actions.mark_of(line)
    is_other = before not in (None, mark)
    return {
        "title": title,
        "url": url,
        "row": f"{ids.encode(line.id)}:{mark}",
        "is_other": is_other,
        "who": _who(reader, verb, line) if is_other else "",
        "is_objective": line.id in reader.image.objectives,
        "was": _in_words(reader, verb, line.was),
        "becomes": _in_words(reader, verb, line.becomes),
        "is_same": not line.is_changed and line.problem is None,
        "problem": _why_not(line.problem) if line.problem else "",
    }


def _who(reader: Reader, verb: str, line: Line) -> str:
    """Say who last changed what a line is about: what would be changed, where the record tells of that."""
    if line.is_objective:
        of = {"objective": line.id}
    else:
        of = {"objective": reader.image.key_results[line.id].objective_id, "key_result": line.id}
    found = history.latest(reader, **of, fields=FIELDS[verb]) if verb in FIELDS else None
    return versions.told(found or history.latest(reader, **of), reader.today)


def _why_not(problem: Problem) -> str:
    return problem.message if isinstance(problem, ShutsYouOut) else str(problem)


def _in_words(reader: Reader, verb: str, value: Any) -> str:
    image = reader.image
    match verb:
        case "owner":
            return image.people[value].name if value in image.people else "nobody"
        case "team":
            return image.teams[value].name if value in image.teams else choices.COMPANY
        case "cycle":
            return image.cycles[value].name if value in image.cycles else ""
        case "dates":
            return " – ".join(_day(each, reader.today) for each in value)
        case "visibility":
            return dict(VISIBILITIES).get(value, "Named people" if value == "people" else "Only its owner")
        case "commitment":
            return str(value).capitalize()
        case "align":
            return _link(reader, value)
    return str(value).replace("_", " ")


def _day(value: date | None, today: date) -> str:
    return "as its cycle" if value is None else day(value, today)


def _link(reader: Reader, value: tuple | None) -> str:
    if value is None:
        return "does not serve it"
    above, how, weight = value
    counts = f" with weight {weight.normalize():f}" if how == "contributes" else ", without counting"
    verb = "contributes to" if how == "contributes" else "supports"
    return f"{verb} “{reader.named(above)[0]}”{counts}"
