"""What is wrong with a field that a program sent, in our own words: what, and what to do.

pydantic finds it. Its codes are told as they are; its words are not, for they speak of Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from milepost.formats.problem_json import Fault

_OBJECT = "A JSON object is expected here. Write {{…}}."
_WHOLE = "A whole number is expected here. Write it in digits."
_TRUTH = "true or false is expected here. Write one of them, without quotes."
_NO_BODY = "The request has no body. Send a JSON object, if only an empty one: {{}}."
_CHOICE = "This is none of those there are. Say one of {expected}."
# Of each type of fault that our models can have: its words, with what pydantic tells besides.
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "missing": "This is missing. It is needed here.",
        "extra_forbidden": (
            "This field is not known here. Leave it out; the reference says which there are."
        ),
        "model_type": _OBJECT,
        "model_attributes_type": _OBJECT,
        "list_type": "A list is expected here. Write […], for a single one too.",
        "string_type": "Text is expected here. Write it in quotes.",
        "int_type": _WHOLE,
        "int_parsing": _WHOLE,
        "int_parsing_size": _WHOLE,
        "int_from_float": _WHOLE,
        "bool_type": _TRUTH,
        "bool_parsing": _TRUTH,
        "literal_error": _CHOICE,
        "enum": _CHOICE,
        "string_too_long": "This text is too long. There is room for {max_length:,} characters.",
        "too_long": "This list is too long. It takes {max_length:,} at once; send the rest by itself.",
        "too_short": "This list is too short. Name {min_length} at least.",
        "greater_than_equal": "This number is too small. Say {ge:,} or more.",
        "less_than_equal": "This number is too large. Say {le:,} or less.",
    }
)


def fault(error: Mapping[str, Any]) -> Fault:
    """Return what one of pydantic's errors says of a field."""
    # The first two name the place (body, query) and the argument of our own view.
    source, *place = error["loc"]
    if source == "body":
        place = place[1:]
    more = dict(error.get("ctx", {}))
    if "expected" in more:
        more["expected"] = _listed(more["expected"])
    # What has no words here was refused by a validator of ours, and says so itself.
    known = WORDS.get(error["type"])
    if source == "body" and not place and error["type"] == "missing":
        known = _NO_BODY
    said = known.format(**more) if known else error["msg"].removeprefix("Value error, ")
    return Fault(".".join(map(str, place)), said, error["type"])


def _listed(expected: str) -> str:
    """Return a choice as we write one; pydantic writes 'one', 'two' or 'three'."""
    return expected.replace(" or ", ", ").replace("'", "")
