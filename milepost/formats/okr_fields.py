"""The table of fields of an OKR file, version 1.

Reading, writing, the JSON Schema and the reference in the docs are all made from this one table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from milepost.core.plan import (
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
    PlanPoint,
    TeamPlan,
    TransitionPlan,
    WorkspacePlan,
    words,
)
from milepost.core.plan.unread import all_said, altered, said
from milepost.formats.okr_ledgers import Ledger, Ledgers
from milepost.formats.okr_reading import Reading
from milepost.formats.okr_records import Curve, Field, Past, Record, with_defaults
from milepost.formats.okr_values import (
    Choice,
    Day,
    Email,
    Flag,
    ListOf,
    Moment,
    Name,
    Number,
    Reported,
    Text,
    Whole,
    Zone,
)


def _name_entries(entries: tuple, reading: Reading) -> tuple:
    """Give check-ins and comments without an id the one that their day makes."""
    taken = {*all_said(entries, "id")}
    if "" not in taken:
        return entries
    used: Counter[str] = Counter()
    named = []
    for entry in entries:
        at = said(entry, "at")
        if said(entry, "id") == "" and at is not None:
            day = at.astimezone(reading.day_zone()).date().isoformat()
            while True:
                used[day] += 1
                name = day if used[day] == 1 else f"{day}.{used[day]}"
                if name not in taken:
                    break
            taken.add(name)
            entry = altered(entry, id=name)
        named.append(entry)
    return tuple(named)


def _settle_key_result(values: dict[str, Any], unread: set[str], reading: Reading) -> None:
    if "plan" in values:
        values["curve"], values["points"] = values.pop("plan")
    if "plan" in unread:
        unread |= {"curve", "points"}
    _settle_comments(values, unread, reading)
    if "check_ins" in values:
        values["check_ins"] = _name_entries(values["check_ins"], reading)


def _settle_comments(values: dict[str, Any], unread: set[str], reading: Reading) -> None:
    if "comments" in values:
        values["comments"] = _name_entries(values["comments"], reading)


def _settle_entry(values: dict[str, Any], unread: set[str], reading: Reading) -> None:
    """Leave an entry to be named by its day once the whole list is known."""
    if "at" in unread and "id" not in values:
        unread.add("id")
    if "id" not in unread:
        values.setdefault("id", "")


_ID, _KEY = Name(), Name(longest=80)
_TITLE = Text(words.TITLE_LONGEST, lines=False, blank=False)
_NAME = Text(words.NAME_LONGEST, lines=False, blank=False)
_LINE = Text(words.TITLE_LONGEST, lines=False)
_UNIT = Text(words.UNIT_LONGEST, lines=False)
_TEXT = Text()
_NUMBER, _DAY, _MOMENT, _FLAG = Number(), Day(), Moment(), Flag()
_PERSON, _TEAM, _CYCLE = Name("a person"), Name("a team"), Name("a cycle")
_OBJECTIVE, _KEY_RESULT = Name("an objective"), Name("a key result")
_PEOPLE = ListOf(_PERSON, "ids of people")

_WORKSPACE_FIELDS = [
    Field("id", _ID, "The workspace's short name, as it stands in its address."),
    Field("name", _TITLE, "The organisation's name."),
    Field("time_zone", Zone(), "Where its days begin and end."),
    Field("mission", _TEXT, "Why the organisation exists."),
    Field("vision", _TEXT, "What it wants the world to look like."),
    Field("scoring_policy", _ID, "How progress becomes a grade."),
    Field("check_in_every", Whole(1, 366), "How many days may pass between two check-ins."),
    Field("count_restricted_work", _FLAG, "Whether what only some may see counts for everyone."),
]

PERSON = Record(
    "person",
    PersonPlan,
    Field("id", _ID, "The name by which the rest of the file refers to this person."),
    Field("name", _NAME, "The name as people read it."),
    Field("email", Email(), "The address under which this person signs in. Left out, it stays as it is."),
    Field("role", Choice(*words.ROLES), "What this person may do in the workspace."),
    Field("left", _DAY, "The first day on which this person no longer belongs."),
    noun="a person",
)

MEMBERSHIP = Record(
    "membership",
    MembershipPlan,
    Field("person", _PERSON, "Who belongs to the team."),
    Field("lead", _FLAG, "Whether this person leads the team."),
    Field(
        "since",
        _DAY,
        "The first day in the team, or in this part there: whoever leads it from a later day on, or no "
        "longer, has one membership until then and one since. Left out, it stays as it is.",
    ),
    Field("until", _DAY, "The first day on which this person no longer belongs to the team."),
    noun="a membership",
)

_MADE = Field(
    "created",
    _MOMENT,
    "When it was made. Days before show it only where something stood in it. Left out, it stays as it is; "
    "where it is not known, every day shows it.",
)

_TEAM_FIELDS = [
    Field("id", _ID, "The name by which the rest of the file refers to this team."),
    Field("name", _NAME, "The name as people read it."),
    Field("parent", _TEAM, "The team above. Without one, it stands right below the company."),
    Field("purpose", _TEXT, "What the team is there for."),
    _MADE,
]

_CYCLE_FIELDS = [
    Field("id", _ID, "The name by which the rest of the file refers to this cycle."),
    Field("name", _NAME, "The name as people read it."),
    Field("starts", _DAY, "Its first day."),
    Field("ends", _DAY, "Its last day, 7 days to 5 years after the first. Left out, the end is open."),
    Field("parent", _CYCLE, "The longer cycle it lies within."),
    Field("closed", _DAY, "The day on which its last objective was closed."),
    _MADE,
]

MILESTONE = Record(
    "milestone",
    MilestonePlan,
    Field("title", _TITLE, "What is there once it is reached."),
    Field("weight", _NUMBER, "How much it counts beside the others; 0 shows it without counting it."),
    noun="a milestone",
)

MEASURE = Record(
    "measure",
    MeasurePlan,
    Field("kind", Choice(*words.KINDS), "How values become progress."),
    Field("start", _NUMBER, "The value at the beginning."),
    Field(
        "target",
        _NUMBER,
        "The value to reach or keep; for `relative` the change in per cent, −20 for a fifth less.",
    ),
    Field("unit", _UNIT, "What the values count: `%`, `EUR`, `days`."),
    Field(
        "direction", Choice(*words.DIRECTIONS), "Which way is better, where start and target are the same."
    ),
    Field(
        "floor",
        _NUMBER,
        "The worst value that still counts for something, for `maintain_above` and `maintain_below`.",
    ),
    Field("low", _NUMBER, "The low end of a `range`."),
    Field("high", _NUMBER, "The high end of a `range`."),
    Field("tolerance", _NUMBER, "How far outside a `range` a value still counts for something."),
    Field("milestones", ListOf(MILESTONE, "milestones"), "The steps of a measure by `milestones`."),
    noun="a measure",
)

POINT = Record(
    "plan_point",
    PlanPoint,
    Field("at", _NUMBER, "The share of the window that has passed, 0 to 1."),
    Field("expect", _NUMBER, "The share of progress expected by then, 0 to 1."),
    noun="a point of a plan",
)

CHECK_IN = Ledger(
    "check_in",
    CheckInPlan,
    Field("id", _KEY, "Its id among the check-ins of the key result.", "",
          "its day, `2026-10-08`; the second of a day `2026-10-08.2`"),
    Field("at", _MOMENT, "When the value was true. A day alone is its noon in the workspace's time zone."),
    Field("recorded", _MOMENT, "When it was entered.", None, "`at`", like="at"),
    Field("value", Reported(), "The value then; without one, the check-in says “no data”."),
    Field("parts", ListOf(_NUMBER, "numbers"), "For `milestones`: the done share of each, in their order."),
    Field("confidence", Whole(1, 10), "How likely the expected grade is."),
    Field("note", _TEXT, "What happened."),
    Field("by", _PERSON, "Who entered it."),
    Field("corrects", _KEY, "The id of the earlier check-in that this one puts right."),
    Field("withdrawn", _FLAG, "Whether this correction takes the earlier check-in back altogether."),
    noun="a check-in",
    settle=_settle_entry,
)  # fmt: skip

COMMENT = Record(
    "comment",
    CommentPlan,
    Field("id", _KEY, "Its id among the comments here.", "", "its day, as for check-ins"),
    Field("at", _MOMENT, "When it was written."),
    Field("text", _TEXT, "What it says."),
    Field("by", _PERSON, "Who wrote it."),
    noun="a comment",
    settle=_settle_entry,
)

_GRADE_FIELDS = (
    Field("grade", _NUMBER, "The grade, 0 to 1."),
    Field("at", _MOMENT, "When it was given."),
    Field("raw", _NUMBER, "The progress before rounding and capping."),
    Field("by", _PERSON, "Who gave it."),
    Field("policy", _ID, "The scoring policy, or `published` for a grade from elsewhere."),
    Field("reason", _TEXT, "Why it differs from the computed grade, or `no_data_at_close`."),
)
_LEARNED = Field("learned", _TEXT, "What was learned.")
GRADE = Record("grade", GradePlan, *_GRADE_FIELDS, noun="a grade")
OBJECTIVE_GRADE = Record(
    "objective_grade", GradePlan, *_GRADE_FIELDS, _LEARNED, noun="the grade of an objective"
)

TRANSITION = Record(
    "transition",
    TransitionPlan,
    Field("event", _ID, "What happened: `commit`, `cancel`, `grade` …"),
    Field("to", Choice(*words.OBJECTIVE_STATES), "The state after it."),
    Field("at", _MOMENT, "When."),
    Field("by", _PERSON, "Who did it."),
    Field("reason", _TEXT, "Why."),
    noun="a transition",
)

ALIGNMENT = Record(
    "alignment",
    AlignmentPlan,
    Field("objective", _OBJECTIVE, "The objective that this one serves, or else:"),
    Field("key_result", _KEY_RESULT, "The key result that it serves."),
    Field(
        "how", Choice(*words.ALIGNMENTS), "`contributes` counts towards what it serves, `supports` does not."
    ),
    Field("weight", _NUMBER, "How much it counts there."),
    Field("since", _MOMENT, "When it began. Left out, it stays as it is."),
    Field("until", _MOMENT, "When it ended; kept for the past."),
    noun="an alignment",
)

_VISIBLE_TO = Field("visible_to", _PEOPLE, "Who may see it, where its visibility is `people`.")
_SOURCE = Field(
    "source",
    Choice(*words.SOURCES),
    "Where its value comes from: its own check-ins, or what contributes to it.",
)
_KEY_RESULT_FIELDS = [
    Field("id", _ID, "Its id, the only one in the file among key results."),
    Field("title", _TITLE, "The key result as people read it."),
    Field("description", _TEXT, "What else there is to know."),
    Field("measure", MEASURE, "How it is measured."),
    Field("weight", _NUMBER, "How much it counts in its objective; 0 shows it without counting it."),
    Field("starts", _DAY, "Its first day.", None, "the cycle's"),
    Field("ends", _DAY, "Its last day.", None, "the cycle's"),
    Field("plan", Curve(ListOf(POINT, "points")), "How progress is expected over time.", None, "`linear`",
          get=lambda it: None if it.curve == "linear" else (it.curve, it.points)),
    Field("owner", _PERSON, "Who answers for it.", None, "whoever owns the objective"),
    _SOURCE,
    Field("data_source", _LINE, "Where the figures come from, in words or as an address."),
    Field("visibility", Choice(*words.KEY_RESULT_VISIBILITIES), "Who may see it.", None,
          "like its objective"),
    _VISIBLE_TO,
    Field("state", Choice(*words.KEY_RESULT_STATES), "Where it stands."),
    Field("created", _MOMENT, "When it was written down. Left out, it stays as it is."),
]  # fmt: skip

_OBJECTIVE_FIELDS = [
    Field("id", _ID, "Its id among objectives."),
    Field("title", _TITLE, "The objective as people read it."),
    Field("cycle", _CYCLE, "The cycle it belongs to."),
    Field("team", _TEAM, "The team whose objective it is. Without one it is the whole company's."),
    Field("description", _TEXT, "Why it matters."),
    Field("commitment", Choice(*words.COMMITMENTS),
          "What is promised: success begins at grade 1.0 for `committed`, at 0.7 for `aspirational`, with an "
          "insight for `learning`."),
    Field("level", Choice(*words.LEVELS), "Whether it sets direction or serves it."),
    Field("owner", _PERSON, "Who answers for it."),
    Field("sponsor", _PERSON, "Who, among those who lead, stands behind it."),
    Field("contributors", _PEOPLE, "Who else works on it."),
    Field("visibility", Choice(*words.VISIBILITIES), "Who may see it; `private` is for its owner alone."),
    _VISIBLE_TO,
    Field("state", Choice(*words.OBJECTIVE_STATES), "Where it stands."),
    Field("created", _MOMENT, "When it was written down. Left out, it stays as it is."),
]  # fmt: skip

_INITIATIVE = (
    Field("id", _ID, "Its id, the only one in the file among initiatives."),
    Field("title", _TITLE, "The initiative as people read it."),
    Field("description", _TEXT, "What else there is to know."),
    Field(
        "key_result",
        _KEY_RESULT,
        "The key result it is for. Without one, it is for the objective as a whole.",
    ),
    Field("owner", _PERSON, "Who answers for it."),
    Field("state", Choice(*words.INITIATIVE_STATES), "Where it stands."),
    Field("due", _DAY, "The day by which it is wanted."),
)


_REASON = Field("reason", _TEXT, "Why.")
_HISTORY_SAYS = "What held before, and from when to when."


def _history(name: str, noun: str, past: list[Field], *more: Field) -> Record:
    return Record(
        name,
        HistoryPlan,
        Field("at", _MOMENT, "When it changed."),
        Field("by", _PERSON, "Who changed it."),
        *more,
        Field("was", Past(noun, past), "The changed fields by name, with what they held before."),
        noun=f"a change of {noun}",
    )


def _remembered(listed: Iterable[Field], names: tuple[str, ...]) -> list[Field]:
    """Pick the fields whose past is remembered; in a file the curve and its points are one, the plan."""
    return [one for one in listed if one.key in names or (one.key == "plan" and "curve" in names)]


WORKSPACE_HISTORY = _history(
    "workspace_history",
    "the workspace",
    _remembered(with_defaults(WorkspacePlan, _WORKSPACE_FIELDS), words.WORKSPACE_PAST),
)
TEAM_HISTORY = _history(
    "team_history", "a team", _remembered(with_defaults(TeamPlan, _TEAM_FIELDS), words.TEAM_PAST)
)
CYCLE_HISTORY = _history(
    "cycle_history", "a cycle", _remembered(with_defaults(CyclePlan, _CYCLE_FIELDS), words.CYCLE_PAST)
)
KEY_RESULT_HISTORY = _history(
    "key_result_history",
    "a key result",
    _remembered(
        [
            *with_defaults(KeyResultPlan, _KEY_RESULT_FIELDS),
            *MEASURE.fields,
            Field("objective", _OBJECTIVE, "The objective it belonged to."),
        ],
        words.KEY_RESULT_PAST,
    ),
    _REASON,
)
OBJECTIVE_HISTORY = _history(
    "objective_history",
    "an objective",
    _remembered(with_defaults(ObjectivePlan, _OBJECTIVE_FIELDS), words.OBJECTIVE_PAST),
    _REASON,
)

WORKSPACE = Record(
    "workspace",
    WorkspacePlan,
    *_WORKSPACE_FIELDS,
    Field("history", ListOf(WORKSPACE_HISTORY, "changes"), _HISTORY_SAYS),
    noun="the workspace",
)

TEAM = Record(
    "team",
    TeamPlan,
    *_TEAM_FIELDS,
    Field("history", ListOf(TEAM_HISTORY, "changes"), _HISTORY_SAYS),
    Field("members", ListOf(MEMBERSHIP, "memberships"), "Who belongs to it, and since when."),
    noun="a team",
)

CYCLE = Record(
    "cycle",
    CyclePlan,
    *_CYCLE_FIELDS,
    Field("history", ListOf(CYCLE_HISTORY, "changes"), _HISTORY_SAYS),
    noun="a cycle",
)

KEY_RESULT = Record(
    "key_result",
    KeyResultPlan,
    *_KEY_RESULT_FIELDS,
    Field("history", ListOf(KEY_RESULT_HISTORY, "changes"), _HISTORY_SAYS),
    Field("check_ins", Ledgers(CHECK_IN, "check-ins"), "What was reported, and when."),
    Field("comments", ListOf(COMMENT, "comments"), "The discussion."),
    Field("grade", GRADE, "The grade it was closed with."),
    noun="a key result",
    settle=_settle_key_result,
)

INITIATIVE = Record("initiative", InitiativePlan, *_INITIATIVE, noun="an initiative")

OBJECTIVE = Record(
    "objective",
    ObjectivePlan,
    *_OBJECTIVE_FIELDS,
    Field("transitions", ListOf(TRANSITION, "transitions"), "The steps that led to its state."),
    Field("history", ListOf(OBJECTIVE_HISTORY, "changes"), _HISTORY_SAYS),
    Field("aligned_to", ListOf(ALIGNMENT, "alignments"), "What it serves."),
    Field("key_results", ListOf(KEY_RESULT, "key results"), "How we know that it is reached."),
    Field(
        "initiatives", ListOf(INITIATIVE, "initiatives"), "What we do about it; it counts towards no score."
    ),
    Field("comments", ListOf(COMMENT, "comments"), "The discussion."),
    Field("grade", OBJECTIVE_GRADE, "The grade it was closed with."),
    noun="an objective",
    settle=_settle_comments,
)

# What a file holds beside its version, in the order in which it is written.
SECTIONS = {
    "people": PERSON,
    "teams": TEAM,
    "cycles": CYCLE,
    "objectives": OBJECTIVE,
}
RECORDS = (
    WORKSPACE, WORKSPACE_HISTORY, PERSON, TEAM, TEAM_HISTORY, MEMBERSHIP, CYCLE, CYCLE_HISTORY, OBJECTIVE,
    TRANSITION, OBJECTIVE_HISTORY, ALIGNMENT, KEY_RESULT, MEASURE, MILESTONE, POINT, KEY_RESULT_HISTORY,
    CHECK_IN, COMMENT, GRADE, OBJECTIVE_GRADE, INITIATIVE,
)  # fmt: skip
TOP_KEYS = ("milepost", "workspace", *SECTIONS)
