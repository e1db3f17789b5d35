"""What is wrong with a field that a program sent, in our own words and codes: what, and what to do.

pydantic finds it. Its words speak of Python, and its codes are those of its version: neither is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic_core import PydanticCustomError

from milepost.formats.problem_json import Fault


class Code(StrEnum):
    """What can be wrong with a field, for programs; docs/api.md lists them, and they stay as they are."""

    MISSING = "missing"
    UNKNOWN_FIELD = "unknown_field"
    NOT_AN_OBJECT = "not_an_object"
    NOT_A_LIST = "not_a_list"
    NOT_A_TEXT = "not_a_text"
    NOT_A_WHOLE_NUMBER = "not_a_whole_number"
    NOT_TRUE_OR_FALSE = "not_true_or_false"
    NOT_A_CHOICE = "not_a_choice"
    NOT_AN_ID = "not_an_id"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DAY = "not_a_day"
    NOT_A_MOMENT = "not_a_moment"
    NOT_A_SHARE = "not_a_share"
    NOT_ENDS = "not_ends"
    NOT_NAMES = "not_names"
    BAD_CHARACTER = "bad_character"
    TEXT_TOO_LONG = "text_too_long"
    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    NUMBER_TOO_SMALL = "number_too_small"
    NUMBER_TOO_LARGE = "number_too_large"


class Words(NamedTuple):
    """How a type of fault is told: its code, and a sentence with what pydantic tells besides."""

    code: Code
    said: str


_OBJECT = Words(Code.NOT_AN_OBJECT, "A JSON object is expected here. Write {{…}}.")
_WHOLE = Words(Code.NOT_A_WHOLE_NUMBER, "A whole number is expected here. Write it in digits.")
_TRUTH = Words(Code.NOT_TRUE_OR_FALSE, "true or false is expected here. Write one of them, without quotes.")
_NO_BODY = Words(Code.MISSING, "The request has no body. Send a JSON object, if only an empty one: {{}}.")
_CHOICE = Words(Code.NOT_A_CHOICE, "This is none of those there are. Say one of {expected}.")
# Of each type of fault that our models can have.
WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "missing": Words(Code.MISSING, "This is missing. It is needed here."),
        "extra_forbidden": Words(
            Code.UNKNOWN_FIELD,
            "This field is not known here. Leave it out; the reference says which there are.",
        ),
        "model_type": _OBJECT,
        "model_attributes_type": _OBJECT,
        "list_type": Words(Code.NOT_A_LIST, "A list is expected here. Write […], for a single one too."),
        "string_type": Words(Code.NOT_A_TEXT, "Text is expected here. Write it in quotes."),
        "int_type": _WHOLE,
        "int_parsing": _WHOLE,
        "int_parsing_size": Words(Code.NUMBER_TOO_LARGE, "This number is too large. Write a smaller one."),
        "int_from_float": _WHOLE,
        "bool_type": _TRUTH,
        "bool_parsing": _TRUTH,
        "literal_error": _CHOICE,
        "enum": _CHOICE,
        "string_too_long": Words(
            Code.TEXT_TOO_LONG, "This text is too long. There is room for {max_length:,} characters."
        ),
        "too_long": Words(
            Code.TOO_MANY, "This list is too long. It takes {max_length:,} at once; send the rest by itself."
        ),
        "too_short": Words(Code.TOO_FEW, "This list is too short. Name {min_length} at least."),
        "greater_than_equal": Words(Code.NUMBER_TOO_SMALL, "This number is too small. Say {ge:,} or more."),
        "less_than_equal": Words(Code.NUMBER_TOO_LARGE, "This number is too large. Say {le:,} or less."),
    }
)


def refused(code: Code, said: str) -> PydanticCustomError:
    """Return what a validator of ours raises: its code and its words are told as they are."""
    return PydanticCustomError(code.value, "{said}", {"said": said})


def fault(error: Mapping[str, Any]) -> Fault:
    """Return what one of pydantic's errors says of a field."""
    # The first two name the place (body, query) and the argument of our own view.
    source, *place = error["loc"]
    if source == "body":
        place = place[1:]
    more = dict(error.get("ctx", {}))
    if "expected" in more:
        more["expected"] = _listed(more["expected"])
    words = WORDS.get(error["type"])
    if source == "body" and not place and error["type"] == "missing":
        words = _NO_BODY
    code, said = (words.code, words.said.format(**more)) if words else (error["type"], error["msg"])
    return Fault(".".join(map(str, place)), said, code)


def parted(detail: str) -> tuple[str, str | None]:
    """Part what is said of a field: its first sentence says what is wrong, and the rest what to do."""
    what, end, remedy = detail.partition(". ")
    return f"{what}{end.strip()}", remedy or None


def _listed(expected: str) -> str:
    """Return a choice as we write one; pydantic writes 'one', 'two' or 'three'."""
    return expected.replace(" or ", ", ").replace("'", "")
