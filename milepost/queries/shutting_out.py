"""Shutting oneself out: what takes a thing out of its author's own sight is asked before it is done.

Whoever means it says so (`leave`). The event then keeps the title under `left`: by it the author, and they
alone, may take back what they did, although they do not see the thing any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from milepost.core import access, doubts
from milepost.core.access import Actor, Visibility
from milepost.core.doubts import Doubt
from milepost.core.plan import Changes
from milepost.core.problems import Invalid
from milepost.models import Event, KeyResult, Objective, Person
from milepost.queries import standings

MOST_NAMED = 5
BACK = "You can undo that for 30 days, as long as nobody has changed it."
NO_WAY_BACK = "Only who arranges the team can let you in again."
ON_A_FORM = "Name yourself among those who see it, or say below that you leave it to them."
REMEDY = "Name yourself among those who see it, or leave it to them: by program with `leave`: true."


class ShutsYouOut(Invalid):
    """Whoever makes this change would not see the thing any more; `seen_by` names who will.

    `then` says whether they can take it back.
    """

    code = "shuts_you_out"

    def __init__(
        self, *titles: str, seen_by: Sequence[str] = (), field: str = "visibility", then: str = BACK
    ) -> None:
        will = f"; {_listed(seen_by)} will" if seen_by else ""
        super().__init__(
            f"You will not see {_listed([f'“{title}”' for title in titles])} any more{will}.",
            field=field,
            remedy=f"{REMEDY} {then}",
        )
        self.on_a_form = f"{self.message} {ON_A_FORM} {then}"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    shown = [*names[:MOST_NAMED], f"{more} more"] if more > 0 else names
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))


def told(
    row: Objective,
    key_result: KeyResult | None = None,
    *,
    leave: bool,
    by: Actor,
    beside: Collection[int | None] = (),
) -> dict[str, str]:
    """Return what the event of a change says of it: nothing, as long as the actor sees what was changed.

    Raises ShutsYouOut where they do not see it any more and do not `leave` it. The rows are those written;
    `beside` own key results that are being written with it.
    """
    thing = key_result or row
    me = Actor(by.workspace_id, by.person_id, by.role)
    if by.is_operator or thing.id in by.keeps:
        return {}
    if standings.may_see(me, standings.standing(me, row, key_result, beside=beside), row):
        return {}
    if not leave:
        raise ShutsYouOut(thing.title, seen_by=_seen_by(row, key_result))
    return {"left": thing.title}


def by_parting(by: Actor, team: int) -> list[str]:
    """Return the titles of what a member sees through nothing but their place in a team."""
    me, parts = by.person_id, defaultdict(list)
    for one in KeyResult.objects.of(by.workspace_id).filter(objective__team_id=team).order_by("position"):
        parts[one.objective_id].append(one)
    found = []
    for row in Objective.objects.of(by.workspace_id).filter(team_id=team).order_by("id"):
        now, then = (_seen_in(row, parts[row.id], me, members) for members in ((me,), ()))
        if row.id in now - then:
            found.append(row.title)  # with all that is part of it
        else:
            found += [one.title for one in parts[row.id] if one.id in now - then]
    return found


def _seen_in(
    row: Objective, parts: Sequence[KeyResult], me: int | None, members: Collection[int]
) -> set[int]:
    """Return what somebody sees of an objective and its key results, were these the team's members."""
    whole = access.audience(
        row.visibility,
        owner=row.owner_id,
        workers=[row.sponsor_id, *row.contributors, *(one.owner_id for one in parts)],
        team_members=members,
        named=row.visible_to,
    )
    audiences = {row.id: whole}
    for one in parts:
        audiences[one.id] = access.narrowed(
            whole,
            one.visibility,
            owner=one.owner_id,
            workers=[row.owner_id],
            team_members=members,
            named=one.visible_to,
        )
    return {id for id, seen_by in audiences.items() if seen_by is access.EVERYONE or me in seen_by}


def by_file(by: Actor, changes: Changes) -> tuple[Doubt, ...]:
    """Say which objectives an owner would not see any more once a file's changes are applied."""
    key = Person.objects.of(by.workspace_id).filter(id=by.person_id).values_list("key", flat=True).first()
    return doubts.of_sight(changes, key)


def _seen_by(row: Objective, key_result: KeyResult | None) -> list[str]:
    """Name who will see it, as far as the change says so: owners of key results it may not tell of."""
    if row.visibility == Visibility.PRIVATE:
        chosen: Collection[int | None] = [row.owner_id]
    elif key_result is not None and key_result.visibility:
        chosen = _chosen(row, key_result, [key_result.owner_id, row.owner_id])
    else:
        chosen = _chosen(row, row, [row.owner_id, row.sponsor_id, *row.contributors])
    return list(
        Person.objects.of(row.workspace_id)
        .filter(id__in=[id for id in chosen if id is not None], left_on=None)
        .order_by("name", "id")
        .values_list("name", flat=True)
    )


def _chosen(
    row: Objective, narrowed: Objective | KeyResult, workers: list[int | None]
) -> Collection[int | None]:
    if narrowed.visibility == Visibility.TEAM:
        return {*workers, *standings.team_members(row)}
    return {*workers, *narrowed.visible_to}


def left(by: Actor, event: int, *, lock: bool = False) -> Event | None:
    """Return an event by which the actor shut themselves out of what it is about, if it is one."""
    if by.person_id is None or by.looks_back:
        return None
    mine = Event.objects.of(by.workspace_id).filter(id=event, actor_id=by.person_id)
    found = (mine.select_for_update() if lock else mine).first()
    return found if found is not None and "left" in found.data else None
