"""OKRs as code: what a file of OKRs says, as plain values, whatever the file's format.

`values` holds the dataclasses, `words` the words a field may hold, `rules` what must be true of a plan
(`check`), `changes` what applying one plan over another would do (`diff`).
"""

from milepost.core.plan.changes import Change, Changes, diff
from milepost.core.plan.moved_ids import moved, moved_problems
from milepost.core.plan.rules import PlanProblem, check, path_text
from milepost.core.plan.values import (
    FORMAT_VERSION,
    NOTHING,
    AlignmentPlan,
    CheckInPlan,
    CommentPlan,
    CyclePlan,
    GradePlan,
    HistoryPlan,
    InitiativePlan,
    KeyResultPlan,
    MeasurePlan,
    MembershipPlan,
    MilestonePlan,
    ObjectivePlan,
    PersonPlan,
    Plan,
    PlanPoint,
    TeamPlan,
    TransitionPlan,
    WorkspacePlan,
)

__all__ = [
    "FORMAT_VERSION",
    "NOTHING",
    "AlignmentPlan",
    "Change",
    "Changes",
    "CheckInPlan",
    "CommentPlan",
    "CyclePlan",
    "GradePlan",
    "HistoryPlan",
    "InitiativePlan",
    "KeyResultPlan",
    "MeasurePlan",
    "MembershipPlan",
    "MilestonePlan",
    "ObjectivePlan",
    "PersonPlan",
    "Plan",
    "PlanPoint",
    "PlanProblem",
    "TeamPlan",
    "TransitionPlan",
    "WorkspacePlan",
    "check",
    "diff",
    "moved",
    "moved_problems",
    "path_text",
]
