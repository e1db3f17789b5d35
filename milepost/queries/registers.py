"""Registers: whose objectives are whose, drawn up from the image once for each change of the structure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from milepost.ledger.image import Image
from milepost.ledger.structure import KeyResultRow, ObjectiveRow


@dataclass(frozen=True, slots=True)
class Register:
    """Objectives by team (None: the company's own) and by who works on them, oldest first.

    `key_results` lists what each person owns. Who may see what is asked by whoever reads it.
    """

    teams: dict[int | None, list[ObjectiveRow]]
    owners: dict[int, list[ObjectiveRow]]
    workers: dict[int, list[ObjectiveRow]]
    key_results: dict[int, list[KeyResultRow]]


def register(image: Image) -> Register:
    """Return the register of an image; the days of one structure share theirs."""
    # The image drops what was derived whenever one of its objectives, or all, changed.
    found = image.derived.get(Register)
    if found is None:
        found = image.derived[Register] = _drawn_up(image)
    return found


def _drawn_up(image: Image) -> Register:
    teams, owners, workers, key_results = (defaultdict(list) for _ in range(4))
    for row in image.objectives.values():
        teams[row.team_id].append(row)
        if row.owner_id is not None:
            owners[row.owner_id].append(row)
        mine = image.key_results_of.get(row.id, ())
        for person in {row.sponsor_id, *row.contributors, *(one.owner_id for one in mine)}:
            if person is not None and person != row.owner_id:
                workers[person].append(row)
        for one in mine:
            if one.owner_id is not None:
                key_results[one.owner_id].append(one)
    return Register(dict(teams), dict(owners), dict(workers), dict(key_results))
