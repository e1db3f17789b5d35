"""JSON whose numbers are kept digit by digit, and whose objects say nothing twice."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from math import isinf
from typing import Any

import orjson

from milepost.core.problems import Invalid

WHOLE_UP_TO = 20  # digits; a longer number is not counted with
# Beyond what any of our own bodies can need, and little enough that all of it may be wrong.
MOST_NAMES, MOST_VALUES = 100, 20_000  # of one object; in one body
DEEPEST = 100  # lists and objects in one another


class NotJson(Invalid):
    """What was sent does not read as JSON."""

    code = "not_json"


class NumberTooLarge(Invalid):
    """A number is JSON, and larger than any that is counted with."""

    code = "number_too_large"


class TooMuch(Invalid):
    """A body is JSON, and says more things at once than any of ours takes."""

    code = "too_many"


def read(body: bytes) -> Any:
    """Read JSON; a number with a point or an exponent becomes the Decimal that was written.

    Raises TooMuch, NumberTooLarge, and NotJson, also for a name that stands twice in one object: which of the
    two was meant?
    """
    try:
        # Stricter than what follows, which takes NaN, half characters and any nesting.
        _require_few(orjson.loads(body))
        return _READER.decode(body.decode())
    except (ValueError, RecursionError) as wrong:
        # Both readers end far beyond our own limit, each in its own way.
        if isinstance(wrong, RecursionError) or "depth limit" in str(wrong):
            raise _too_deep() from None
        is_placed = isinstance(wrong, json.JSONDecodeError)
        if is_placed and (number := _NUMBER.match(wrong.doc, wrong.pos)) and isinf(float(number[0])):
            raise NumberTooLarge(
                f"The number at line {wrong.lineno}, column {wrong.colno} is too large.",
                field=named[1] if (named := _NAMED.search(wrong.doc[: wrong.pos][-200:])) else None,
                remedy="Write one below 10^18.",
            ) from None
        where = f": it does not read on at line {wrong.lineno}, column {wrong.colno}" if is_placed else ""
        raise NotJson(f"The body is not JSON{where}.", remedy="Send one JSON object, in UTF-8.") from None


def canonical(value: Any) -> str:
    """Write what was read so that two bodies that say the same read the same, in whichever order and layout.

    Text is not a number, nor 5 the Decimal 5.0: where a field takes both, to take them for two is safe.
    """
    return repr(_in_order(value))


def _in_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _in_order(value[name]) for name in sorted(value)}
    return [_in_order(each) for each in value] if isinstance(value, list) else value


def _require_few(value: Any) -> None:
    """Refuse what nobody should have to judge value by value; it costs no more than what is counted."""
    count, left = 1, [(value, 1)]
    while left:
        each, depth = left.pop()
        if isinstance(each, dict):
            if len(each) > MOST_NAMES:
                raise TooMuch(
                    f"An object of the body has {len(each):,} names.",
                    remedy=f"None takes more than {MOST_NAMES}; the reference says which.",
                )
            inside = each.values()
        elif isinstance(each, list):
            inside = each
        else:
            continue
        if depth > DEEPEST:
            raise _too_deep()
        count += len(inside)
        if count > MOST_VALUES:
            raise TooMuch(
                f"The body holds more than {MOST_VALUES:,} values.",
                remedy="Send less at once, or apply a file.",
            )
        left.extend((one, depth + 1) for one in inside if isinstance(one, (dict, list)))


def _too_deep() -> NotJson:
    return NotJson(f"The body nests deeper than {DEEPEST}.", remedy="None of ours goes beyond a few.")


_NAMED = re.compile(r'"([^"\\]{1,80})"\s*:\s*$')
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def _decimal(text: str) -> Decimal:
    # 1.50 is 1.5: zeros at the end are no digits that anybody must keep.
    return Decimal(text.rstrip("0") if "e" not in text.lower() else text)


def _whole(text: str) -> int | Decimal:
    return int(text) if len(text) <= WHOLE_UP_TO else Decimal(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names = [name for name, _ in pairs]
    twice = next(name for name in names if names.count(name) > 1)
    raise NotJson(f"The body says “{twice[:80]}” twice.", remedy="Say it once.")


_READER = json.JSONDecoder(parse_float=_decimal, parse_int=_whole, object_pairs_hook=_once)
