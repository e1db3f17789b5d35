"""Written shares: a column of them as a program reads it, each with six decimals.

A share from 0 to 1 is two decimals and four more; all ways to write either lie ready, and are looked up.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import orjson

DECIMALS = 6
_ONE, _REST = 10**DECIMALS, 10**4
_NULL = 101, _REST  # comes after all others among the beginnings, and blanks do among the rests
# How each is laid down: what stands before it, its beginning up to two decimals, the other four.
_LAID = np.dtype([("before", "u1"), ("begin", "u4"), ("rest", "u4")])


def of(shares: np.ndarray) -> bytes:
    """Write shares as a list in JSON, NaN as null; where any is beyond 0 and 1, without zeros at the end."""
    numbers = np.rint(shares * _ONE)
    missing = np.flatnonzero(np.isnan(numbers))
    numbers[missing] = 0
    if not len(numbers) or numbers.min() < 0 or numbers.max() > _ONE:
        return orjson.dumps(np.round(shares, DECIMALS) + 0.0, option=orjson.OPT_SERIALIZE_NUMPY)
    begins, rests = _written()
    number = numbers.astype(np.int64)
    begin = number // _REST
    rest = number - begin * _REST
    begin[missing], rest[missing] = _NULL
    laid = np.empty(len(number), dtype=_LAID)
    laid["before"], laid["begin"], laid["rest"] = ord(","), begins.take(begin), rests.take(rest)
    laid["before"][0] = ord("[")
    return laid.tobytes() + b"]"


@cache
def _written() -> tuple[np.ndarray, ...]:
    """Return all ways in which a share begins, and all in which it goes on."""
    begins = [b"0.%02d" % number for number in range(100)] + [b"1.00", b"null"]
    rests = [b"%04d" % number for number in range(_REST)] + [b"    "]
    return tuple(np.frombuffer(b"".join(each), dtype=np.uint32) for each in (begins, rests))
