"""Sentences about people and teams: who is there, who leads, how somebody signs in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from milepost.queries.sentences.differences import changed
from milepost.queries.sentences.phrases import Phrase, Teller, Telling, words


def _about_team(verb: str) -> Teller:
    return lambda told: [words(f"{verb} "), told.team(told.event.subject_id)]


def _member(joined: bool) -> Teller:
    def tell(told: Telling) -> list[Phrase]:
        who = told.person(told.data.get("person"), str(told.data.get("person_name", "someone")))
        if not joined:
            return [words("took "), who, words(" out of "), told.team(told.event.subject_id)]
        role = " as a lead" if told.data.get("is_lead") else ""
        return [words("added "), who, words(" to "), told.team(told.event.subject_id), words(role)]

    return tell


def _lead(told: Telling) -> list[Phrase]:
    who = told.person(told.data.get("person"), str(told.data.get("person_name", "someone")))
    verb = " a lead of " if told.data.get("is_lead") else " a member of "
    return [words("made "), who, words(verb), told.team(told.event.subject_id)]


def _about_person(before: str, after: str = "") -> Teller:
    def tell(told: Telling) -> list[Phrase]:
        who = told.person(told.event.subject_id, str(told.data.get("name", "someone")))
        return [words(f"{before} "), who, words(after)]

    return tell


_STEPS = {"app": "an authenticator app", "passkey": "a passkey", "all": "every second step"}


def _second_step(verb: str) -> Teller:
    def tell(told: Telling) -> list[Phrase]:
        what = words(f"{verb} {_STEPS.get(str(told.data.get('what')), 'a second step')}")
        if told.event.actor_id == told.event.subject_id:
            return [what]
        return [
            what,
            words(" of "),
            told.person(told.event.subject_id, str(told.data.get("name", "someone"))),
        ]

    return tell


def _role(told: Telling) -> list[Phrase]:
    roles = words(f": {told.data.get('from', '')} → {told.data.get('to', '')}")
    return [words("changed the role of "), told.person(told.event.subject_id), roles]


def _handed_over(told: Telling) -> list[Phrase] | None:
    people = _receivers(told)
    if not people:
        return None
    said = [words("handed over what was "), _giver(told), words("’s")]
    return said + _listed(told, people, " to ")


def _handed_back(told: Telling) -> list[Phrase] | None:
    people = _receivers(told)
    if not people:
        return None
    return [words("gave "), _giver(told), words(" back"), *_listed(told, people, " what had gone to ")]


def _giver(told: Telling) -> Phrase:
    return told.person(told.event.subject_id, str(told.data.get("name", "someone")))


def _receivers(told: Telling) -> list[int]:
    """Return who was given something that the reader sees; an older event names all that got anything."""
    if "given" not in told.data:
        return list(told.data.get("to", ()))
    return sorted({to for node, to in told.data["given"] if node is None or told.reader.finds(node)})


def _listed(told: Telling, people: Sequence[int], before: str) -> list[Phrase]:
    said = []
    for number, id in enumerate(people):
        said += [words(", " if number else before), told.person(id)]
    return said


TELLERS: Mapping[str, Teller] = MappingProxyType(
    {
        "team.created": _about_team("created the team"),
        "team.withdrawn": _about_team("took away the team"),
        "team.changed": lambda told: changed(told, *_about_team("changed the team")(told)),
        "team.member_joined": _member(joined=True),
        "team.member_left": _member(joined=False),
        "team.lead_changed": _lead,
        "person.added": _about_person("added"),
        "person.withdrawn": _about_person("took away"),
        "person.changed": lambda told: changed(told, *_about_person("changed the details of")(told)),
        "person.invited": _about_person("invited"),
        "person.uninvited": _about_person("took back the invitation of"),
        "person.joined": lambda told: [words("joined")],
        "person.left": _about_person("let", " leave"),
        "person.erased": _about_person("erased who", " was"),
        "person.returned": _about_person("took", " back"),
        "person.role_changed": _role,
        "person.handed_over": _handed_over,
        "person.handed_back": _handed_back,
        "person.link_made": _about_person("made a sign-in link for"),
        "person.password_changed": lambda told: [words("set a new password")],
        "person.second_step_added": _second_step("added"),
        "person.second_step_renamed": lambda told: [words("renamed a passkey")],
        "person.second_step_removed": _second_step("removed"),
        "person.recovery_codes_made": lambda told: [words("made new recovery codes")],
        "person.recovery_code_used": lambda told: [words("signed in with a recovery code")],
        "person.sessions_ended": lambda told: [words("signed out in other browsers")],
        "person.locked_out": _about_person("locked the account of", " after ten wrong guesses"),
        "person.email_confirmed": lambda told: [words("confirmed the e-mail address")],
        "person.email_changed": lambda told: [words("changed the e-mail address")],
    }
)
