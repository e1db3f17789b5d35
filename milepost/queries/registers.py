"""Registers: whose objectives are whose, drawn up from the image once for each change of the structure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from milepost.ledger.columns import NOTHING, Groups
from milepost.ledger.image import Image


@dataclass(frozen=True, slots=True)
class Register:
    """Objectives by team (None: the company's own) and by who works on them, oldest first.

    Who may see what is asked by whoever reads it.
    """

    teams: Groups
    owners: Groups
    workers: Groups  # who sponsors or contributes, or owns a key result of it, and does not own it
    key_results: Groups  # by who owns them


def register(image: Image) -> Register:
    """Return the register of an image; the days of one structure share theirs."""
    # The image drops what was derived whenever one of its objectives, or all, changed.
    found = image.derived.get(Register)
    if found is None:
        found = image.derived[Register] = _drawn_up(image)
    return found


def _drawn_up(image: Image) -> Register:
    rows = image.objectives
    owner = rows.array("owner_id")
    return Register(
        Groups.by(rows, rows.array("team_id")),
        Groups.by(rows, owner),
        _workers(image, owner),
        _owned_key_results(image),
    )


def _owned_key_results(image: Image) -> Groups:
    rows = image.key_results
    position = rows.array("position")
    # As they stand on their objectives, the oldest objective first.
    order = image.parent * (int(position.max(initial=0)) + 1) + position
    return Groups.by(rows, rows.array("owner_id"), within=order)


def _workers(image: Image, owner: np.ndarray) -> Groups:
    rows, contributors = image.objectives, image.objectives.listed("contributors")
    named = [(place, person) for place, people in enumerate(contributors) for person in people]
    more = np.array(named, dtype=np.int64).reshape(-1, 2)
    inside = np.flatnonzero(image.parent >= 0)
    place = np.concatenate([np.arange(len(owner)), more[:, 0], image.parent[inside]])
    person = np.concatenate(
        [rows.array("sponsor_id"), more[:, 1], image.key_results.array("owner_id")[inside]]
    )
    other = (person != NOTHING) & (person != owner[place])
    pairs = np.unique(np.stack([place[other], person[other]], axis=1), axis=0)
    return Groups.by(rows, pairs[:, 1], ids=rows.ids[pairs[:, 0]])
