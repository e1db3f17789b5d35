"""What the address of a tree or map says: filters, cycle, what is open and shut, columns and order, views."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest
from markupsafe import Markup

from milepost.core import listings as listings_of
from milepost.core import terms
from milepost.core.ids import decode, encode
from milepost.ledger.structure import CycleRow
from milepost.queries import outlines, views
from milepost.queries import shell as shells
from milepost.queries.alignment import Filters, Summary, View
from milepost.queries.listings import COMMITMENTS, STATUSES, Listed
from milepost.queries.outlines import Outline
from milepost.queries.shortlists import ListOf, Shortlist
from milepost.queries.views import ViewCard
from milepost.web import cookies, misread, pages, tree_rows, versions
from milepost.web.typed import id_text

CHOICES = 100  # a longer list of people is asked for by name


@dataclass(frozen=True)
class Saved:
    """The saved views that a page offers; `now` is what the page shows, as a view would keep it."""

    cards: tuple[ViewCard, ...]
    current: ViewCard | None
    now: str
    may_change: bool

    @property
    def is_otherwise(self) -> bool:
        """Whether the page shows something else by now than the view that it began with."""
        return self.current is not None and self.current.settings != self.now

    @property
    def read(self) -> str:
        """What the view showed when the page began with it, for the form that saves into it."""
        return versions.read_as({"settings": self.current.settings}) if self.current else ""


@dataclass
class Asked:
    """What the address says: filters, what is open and shut, how far."""

    request: HttpRequest

    def __post_init__(self) -> None:
        # The rest is read when it is asked for: a page that is kept drawn asks for no more.
        self.said = self.request.GET
        self.reader = pages.reader(self.request)
        self.opened, self.shut = self.said.getlist("open"), self.said.getlist("shut")

    @property
    def every_cycle(self) -> bool:
        """Whether the tree is of all cycles at once."""
        return self.said.get("cycles") == "all"

    @cached_property
    def cycle(self) -> CycleRow | None:
        """The cycle that the tree is of; None: of every one."""
        if self.every_cycle:
            return None
        wanted = self.said.get("cycle") or cookies.read(self.request, pages.CYCLE_COOKIE)
        return shells.chosen_cycle(self.reader, wanted)

    @cached_property
    def listing(self) -> listings_of.Listing:
        """In which columns, groups and order it is listed."""
        return listings_of.read(self.said)

    @cached_property
    def selects(self) -> bool:
        """Whether rows can be chosen, to change them."""
        return self.said.get("select") == "1" and self.may_select

    @property
    def may_select(self) -> bool:
        """Whether the reader may choose rows to change: not a guest, and not on a past day."""
        return not (self.reader.actor.is_guest or self.reader.actor.looks_back)

    @property
    def comparison(self) -> str:
        """The address of two days side by side; from a past day, of the cycle that is looked at on it."""
        there = f"{pages.links(self.reader.slug)['alignment']}comparison/"
        on_its_own = self.reader.known is not None and self.cycle is not None
        return f"{there}?{urlencode({'cycle': self.cycle.key})}" if on_its_own else there

    @cached_property
    def outline(self) -> Outline:
        image = self.reader.image
        with image.lock:
            return outlines.of(image, outlines.cycles_around(image, self.cycle))

    def view(self, *, all_open: bool = False) -> View:
        """Return the tree as this reader looks at it."""
        given = (self.reader, self.outline, self.filters, self.opened, self.shut, all_open)
        with self.reader.image.lock:
            if self.listing.is_usual and not self.selects:
                return View(*given)
            look = tree_rows.Look(self.listing.columns, self.selects, self.listing.group)
            return Listed(*given, look, self.listing)

    @cached_property
    def filters(self) -> Filters:
        """What the tree is narrowed to."""
        said = self.said
        team, owner = said.get("team", "").strip(), said.get("owner", "").strip()
        return Filters(
            team=self._team(team) if team else None,
            owners=self._owners(owner) if owner else None,
            status=_one_of(said.get("status"), STATUSES),
            commitment=_one_of(said.get("type"), COMMITMENTS),
            attention=said.get("attention") == "1",
            unaligned=said.get("unaligned") == "1",
            mine=said.get("mine") == "1",
            words=terms.terms(said.get("q", "")[: listings_of.LONGEST]) or None,
            key_results=said.get("key_results") != "0",
        )

    def _team(self, written: str) -> int | None:
        """Return the team of this id, or else the first by name that has what was written; 0: no team has."""
        image, id = self.reader.image, decode(written)
        if id in image.teams:
            return id
        if not self.types_teams:
            return None
        wanted = written.casefold().split()
        named = sorted((team.name.casefold(), team.id) for team in image.teams.values())
        return next((id for name, id in named if all(part in name for part in wanted)), 0)

    @property
    def types_teams(self) -> bool:
        """Whether there are too many teams to list, so that one types a name."""
        return Shortlist(self.reader, ListOf.ANY_TEAM).is_long

    @property
    def team_written(self) -> str:
        """The name of the team chosen, or what was written instead of one."""
        team = self.reader.image.teams.get(self.filters.team)
        return team.name if team else self.said.get("team", "")

    def _owners(self, written: str) -> frozenset[int]:
        id = decode(written)
        if id in self.reader.image.people:
            return frozenset([id])
        return self.outline.owned_by_name(self.reader, written)

    @cached_property
    def kept(self) -> list[tuple[str, str]]:
        """The parts of the address that narrow the tree."""
        selects = [("select", "1")] if self.selects else []
        return [*self.narrowed, *self.listing.pairs(), *self._named, *selects, *self._day]

    @cached_property
    def narrowed(self) -> list[tuple[str, str]]:
        """The filters, as the address says them."""
        return [(name, self.said[name]) for name in listings_of.FILTERS if self.said.get(name)]

    @property
    def _day(self) -> list[tuple[str, str]]:
        """The past day that the tree shows: whatever is narrowed, opened or fetched is of that day too."""
        return [] if self.reader.known is None else [("on", self.reader.today.isoformat())]

    def misread(self) -> tuple[misread.Part, ...]:
        """Return what the address says and was not understood."""
        return misread.parts(self.said, self._understood, {**misread.INSTEAD, **self._instead})

    @property
    def _instead(self) -> dict[str, str]:
        """What is said here otherwise than on other pages."""
        return {"team": misread.NO_TEAM_OF_THIS_NAME} if self.types_teams else {}

    @property
    def _understood(self) -> dict[str, bool]:
        said, listing = self.said, self.listing
        columns = said.get("columns", "").split(",")
        return self._filters_understood | {
            "unaligned": said.get("unaligned") in misread.SWITCH,
            "columns": listings_of.known(columns) == tuple(dict.fromkeys(columns)),
            "group": listing.group is not None,
            "sort": listing.sort is not None,
            "view": bool(self._named),
        }

    @property
    def _filters_understood(self) -> dict[str, bool]:
        said, wanted = self.said, self.filters
        return {
            "q": wanted.words is not None,
            "cycles": self.every_cycle,
            "team": bool(wanted.team),
            "owner": wanted.owners != frozenset(),
            "status": wanted.status is not None,
            "type": wanted.commitment is not None,
            **{name: said.get(name) in misread.SWITCH for name in ("attention", "mine", "key_results")},
        }

    @cached_property
    def _named(self) -> list[tuple[str, str]]:
        """Which saved view the address began with: its id, or `none` where one's default is left aside."""
        wanted = self.said.get("view", "")
        known = wanted == "none" or any(card.id == wanted for card in self.saved.cards)
        return [("view", wanted)] if known else []

    def url(self, **changes: str | None) -> str:
        """Return the address of the tree narrowed otherwise; None takes a filter off."""
        pairs = {**dict(self.kept), **changes}
        written = urlencode({name: value for name, value in pairs.items() if value is not None})
        return f"?{written}" if written else self.plain

    @property
    def plain(self) -> str:
        """The address of the tree with nothing asked of it."""
        return "?" + urlencode([*([("view", "none")] if views.default(self.reader) else []), *self._day])

    def toggled(self, key: str, *, is_open: bool) -> str:
        """Return the address of the page with one row opened or shut."""
        opened = [each for each in self.opened if each != key]
        shut = [each for each in self.shut if each != key]
        (shut if is_open else opened).append(key)
        pairs = [*self.kept, *(("open", each) for each in opened), *(("shut", each) for each in shut)]
        return "?" + urlencode(pairs)

    def is_there(self, key: str) -> bool:
        """Say whether a row has a place here and is the reader's to see."""
        return self.outline.shows(self.reader, decode(key))

    # -- saved views ---------------------------------------------------------------------------------------

    @cached_property
    def saved(self) -> Saved:
        """The saved views of the reader, and which one this is."""
        mine = views.of(self.reader)
        now = listings_of.settings(urlencode([*self.narrowed, *self.listing.pairs()]))
        current = next((card for card in mine if card.id == self.said.get("view")), None)
        return Saved(
            mine,
            current,
            now,
            may_change=current is not None and views.may_change(self.reader, current),
        )

    @property
    def beginning(self) -> str | None:
        """Where the tree begins instead: with a view named and nothing else said, or with one's default."""
        said = set(self.said)
        if self.request.headers.get("HX-Request") or not said <= {"view", "cycle", "on"}:
            return None
        if "view" in said:
            card = self.saved.current if self.saved.current and self.saved.current.settings else None
        else:
            card = None if "on" in said else views.default(self.reader)
        if card is None:
            return None
        kept = [(name, self.said[name]) for name in ("cycle", "on") if name in said]
        return "?" + urlencode([*parse_qsl(card.settings), ("view", card.id), *kept])

    # -- how it is listed ----------------------------------------------------------------------------------

    @property
    def heads(self) -> list[tuple[str, str, str, str]]:
        """The heads of the columns: words, class, the address that sorts by it, how it is sorted."""
        numbers = ("confidence", "expected", "weight")
        found = [("Objective or key result", "", *self._sorting("title"))]
        for name in self.listing.columns:
            classes = "r" if name in numbers else ""
            found.append((listings_of.COLUMNS[name], classes, *self._sorting(name)))
        return found

    def _sorting(self, name: str) -> tuple[str, str]:
        """Return the address that sorts by a column (the other way, then not at all), and its state."""
        if name not in listings_of.SORTS:
            return "", ""
        if self.listing.sort != name:
            return self.url(sort=name), ""
        if self.listing.is_down:
            return self.url(sort=None), "descending"
        return self.url(sort=f"-{name}"), "ascending"

    @property
    def columns(self) -> list[tuple[str, str, bool]]:
        """Every column to choose from, the chosen ones first: name, words, whether it is chosen."""
        chosen = self.listing.columns
        rest = [name for name in listings_of.COLUMNS if name not in chosen]
        return [(name, listings_of.COLUMNS[name], name in chosen) for name in (*chosen, *rest)]

    # -- what the page offers ------------------------------------------------------------------------------

    def chips(self, summary: Summary) -> list[tuple[str, str, bool, int | None]]:
        """List the filters that are on or off, with what each would leave beside the others."""

        def chip(words: str, name: str, is_on: bool, count: int | None = None, value: str = "1"):
            return words, self.url(**{name: None if is_on else value}), is_on, count

        wanted, offered = self.filters, summary.offered
        found = [
            (
                "Key results",
                self.url(key_results="0" if wanted.key_results else None),
                wanted.key_results,
                offered.key_results,
            )
        ]
        if self.reader.actor.teams or wanted.mine:
            found.append(chip("Only my teams", "mine", wanted.mine))
        found.append(chip("Needs attention", "attention", wanted.attention, offered.attention))
        found.append(chip("Not aligned", "unaligned", wanted.unaligned, offered.unaligned))
        if len(self.reader.image.cycles) > 1:
            found.append(chip("Every cycle", "cycles", self.every_cycle, value="all"))
        return found

    @property
    def teams(self) -> Markup:
        """The teams to choose from, nested as they are, as options."""
        chosen = f'value="{id_text(self.filters.team)}"'
        return Markup(tree_rows.kept(self.reader).teams.replace(chosen, f"{chosen} selected", 1))

    @property
    def owners(self) -> list[tuple[str, str]] | None:
        """List the owners to choose from; None where there are too many to list."""
        if len(self.outline.owner_ids(self.reader)) > CHOICES:
            return None
        return [
            ("", "Everyone"),
            *((encode(id), name) for id, name in self.outline.owners(self.reader).items()),
        ]


def _one_of(written: str | None, known: tuple[str, ...]) -> str | None:
    return written if written in known else None
