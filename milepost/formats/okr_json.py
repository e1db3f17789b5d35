"""OKRs as JSON: read entry by entry, each number from its own digits, and say where something stands.

The standard library's scanner reads: it hands over the digits of a number and every key of an object, so no
number passes through a float and no doubled key is lost, which faster parsers do not offer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterable, Iterator
from typing import Any

from milepost.core.plan.findings import Path
from milepost.formats.okr_raw import Digits, Entry, Mapped, Misspelt, Wrong

Unreadable = UnicodeError  # a text has no character that JSON cannot have

_WINDOW = 1 << 10
LARGEST_ENTRY = 8 << 20  # characters of one entry of a list
_RAGGED = 64  # an error this close to the end of a window may come from the cut
_SPACE = re.compile(r"[ \t\n\r]*")
_SCAN = json.JSONDecoder(
    object_pairs_hook=Mapped.of, parse_float=Digits, parse_int=Digits, parse_constant=Digits
).scan_once


def entries(text: str) -> Iterator[Entry]:
    """Yield the pieces of a JSON object in their order, reading no further than asked."""
    try:
        yield from _Scanner(text).entries()
    except _At as spot:
        raise Misspelt(spot.wrong, *line_and_column(text, spot.offset)) from None


class _Scanner:
    """Goes through the object at the top by hand, and takes each entry below it at one stroke."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.window = _WINDOW

    def entries(self) -> Iterator[Entry]:
        text = self.text
        at = _expect(text, _space(text, 0), "{", "A file of OKRs is one object: it begins with {.")
        at = _space(text, at)
        while text[at : at + 1] != "}":
            if text[at : at + 1] != '"':
                raise _misspelt("Here a name in double quotes is needed.", at, "Look for a comma too many.")
            key, at = self._value(at)
            at = _space(text, _expect(text, _space(text, at), ":", "A colon is missing after the name."))
            if text[at : at + 1] == "[":
                at = yield from self._list(key, at)
            else:
                value, at = self._value(at)
                yield Entry(key, None, value, at)
            at = self._after(at, "}")
        at = _space(text, at + 1)
        if at < len(text):
            raise _misspelt("Something follows the end of the object.", at, "A file holds one object.")

    def _list(self, key: str, at: int) -> Generator[Entry, None, int]:
        yield Entry(key, -1, None, at)
        at = _space(self.text, at + 1)
        index = 0
        while self.text[at : at + 1] != "]":
            value, at = self._value(at)
            yield Entry(key, index, value, at)
            index += 1
            at = self._after(at, "]")
        return at + 1

    def _after(self, at: int, end: str) -> int:
        """Step over the comma between two members, or up to the end."""
        at = _space(self.text, at)
        if self.text[at : at + 1] == end:
            return at
        at = _space(self.text, _expect(self.text, at, ",", f"A comma or {end} is missing after this value."))
        if self.text[at : at + 1] == end:
            raise _misspelt("Nothing follows the comma.", at, "Take the last comma out.")
        return at

    def _value(self, at: int) -> tuple[Any, int]:
        """Return the value that begins at `at`, and where it ends.

        It is read from a window that grows, so that one entry cannot fill the memory.
        """
        size = self.window
        while True:
            window = self.text[at : at + size]
            is_all = at + size >= len(self.text)
            try:
                value, end = _SCAN(window, 0)
                if end < len(window) or is_all:
                    self.window = max(_WINDOW, min(2 * end, 1 << 16))
                    return value, at + end
            except RecursionError:
                raise _misspelt("Lists and objects stand too deep inside each other here.", at) from None
            except StopIteration as stop:
                if is_all or stop.value < len(window) - _RAGGED:
                    what = "The file ends too early." if not window else "Here a value is needed."
                    raise _misspelt(what, at + stop.value, "Look for a comma too many.") from None
            except json.JSONDecodeError as error:
                is_cut = error.pos >= len(window) - _RAGGED or error.msg.startswith("Unterminated")
                if is_all or not is_cut:
                    raise _broken(error, at, len(self.text)) from None
            size *= 2
            if size > LARGEST_ENTRY and not is_all:
                raise _misspelt(
                    "This entry is not closed, or longer than 8 million characters.",
                    at,
                    "Look for a missing quote or bracket in it.",
                )


def _space(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()


def _expect(text: str, at: int, mark: str, message: str) -> int:
    if text[at : at + 1] != mark:
        what = "The file ends too early." if at >= len(text) else message
        raise _misspelt(what, at, f"Put {mark} here.")
    return at + 1


class _At(Exception):
    """A spot where the text stops being JSON."""

    def __init__(self, wrong: Wrong, offset: int) -> None:
        super().__init__(wrong.message)
        self.wrong, self.offset = wrong, offset


def _misspelt(message: str, offset: int, remedy: str = "") -> _At:
    return _At(Wrong(message, "not_json", remedy), offset)


def _broken(error: json.JSONDecodeError, at: int, length: int) -> _At:
    if at + error.pos >= length:
        what = "The file ends too early."
    else:
        what = f"This is not JSON: {error.msg[0].lower()}{error.msg[1:]}."
    return _misspelt(what, at + error.pos, "Look for a missing quote, comma or bracket.")


def locate(text: str, paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Return line and column (from 1) of each path, or of the nearest part of it that is there."""
    spots = {path: _offset(text, path) for path in paths}
    return {path: line_and_column(text, offset) for path, offset in spots.items()}


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return where an offset lies, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _offset(text: str, path: Path) -> int:
    """Walk down to `path`, skipping at the scanner's speed what does not lie on the way."""
    at = _space(text, 0)
    for step in path:
        found = _member(text, at, step) if isinstance(step, str) else _item(text, at, step)
        if found is None:
            break
        at = found
    return at


def _member(text: str, at: int, wanted: str) -> int | None:
    """Return where the value of that name begins."""
    if text[at : at + 1] != "{":
        return None
    at = _space(text, at + 1)
    try:
        while text[at : at + 1] == '"':
            key, at = _SCAN(text, at)
            at = _space(text, _space(text, at) + 1)
            if key == wanted:
                return at
            at = _space(text, _space(text, _SCAN(text, at)[1]) + 1)
    except (StopIteration, ValueError, RecursionError):
        pass  # where the text stops being JSON: what was found until then is near enough
    return None


def _item(text: str, at: int, wanted: int) -> int | None:
    if text[at : at + 1] != "[":
        return None
    at = _space(text, at + 1)
    try:
        for _ in range(wanted):
            at = _space(text, _space(text, _SCAN(text, at)[1]) + 1)
    except (StopIteration, ValueError, RecursionError):
        return None
    return at
