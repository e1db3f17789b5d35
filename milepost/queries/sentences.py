"""Events as sentences: one place turns what happened into words, for whoever may see it.

`sentence` answers None for what its reader may not see, and then nothing of it is mentioned: not its
title, not its author, not that it happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, NamedTuple

from milepost.core import access, addresses
from milepost.core.ids import encode
from milepost.models import Event
from milepost.queries import undoing
from milepost.queries.cards import PersonCard, Reader
from milepost.queries.standings import CONFIDENTIAL


class Happening(NamedTuple):
    """An event as it is read; a row of the events table has the same names."""

    id: int
    kind: str
    at: datetime
    actor_id: int | None
    door: str
    objective_id: int | None
    key_result_id: int | None
    subject_id: int | None
    data: dict[str, Any]
    undoes_id: int | None = None
    is_undone: bool = False  # as queries.undoing annotates it


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of a sentence: words, perhaps a link, or a number with its unit."""

    text: str = ""
    url: str = ""
    value: Decimal | None = None
    unit: str = ""
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """An event in words: who (`by`), what (`phrases`, after the name), when, and what they added."""

    id: str
    kind: str
    by: PersonCard
    is_mine: bool
    phrases: tuple[Phrase, ...]
    note: str
    at: datetime
    on: date
    is_undone: bool = False
    undo_url: str = ""  # where it can be undone; empty where it cannot, or not by this reader

    @property
    def actor(self) -> str:
        """How the sentence begins."""
        return "You" if self.is_mine else self.by.name

    @property
    def text(self) -> str:
        """The whole sentence as plain text, numbers without grouping."""
        said = (
            phrase.text if phrase.value is None else f"{phrase.value:f} {phrase.unit}".rstrip()
            for phrase in self.phrases
        )
        return f"{self.actor} {''.join(said)}"


def sentence(reader: Reader, event: Happening | Event) -> Sentence | None:
    """Say what an event was, or None where its reader may not see what it is about."""
    if not _may_see(reader, event):
        return None
    told = _Telling(reader, event)
    phrases = TELLERS.get(event.kind, _anything_else)(told)
    if phrases is None:
        return None
    if event.undoes_id is not None and event.kind not in _BACK:
        phrases = [*phrases, _words(", undoing an earlier change")]
    is_undone = getattr(event, "is_undone", False)
    at = event.at.astimezone(reader.zone)
    return Sentence(
        id=encode(event.id),
        kind=event.kind,
        by=_author(reader, event),
        is_mine=event.actor_id is not None and event.actor_id == reader.actor.person_id,
        phrases=tuple(phrases),
        note="" if is_undone and event.kind == "comment.added" else _note(event),
        at=at,
        on=at.date(),
        is_undone=is_undone,
        undo_url=undoing.url(reader, event),
    )


def _may_see(reader: Reader, event: Happening | Event) -> bool:
    for id in (event.objective_id, event.key_result_id):
        # What is gone has no audience any more, so nobody is told about it.
        if id is not None and (id not in reader.image.node or not reader.sees(id)):
            return False
    if event.kind.startswith("view."):
        data = event.data
        return access.may_see_view(
            reader.actor, owner=event.actor_id, shared=data.get("shared", ""), team=data.get("team")
        )
    if event.kind.startswith("token."):
        return reader.actor.is_admin or event.actor_id == reader.actor.person_id
    if event.kind in CONFIDENTIAL:
        return reader.actor.is_admin or event.subject_id == reader.actor.person_id
    return True


def _author(reader: Reader, event: Happening | Event) -> PersonCard:
    known = reader.person(event.actor_id)
    if known is not None:
        return known
    return PersonCard(0, "Milepost" if event.door == "worker" else "The operator", "")


def _note(event: Happening | Event) -> str:
    data = event.data
    if event.kind == "comment.added":
        return str(data.get("text", ""))
    return str(data.get("note") or data.get("reason") or "")


# -- words -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Telling:
    """An event being told: its data, and the things it names as links."""

    reader: Reader
    event: Happening | Event
    data: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.data = self.event.data

    @property
    def objective(self) -> Phrase:
        """The objective it is about."""
        return self.link(self.event.objective_id)

    @property
    def key_result(self) -> Phrase:
        """The key result it is about, or else the objective."""
        return self.link(self.event.key_result_id or self.event.objective_id)

    def link(self, id: int | None) -> Phrase:
        """Name an objective or key result that the reader may see."""
        image, slug = self.reader.image, self.reader.slug
        if id in image.key_results:
            return Phrase(image.key_results[id].title, addresses.key_result(slug, id), is_strong=True)
        if id in image.objectives:
            return Phrase(image.objectives[id].title, addresses.objective(slug, id), is_strong=True)
        return Phrase(str(self.data.get("title", "something")))

    def person(self, id: int | None, otherwise: str = "someone") -> Phrase:
        """Name a person."""
        card = self.reader.person(id)
        return Phrase(card.name, card.url) if card else Phrase(otherwise)

    def team(self, id: int | None) -> Phrase:
        """Name a team."""
        card = self.reader.team(id)
        return (
            Phrase(card.name, card.url, is_strong=True)
            if card
            else Phrase(str(self.data.get("name", "a team")))
        )

    @property
    def name(self) -> Phrase:
        """What it was called then."""
        return Phrase(str(self.data.get("name", "")), is_strong=True)

    @property
    def unit(self) -> str:
        """The unit of the key result it is about."""
        one = self.reader.image.key_results.get(self.event.key_result_id)
        return one.unit if one else ""


Teller = Callable[[_Telling], list[Phrase] | None]


def _words(text: str) -> Phrase:
    return Phrase(text)


def _number(text: Any) -> Decimal | None:
    try:
        return None if text is None else Decimal(str(text))
    except InvalidOperation:
        return None


def _checked_in(told: _Telling) -> list[Phrase]:
    one = told.reader.image.key_results.get(told.event.key_result_id)
    value, about_it = _number(told.data.get("value")), told.key_result
    if one is not None and one.kind == "milestones":
        said = [_words("checked in the milestones of "), about_it]
    elif value is None:
        said = [_words("reported no data on "), about_it]
    elif one is not None and one.kind == "binary":
        said = [_words("reported "), about_it, _words(" as done" if value else " as not done yet")]
    else:
        said = [
            _words("checked in "),
            Phrase(value=value, unit=told.unit, is_strong=True),
            _words(" on "),
            about_it,
        ]
    confidence = told.data.get("confidence")
    if confidence is not None:
        said = [*said, _words(f", confidence {confidence}")]
    return said + _for_a_day(told)


def _corrected(told: _Telling) -> list[Phrase]:
    value = _number(told.data.get("value"))
    said = [_words("corrected an entry of "), told.key_result]
    if value is not None:
        said += [_words(" to "), Phrase(value=value, unit=told.unit, is_strong=True)]
    return said + _for_a_day(told)


def _for_a_day(told: _Telling) -> list[Phrase]:
    """Say which day a check-in is for, where that was over when it came."""
    on = told.data.get("on")
    return [_words(f", for {date.fromisoformat(on):%-d %b %Y}")] if on else []


def _on_objective(verb: str) -> Teller:
    return lambda told: [_words(f"{verb} "), told.objective]


def _on_key_result(verb: str) -> Teller:
    return lambda told: [_words(f"{verb} "), told.key_result]


def _closed(told: _Telling) -> list[Phrase]:
    grade = told.data.get("grade")
    return [_words("closed "), told.objective, *([_words(f" with grade {grade}")] if grade else [])]


def _added_key_result(told: _Telling) -> list[Phrase]:
    return [_words("added "), told.key_result, _words(" to "), told.objective]


def _changed(told: _Telling) -> list[Phrase]:
    said = [_words("changed "), told.key_result]
    listed = list(_differences(told))
    return said if not listed else [*said, _words(": "), *_joined(listed)]


# Fields of definitions as people say them. Those left out are machinery, and go unmentioned.
_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "title": "title", "description": "description", "cycle_id": "cycle", "team_id": "team",
        "owner_id": "owner", "sponsor_id": "sponsor", "commitment": "commitment", "level": "level",
        "visibility": "who may see it", "visible_to": "who may see it", "state": "state",
        "contributors": "contributors", "kind": "kind of measure", "start": "start", "target": "target",
        "unit": "unit", "direction": "direction", "floor": "worst accepted value", "low": "lower end",
        "high": "upper end", "tolerance": "tolerance", "milestones": "milestones", "weight": "weight",
        "starts_on": "first day", "ends_on": "last day", "curve": "plan", "points": "plan",
        "source": "source", "data_source": "source", "due_on": "due day", "how": "kind of link",
        "role": "role", "name": "name", "purpose": "purpose", "email": "address", "parent_id": "place",
    }
)  # fmt: skip
_MEASURED = frozenset({"start", "target", "floor", "low", "high", "tolerance"})
_NAMED = ("name", "commitment", "level", "title", "unit", "state", "how", "starts_on", "ends_on", "due_on")


def _differences(told: _Telling) -> Iterator[list[Phrase]]:
    """Yield each change as phrases: "target 5 → 4 days"; long texts and lists are only named."""
    said: set[str] = set()
    for column, (old, new) in dict(told.data.get("changes", {})).items():
        word = _FIELDS.get(column)
        if word is None or word in said:
            continue
        said.add(word)
        before, after = (_as_phrase(told, column, value) for value in (old, new))
        if before is None or after is None:
            yield [_words(word)]
        else:
            yield [_words(f"{word} "), before, _words(" → "), after]


def rewritten(
    reader: Reader, event: Happening | Event, changes: Mapping[str, tuple[Any, Any]]
) -> list[list[Phrase]]:
    """Say fields of what an event is about as "title “Now” → “Then”"."""
    told = _Telling(reader, event)
    told.data = {**event.data, "changes": changes}
    return list(_differences(told))


def _as_phrase(told: _Telling, column: str, value: Any) -> Phrase | None:
    nothing = Phrase("none")
    if column in _MEASURED:
        number = _number(value)
        return nothing if number is None else Phrase(value=number, unit=told.unit)
    if column == "weight":
        return Phrase(value=_number(value))
    if column in ("owner_id", "sponsor_id"):
        return nothing if value is None else told.person(value)
    if column == "team_id":
        return Phrase("the company") if value is None else told.team(value)
    if column == "cycle_id":
        cycle = told.reader.image.cycles.get(value)
        return Phrase(cycle.name) if cycle else nothing
    if column == "role":
        return Phrase(str(value))
    if column in _NAMED:
        return (
            Phrase(f"“{value}”" if column == "title" else str(value).replace("_", " ")) if value else nothing
        )
    return None


def _joined(listed: list[list[Phrase]]) -> Iterator[Phrase]:
    for number, each in enumerate(listed):
        if number:
            yield _words(", ")
        yield from each


def _added_initiative(told: _Telling) -> list[Phrase]:
    return [_words("added the initiative "), _quoted(told), _words(" to "), told.key_result]


def _finished_initiative(told: _Telling) -> list[Phrase]:
    return [_words("finished "), _quoted(told), _words(" for "), told.key_result]


def _changed_initiative(told: _Telling) -> list[Phrase]:
    changes = told.data.get("changes", {})
    if "state" in changes:
        verb = {"doing": "began", "dropped": "dropped", "planned": "put back"}.get(
            changes["state"][1], "changed"
        )
        return [_words(f"{verb} "), _quoted(told), _words(" for "), told.key_result]
    return [_words("changed "), _quoted(told), _words(" of "), told.key_result]


def _quoted(told: _Telling) -> Phrase:
    return Phrase(f"“{told.data.get('title', '')}”")


def _aligned(verbs: Mapping[str, str]) -> Teller:
    def tell(told: _Telling) -> list[Phrase] | None:
        above = told.data.get("parent")
        if above not in told.reader.image.node or not told.reader.sees(above):
            return None  # a link to what the reader may not see is not mentioned either
        how = "contribute to" if told.data.get("how") == "contributes" else "support"
        said = [_words(f"{verbs['before']} "), told.objective, _words(f" {verbs['between'].format(how)} ")]
        return [*said, told.link(above)]

    return tell


def _moved(told: _Telling) -> list[Phrase] | None:
    reader, parents = told.reader, told.data.get("parents", ())
    if any(id not in reader.image.node or not reader.sees(id) for id in parents):
        return None  # what the reader may not see is not mentioned
    to = told.data.get("to")
    if to is None:
        return [_words("let "), told.objective, _words(" stand by itself")]
    return [_words("moved "), told.objective, _words(" below "), told.link(to)]


def _moved_back(told: _Telling) -> list[Phrase] | None:
    return None if _moved(told) is None else [_words("moved "), told.objective, _words(" back")]


def _handed_over(told: _Telling) -> list[Phrase] | None:
    people = _receivers(told)
    if not people:
        return None
    said = [_words("handed over what was "), _giver(told), _words("’s")]
    return said + _listed(told, people, " to ")


def _handed_back(told: _Telling) -> list[Phrase] | None:
    people = _receivers(told)
    if not people:
        return None
    return [_words("gave "), _giver(told), _words(" back"), *_listed(told, people, " what had gone to ")]


def _giver(told: _Telling) -> Phrase:
    return told.person(told.event.subject_id, str(told.data.get("name", "someone")))


def _receivers(told: _Telling) -> list[int]:
    """Return who was given something that the reader sees; an older event names all that got anything."""
    if "given" not in told.data:
        return list(told.data.get("to", ()))
    return sorted({to for node, to in told.data["given"] if node is None or told.reader.finds(node)})


def _listed(told: _Telling, people: Sequence[int], before: str) -> list[Phrase]:
    said = []
    for number, id in enumerate(people):
        said += [_words(", " if number else before), told.person(id)]
    return said


# What was done to many at once, and the field that says what they became.
_TOGETHER: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "owner": ("changed the owner of", "owner_id"),
        "team": ("changed the team of", "team_id"),
        "cycle": ("changed the cycle of", "cycle_id"),
        "dates": ("changed the days of", ""),
        "visibility": ("changed who may see", ""),
        "commitment": ("changed what success means for", ""),
        "align": ("changed what is served by", ""),
        "activate": ("activated", ""),
        "park": ("parked", ""),
        "defer": ("deferred", ""),
        "cancel": ("cancelled", ""),
        "redraft": ("took back to draft", ""),
    }
)
_NAMED_AT_ONCE = 3
# These say themselves that they take something back.
_BACK = ("alignment.moved_back", "objective.changed_back", "objective.stepped_back_together",
         "person.handed_back")  # fmt: skip


def _changed_together(told: _Telling) -> list[Phrase] | None:
    verb, field = _TOGETHER.get(str(told.data.get("verb")), ("changed", ""))
    listed = _seen_of_many(told)
    if listed is None:
        return None
    became = _as_phrase(told, field, told.data.get("value")) if field else None
    return [_words(f"{verb} "), *listed, *([_words(" to "), became] if became else [])]


def _changed_back(told: _Telling) -> list[Phrase] | None:
    listed = _seen_of_many(told)
    return None if listed is None else [_words("took back what was changed together in "), *listed]


def _seen_of_many(told: _Telling) -> list[Phrase] | None:
    """Name what the reader sees of many; nothing else is counted.

    Who sees one of them alone is told of its own change, as if nothing else had been changed with it.
    """
    seen = [id for id in told.data.get("items", ()) if told.reader.finds(id)]
    if len(seen) < 2:
        return None
    named = seen if len(seen) <= _NAMED_AT_ONCE + 1 else seen[:_NAMED_AT_ONCE]
    said: list[Phrase] = []
    for number, id in enumerate(named):
        is_last = number and number == len(seen) - 1
        said += [*([_words(" and " if is_last else ", ")] if number else []), told.link(id)]
    if rest := len(seen) - len(named):
        said.append(_words(f" and {rest} more"))
    return said


def _about_cycle(verb: str) -> Teller:
    return lambda told: [_words(f"{verb} the cycle "), told.name]


def _about_team(verb: str) -> Teller:
    return lambda told: [_words(f"{verb} "), told.team(told.event.subject_id)]


def _member(joined: bool) -> Teller:
    def tell(told: _Telling) -> list[Phrase]:
        who = told.person(told.data.get("person"), str(told.data.get("person_name", "someone")))
        if not joined:
            return [_words("took "), who, _words(" out of "), told.team(told.event.subject_id)]
        role = " as a lead" if told.data.get("is_lead") else ""
        return [_words("added "), who, _words(" to "), told.team(told.event.subject_id), _words(role)]

    return tell


def _lead(told: _Telling) -> list[Phrase]:
    who = told.person(told.data.get("person"), str(told.data.get("person_name", "someone")))
    verb = " a lead of " if told.data.get("is_lead") else " a member of "
    return [_words("made "), who, _words(verb), told.team(told.event.subject_id)]


def _about_person(before: str, after: str = "") -> Teller:
    def tell(told: _Telling) -> list[Phrase]:
        who = told.person(told.event.subject_id, str(told.data.get("name", "someone")))
        return [_words(f"{before} "), who, _words(after)]

    return tell


_STEPS = {"app": "an authenticator app", "passkey": "a passkey", "all": "every second step"}


def _second_step(verb: str) -> Teller:
    def tell(told: _Telling) -> list[Phrase]:
        what = _words(f"{verb} {_STEPS.get(str(told.data.get('what')), 'a second step')}")
        if told.event.actor_id == told.event.subject_id:
            return [what]
        return [
            what,
            _words(" of "),
            told.person(told.event.subject_id, str(told.data.get("name", "someone"))),
        ]

    return tell


def _role(told: _Telling) -> list[Phrase]:
    role = str(told.data.get("to", ""))
    article = "an" if role in ("owner", "admin") else "a"
    return [_words("made "), told.person(told.event.subject_id), _words(f" {article} {role}")]


def _applied(told: _Telling) -> list[Phrase]:
    # What a file holds may be restricted, so its counts are for those who apply files.
    summary = told.data.get("summary") if told.reader.actor.is_admin else None
    listed = ", ".join(_counted(summary)) if isinstance(summary, dict) else ""
    return [_words("applied a file" + (f": {listed} created" if listed else ""))]


def _counted(summary: Mapping[str, Any]) -> Iterator[str]:
    for noun, word in (("objective", "objective"), ("key_result", "key result"), ("check_in", "check-in")):
        if count := summary.get(noun, {}).get("created", 0):
            yield f"{count:,} {word}{'' if count == 1 else 's'}"


def _founded(told: _Telling) -> list[Phrase]:
    return [_words("founded "), told.name]


def _settings(told: _Telling) -> list[Phrase]:
    names = sorted(name.replace("_", " ") for name in told.data.get("changes", {}))
    return [_words("changed the settings" + (f": {', '.join(names)}" if names else ""))]


def _anything_else(told: _Telling) -> list[Phrase]:
    """Tell a kind nobody wrote a sentence for: its verb, and what it is about."""
    noun, _, verb = told.event.kind.partition(".")
    verb = (verb or "changed").replace("_", " ")
    if told.event.objective_id is not None:
        return [_words(f"{verb} "), told.key_result]
    name = told.data.get("name") or told.data.get("title")
    return [_words(f"{verb} the {noun.replace('_', ' ')}" + (f" {name}" if name else ""))]


TELLERS: Mapping[str, Teller] = MappingProxyType(
    {
        "checkin.recorded": _checked_in,
        "checkin.corrected": _corrected,
        "checkin.withdrawn": _on_key_result("took back an entry of"),
        "comment.added": _on_key_result("wrote about"),
        "comment.withdrawn": _on_key_result("took back a comment on"),
        "objective.drafted": _on_objective("drafted"),
        "objective.changed": _changed,
        "objective.activated": _on_objective("activated"),
        "objective.started": _on_objective("started, with its cycle,"),
        "objective.cancelled": _on_objective("cancelled"),
        "objective.deferred": _on_objective("deferred"),
        "objective.parked": _on_objective("parked"),
        "objective.redrafted": _on_objective("took back to draft"),
        "objective.withdrawn": _on_objective("took away"),
        "objective.stepped_back": _on_objective("took a step back with"),
        "objective.changed_together": _changed_together,
        "objective.changed_back": _changed_back,
        "objective.stepped_together": _changed_together,
        "objective.stepped_back_together": _changed_back,
        "objective.closed": _closed,
        "objective.reopened": _on_objective("reopened"),
        "key_result.added": _added_key_result,
        "key_result.changed": _changed,
        "key_result.cancelled": _on_key_result("cancelled"),
        "key_result.restored": _on_key_result("took up again"),
        "key_result.withdrawn": _on_key_result("took away"),
        "key_result.moved": _on_key_result("moved"),
        "initiative.added": _added_initiative,
        "initiative.changed": _changed_initiative,
        "initiative.done": _finished_initiative,
        "initiative.withdrawn": lambda told: [_words("took away the initiative "), _quoted(told)],
        "alignment.added": _aligned({"before": "let", "between": "{}"}),
        "alignment.changed": _aligned({"before": "changed how", "between": "serves"}),
        "alignment.ended": _aligned({"before": "ended the link from", "between": "to"}),
        "alignment.moved": _moved,
        "alignment.moved_back": _moved_back,
        "cycle.created": _about_cycle("created"),
        "cycle.changed": _about_cycle("changed"),
        "cycle.closed": _about_cycle("closed"),
        "cycle.reopened": _about_cycle("opened again"),
        "cycle.withdrawn": _about_cycle("took away"),
        "team.created": _about_team("created the team"),
        "team.withdrawn": _about_team("took away the team"),
        "team.changed": _about_team("changed the team"),
        "team.member_joined": _member(joined=True),
        "team.member_left": _member(joined=False),
        "team.lead_changed": _lead,
        "person.added": _about_person("added"),
        "person.withdrawn": _about_person("took away"),
        "person.changed": _about_person("changed the details of"),
        "person.invited": _about_person("invited"),
        "person.uninvited": _about_person("took back the invitation of"),
        "person.joined": lambda told: [_words("joined")],
        "person.left": _about_person("let", " leave"),
        "person.returned": _about_person("took", " back"),
        "person.role_changed": _role,
        "person.handed_over": _handed_over,
        "person.handed_back": _handed_back,
        "person.link_made": _about_person("made a sign-in link for"),
        "person.password_changed": lambda told: [_words("set a new password")],
        "person.second_step_added": _second_step("added"),
        "person.second_step_renamed": lambda told: [_words("renamed a passkey")],
        "person.second_step_removed": _second_step("removed"),
        "person.recovery_codes_made": lambda told: [_words("made new recovery codes")],
        "person.recovery_code_used": lambda told: [_words("signed in with a recovery code")],
        "person.sessions_ended": lambda told: [_words("signed out in other browsers")],
        "person.locked_out": _about_person("locked the account of", " after ten wrong guesses"),
        "person.email_confirmed": lambda told: [_words("confirmed the e-mail address")],
        "person.email_changed": lambda told: [_words("changed the e-mail address")],
        "token.created": lambda told: [_words("made the token "), told.name],
        "token.revoked": lambda told: [_words("revoked the token "), told.name],
        "view.saved": lambda told: [_words("saved the view "), told.name],
        "view.changed": lambda told: [_words("changed the view "), told.name],
        "view.deleted": lambda told: [_words("deleted the view "), told.name],
        "view.chosen": lambda told: [_words("begins the tree with "), told.name],
        "view.unchosen": lambda told: [_words("begins the tree as usual")],
        "plan.applied": _applied,
        "plan.taken_back": lambda told: [_words("took a file back")],
        "workspace.founded": _founded,
        "workspace.changed": _settings,
        "workspace.seeded": lambda told: [_words("filled the workspace with made-up work")],
    }
)
