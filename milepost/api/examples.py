"""Examples of what programs send and read, for the operations that most begin with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Example(NamedTuple):
    """What is sent to an operation, where it takes a body, and what it answers."""

    body: Any
    answer: Any


_DRAFT = {
    "id": "38g89rc2xdwke",
    "key": "38g89rc2xdwke",
    "url": "/w/acme/objectives/38g89rc2xdwke/",
    "title": "Every delivery leaves on time",
    "description": "",
    "state": "draft",
    "status": "no_data",
    "progress": None,
    "percent": None,
    "expected": 0.626374,
    "grade": None,
    "commitment": "committed",
    "level": "tactical",
    "visibility": "workspace",
    "visible_to": [],
    "cycle": "38g89r2a58rtn",
    "team": "38g89r1vdkvpg",
    "owner": None,
    "sponsor": None,
    "contributors": [],
    "key_results": ["38g89rc3eh4pf"],
    "serves": [],
    "revision": 1,
    "created_at": "2026-11-23T12:07:45.452871+00:00",
}
_RUNNING = _DRAFT | {
    "state": "active",
    "status": "at_risk",
    "progress": 0.5,
    "percent": "50\u00a0%",
    "owner": "38g89r1szf255",
    "revision": 3,
    "serves": [
        {
            "id": "38g89r2k0rdzb",
            "objective": "38g89rc2xdwke",
            "parent_objective": "38g89r2ba12j2",
            "parent_key_result": None,
            "how": "contributes",
            "weight": "2",
            "counts": True,
        }
    ],
}
_VANS = {
    "id": "38g89rc3eh4pf",
    "key": "38g89rc3eh4pf",
    "url": "/w/acme/key-results/38g89rc3eh4pf/",
    "objective": "38g89rc2xdwke",
    "title": "Vans that leave by six",
    "description": "",
    "state": "active",
    "status": "at_risk",
    "progress": 0.5,
    "percent": "50\u00a0%",
    "expected": 0.626374,
    "value": "82.5",
    "confidence": 7,
    "checked_on": "2026-11-23",
    "due_on": "2026-11-30",
    "kind": "percent",
    "start": "70",
    "target": "95",
    "unit": "%",
    "direction": None,
    "floor": None,
    "low": None,
    "high": None,
    "tolerance": None,
    "milestones": [],
    "weight": "1",
    "counts": True,
    "starts_on": "2026-09-28",
    "ends_on": "2026-12-27",
    "curve": "linear",
    "points": [],
    "owner": "38g89r1szf255",
    "source": "check_ins",
    "data_source": "",
    "visibility": None,
    "visible_to": [],
    "position": 0,
    "revision": 1,
    "created_at": "2026-11-23T12:07:45.452871+00:00",
}
_MOVED = {
    "id": "38g89rc65ga9b",
    "again": False,
    "warning": None,
    "key_result": {
        "id": "38g89rc3eh4pf",
        "kind": "key_result",
        "title": "Vans that leave by six",
        "url": "/w/acme/key-results/38g89rc3eh4pf/",
        "before": "0\u00a0%",
        "percent": "50\u00a0%",
        "progress": 0.5,
        "status": "at_risk",
    },
    "ancestors": [
        {
            "id": "38g89rc2xdwke",
            "kind": "objective",
            "title": "Every delivery leaves on time",
            "url": "/w/acme/objectives/38g89rc2xdwke/",
            "before": "0\u00a0%",
            "percent": "50\u00a0%",
            "progress": 0.5,
            "status": "at_risk",
        }
    ],
}
# By the id of their operation.
EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {
        "objectives_index": Example(None, {"items": [_RUNNING], "next": "38g89rc2xdwke"}),
        "objectives_show": Example(None, _RUNNING),
        "objectives_create": Example(
            {
                "title": "Every delivery leaves on time",
                "cycle": "38g89r2a58rtn",
                "team": "38g89r1vdkvpg",
                "commitment": "committed",
                "key_results": [
                    {
                        "title": "Vans that leave by six",
                        "kind": "percent",
                        "start": "70",
                        "target": "95",
                        "unit": "%",
                    }
                ],
            },
            _DRAFT,
        ),
        "objectives_update": Example(
            {"owner": "38g89r1szf255", "reason": "Somebody must", "revision": 1},
            _DRAFT | {"owner": "38g89r1szf255", "revision": 2},
        ),
        "key_results_index": Example(None, {"items": [_VANS], "next": None}),
        "key_results_show": Example(None, _VANS),
        "checkins_create": Example({"value": "82.5", "confidence": 7, "note": "Counted at the gate"}, _MOVED),
    }
)
REFUSAL = {
    "type": "about:blank",
    "title": "Unprocessable Entity",
    "status": 422,
    "detail": "An objective needs a title.",
    "code": "invalid",
    "remedy": "Say what will be different.",
    "errors": [
        {
            "field": "title",
            "detail": "An objective needs a title. Say what will be different.",
            "code": "invalid",
        }
    ],
}
