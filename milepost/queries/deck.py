"""The deck: objectives' cards, made once and handed out again for as long as nothing on them has changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock

from milepost.ledger.structure import KeyResultRow, ObjectiveRow
from milepost.queries.cards import ObjectiveCard, Reader

_CARDS_KEPT = 512
_cards: OrderedDict[tuple, tuple[tuple, ObjectiveCard]] = OrderedDict()
_cards_lock = Lock()


def card(reader: Reader, row: ObjectiveRow) -> ObjectiveCard:
    """Return an objective's card: the very same one as long as nothing on it has changed.

    So whatever is made of a card (a fragment of HTML, bytes of JSON) can be kept beside it.
    """
    seen = reader.key_results_of(row)
    key = (reader.image.workspace_id, row.id, tuple(one.id for one in seen), _sees_all(reader, row))
    stamp = _stamp(reader, row, seen)
    with _cards_lock:
        kept = _cards.get(key)
        if kept is not None and kept[0] == stamp:
            _cards.move_to_end(key)
            return kept[1]
    made = reader.objective(row)
    with _cards_lock:
        _cards[key] = (stamp, made)
        while len(_cards) > _CARDS_KEPT:
            _cards.popitem(last=False)
    return made


def _around(reader: Reader, row: ObjectiveRow) -> Iterator[int]:
    """Yield what an objective serves and what contributes to it."""
    for link in reader.image.serves.get(row.id, ()):
        yield link.parent_id
    for link in reader.image.served_by.get(row.id, ()):
        if link.how == "contributes":
            yield link.child_id


def _sees_all(reader: Reader, row: ObjectiveRow) -> tuple[bool, ...]:
    return tuple(reader.sees(id) for id in _around(reader, row))


def _stamp(reader: Reader, row: ObjectiveRow, key_results: list[KeyResultRow]) -> tuple:
    """Return everything that an objective's card is made of, to be compared by value."""
    image, day = reader.image, reader.day
    around = [id for id in _around(reader, row) if id in image.node]
    nodes = [image.node[id] for id in (row.id, *around)]
    pool = image.key_results_of.get(row.id, ())
    nodes += [image.node[one.id] for one in pool]
    return (
        reader.today,
        reader.known,  # a day that is over is told otherwise than one that is not
        image.workspace,
        row,
        image.cycles[row.cycle_id],
        [image.teams.get(row.team_id), image.people.get(row.owner_id)],
        list(pool),
        [image.people.get(one.owner_id) for one in key_results],
        [[entry.id for entry in image.entries.series(one.id)] for one in pool],
        [image.objectives.get(id) or image.key_results.get(id) for id in around],
        [*image.serves.get(row.id, ()), *image.served_by.get(row.id, ())],
        [image.audience(id) for id in (row.id, *around, *(one.id for one in pool))],
        # As bytes, because a number that is none does not equal itself.
        *(figures[nodes].tobytes() for figures in (day.raw, day.expected, day.needed, day.status)),
    )
