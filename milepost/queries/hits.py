"""Hits: what was found, as a list shows it. Whoever calls has seen to it that the reader may see them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple
from urllib.parse import urlencode

from milepost.core import addresses, terms
from milepost.core.ids import encode
from milepost.core.terms import Terms
from milepost.ledger import search as index
from milepost.ledger.search import Match
from milepost.models.search import TITLED
from milepost.queries.cards import Reader

# In which order kinds come that answer equally well.
KINDS = ("team", "objective", "key_result", "person", "initiative", "cycle", "comment")
TEAMS_SHOWN = 2


class Hit(NamedTuple):
    """Something that was found. `context` says where it belongs, `excerpt` the text that has the words."""

    kind: str
    id: str
    url: str
    title: str
    context: tuple[str, ...] = ()
    status: str | None = None
    progress: Fraction | float | None = None
    owner_id: int | None = None  # of a comment, who said it
    excerpt: str = ""
    by: str = ""  # of a comment, the name of who said it
    on: date | None = None  # and the day


def shown(
    reader: Reader, wanted: Terms, matches: Sequence[Match], in_text: Collection[int]
) -> tuple[Hit, ...]:
    """Return matches as they are shown, in their order; `in_text`: the ids of those that no title has."""
    untitled = {kind: [m.id for m in matches if m.kind == kind and m.id in in_text] for kind in TITLED}
    texts = index.texts(reader.actor.workspace_id, untitled) if in_text else {}
    return tuple(_HIT[match.kind](reader, match, wanted, texts.get(match.id, "")) for match in matches)


def _objective(reader: Reader, match: Match, wanted: Terms, text: str) -> Hit:
    row = reader.image.objectives[match.id]
    return Hit(
        "objective",
        encode(row.id),
        addresses.objective(reader.slug, row.id),
        row.title,
        _where(reader, row),
        reader.day.status_of(row.id).word,
        reader.progress(row.id),
        row.owner_id,
        terms.excerpt(wanted, text),
    )


def _key_result(reader: Reader, match: Match, wanted: Terms, text: str) -> Hit:
    one = reader.image.key_results[match.id]
    row = reader.image.objectives[one.objective_id]
    return Hit(
        "key_result",
        encode(one.id),
        addresses.key_result(reader.slug, one.id),
        one.title,
        (row.title, *_where(reader, row)),
        reader.day.status_of(one.id).word,
        reader.progress(one.id),
        reader.image.answers_for(one),
        terms.excerpt(wanted, text),
    )


def _initiative(reader: Reader, match: Match, wanted: Terms, text: str) -> Hit:
    row = reader.image.objectives[match.objective_id]
    context = (row.title, *_where(reader, row))
    address = _beside(reader, match)
    return Hit("initiative", encode(match.id), address, match.text, context, owner_id=match.by_id)


def _comment(reader: Reader, match: Match, wanted: Terms, text: str) -> Hit:
    row = reader.image.objectives[match.objective_id]
    one = reader.image.key_results.get(match.key_result_id)
    author = reader.person(match.by_id)
    return Hit(
        "comment",
        encode(match.id),
        _beside(reader, match),
        (one or row).title,
        _where(reader, row),
        owner_id=match.by_id,
        excerpt=terms.excerpt(wanted, match.text),
        by=author.name if author else "",
        on=reader.day_of(match.seconds),
    )


def _team(reader: Reader, match: Match, wanted: Terms, text: str) -> Hit:
    row = reader.image.teams[match.id]
    above = reader.image.teams.get(row.parent_id)
    context = (above.name,) if above else ()
    address = addresses.team(reader.slug, row.id)
    return Hit("team", encode(row.id), address, row.name, context, excerpt=terms.excerpt(wanted, text))


def _person(reader: Reader, match: Match, wanted: Terms, text: str) -> Hit:
    row = reader.image.people[match.id]
    teams = sorted(team.name for team in reader.image.teams.values() if row.id in team.members)
    context = ("has left",) if row.has_left else tuple(teams[:TEAMS_SHOWN])
    return Hit("person", encode(row.id), addresses.person(reader.slug, row.id), row.name, context)


def _cycle(reader: Reader, match: Match, wanted: Terms, text: str) -> Hit:
    row = reader.image.cycles[match.id]
    address = f"{addresses.alignment(reader.slug)}?{urlencode({'cycle': row.key})}"
    return Hit("cycle", encode(row.id), address, row.name)


def _where(reader: Reader, row) -> tuple[str, ...]:
    team = reader.image.teams.get(row.team_id)
    return team.name if team else "Company", reader.cycle_of(row).name


def _beside(reader: Reader, match: Match) -> str:
    if match.key_result_id is not None:
        return addresses.key_result(reader.slug, match.key_result_id)
    return addresses.objective(reader.slug, match.objective_id)


_HIT = {
    "objective": _objective,
    "key_result": _key_result,
    "initiative": _initiative,
    "comment": _comment,
    "team": _team,
    "person": _person,
    "cycle": _cycle,
}
