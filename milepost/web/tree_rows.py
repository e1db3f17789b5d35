"""Rows of the alignment tree, drawn once and kept as text until what they say has changed.

Two hundred kept rows cost a millisecond. They carry nothing that belongs to one request, and no hx-
attributes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.template import engines
from markupsafe import escape

from milepost.core import addresses
from milepost.core.ids import decode, encode
from milepost.core.scoring import Kind
from milepost.ledger.day import Day
from milepost.ledger.image import Image
from milepost.queries import alignment, listings
from milepost.queries.alignment import COMPANY, Place, View
from milepost.queries.cards import KeyResultCard, Reader
from milepost.queries.listings import COMPANY_ITSELF, NOBODY, Listed
from milepost.web import pages, words
from milepost.web.inserts import Fragment
from milepost.web.marks import STATUS_WORDS

KEPT_ROWS = 50_000
KEPT_SLICES = 64
SLOT = "\x00"  # stands in a kept row where a page puts its own filters


@dataclass
class Kept:
    """The drawn rows of one workspace on one day."""

    image: Image
    day: Day
    seen: int
    rows: dict[int, dict[tuple, tuple[str, ...]]] = field(default_factory=dict)
    count: int = 0
    slices: dict[tuple, Fragment] = field(default_factory=dict)  # first pages, whole

    @cached_property
    def teams(self) -> str:
        """Every team as an option: there may be hundreds, and they change with the day's figures at most."""
        found = ['<option value="">Every team</option>']
        for team, depth in self.image.walk_teams():
            name = escape(words.NO_BREAK * 3 * depth + team.name)
            found.append(f'<option value="{encode(team.id)}">{name}</option>')
        return "".join(found)

    def refresh(self) -> None:
        """Forget the rows that no longer say what is true."""
        touched = self.day.touched
        if self.seen == len(touched):
            return
        self.slices.clear()
        for node in set(touched[self.seen :]):
            self.rows.pop(self.image.ids[node], None)
        self.seen = len(touched)

    def keep(self, name: tuple, rows: Fragment) -> None:
        """Keep a stretch of rows whole, until a figure changes."""
        if len(self.slices) >= KEPT_SLICES:
            self.slices.clear()
        self.slices[name] = rows

    def of(self, view: View, place: Place, anchor: bool) -> tuple[str, ...]:
        """Return a row in the parts between which a page puts its own filters."""
        if place.id is None:
            return _draw(view, place, anchor)
        variants = self.rows.setdefault(place.id, {})
        variant = (*place[2:], anchor) if view.look is None else (*place[2:], anchor, view.look)
        parts = variants.get(variant)
        if parts is None:
            parts = variants[variant] = _draw(view, place, anchor)
            self.count += 1
        return parts


def kept(reader: Reader) -> Kept:
    """Return what is kept of a workspace, up to date."""
    found = reader.day.derived.get(Kept)
    if found is None or found.count > KEPT_ROWS:
        found = reader.day.derived[Kept] = Kept(reader.image, reader.day, len(reader.day.touched))
    found.refresh()
    return found


@dataclass(frozen=True, slots=True)
class Look:
    """How rows are drawn where somebody asked for it: with which columns, and whether they can be chosen."""

    columns: tuple[str, ...]
    picks: bool
    group: str | None = None  # what its head says already


def _draw(view: View, place: Place, anchor: bool) -> tuple[str, ...]:
    branch = {
        "id": place.key,
        "level": place.level,
        "has_children": place.is_open is not None,
        "is_open": bool(place.is_open),
        "children_url": f"rows/?under={place.key}&level={place.level + 1}{SLOT}",
        "toggle_url": f"{SLOT}#r-{place.key}",
        "anchor": anchor,
    }
    said, today, look = {**told(view, place), **branch}, pages.day_of(view.reader), view.look
    macros = engines["jinja2"].env.get_template("_parts/tree.html").module
    drawn = macros.row(said, today) if look is None else macros.listed(said, look.columns, today)
    return tuple(str(drawn).split(SLOT))


def told(view: View, place: Place) -> dict:
    """Return what a row says, as the tree's macros take it; the rest is about where it stands."""
    if place.id is None:
        return _unit(view, place)
    if view.look is None:
        return _told(view.reader, place)
    return _told_at_length(view.reader, place, view.look)


def _unit(view: View, place: Place) -> dict:
    counts = ((view.size(place.key), "objective"), (view.further(place.key), "key result"))
    return {
        "kind": "unit",
        "title": heading(view, place.key),
        "url": _page_of(view, place.key),
        "aim": ", ".join(f"{count} {noun}{'s' if count != 1 else ''}" for count, noun in counts if count),
        "status": None,
        "progress": None,
        "expected": None,
        "confidence": None,
        "owner": None,
        "checked_on": None,
        "checkin_url": None,
        "picks": False,
    }


def heading(view: View, key: str) -> str:
    """Name a row that stands above all others."""
    if isinstance(view, Listed) and key in view.groups:
        group = view.groups[key]
        return group.name or STATUS_WORDS.get(group.word) or group.word.capitalize() or "Nobody yet"
    return view.reader.image.workspace.name if key == COMPANY else "Not aligned"


def _page_of(view: View, key: str) -> str:
    """Return the page of the team or person that a group is of; of others there is none."""
    group = view.listing.group if isinstance(view, Listed) else None
    if group not in ("team", "owner") or key == NOBODY:
        return ""
    slug, id = view.reader.slug, decode(key)
    if key == COMPANY_ITSELF:
        return addresses.company(slug)
    return addresses.team(slug, id) if group == "team" else addresses.person(slug, id)


def _told(reader: Reader, place: Place) -> dict:
    row = alignment.row(reader, place)
    return {
        "kind": row.kind,
        "title": row.title,
        "url": row.url,
        "status": row.status,
        "progress": row.progress,
        "expected": row.expected,
        "confidence": row.confidence,
        "owner": row.owner,
        "checked_on": row.checked_on,
        "checkin_url": row.checkin_url,
        "aim": aim(row.measure) if row.measure else " · ".join(_asides(row, place)),
    }


def _told_at_length(reader: Reader, place: Place, look: Look) -> dict:
    """Return what a row says with columns of somebody's choice; what these say, it does not say twice."""
    row, facts = alignment.row(reader, place), listings.facts(reader, place)
    asides = _asides(row, place, without=(*look.columns, look.group))
    return _told(reader, place) | {
        "sure": facts.confidence,
        "due": facts.due,
        "ends": facts.ends,
        "weight": facts.weight,
        "team": facts.team,
        "cycle": facts.cycle,
        "type": facts.type.capitalize(),
        "state": facts.state.replace("_", " "),
        "picks": look.picks,
        "aim": aim(row.measure) if row.measure else " · ".join(asides),
    }


def _asides(row: alignment.Row, place: Place, without: Sequence[str | None] = ()) -> Iterator[str]:
    if row.is_private:
        yield "personal"
    if row.team and "team" not in without:
        yield row.team
    if "state" not in without and row.state not in ("active", "committed"):
        yield row.state.replace("_", " ")
    if place.how == "supports":
        yield "supports, does not count"
    elif Decimal(place.weight) != 1 and "weight" not in without:
        yield f"weight {words.number(Decimal(place.weight))}"
    if place.also:
        yield f"also under {place.also} other{'s' if place.also != 1 else ''}"


def aim(measure: KeyResultCard) -> str:
    """Write what a key result is after: “9 → 4 days”, “keep ≥ 95 %”."""
    kind, target = Kind(measure.kind), words.amount(measure.target, measure.unit)
    match kind:
        case Kind.BINARY:
            return "done or not"
        case Kind.MILESTONES:
            return "milestones"
        case Kind.BASELINE if measure.start is None or measure.target is None:
            return "find the baseline"
        case Kind.RANGE:
            return f"keep {words.number(measure.low)}–{words.amount(measure.high, measure.unit)}"
        case Kind.MAINTAIN_ABOVE | Kind.MAINTAIN_ABOVE_RATIO:
            return f"keep ≥ {target}"
        case Kind.MAINTAIN_BELOW | Kind.MAINTAIN_BELOW_RATIO:
            return f"keep ≤ {target}"
        case Kind.PER_PERIOD:
            return f"{target} each time"
    return target if measure.start is None else f"{words.number(measure.start)} → {target}"
