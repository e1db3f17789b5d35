"""The words that a field of a plan may hold, and how long its texts may be."""

from __future__ import annotations

from milepost.core import pace
from milepost.core.access import Role, Visibility
from milepost.core.scoring.kinds import Kind
from milepost.core.states import InitiativeState, KeyResultState, State

KINDS = tuple(str(kind) for kind in Kind)
ROLES = tuple(str(role) for role in Role)
VISIBILITIES = tuple(str(visibility) for visibility in Visibility)
KEY_RESULT_VISIBILITIES = (str(Visibility.TEAM), str(Visibility.PEOPLE))
COMMITMENTS = ("committed", "aspirational", "learning")
LEVELS = ("strategic", "tactical")
DIRECTIONS = ("up", "down")
CURVES = tuple(pace.CURVES)  # and "points", for a curve of one's own
SOURCES = ("check_ins", "contributors")
ALIGNMENTS = ("contributes", "supports")
OBJECTIVE_STATES = tuple(str(state) for state in State)
KEY_RESULT_STATES = tuple(str(state) for state in KeyResultState)
INITIATIVE_STATES = tuple(str(state) for state in InitiativeState)

ID_LONGEST = 64
NAME_LONGEST = 200
TITLE_LONGEST = 300
TEXT_LONGEST = 20_000
UNIT_LONGEST = 40
EMAIL_LONGEST = 254
DIGITS_MOST = 30
DECIMALS_MOST = 12
NUMBER_BELOW = 10**18

# What a `was` may name: the fields whose past is remembered.
KEY_RESULT_PAST = (
    "title", "description", "kind", "start", "target", "unit", "direction", "floor", "low", "high",
    "tolerance", "milestones", "weight", "starts", "ends", "curve", "points", "owner", "source",
    "data_source", "visibility", "visible_to", "state", "objective",
)  # fmt: skip
WORKSPACE_PAST = ("time_zone", "check_in_every")
TEAM_PAST = ("name", "parent", "purpose")
CYCLE_PAST = ("name", "starts", "ends", "parent", "closed")
OBJECTIVE_PAST = (
    "title", "description", "cycle", "team", "commitment", "level", "owner", "sponsor", "contributors",
    "visibility", "visible_to", "state",
)  # fmt: skip
