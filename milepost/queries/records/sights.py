"""Sights: what a reader does not see, as a condition of the tables, so that slices have no gaps."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.db.models import Q

from milepost.queries.cards import Reader

Unseen = Callable[[str], Q]


def unseen(reader: Reader) -> tuple[Unseen, Unseen]:
    """Return the conditions under which a column names an objective, and a key result, out of sight."""
    image = reader.image
    if reader.actor.within is None:
        objectives = [id for id in reader.hidden if id in image.objectives]
        key_results = [id for id in reader.hidden if id in image.key_results]
        return _among(objectives), _among(key_results)
    # Limited to a team: what is seen is the shorter list.
    seen, first = reader.seen, image.first_key_result
    return _beside(image.objectives.ids[seen[:first]].tolist()), _beside(
        image.key_results.ids[seen[first:]].tolist()
    )


def in_sight(reader: Reader) -> Q:
    """Return the condition under which what a row is about is seen: its objective, and its key result.

    Whoever may not see a key result is not told what is said of it, or done for it.
    """
    objectives, key_results = unseen(reader)
    return ~objectives("objective_id") & (Q(key_result=None) | ~key_results("key_result_id"))


def _among(ids: Collection[int]) -> Unseen:
    return lambda column: Q(**{f"{column}__in": ids})


def _beside(ids: Collection[int]) -> Unseen:
    return lambda column: ~Q(**{f"{column}__in": ids})
