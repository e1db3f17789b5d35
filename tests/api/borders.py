"""What each operation of the API is sent, written once: in whose words, and which of them name things.

`OPERATIONS` is the table that tests/api/test_isolation.py goes through. A new operation needs a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from milepost.core.ids import encode


@dataclass(frozen=True)
class Id:
    """A place in a body for the id of a thing."""

    kind: str
    many: bool = False
    in_base: bool = True  # False: the body is complete without it


@dataclass(frozen=True)
class Row:
    """What an operation takes: a body, and the parameters behind its question mark that name things.

    `on` names things it needs in a state; `first` is what must happen before; `works`: an owner can send it
    as it is here, and it changes something.
    """

    takes: Mapping[str, Any] | None = None
    asks: Mapping[str, str] = field(default_factory=dict)
    on: Mapping[str, str] = field(default_factory=dict)
    first: str = ""
    works: bool = True
    query: str = ""  # what it cannot be read without


READS = Row()
NAMED = {"owner": Id("person"), "visible_to": Id("person", many=True, in_base=False)}
OBJECTIVE = {
    "title": "A title of its own",
    "cycle": Id("cycle"),
    "team": Id("team"),
    "sponsor": Id("person", in_base=False),
    "contributors": Id("person", many=True, in_base=False),
    **NAMED,
}
KEY_RESULT = {"title": "A number of its own", "start": "1", "target": 3, **NAMED}
INITIATIVE = {
    "title": "A deed of its own",
    "state": "doing",
    "owner": Id("person"),
    "key_result": Id("key_result"),
}
CHECKIN = {"value": "7", "confidence": 5, "note": "Seen at the counter"}
SERVES = {"objective": Id("other"), "how": "supports", "weight": "1"}
REASON = {"reason": "Because it is so"}
CYCLE = {
    "name": "Later", "starts_on": "2031-01-01", "ends_on": "2031-03-31", "parent": Id("cycle", in_base=False),
}  # fmt: skip
BULK = {
    "items": [Id("objective"), Id("key_result")],
    "change": "owner",
    "owner": Id("person"),
    "team": Id("team", in_base=False),
    "cycle": Id("cycle", in_base=False),
    "serves": {"objective": Id("other", in_base=False), "key_result": Id("key_result", in_base=False)},
    **REASON,
}
PAGE = {"after": "any"}
FILE = {"text": "milepost: 1\npeople:\n  - {id: newcomer, name: New Comer}\n", "name": "okrs.yaml"}

OPERATIONS: dict[str, Row] = {
    "me_show": READS,
    "me_due": READS,
    "me_week": Row(asks={"cycle": "cycle"}),
    "me_sweep": READS,
    "me_look": READS,
    "me_sign_out": Row(works=False),  # nothing can be sent after it
    "events_index": Row(asks={"team": "team", "by": "person", **PAGE}),
    "events_show": READS,
    "events_undo": Row({}),
    "events_whole": Row(asks={"cycle": "cycle", "team": "team", "owner": "person"}),
    "overview_show": Row(asks={"cycle": "cycle"}),
    "overview_of_teams": Row(asks={"cycle": "cycle"}),
    "map_show": Row(
        asks={"cycle": "cycle", "team": "team", "owner": "person", "branch": "objective", "path": "objective"}
    ),
    "search_index": Row(query="?q=wait"),
    "objectives_index": Row(asks={"team": "team", "owner": "person", "cycle": "cycle", **PAGE}),
    "objectives_create": Row(
        OBJECTIVE
        | {"key_results": [{"title": "Raise it", "start": 1, "target": 2}],
           "serves": {"objective": Id("objective")}}
    ),
    "objectives_show": READS,
    "objectives_explain": READS,
    "objectives_update": Row(OBJECTIVE | REASON),
    "objectives_activate": Row(on={"objective": "draft"}),
    "objectives_park": Row(REASON, on={"objective": "draft"}),
    "objectives_defer": Row(REASON),
    "objectives_cancel": Row(REASON),
    "objectives_redraft": Row(REASON, on={"objective": "draft"}, first="objectives_park"),
    "closings_close": Row(
        {"learned": "Start sooner.", "values": [{"key_result": Id("key_result"), "value": 7}]}
    ),
    "objectives_reopen": Row(REASON, first="closings_close"),
    "closings_show": READS,
    "closings_preview": Row(
        {"learned": "Start sooner.", "values": [{"key_result": Id("key_result"), "value": 7}]}, works=False
    ),
    "key_results_index": Row(
        asks={"objective": "objective", "owner": "person", "team": "team", "cycle": "cycle", **PAGE}
    ),
    "key_results_create": Row(KEY_RESULT),
    "key_results_show": READS,
    "key_results_explain": READS,
    "key_results_update": Row(KEY_RESULT | REASON),
    "key_results_cancel": Row(REASON),
    "key_results_restore": Row(REASON, first="key_results_cancel"),
    "key_results_move": Row({"to": "down"}),
    "checkins_index": Row(
        asks={"key_result": "key_result", "objective": "objective", "by": "person", **PAGE}
    ),
    "checkins_history": Row(asks=PAGE),
    "checkins_create": Row(CHECKIN),
    "checkins_show": READS,
    "checkins_correct": Row(CHECKIN),
    "checkins_withdraw": Row({"note": "A slip"}),
    "initiatives_index": Row(
        asks={"objective": "objective", "key_result": "key_result", "owner": "person", **PAGE}
    ),
    "initiatives_create": Row(INITIATIVE),
    "initiatives_show": READS,
    "initiatives_update": Row(INITIATIVE),
    "alignments_index": Row(asks={"objective": "objective", "under": "objective", **PAGE}),
    "alignments_create": Row(SERVES),
    "alignments_move": Row(
        {"leaves": Id("objective", in_base=False), "objective": Id("other"),
         "key_result": Id("key_result", in_base=False), "how": "supports", "weight": "1", **REASON}
    ),
    "alignments_show": READS,
    "alignments_update": Row({"how": "supports", "weight": "3"}),
    "alignments_end": READS,
    "bulk_preview": Row(BULK, works=False),  # says what would change
    "bulk_apply": Row(BULK),
    "comments_index": Row(asks={"objective": "objective", "key_result": "key_result", **PAGE}),
    "comments_show": READS,
    "comments_on_objective": Row({"text": "Well said"}),
    "comments_on_key_result": Row({"text": "Well said"}),
    "comparisons_of_objective": READS,
    "comparisons_of_team": Row(asks={"cycle": "cycle"}),
    "comparisons_of_company": Row(asks={"cycle": "cycle"}),
    "comparisons_of_tree": Row(asks={"cycle": "cycle"}),
    "history_of_objective": Row(asks=PAGE),
    "history_of_key_result": Row(asks=PAGE),
    "history_learned_of_objective": READS,
    "history_learned_of_team": READS,
    "history_learned_of_company": READS,
    "history_learned_of_tree": READS,
    "suppositions_of_key_result": Row(query="?ends_at=0.3"),
    "suppositions_of_several": Row(query="?ends={key_result}:0.3", asks={"ends": "key_result"}),
    "suppositions_of_objective": Row(asks={"leaves": "objective", "serves": "key_result"}),
    "people_index": Row(asks={"team": "team", **PAGE}),
    "people_create": Row(
        {"name": "New Person", "email": "new@company.example", "team": Id("team", in_base=False)}
    ),
    "people_show": READS,
    "people_update": Row({"name": "Renamed Person"}),
    "people_set_role": Row({"role": "guest"}),
    "people_invite": READS,
    "people_uninvite": Row(first="people_invite"),
    "people_holding": READS,
    "people_personal_data": READS,
    "people_hand_over": Row({"to": Id("person")}, on={"person": "chief"}),
    "people_depart": READS,
    "people_readmit": Row(first="people_depart"),
    "teams_index": Row(asks={"parent": "team", **PAGE}),
    "teams_create": Row({"name": "New Team", "parent": Id("team", in_base=False)}),
    "teams_show": READS,
    "teams_stand": Row(asks={"cycle": "cycle"}),
    "teams_stand_company": Row(asks={"cycle": "cycle"}),
    "teams_update": Row({"name": "Renamed Team", "parent": Id("team", in_base=False)}),
    "teams_members": Row(asks=PAGE),
    "teams_set_member": Row({"is_lead": True}),
    "teams_end_member": Row(first="teams_set_member"),
    "cycles_index": Row(asks=PAGE),
    "cycles_create": Row(CYCLE),
    "cycles_show": READS,
    "cycles_update": Row(CYCLE),
    "cycles_close": READS,
    "cycles_reopen": Row(first="cycles_close"),
    "plans_show": READS,
    "plans_preview": Row(FILE, works=False),  # changes nothing
    "plans_apply": Row(FILE),
    "views_index": Row(asks=PAGE),
    "views_create": Row(
        {"name": "A look of its own", "settings": "group=team", "team": Id("team", in_base=False)}
    ),
    "views_show": READS,
    "views_update": Row({"name": "Renamed view", "team": Id("team", in_base=False)}),
    "views_delete": READS,
    "views_choose": READS,
    "views_unchoose": Row(first="views_choose"),
    "workspace_show": READS,
    "workspace_open_demo": READS,
    "workspace_update": Row({"name": "Renamed", "check_in_every": 14}),
}  # fmt: skip


def address(pattern: str, things: Mapping[str, int], on: Mapping[str, str]) -> str:
    """Return the address of an operation, with these things in it."""
    path = pattern
    for name in ("objective", "key_result", "initiative", "alignment", "checkin", "comment", "team", "person",
                 "cycle", "event", "view"):  # fmt: skip
        if f"{{{name}}}" in path:
            path = path.replace(f"{{{name}}}", encode(things[on.get(name, name)]))
    return path


def body(row: Row, things: Mapping[str, int]) -> Any:
    """Fill an operation's body in with these things."""
    return None if row.takes is None else _filled(row.takes, things)


def _filled(value: Any, things: Mapping[str, int]) -> Any:
    match value:
        case Id():
            written = encode(things[value.kind])
            return [written] if value.many else written
        case dict():
            kept = {name: each for name, each in value.items() if not isinstance(each, Id) or each.in_base}
            return {name: _filled(each, things) for name, each in kept.items()}
        case list():
            return [_filled(each, things) for each in value]
    return value


def bodies_naming(
    row: Row, own: Mapping[str, int], others: Mapping[str, int]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield, for each place that names a thing, the body with one of the others' there."""
    for place, id in _places(row.takes or {}, ""):
        kinds = ["objective"] if id.kind == "other" else [id.kind]
        for kind in kinds:
            if kind in others:
                written = encode(others[kind])
                yield (
                    f"{place}={kind}",
                    _with(body(row, own), place.split("."), [written] if id.many else written),
                )


def _places(value: Any, before: str) -> Iterator[tuple[str, Id]]:
    listed = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in listed:
        if isinstance(each, Id):
            yield f"{before}{name}", each
        else:
            yield from _places(each, f"{before}{name}.")


def _with(filled: Any, place: list[str], written: Any) -> Any:
    name, *rest = place
    key = int(name) if isinstance(filled, list) else name
    if rest:
        filled[key] = _with(filled[key], rest, written)
    else:
        filled[key] = written
    return filled
