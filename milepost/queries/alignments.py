"""Links upwards as the page of an objective shows them: what it serves, and what serves it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from milepost.core import access, addresses
from milepost.core.ids import encode
from milepost.core.problems import NotFound
from milepost.ledger.image import Image
from milepost.ledger.structure import AlignmentRow, ObjectiveRow
from milepost.models import Alignment
from milepost.queries.cards import PersonCard, Reader
from milepost.queries.listed import Listed, behind


@dataclass(frozen=True, slots=True)
class LinkCard:
    """A link between an objective and what it serves; `there` is the end that the page is not about."""

    id: str
    how: str
    weight: Decimal
    kind: str  # objective or key_result
    title: str
    url: str
    status: str
    progress: Fraction | float | None
    expected: float | None
    owner: PersonCard | None
    where: str  # the team, or the objective of a key result
    is_open: bool
    may_edit: bool = False
    counts: bool = True
    through: str = ""  # the title of the key result by which it serves


@dataclass(frozen=True, slots=True)
class LinkForm:
    """A link that holds, as its form shows it."""

    card: LinkCard
    child_title: str
    child_url: str


def counts(image: Image, link: AlignmentRow) -> bool:
    """Say whether a link rolls up: *contributes* does, unless its state or who sees it forbids."""
    if link.how != "contributes" or not image.counted(link.child_id, link.parent_id):
        return False
    one = image.key_results.get(link.parent_id)
    return one is None or one.source == "contributors"


def above(reader: Reader, row: ObjectiveRow, may_edit: bool) -> list[LinkCard]:
    """List what an objective serves, as far as the reader may see it."""
    return [
        _card(reader, link, link.parent_id, may_edit=may_edit, counts=counts(reader.image, link))
        for link in reader.image.serves.get(row.id, ())
        if reader.finds(link.parent_id)
    ]


def below(reader: Reader, row: ObjectiveRow, after: str = "") -> Listed[LinkCard]:
    """List what serves an objective or a key result of it; what is open and counts comes first."""
    found = _links(reader, row.id)
    for one in reader.key_results_of(row):
        found += _links(reader, one.id, through=one.title)
    found.sort(
        key=lambda pair: (not reader.image.objectives[pair[0].child_id].is_open, pair[0].how != "contributes")
    )
    return _some(reader, found, after)


def serving(reader: Reader, id: int, after: str = "") -> Listed[LinkCard]:
    """List the objectives that serve a key result, as far as the reader may see them."""
    return _some(reader, _links(reader, id), after)


def served_by(reader: Reader, id: int) -> list[LinkCard]:
    """Return all objectives that serve an objective or key result, as far as the reader may see them."""
    return [_below(reader, link) for link, _ in _links(reader, id)]


def _links(reader: Reader, id: int, *, through: str = "") -> list[tuple[AlignmentRow, str]]:
    links = reader.image.served_by.get(id, ())
    return [(link, through) for link in links if reader.finds(link.child_id)]


def _some(reader: Reader, found: list[tuple[AlignmentRow, str]], after: str) -> Listed[LinkCard]:
    listed = behind(found, after, lambda pair: encode(pair[0].id))
    return replace(listed, entries=tuple(_below(reader, *pair) for pair in listed.entries))


def _below(reader: Reader, link: AlignmentRow, through: str = "") -> LinkCard:
    return _card(reader, link, link.child_id, counts=counts(reader.image, link), through=through)


def _card(
    reader: Reader,
    link: AlignmentRow | Alignment,
    there: int,
    *,
    counts: bool,
    may_edit: bool = False,
    through: str = "",
) -> LinkCard:
    one = reader.image.key_results.get(there)
    row = reader.image.objectives[one.objective_id if one else there]
    team = reader.image.teams.get(row.team_id)
    address = addresses.key_result if one else addresses.objective
    return LinkCard(
        id=encode(link.id),
        how=link.how,
        weight=Decimal(link.weight),
        kind="key_result" if one else "objective",
        title=one.title if one else row.title,
        url=address(reader.slug, there),
        status=reader.day.status_of(there).word,
        progress=reader.progress(there),
        expected=reader.expected(there),
        owner=reader.person(one.owner_id if one else row.owner_id),
        where=row.title if one else f"{team.name if team else 'Company'} · {reader.cycle_of(row).name}",
        is_open=row.is_open,
        may_edit=may_edit,
        counts=counts,
        through=through,
    )


def holding(reader: Reader, id: int) -> int:
    """Return the link that holds now between the ends of one; a change ends one and begins another."""
    rows = Alignment.objects.of(reader.actor.workspace_id)
    ended = rows.filter(id=id).exclude(until_at=None).first()
    if ended is None:
        return id
    ends = ("child_id", "parent_objective_id", "parent_key_result_id")
    now = rows.filter(until_at=None, **{name: getattr(ended, name) for name in ends}).first()
    return now.id if now else id


def form(reader: Reader, id: int) -> LinkForm:
    """Return a link that holds and that the reader may see both ends of, or NotFound."""
    found = Alignment.objects.of(reader.actor.workspace_id).filter(id=id, until_at=None).first()
    if found is None or not reader.finds(found.child_id):
        raise NotFound
    above = found.parent_objective_id or found.parent_key_result_id
    if not reader.finds(above):
        raise NotFound
    row = reader.image.objectives[found.child_id]
    may_edit = access.may_edit(reader.actor, reader.standing(row))
    card = _card(reader, found, above, may_edit=may_edit, counts=True)
    return LinkForm(card, row.title, addresses.objective(reader.slug, row.id))
