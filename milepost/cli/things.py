"""Things as people name them at a terminal: by id, by address, by the id in a file, by words of the title."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from milepost.cli import kept
from milepost.cli.shapes import record
from milepost.cli.wire import Refused, Wire
from milepost.core import ids
from milepost.core.problems import Invalid, NotFound

BOTH = ("objective", "key_result")
PATHS = {"objective": "/objectives", "key_result": "/key-results"}
NEAR = 5  # of several that a word may mean, told


@dataclass(frozen=True)
class Thing:
    """Something with a title, or a name: an objective, a key result, a person, a team, a cycle."""

    kind: str
    id: str
    title: str
    key: str = ""


def things_in(tree: dict[str, Any]) -> list[Thing]:
    """Return the objectives and key results of a tree."""
    found = []
    for kind in BOTH:
        part = tree.get(f"{kind}s")
        if part is not None:
            places = {name: place for place, name in enumerate(part["columns"])}
            key = places.get("key")
            for row in part["rows"]:
                found.append(
                    Thing(kind, row[places["id"]], row[places["title"]], "" if key is None else row[key])
                )
    return found


def day(written: str) -> date:
    """Read a day."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        before = datetime.now(UTC).date() - timedelta(days=1)  # one that is over wherever the server is
        remedy = f"Write it as {before}, which was yesterday."
        raise Invalid(f"“{written}” is not a day.", field="on", remedy=remedy) from None


def find(wire: Wire, words: Sequence[str], kinds: Sequence[str] = BOTH, *, on: date | None = None) -> Thing:
    """Return what is meant, by its title of a day; raises NotFound, or Invalid where it may be several."""
    written = " ".join(words).strip()
    kind, id = in_address(written)
    if id is None and ids.decode(written.lower()) is not None:
        id = written.lower()
    if id is not None:
        found = _by_id(wire, id, (kind,) if kind else kinds)
        if found is not None and found.kind in kinds:
            return found
        raise _nothing(written, kinds)
    here = [each for each in things_in(kept.tree(wire, key_results=True, on=on)) if each.kind in kinds]
    meant = _meant(
        written,
        [each for each in here if written and each.key == written],
        [each for each in here if each.title.casefold() == written.casefold()],
        [each for each in here if _has_words(each.title, written)],
        more="title",
    )
    if meant is None and "objective" in kinds:
        meant = _meant(written, _by_key(wire, written), more="title")
    if meant is None:
        raise _nothing(written, kinds, here)
    return meant


def _plainly(one: Thing) -> str:
    return f"{one.id}  {one.title}"


def _meant(
    written: str,
    *tried: Sequence[Thing],
    more: str,
    field: str | None = None,
    line: Callable[[Thing], str] = _plainly,
) -> Thing | None:
    """Return the one thing that the first reading with any finds; raises Invalid where it finds several.

    `line` says of each of these what it is.
    """
    same = next(filter(None, tried), ())
    if len(same) > 1:
        rest = len(same) - NEAR
        raise Invalid(
            f"“{written}” may be any of {len(same)}.",
            code="usage",
            field=field,
            remedy=f"Say more of the {more}, or the id.",
            details=(
                *map(line, same[:NEAR]),
                *((f"and {rest} more",) if rest > 0 else ()),
            ),
        )
    return same[0] if same else None


def in_address(written: str) -> tuple[str | None, str | None]:
    """Return the kind and the id that the address of a page names, or nothing."""
    parts = written.partition("?")[0].partition("#")[0].split("/")
    for noun, kind in (("key-results", "key_result"), ("objectives", "objective")):
        if noun in parts[:-1]:
            id = parts[parts.index(noun) + 1]
            if ids.decode(id) is not None:
                return kind, id
    return None, None


def _by_id(wire: Wire, id: str, kinds: Iterable[str]) -> Thing | None:
    for kind in kinds:
        try:
            row = wire.get(f"{PATHS[kind]}/{id}", record("title", "key"), fields="title,key")
            return Thing(kind, id, row["title"], row["key"])
        except Refused as refused:
            if refused.status != 404:
                raise
    return None


def _by_key(wire: Wire, written: str) -> list[Thing]:
    if " " in written:
        return []
    rows = wire.every("/objectives", record("id", "title"), fields="title", key=written)
    return [Thing("objective", each["id"], each["title"], written) for each in rows]


def _has_words(title: str, written: str) -> bool:
    there = title.casefold()
    return bool(written) and all(word in there for word in written.casefold().split())


def _nothing(written: str, kinds: Sequence[str], here: Sequence[Thing] = ()) -> NotFound:
    from difflib import get_close_matches

    titles = {each.title.casefold(): each for each in here}
    near = [titles[title] for title in get_close_matches(written.casefold(), titles, n=3)]
    noun = PATHS[kinds[0]].removeprefix("/")
    called = " or ".join(kind.replace("_", " ") for kind in kinds)
    return NotFound(
        f"There is no {called} “{written}” that you may see.",
        remedy="Did you mean one of these?" if near else f"`milepost list {noun}` shows what there is.",
        details=tuple(map(_plainly, near)),
    )


class Names:
    """People, teams and cycles by id, as far as they are asked for; titles as of a day, if one is meant."""

    QUERIES = {"people": {"show": "all", "fields": "name"}, "teams": {"fields": "name,parent"},
               "cycles": {"fields": "name,state"}}  # fmt: skip

    def __init__(self, wire: Wire, *, on: date | None = None) -> None:
        self.wire, self.on = wire, on
        self.titles: dict[str, str] | None = None
        self.known: dict[str, dict[str, Any]] = {}
        self.asked: set[str] = set()

    @classmethod
    def kept(cls, wire: Wire, noun: str, *, anew: bool = False) -> dict[str, dict[str, Any]]:
        """Return all of a noun, as they were asked for within the hour."""
        query = cls.QUERIES[noun]
        return kept.names(wire, noun, record("id", *query["fields"].split(",")), anew=anew, **query)

    def all(self, noun: str) -> dict[str, Any]:
        """Return all of a noun."""
        if noun not in self.known:
            self.known[noun] = self.kept(self.wire, noun)
        return self.known[noun]

    def of(self, noun: str, id: str | None) -> str:
        """Return the name of somebody or something; one that came since is asked for."""
        if id is None:
            return ""
        if id not in self.all(noun):
            self._anew(noun)
        return self.known[noun].get(id, {}).get("name", "")

    def title(self, id: str) -> str:
        """Return the title of an objective or key result; its id where the tree does not have it."""
        if self.titles is None:
            tree = kept.tree(self.wire, key_results=True, on=self.on)
            self.titles = {one.id: one.title for one in things_in(tree)}
        return self.titles.get(id, id)

    def id(self, noun: str, written: str) -> str:
        """Return the id of what a name means; raises NotFound, or Invalid where it may be several."""
        if ids.decode(written) is not None:
            return written
        one = {"people": "person", "teams": "team", "cycles": "cycle"}[noun]
        if noun == "people" and written == "me":
            return self.wire.get("/me", {"person": {"id": str}})["person"]["id"]
        meant = self._named(noun, one, written)
        if meant is None:
            self._anew(noun)
            meant = self._named(noun, one, written)
        if meant is None:
            raise NotFound(
                f"There is no {one} “{written}”.",
                remedy=f"`milepost list {noun}` shows who or what there is.",
            )
        return meant.id

    def _named(self, noun: str, one: str, written: str) -> Thing | None:
        here = [Thing(one, id, each["name"]) for id, each in self.all(noun).items()]
        return _meant(
            written,
            [each for each in here if each.title.casefold() == written.casefold()],
            [each for each in here if _has_words(each.title, written)],
            more="name",
            field=one,
            line=self._line,
        )

    def _line(self, one: Thing) -> str:
        """Say what tells somebody or something from others of the same name."""
        match one.kind:
            case "person":
                row = self.wire.get(f"/people/{one.id}", record("email", "teams"), fields="email,teams")
                beside = [row["email"], *(self.of("teams", seat["team"]) for seat in row["teams"])]
            case "team":
                beside = [self.of("teams", self.all("teams")[one.id]["parent"])]
            case _:
                beside = [self.all("cycles")[one.id]["state"]]
        told = ", ".join(filter(None, beside))
        return f"{_plainly(one)} ({told})" if told else _plainly(one)

    def below(self, team: str, *, on: date | None = None) -> set[str]:
        """Return a team and all teams below it, or that stood below it on a day."""
        found, teams = {team}, self.all("teams")
        if on is not None:
            then = self.wire.every("/teams", record("id", "parent"), fields="parent", on=on)
            teams = {each["id"]: each for each in then}
        while True:
            more = {id for id, each in teams.items() if each["parent"] in found} - found
            if not more:
                return found
            found |= more

    def _anew(self, noun: str) -> None:
        if noun not in self.asked:
            self.asked.add(noun)
            self.known[noun] = self.kept(self.wire, noun, anew=True)
