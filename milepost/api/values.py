"""Values as programs write them: ids, exact numbers, days, texts, each bounded before anything reads it."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StrictBool,
    StrictInt,
    WithJsonSchema,
)

from milepost.api.faults import Code, refused
from milepost.core import ids
from milepost.core.characters import require_printable, seen
from milepost.core.numbers import LARGEST, PLACES
from milepost.core.plan.words import NAME_LONGEST
from milepost.core.problems import Invalid

ID_PATTERN = "^[0-7][0-9a-hjkmnp-tv-z]{12}$"
NUMBER_PATTERN = rf"^-?[0-9]{{1,18}}(\.[0-9]{{1,{PLACES}}})?$"
_NUMBER = re.compile(NUMBER_PATTERN)
_TOO_LONG = re.compile(r"^-?0*[1-9][0-9]{18,}(\.[0-9]+)?$")
_DAY = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
YEARS = range(1900, 3000)
LINE, TEXT, MOST = 300, 20_000, 200  # characters of a title and of a text, entries of a list


class Said(BaseModel):
    """What a program says in a body: nothing beyond what is named here."""

    model_config = ConfigDict(extra="forbid")

    def given(self) -> dict[str, Any]:
        """Return what was said, and nothing of what was left out."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def left_out() -> Any:
    """Let a field be left out, where null would not be a value for it."""
    return Field(default_factory=lambda: None)


def _ref(written: Any) -> int:
    found = ids.decode(written) if isinstance(written, str) else None
    if found is None:
        raise refused(Code.NOT_AN_ID, "This is no id. One has 13 characters, as in the addresses of pages.")
    return found


def _exact(written: Any) -> Decimal:
    match written:
        case bool():
            text = ""
        case int() | Decimal():
            text = _plain(Decimal(written))
        case str():
            text = written
        case _:
            text = ""
    if _is_beyond(written if isinstance(written, int | Decimal) else text):
        raise refused(Code.NUMBER_TOO_LARGE, "This number is too large. Write one between -10^18 and 10^18.")
    if not _NUMBER.match(text) or text.endswith("\n"):
        raise refused(
            Code.NOT_A_NUMBER,
            f"A number below 10^18 with at most {PLACES} decimals is expected here. "
            "Write it as text or as a JSON number.",
        )
    return Decimal(text)


def _is_beyond(written: int | Decimal | str) -> bool:
    """Say whether this is a number, and larger than any that is kept."""
    if isinstance(written, str):
        return _TOO_LONG.match(written) is not None and not written.endswith("\n")
    return not isinstance(written, bool) and abs(written) >= LARGEST


def _plain(number: Decimal) -> str:
    """Write a number without an exponent; one that is kept by nobody is not written out at any length."""
    is_kept = abs(number) < LARGEST and number.as_tuple().exponent >= -PLACES
    return format(number, "f") if is_kept else ""


def _day(written: Any) -> date:
    try:
        found = date.fromisoformat(written) if isinstance(written, str) and _DAY.match(written) else None
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        raise refused(Code.NOT_A_DAY, "This is no day. Write it as 2026-11-21.")
    return found


def _moment(written: Any) -> datetime:
    try:
        found = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or found.year not in YEARS:
        raise refused(
            Code.NOT_A_MOMENT,
            "This is no moment. Write it as 2026-11-21T09:30:00Z, with its offset from UTC.",
        )
    return found


def printable(text: str) -> str:
    """Return a text without what nobody sees.

    One with characters that no text may hold is refused in the words that an action would have for it.
    """
    try:
        require_printable(text, field="")
    except Invalid as wrong:
        raise refused(Code(wrong.code), str(wrong)) from None
    return seen(text)


Ref = Annotated[
    int,
    PlainValidator(_ref),
    WithJsonSchema({"type": "string", "pattern": ID_PATTERN, "description": "An id, as answers write it."}),
]
Exact = Annotated[
    Decimal,
    PlainValidator(_exact),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": -(10**15), "maximum": 10**15},
                {"type": "string", "pattern": NUMBER_PATTERN},
                {"type": "number", "minimum": -(10**15), "maximum": 10**15},
            ],
            "description": f"An exact number below 10^18 with at most {PLACES} decimals, as text or as a "
            "JSON number; every digit counts. Many programs round the JSON numbers that they write.",
        }
    ),
]
Day = Annotated[date, PlainValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[
    datetime, PlainValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})
]
# As JSON Schema writes what core.characters refuses, but for half surrogates, which are no characters: some
# tools cannot name them in an expression, and would leave the whole pattern out.
_REFUSED = (
    r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f"
    r"\u200b\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff"
)
PRINTABLE = {"pattern": f"^[^{_REFUSED}]*$"}
Words = Annotated[
    str,
    Field(max_length=LINE, description="A part of it, in any case.", json_schema_extra=PRINTABLE),
    AfterValidator(printable),
]
FileKey = Annotated[
    str,
    Field(max_length=LINE, description="The id that it has in files.", json_schema_extra=PRINTABLE),
    AfterValidator(printable),
]
Line = Annotated[str, Field(max_length=LINE, json_schema_extra=PRINTABLE), AfterValidator(printable)]
Text = Annotated[str, Field(max_length=TEXT, json_schema_extra=PRINTABLE), AfterValidator(printable)]


def never_empty(longest: int) -> Any:
    """Tell of a text that is never empty; whoever leaves it empty hears so from the action."""
    pattern = rf"^[^{_REFUSED}]*[^\s{_REFUSED}][^{_REFUSED}]*$"
    told = {"minLength": 1, "maxLength": longest, "pattern": pattern}
    return Annotated[str, Field(max_length=longest, json_schema_extra=told), AfterValidator(printable)]


Title, Name, Comment = never_empty(LINE), never_empty(NAME_LONGEST), never_empty(TEXT)
Refs = Annotated[list[Ref], Field(max_length=MOST)]
Whole = StrictInt


def _counted(written: Any) -> Any:
    """Return a whole number as it is counted with; to JSON 3.0 is one as well."""
    if isinstance(written, int | Decimal) and _is_beyond(written):
        low = written < 0
        raise refused(
            Code.NUMBER_TOO_SMALL if low else Code.NUMBER_TOO_LARGE,
            f"This number is too {'small' if low else 'large'}. Say one that can be counted with.",
        )
    is_whole = isinstance(written, Decimal) and written == written.to_integral_value()
    return int(written) if is_whole else written


# Where a whole number is expected: one of many digits is read as something else than that.
COUNTED = BeforeValidator(_counted)
Flag = StrictBool
Revision = Annotated[
    StrictInt,
    Field(ge=1, le=2**31 - 1, description="The one that you edited: a newer one is not written over."),
    COUNTED,
]
Reason = Annotated[Text, Field(description="Why; kept in the history.")]


LEAVING = "That you mean it, where you would not see it any more; else that is refused with `shuts_you_out`."
Leave = Annotated[StrictBool, Field(description=LEAVING)]


class Because(Said):
    """Why: a sentence for the history."""

    reason: Annotated[Comment, Field(description="Why; kept in the history.")]
