"""OKRs as YAML: read entry by entry from the parser's events, and say where something stands.

Nothing is constructed by a tag, followed through an alias or guessed from a word (no is “no”): a plain scalar
stays text until its field says what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from milepost.core.plan.findings import Path
from milepost.formats.okr_values import Bare, Entry, Mapped, Misspelt, Wrong

# libyaml reads twenty times as fast, where the installed PyYAML has it.
_Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

DEEPEST = 24
LARGEST_ENTRY = 1_000_000  # values in one entry of a list
_NOTHING = frozenset(("", "~", "null", "Null", "NULL"))
_ENDS = (MappingEndEvent, SequenceEndEvent)


def entries(data: bytes) -> Iterator[Entry]:
    """Yield the pieces of a YAML mapping in their order, reading no further than asked."""
    parser = _Parser(data)
    try:
        yield from _entries(parser.get_event)
    except yaml.MarkedYAMLError as error:
        raise _in_words(error, data) from None
    except RecursionError:
        raise Misspelt(_too_deep(), 1, 1) from None
    finally:
        parser.dispose()


def _entries(get_event: Any) -> Iterator[Entry]:
    get_event()  # the stream
    start = get_event()
    if isinstance(start, StreamEndEvent):
        raise Misspelt(Wrong("There is nothing in this file.", "empty_file", "It begins with milepost: 1."), 1, 1)
    if isinstance(start, DocumentStartEvent) and start.tags:
        raise _refused(start, _no_tags(), ())
    root = get_event()
    if not isinstance(root, MappingStartEvent):
        raise _refused(root, Wrong("A file of OKRs is one mapping of names to values.", "not_a_mapping",
                                   "It begins with milepost: 1."), ())  # fmt: skip
    _plain(root, ())
    while not isinstance(event := get_event(), MappingEndEvent):
        key = _key(event, ())
        event = get_event()
        if isinstance(event, SequenceStartEvent):
            _plain(event, (key,))
            yield Entry(key, -1, None, event.start_mark.index)
            index = 0
            while not isinstance(event := get_event(), SequenceEndEvent):
                yield Entry(key, index, _compose(event, get_event, (key, index)), event.start_mark.index)
                index += 1
        else:
            yield Entry(key, None, _compose(event, get_event, (key,)), event.start_mark.index)
    end = get_event()
    assert isinstance(end, DocumentEndEvent)
    rest = get_event()
    if not isinstance(rest, StreamEndEvent):
        raise _refused(rest, Wrong("A second document begins here.", "several_documents",
                                   "A file holds one document: take out this --- and what follows."), ())  # fmt: skip


def _compose(event: Any, get_event: Any, path: Path) -> Any:
    """Return the value that begins with `event`; a loop instead of recursion, so that depth is ours to limit."""
    frames: list[_Frame] = []
    count = 0
    while True:
        count += 1
        if count > LARGEST_ENTRY:
            raise _refused(event, Wrong("This entry holds more than a million values.", "too_large",
                                        "Cut it into several."), path)  # fmt: skip
        kind = type(event)
        if kind is ScalarEvent:
            if event.anchor is not None or event.tag is not None:
                _plain(event, _path(path, frames))
            value = event.value
            if event.implicit[0]:
                value = None if value in _NOTHING else Bare(value)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            _plain(event, _path(path, frames))
            frames.append(_Frame(is_list=kind is SequenceStartEvent))
            if len(frames) > DEEPEST:
                raise _refused(event, _too_deep(), path)
            value = frames[-1]  # only to be replaced: the first item follows
        elif kind in _ENDS:
            value = frames.pop().value()
        else:
            raise _refused(event, Wrong("An alias (*) stands here.", "alias",
                                        "Write the value out: a file of OKRs refers by ids."), path)  # fmt: skip
        if not (frames and value is frames[-1]):
            if not frames:
                return value
            frames[-1].take(value)
        event = get_event()
        if frames and not frames[-1].is_list and type(event) is not MappingEndEvent:
            frames[-1].key = _key(event, _path(path, frames))
            event = get_event()


class _Frame:
    """A list or mapping that is being read."""

    __slots__ = ("is_list", "items", "key")

    def __init__(self, *, is_list: bool) -> None:
        self.is_list = is_list
        self.items: list[Any] = []
        self.key = ""

    def take(self, value: Any) -> None:
        self.items.append(value if self.is_list else (self.key, value))

    def value(self) -> Any:
        return self.items if self.is_list else Mapped(self.items)


def _path(path: Path, frames: list[_Frame]) -> Path:
    return (*path, *(len(frame.items) if frame.is_list else frame.key for frame in frames))


def _key(event: Any, path: Path) -> str:
    if type(event) is not ScalarEvent:
        what = "An alias (*)" if isinstance(event, AliasEvent) else "A list or mapping"
        raise _refused(event, Wrong(f"{what} stands here as the name of a field.", "bad_key",
                                    "A field's name is a plain word."), path)  # fmt: skip
    _plain(event, path)
    return event.value


def _plain(event: Any, path: Path) -> None:
    """Refuse what a file of OKRs never needs, and what attacks are made of."""
    if getattr(event, "anchor", None) is not None:
        wrong = Wrong(f"An anchor (&{event.anchor[:40]}) stands here.", "alias", "Take it out and write values out.")
        raise _refused(event, wrong, path)
    if getattr(event, "tag", None) is not None:
        raise _refused(event, _no_tags(), path)


def _no_tags() -> Wrong:
    return Wrong("A tag (!) stands here; values are never built from tags.", "tag",
                 "Take it out; text that begins with ! goes in quotes.")  # fmt: skip


def _too_deep() -> Wrong:
    return Wrong("Lists and mappings stand too deep inside each other here.", "too_deep",
                 f"Nothing in a file of OKRs needs more than {DEEPEST} levels.")  # fmt: skip


def _refused(event: Any, wrong: Wrong, path: Path) -> Misspelt:
    return Misspelt(wrong, event.start_mark.line + 1, event.start_mark.column + 1, path)


def _in_words(error: yaml.MarkedYAMLError, data: bytes) -> Misspelt:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = error.problem or error.context or "it cannot be read"
    if "cannot start any token" in problem and "\t" in _line(data, line):
        wrong = Wrong("A tab stands where YAML wants spaces.", "not_yaml", "Indent with spaces.")
    elif "undefined alias" in problem or "duplicate anchor" in problem:
        wrong = Wrong("An alias (*) stands here.", "alias", "Write the value out: a file of OKRs refers by ids.")
    else:
        wrong = Wrong(f"This is not YAML: {problem}.", "not_yaml",
                      "Look at the indentation and the quotes here; text with “: ” or “ #” in it needs quotes.")  # fmt: skip
    return Misspelt(wrong, line, column)


def _line(data: bytes, number: int) -> str:
    lines = data.split(b"\n", number)
    return lines[number - 1].decode(errors="replace") if len(lines) >= number else ""


def locate(data: bytes, paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Return line and column (from 1) of each path, or of the nearest part of it that is there."""
    paths = list(paths)
    wanted = {path[:length] for path in paths for length in range(len(path) + 1)}
    spots = _spots(data, wanted)
    return {
        path: next(spots[path[:n]] for n in range(len(path), -1, -1) if path[:n] in spots) for path in paths
    }


def _spots(data: bytes, wanted: set[Path]) -> dict[Path, tuple[int, int]]:
    spots: dict[Path, tuple[int, int]] = {(): (1, 1)}
    frames: list[list] = []  # [path or None where nothing in it is wanted, next index or None for a mapping]
    key: Any = None
    parser = _Parser(data)
    try:
        while not isinstance(event := parser.get_event(), StreamEndEvent):
            kind = type(event)
            if kind in _ENDS:
                frames.pop()
                key = None
                continue
            if kind not in (ScalarEvent, MappingStartEvent, SequenceStartEvent, AliasEvent):
                continue
            here: Path | None = ()
            if frames:
                path, index = frames[-1]
                if index is None and key is None:
                    key = getattr(event, "value", "")
                    continue
                here = None if path is None else (*path, key if index is None else index)
                if index is not None:
                    frames[-1][1] += 1
                key = None
            if here in wanted:
                spots[here] = (event.start_mark.line + 1, event.start_mark.column + 1)
            if kind is MappingStartEvent:
                frames.append([here if here in wanted else None, None])
            elif kind is SequenceStartEvent:
                frames.append([here if here in wanted else None, 0])
    except (yaml.YAMLError, RecursionError):
        pass  # what was found until then is near enough
    finally:
        parser.dispose()
    return spots
