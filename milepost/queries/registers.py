"""Registers: whose objectives are whose, drawn up from the image when they change hands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from milepost.ledger.columns import NOTHING, Groups, distinct
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

    def following(self, image: Image) -> Register:
        """Return this register with the rows of now, which say something else but belong where they did."""
        rows = image.objectives
        return Register(
            self.teams.following(rows),
            self.owners.following(rows),
            self.workers.following(rows),
            self.key_results.following(image.key_results),
        )


def register(image: Image) -> Register:
    """Return the register of an image; the days of one structure share theirs."""
    found = image.arranged.get(Register)
    if found is None:
        found = image.arranged[Register] = _drawn_up(image)
    elif found.teams.rows is not image.objectives or found.key_results.rows is not image.key_results:
        found = image.arranged[Register] = found.following(image)
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
    rows = image.objectives
    several = np.flatnonzero(rows.array("contributors", bool, bool)).tolist()
    named = [(place, person) for place in several for person in rows.at(place, "contributors")]
    more = np.array(named, dtype=np.int64).reshape(-1, 2)
    inside = np.flatnonzero(image.parent >= 0)
    place = np.concatenate([np.arange(len(owner)), more[:, 0], image.parent[inside]])
    person = np.concatenate(
        [rows.array("sponsor_id"), more[:, 1], image.key_results.array("owner_id")[inside]]
    )
    other = (person != NOTHING) & (person != owner[place])
    who, number = np.unique(person[other], return_inverse=True)
    # Who works on something in several ways is counted once.
    pairs = distinct(place[other] * len(who) + number)
    return Groups.by(rows, who[pairs % len(who)], ids=rows.ids[pairs // len(who)])
