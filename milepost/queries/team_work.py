"""What stands beside a team's objectives: means explained, initiatives, the week; two statements in all.

On a past day a third says what has changed of the initiatives since.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

from milepost.core import addresses
from milepost.core.scoring import Explanation, Part, explain_roll_up, roll_up
from milepost.ledger.initiatives import changed_since
from milepost.ledger.statements import AMONG, Statement, listed
from milepost.ledger.structure import ObjectiveRow
from milepost.queries import activity, initiatives
from milepost.queries.cards import ObjectiveCard, PersonCard, Reader
from milepost.queries.sentences import Sentence
from milepost.queries.teams import TeamPage, is_common

INITIATIVES_SHOWN = 6
WEEK_SHOWN = 6
EVENTS_READ = 24
MEANS_KEPT = 512
_INITIATIVE_ORDER = ("doing", "planned", "done", "dropped")


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean progress of the objectives of one commitment, and how it came about."""

    commitment: str
    progress: Fraction | float | None
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class InitiativeCard:
    """A piece of work under one of the team's objectives."""

    title: str
    url: str
    state: str
    owner: PersonCard | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Beside:
    """What a team's page shows besides its objectives."""

    means: tuple[Mean, ...]
    initiatives: tuple[InitiativeCard, ...]
    initiatives_in_all: int
    initiatives_of: dict[int, int]
    week: tuple[Sentence, ...]


class Found(NamedTuple):
    """What the tables say, row by row: while it is equal, so is all that is not from the image."""

    initiatives: tuple[tuple, ...]
    events: tuple[tuple, ...]


class _Initiative(NamedTuple):
    id: int
    objective_id: int
    key_result_id: int | None
    title: str
    state: str
    owner_id: int | None
    due_on: date | str | None


_INITIATIVES = {
    vendor: Statement(
        f"SELECT {', '.join(_Initiative._fields)} FROM initiative WHERE workspace_id = %s AND "
        f"{among.format('objective_id')} AND created_at < %s ORDER BY id"
    )
    for vendor, among in AMONG.items()
}


def read(reader: Reader, objectives: Iterable[ObjectiveRow]) -> Found:
    """Read what the tables say about objectives."""
    ids = [row.id for row in objectives]
    if not ids:
        return Found((), ())
    database = connections[DEFAULT_DB_ALIAS]
    until = database.ops.adapt_datetimefield_value(reader.until_moment)
    found = map(tuple, _INITIATIVES[database.vendor].rows([reader.actor.workspace_id, listed(ids), until]))
    if reader.known is not None:
        rows = [row for row in map(_Initiative._make, found) if _is_seen(reader, row)]
        changed = changed_since(reader.actor.workspace_id, ids, reader.known)
        found = (tuple(row._replace(**_shown(changed.get(row.id, {})))) for row in rows)
    return Found(tuple(found), activity.rows_about(reader, ids, most=EVENTS_READ))


def _shown(was: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in was.items() if name in _Initiative._fields}


def beside(reader: Reader, page: TeamPage, found: Found) -> Beside:
    """Return what stands beside a team's objectives, from what was read about them."""
    rows = [row for row in map(_Initiative._make, found.initiatives) if _is_seen(reader, row)]
    work = [_card(reader, row) for row in sorted(rows, key=_by_urgency)]
    with reader.image.lock:
        means = _means(reader, page.objectives)
    return Beside(
        means=means,
        initiatives=tuple(work[:INITIATIVES_SHOWN]),
        initiatives_in_all=len(work),
        initiatives_of=dict(Counter(row.objective_id for row in rows)),
        week=activity.about(reader, found.events, since=reader.today - timedelta(days=7), size=WEEK_SHOWN),
    )


def _is_seen(reader: Reader, row: _Initiative) -> bool:
    return initiatives.sees(reader, row.objective_id, row.key_result_id)


def _card(reader: Reader, row: _Initiative) -> InitiativeCard:
    url = addresses.objective(reader.slug, row.objective_id) + "#initiatives"
    return InitiativeCard(row.title, url, row.state, reader.person(row.owner_id), _due_on(row))


def _by_urgency(row: _Initiative) -> tuple:
    return _INITIATIVE_ORDER.index(row.state), _due_on(row) or date.max, row.id


def _due_on(row: _Initiative) -> date | None:
    # SQLite keeps days as text.
    return date.fromisoformat(row.due_on) if isinstance(row.due_on, str) else row.due_on


# -- means -------------------------------------------------------------------------------------------------

_means_kept: OrderedDict[tuple[int, ...], tuple[tuple[ObjectiveCard, ...], tuple[Mean, ...]]] = OrderedDict()


def _means(reader: Reader, cards: Iterable[ObjectiveCard]) -> tuple[Mean, ...]:
    """Return the mean of each commitment, made once for the very same cards."""
    common = tuple(card for card in cards if is_common(reader.image, card.number))
    key = tuple(map(id, common))
    kept = _means_kept.get(key)
    if kept is None:
        # The cards are kept beside it, so that their identities cannot come to mean others.
        kept = _means_kept[key] = (common, tuple(_each_mean(reader, common)))
        if len(_means_kept) > MEANS_KEPT:
            _means_kept.popitem(last=False)
    return kept[1]


def _each_mean(reader: Reader, cards: Iterable[ObjectiveCard]) -> Iterator[Mean]:
    by_commitment: dict[str, list[ObjectiveCard]] = defaultdict(list)
    for card in cards:
        by_commitment[card.commitment].append(card)
    for commitment in ("committed", "aspirational", "learning"):
        if alike := by_commitment.get(commitment):
            rolled = roll_up([_part(card) for card in alike], reader.policy)
            known = any(card.progress is not None for card in alike)
            yield Mean(commitment, rolled.raw if known else None, explain_roll_up(rolled, reader.policy))


def _part(card: ObjectiveCard) -> Part:
    return Part(raw=card.explanation.raw, label=card.title, ref=card.number, how="its own roll-up")
