"""OKRs as YAML: read entry by entry from the parser's events, and say where something stands.

Nothing is constructed by a tag, followed through an alias or guessed from a word (no is “no”): a plain scalar
stays text until its field says what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from milepost.core.plan.findings import Path
from milepost.formats.okr_raw import Bare, Entry, Mapped, Misspelt, Wrong

Unreadable = yaml.reader.ReaderError  # a character that YAML does not allow

# libyaml reads twenty times as fast, where the installed PyYAML has it.
_Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

DEEPEST = 24
LARGEST_ENTRY = 300_000  # values in one entry of a list
_NOTHING = frozenset(("", "~", "null", "Null", "NULL"))
_ENDS = (MappingEndEvent, SequenceEndEvent)
_STARTS = (MappingStartEvent, SequenceStartEvent)
_NODES = (ScalarEvent, AliasEvent, *_STARTS)


def entries(data: bytes | str) -> Iterator[Entry]:
    """Yield the pieces of a YAML mapping in their order, reading no further than asked."""
    parser = _Parser(data)
    try:
        yield from _Composer(parser.get_event).entries()
    except yaml.MarkedYAMLError as error:
        raise _in_words(error, data) from None
    except RecursionError:  # the parser written in Python climbs down brackets by recursion
        raise Misspelt(_too_deep(), 1, 1) from None
    finally:
        parser.dispose()


class _Composer:
    """Makes values of events, one entry of the file at a time."""

    def __init__(self, get_event: Callable[[], Any]) -> None:
        self.get_event = get_event
        self.count = 0

    def entries(self) -> Iterator[Entry]:
        self.get_event()  # the stream
        start = self.get_event()
        if isinstance(start, StreamEndEvent):
            raise Misspelt(
                Wrong("There is nothing in this file.", "empty_file", "Begin it with milepost: 1."), 1, 1
            )
        if start.tags:
            raise _refused(start, _tag(), ())
        root = self.get_event()
        if not isinstance(root, MappingStartEvent):
            raise _refused(root, _no_mapping(), ())
        _plain(root, ())
        while not isinstance(event := self.get_event(), MappingEndEvent):
            key = self._key(event, ())
            event = self.get_event()
            if isinstance(event, SequenceStartEvent):
                yield from self._list(event, key)
            else:
                yield Entry(key, None, self._value(event, (key,)), event.start_mark.index)
        self.get_event()  # the end of the document
        rest = self.get_event()
        if not isinstance(rest, StreamEndEvent):
            raise _refused(rest, _second_document(), ())

    def _list(self, event: Any, key: str) -> Iterator[Entry]:
        _plain(event, (key,))
        yield Entry(key, -1, None, event.start_mark.index)
        index = 0
        while not isinstance(event := self.get_event(), SequenceEndEvent):
            self.count = 0
            yield Entry(key, index, self._value(event, (key, index)), event.start_mark.index)
            index += 1

    def _value(self, event: Any, path: Path) -> Any:
        kind = type(event)
        if kind is ScalarEvent:
            return self._scalar(event, path)
        if kind is AliasEvent:
            raise _refused(event, _alias(), path)
        _plain(event, path)
        self._counted(event, path)
        if len(path) > DEEPEST:
            raise _refused(event, _too_deep(), path)
        return self._items(path) if kind is SequenceStartEvent else self._pairs(path)

    def _items(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while (kind := type(event := self.get_event())) is not SequenceEndEvent:
            here = (*path, len(items))
            items.append(self._scalar(event, here) if kind is ScalarEvent else self._value(event, here))
        return items

    def _pairs(self, path: Path) -> Mapped:
        pairs: list[tuple[str, Any]] = []
        while type(event := self.get_event()) is not MappingEndEvent:
            key = self._key(event, path)
            event = self.get_event()
            here = (*path, key)
            value = self._scalar(event, here) if type(event) is ScalarEvent else self._value(event, here)
            pairs.append((key, value))
        return Mapped.of(pairs)

    def _scalar(self, event: Any, path: Path) -> str | None:
        self._counted(event, path)
        if event.anchor is not None or event.tag is not None:
            _plain(event, path)
        value = event.value
        if not event.implicit[0]:
            return value
        return None if value in _NOTHING else Bare(value)

    def _counted(self, event: Any, path: Path) -> None:
        self.count += 1
        if self.count > LARGEST_ENTRY:
            raise _refused(event, _too_large(), path)

    def _key(self, event: Any, path: Path) -> str:
        if type(event) is not ScalarEvent:
            raise _refused(event, _alias() if type(event) is AliasEvent else _bad_key(), path)
        if event.anchor is not None or event.tag is not None:
            _plain(event, path)
        return event.value


def _plain(event: Any, path: Path) -> None:
    """Refuse what a file of OKRs never needs, and what attacks are made of."""
    if event.anchor is not None:
        raise _refused(event, _anchor(event.anchor), path)
    if event.tag is not None:
        raise _refused(event, _tag(), path)


def _refused(event: Any, wrong: Wrong, path: Path) -> Misspelt:
    return Misspelt(wrong, event.start_mark.line + 1, event.start_mark.column + 1, path)


def _no_mapping() -> Wrong:
    return Wrong(
        "A file of OKRs is one mapping of names to values.", "not_a_mapping", "Begin it with milepost: 1."
    )


def _second_document() -> Wrong:
    return Wrong("A second document begins here.", "several_documents",
                 "A file holds one: take out this --- and what follows.")  # fmt: skip


def _anchor(name: str) -> Wrong:
    return Wrong(f"An anchor (&{name[:40]}) stands here.", "alias", "Take it out, and write values out.")


def _alias() -> Wrong:
    return Wrong("An alias (*) stands here.", "alias", "Write the value out: a file of OKRs refers by ids.")


def _tag() -> Wrong:
    return Wrong("A tag (!) stands here; values are never built from tags.", "tag",
                 "Take it out; text that begins with ! goes in quotes.")  # fmt: skip


def _bad_key() -> Wrong:
    return Wrong("A list or mapping stands here as the name of a field.", "bad_key",
                 "A field's name is a plain word; text that begins with [ or { goes in quotes.")  # fmt: skip


def _too_deep() -> Wrong:
    return Wrong("Lists and mappings stand too deep inside each other here.", "too_deep",
                 f"Nothing in a file of OKRs needs more than {DEEPEST} levels.")  # fmt: skip


def _too_large() -> Wrong:
    return Wrong("This entry holds more than 300,000 values.", "too_large", "Cut it into several.")


def _in_words(error: yaml.MarkedYAMLError, data: bytes | str) -> Misspelt:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = error.problem or error.context or "it cannot be read"
    if "cannot start any token" in problem and type(data) is bytes and "\t" in _line(data, line):
        wrong = Wrong("A tab stands where YAML wants spaces.", "not_yaml", "Indent with spaces.")
    elif "undefined alias" in problem or "duplicate anchor" in problem:
        wrong = _alias()
    else:
        wrong = Wrong(f"This is not YAML: {problem}.", "not_yaml",
                      "Look at indentation and quotes; text with “: ” in it needs quotes.")  # fmt: skip
    return Misspelt(wrong, line, column)


def _line(data: bytes, number: int) -> str:
    lines = data.split(b"\n", number)
    return lines[number - 1].decode(errors="replace") if len(lines) >= number else ""


def locate(data: bytes, paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Return line and column (from 1) of each path, or of the nearest part of it that is there."""
    paths = list(paths)
    spots = _Spots(paths).found_in(data)
    return {
        path: next(spots[path[:n]] for n in range(len(path), -1, -1) if path[:n] in spots) for path in paths
    }


class _Spots:
    """Walks through a file a second time, up to where the last of some paths can stand."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.wanted = {path[:length] for path in paths for length in range(len(path) + 1)}
        self.spots: dict[Path, tuple[int, int]] = {(): (1, 1)}
        # What has to be left behind, or only reached, before nothing more can be found.
        self.to_leave = {
            path[:2] if isinstance(path[1], int) else path[:1] for path in paths if len(path) > 1
        }
        self.to_reach = {path for path in paths if len(path) == 1}
        self.frames: list[list] = []  # [path, or None where nothing in it is wanted; next index, or None]
        self.key: str | None = None
        self.mark: Any = None

    def found_in(self, data: bytes) -> dict[Path, tuple[int, int]]:
        parser = _Parser(data)
        try:
            while self.to_leave or self.to_reach:
                event = parser.get_event()
                if isinstance(event, StreamEndEvent):
                    break
                self._see(event, type(event))
        except (yaml.YAMLError, RecursionError):
            pass  # what was found until then is near enough
        finally:
            parser.dispose()
        return self.spots

    def _see(self, event: Any, kind: type) -> None:
        if kind in _ENDS:
            self.to_leave.discard(self.frames.pop()[0])
        elif kind in _NODES:
            if self.frames and self.frames[-1][1] is None and self.key is None:
                self.key, self.mark = getattr(event, "value", ""), event.start_mark
                return
            # A list or mapping may begin a line below its name, and people look for the name.
            is_named = kind in _STARTS and self.key is not None
            mark = self.mark if is_named else event.start_mark
            here = self._here()
            if here in self.wanted:
                self.spots.setdefault(here, (mark.line + 1, mark.column + 1))
                self.to_reach.discard(here)
            else:
                here = None
            if kind in _STARTS:
                self.frames.append([here, None if kind is MappingStartEvent else 0])
            else:
                self.to_leave.discard(here)

    def _here(self) -> Path | None:
        if not self.frames:
            return ()
        path, index = self.frames[-1]
        step: str | int | None = self.key if index is None else index
        if index is not None:
            self.frames[-1][1] += 1
        self.key = None
        return None if path is None else (*path, step)
