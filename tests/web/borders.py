"""What each route of a workspace is sent, written once: in whose words, and which of them name things.

`ROUTES` is the table that tests/web/test_isolation.py goes through. A new route needs a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from milepost.core.ids import encode


@dataclass(frozen=True)
class Id:
    """A place in a form for the id of a thing, perhaps with a letter before it."""

    kind: str
    prefix: str = ""
    many: bool = False
    in_base: bool = True  # False: the form is complete without it


@dataclass(frozen=True)
class Row:
    """What a route takes. `on` names things that it needs in a state; `first` is what must happen before."""

    takes: Mapping[str, str | Id] | None = None  # None: it takes no POST
    on: Mapping[str, str] = field(default_factory=dict)
    first: str = ""
    works: bool = True  # an owner can send it as it is here, and it changes something


READS = Row()


OBJECTIVE = {
    "title": "A title of its own",
    "cycle": Id("cycle"),
    "team": Id("team"),
    "owner": Id("person"),
    "sponsor": Id("person", in_base=False),
    "contributors": Id("person", many=True, in_base=False),
    "visible_to": Id("person", many=True, in_base=False),
    "commitment": "aspirational",
    "level": "tactical",
    "visibility": "workspace",
}
KEY_RESULT = {
    "title": "A number of its own",
    "kind": "increase",
    "start": "1",
    "target": "3",
    "weight": "1",
    "curve": "linear",
    "source": "check_ins",
    "owner": Id("person"),
    "visible_to": Id("person", many=True, in_base=False),
}
INITIATIVE = {
    "title": "A deed of its own",
    "state": "doing",
    "owner": Id("person"),
    "key_result": Id("key_result"),
}
CHECKIN = {"value": "7", "confidence": "5", "note": "Seen at the counter"}
LINK = {"parent": Id("other", prefix="o"), "how": "supports", "weight": "1"}
REASON = {"reason": "Because it is so"}
DAYS = {"starts_on": "2031-01-01", "ends_on": "2031-03-31"}
CYCLE = {"name": "Later", **DAYS, "parent": Id("cycle", in_base=False), "seen": "/".join(DAYS.values())}

ROUTES: dict[str, Row] = {
    # the round
    "checkins": Row(CHECKIN),
    "alignment": READS,
    "alignment_rows": READS,
    "alignment_json": READS,
    "bulk": Row({"id": Id("objective", many=True), "change": "owner", "owner": Id("person"),
                 "reason": "Because it is so"}),
    "views": READS,
    "new_view": Row({"name": "A look of its own", "settings": "group=team", "shared": "private",
                     "team": Id("team", in_base=False)}),
    "edit_view": Row({"name": "Renamed view", "team": Id("team", in_base=False)}),
    "copy_view": Row({}),
    "choose_view": Row({}),
    "delete_view": Row({}),
    "map": READS,
    "map_svg": READS,
    "sweep": Row({**CHECKIN, "key_result": Id("key_result")}),
    "edit_checkin": Row(CHECKIN),
    "withdraw_checkin": Row({}),
    # seeing
    "week": READS,
    "looks": Row({"seen": "1"}),
    "overview": READS,
    "overview_json": READS,
    "teams": READS,
    "team": READS,
    "team_json": READS,
    "company": READS,
    "company_json": READS,
    "objective_comparison": READS,
    "objective_comparison_json": READS,
    "team_comparison": READS,
    "team_comparison_json": READS,
    "company_comparison": READS,
    "company_comparison_json": READS,
    "alignment_comparison": READS,
    "alignment_comparison_json": READS,
    "activity": READS,
    "search": READS,
    "palette": READS,
    "choices": READS,
    # objectives, key results and what belongs to them
    "new_objective": Row({**OBJECTIVE, "parent": Id("objective", prefix="o", in_base=False),
                          "kr1_title": "Raise it", "kr1_kind": "increase", "kr1_start": "1",
                          "kr1_target": "2",
                          "kr1_owner": Id("person")}),
    "objective": READS,
    "edit_objective": Row(OBJECTIVE | REASON),
    "closing": Row({"learned": "Start sooner."}),
    "activation": Row({}, on={"objective": "draft"}),
    "parking": Row(REASON, on={"objective": "draft"}),
    "deferral": Row(REASON),
    "cancellation": Row(REASON),
    "redrafting": Row(REASON, on={"objective": "draft"}, first="parking"),
    "reopening": Row(REASON, first="closing"),
    "new_key_result": Row(KEY_RESULT),
    "new_initiative": Row(INITIATIVE),
    "new_alignment": Row(LINK),
    "objective_place": Row({"to": Id("other", prefix="o"), "weight": "2"} | REASON),
    "objective_comments": Row({"text": "Well said"}),
    "key_result": READS,
    "edit_key_result": Row(KEY_RESULT | REASON),
    "cancel_key_result": Row(REASON),
    "restore_key_result": Row(REASON, first="cancel_key_result"),
    "move_key_result": Row({"to": "down"}),
    "key_result_comments": Row({"text": "Well said"}),
    "edit_initiative": Row(INITIATIVE),
    "initiative_state": Row({"state": "done"}),
    "edit_alignment": Row({"how": "supports", "weight": "3"}),
    "end_alignment": Row({}),
    "undoing": Row({}),
    # the first run
    "start": READS,
    "start_demo": Row({}, works=False),  # makes a whole company
    "start_blank": Row({"cycle_name": "First", **DAYS, "team": "First"}),
    "start_file": Row({}, works=False),  # takes a file
    "start_application": Row({}, works=False),  # takes the file that was shown before
    "start_invite": Row({"name-1": "New Person", "email-1": "new@company.example", "role": "member"}),
    # people
    "people": READS,
    "new_person": Row({"name": "New Person", "email": "new@company.example", "role": "member",
                       "team": Id("team", in_base=False)}),
    "person": Row({"name": "Renamed Person"}),
    "invite_person": Row({}),
    "uninvite_person": Row({}, first="invite_person"),
    "personal_data_json": READS,
    "handover": Row({"to": Id("person")}, on={"person": "chief"}),
    "depart_person": Row({}),
    "readmit_person": Row({}, first="depart_person"),
    "persona": Row({}, works=False),  # only in the demo company
    # teams
    "new_team": Row({"name": "New Team", "purpose": "", "parent": Id("team", in_base=False)}),
    "edit_team": Row({"name": "Renamed Team", "purpose": "", "parent": Id("team", in_base=False)}),
    "members": Row({"person": Id("person"), "role": "member"}),
    "end_membership": Row({}, first="members"),
    # cycles and settings
    "cycles": READS,
    "new_cycle": Row(CYCLE),
    "edit_cycle": Row(CYCLE),
    "close_cycle": Row({}),
    "reopen_cycle": Row({}, first="close_cycle"),
    "settings": Row({"name": "Renamed", "time_zone": "UTC", "check_in_every": "14"}),
    "preferences": Row({"theme": "dark"}, works=False),  # kept in the browser
    "keyboard": Row({"usual": "1"}, works=False),  # kept in the browser
    # tokens
    "tokens": Row({"name": "A program", "scope": "read", "days": "30", "team": Id("team", in_base=False)}),
    "revoke_token": Row({}),
}  # fmt: skip

# What an address may name behind its question mark.
QUERIES: dict[str, tuple[str, ...]] = {
    "activity": ("?team={team}", "?person={person}"),
    "alignment": (
        "?team={team}",
        "?owner={person}",
        "?open={objective}",
        "?shut={objective}",
        "?cycle={cycle}",
        "?view={view}",
        "?group=owner&open={objective}",
        "?select=1&id={objective}",
    ),
    "alignment_rows": ("?under={objective}", "?under={team}&level=3", "?group=team&under={team}"),
    "bulk": (
        "?id={objective}",
        "?id={key_result}&change=owner&owner=",
        "?id={objective}&change=activate",
    ),
    "map": (
        "?team={team}",
        "?owner={person}",
        "?open={objective}",
        "?shut={objective}",
        "?path={objective}",
        "?branch={objective}",
        "?whatif={key_result}:30",
        "?whatif={key_result}&ends_at=30",
        "?also={key_result}:30",
    ),
    "map_svg": ("?path={objective}", "?branch={objective}", "?whatif={key_result}:30"),
    "objective_place": (
        "?from=o{objective}",
        "?to=o{objective}",
        "?to=k{key_result}",
        "?from=o{objective}&to=none",
    ),
    "new_objective": ("?team={team}", "?serves=o{objective}", "?serves=k{key_result}"),
    "new_initiative": ("?key_result={key_result}",),
    "choices": ("?q=shares", "?q=buy+the+rival", "?q=a&about={objective}", "?about={team}&q=a"),
    "palette": (
        "?recent={objective}",
        "?recent={key_result}",
        "?recent={team}.{objective}",
        "?recent={person}.{key_result}",
        "?q=shares",
        "?q=shaers+rivall",
    ),
    "search": ("?q={objective}", "?q=shares", "?q=buy+the+rival", "?q=shaers", "?q=rivall"),
    "sweep": ("?done={key_result}", "?skipped={key_result}"),
    "team": ("?cycle={cycle}",),
    "team_comparison": ("?cycle={cycle}",),
}


def address(pattern: str, slug: str, things: Mapping[str, int], on: Mapping[str, str]) -> str:
    """Return the address of a route, with these things in it."""
    path = pattern.replace("<slug:slug>", slug)
    path = path.replace("<slug:kind>", "parents")  # of all lists, the one in which something may be hidden
    for name in (
        "objective",
        "key_result",
        "initiative",
        "alignment",
        "checkin",
        "team",
        "person",
        "cycle",
        "token",
        "event",
        "view",
    ):
        path = path.replace(f"<id:{name}>", encode(things[on.get(name, name)]))
    return f"/{path}"


def form(row: Row, things: Mapping[str, int]) -> dict[str, str | list[str]]:
    """Fill a route's form in with these things."""
    return {
        name: _written(value, things[value.kind]) if isinstance(value, Id) else value
        for name, value in (row.takes or {}).items()
        if not isinstance(value, Id) or value.in_base
    }


def forms_naming(
    row: Row, own: Mapping[str, int], others: Mapping[str, int]
) -> Iterator[tuple[str, dict[str, str | list[str]]]]:
    """Yield, for each place that names a thing, the form with one of the others' there."""
    for name, value in (row.takes or {}).items():
        if not isinstance(value, Id):
            continue
        for place in _places(value):
            if place.kind in others:
                yield (
                    f"{name}={place.prefix}{place.kind}",
                    form(row, own) | {name: _written(place, others[place.kind])},
                )


def _places(place: Id) -> list[Id]:
    # What a link leads up to may be an objective or a key result.
    return [Id("objective", "o"), Id("key_result", "k")] if place.prefix else [place]


def _written(place: Id, id: int) -> str | list[str]:
    written = place.prefix + encode(id)
    return [written] if place.many else written
