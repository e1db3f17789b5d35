"""Fields of definitions as people say them, and what stands in some: one word for each, everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "title": "title",
        "description": "description",
        "cycle_id": "cycle",
        "team_id": "team",
        "owner_id": "owner",
        "sponsor_id": "sponsor",
        "contributors": "contributors",
        "commitment": "success means",
        "level": "level",
        "visibility": "who sees it",
        "visible_to": "people who see it",
        "state": "state",
        "kind": "kind of measure",
        "start": "start",
        "target": "target",
        "unit": "unit",
        "direction": "direction",
        "floor": "worst acceptable value",
        "low": "low end",
        "high": "high end",
        "tolerance": "tolerance",
        "milestones": "milestones",
        "weight": "weight",
        "starts_on": "first day",
        "ends_on": "last day",
        "due_on": "due day",
        "curve": "plan",
        "points": "points of the plan",
        "source": "source",
        "objective_id": "objective",
        "data_source": "where the number comes from",
        "how": "kind of link",
        "role": "role",
        "name": "name",
        "purpose": "purpose",
        "email": "address",
        "parent_id": "place",
    }
)
"""What is not listed here is machinery."""
MEASURED = frozenset({"start", "target", "floor", "low", "high", "tolerance"})
"""Fields that are told with the unit of the measure."""
VISIBILITIES = {
    "workspace": "everyone here",
    "team": "its team",
    "people": "named people",
    "private": "its owner alone",
}
CURVES = {
    "linear": "straight line",
    "s": "slow, fast, slow",
    "back": "late",
    "front": "early",
    "points": "own points",
}
SOURCES = {"check_ins": "its check-ins", "contributors": "what contributes to it"}
