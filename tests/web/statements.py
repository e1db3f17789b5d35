"""How many SQL statements each page costs, frozen: making one grow is a decision, taken here.

A page's number is counted on a warm process, signed in, on a page with something on it.
"""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

STATEMENTS = {
    "edit_checkin": 3,
    "sweep": 3,
    "objective": 9,
    "new_objective": 2,
    "edit_objective": 4,
    "closing": 2,
    "new_alignment": 2,
    "objective_place": 2,
    "key_result": 8,  # with the events by which its changes can be undone
    "edit_key_result": 4,
    "alignment": 2,
    "alignment_json": 2,
    "alignment_rows": 2,
    "map": 2,
    "map_svg": 2,
    "week": 7,
    "overview": 2,
    "overview_json": 2,
    "teams": 2,
    "team": 4,
    "team_json": 2,
    "activity": 3,
    "objective_comparison": 6,
    "objective_comparison_json": 5,
    "team_comparison": 6,
    "team_comparison_json": 5,
    "company_comparison": 6,
    "company_comparison_json": 5,
    "alignment_comparison": 6,
    "alignment_comparison_json": 5,
    "search": 3,
    "palette": 3,
    "search, a slip": 6,
    "people": 7,
    "person": 7,
    "edit_team": 4,
    "cycles": 3,
    "settings": 3,
    "preferences": 3,
    "tokens": 3,
}


def count(client: Client, address: str, **more) -> int:
    """Count the statements of a page after it has been seen once."""
    client.get(address, **more)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address, **more)
    assert answer.status_code in (200, 304), answer.status_code
    return len(captured)
