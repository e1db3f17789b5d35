"""What a number is worth: progress, grades and bands, roll-ups, verdicts, and how each came about.

Exact throughout: fractions inside, one rounding at the end (method 2.1). The files, in reading order:
kinds · measures · progress · grades · rollups · verdicts · figures · explanations · shifts.
"""

from milepost.core.policies import DEFAULT, HALF_EVEN, NO_GUARD, Policy
from milepost.core.scoring.explanations import Explanation, Line, arithmetic, explain, explain_roll_up
from milepost.core.scoring.figures import percent, plain, six_decimals
from milepost.core.scoring.grades import Band, Score, band, band_of_raw, capped, grade, score, stored
from milepost.core.scoring.kinds import Kind
from milepost.core.scoring.measures import Measure, Reading, ScoringProblem, exact, is_far_out
from milepost.core.scoring.progress import progress
from milepost.core.scoring.rollups import Contribution, Part, RollUp, Standing, roll_up
from milepost.core.scoring.shifts import Shift, ShiftExplanation, explain_shifts, shifts
from milepost.core.scoring.verdicts import Outcome, Verdict, expected_grade, verdict

__all__ = [
    "DEFAULT",
    "HALF_EVEN",
    "NO_GUARD",
    "Band",
    "Contribution",
    "Explanation",
    "Kind",
    "Line",
    "Measure",
    "Outcome",
    "Part",
    "Policy",
    "Reading",
    "RollUp",
    "Score",
    "ScoringProblem",
    "Shift",
    "ShiftExplanation",
    "Standing",
    "Verdict",
    "arithmetic",
    "band",
    "band_of_raw",
    "capped",
    "exact",
    "expected_grade",
    "explain",
    "explain_roll_up",
    "explain_shifts",
    "grade",
    "is_far_out",
    "percent",
    "plain",
    "progress",
    "roll_up",
    "score",
    "shifts",
    "six_decimals",
    "stored",
    "verdict",
]
