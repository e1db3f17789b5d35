"""The frame around every page: where the reader is, what is due, which cycle."""

from __future__ import annotations

from dataclasses import dataclass, field

from milepost.core.cadence import CycleState, Window
from milepost.core.cadence import state as cycle_state
from milepost.ledger.structure import CycleRow
from milepost.queries.cards import PersonCard, Reader


@dataclass(frozen=True, slots=True)
class WorkspaceCard:
    name: str
    slug: str


@dataclass
class Shell:
    """What the layout needs; a view fills in where the reader is (`nav`, `crumbs`, `links`)."""

    workspace: WorkspaceCard
    person: PersonCard
    due: int
    cycle: str
    cycles: list[tuple[str, str, bool]]
    nav: str = ""
    crumbs: list[tuple[str, str | None]] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    theme: str = "system"
    status_colours: str = "standard"
    day: str = ""
    personas: list[tuple[str, str]] = field(default_factory=list)
    can_edit: bool = True
    keys_off: bool = False
    keys: object | None = None  # web.keymap.Keys: which keys do what
    misread: object | None = None  # web.misread.Misread: what of the address was not understood
    travel: object | None = None  # web.travel.Travel, where a page can be shown as of a past day


def due_now(reader: Reader) -> list:
    """Return the reader's key results whose check-in is due, longest waiting first."""
    me, found = reader.actor.person_id, []
    for one in reader.image.owned_by.get(me, ()):
        if not reader.sees(one.id):
            continue
        due = reader.due_on(one, reader.image.entries.current(one.id))
        if due is not None and due <= reader.today:
            found.append((due, one.position, one))
    return [one for *_, one in sorted(found, key=lambda entry: (entry[0], entry[1], entry[2].id))]


def chosen_cycle(reader: Reader, key: str | None) -> CycleRow | None:
    """Return the cycle asked for, else the shortest one running today, else the latest."""
    cycles = list(reader.image.cycles.values())
    for cycle in cycles:
        if key is not None and cycle.key == key:
            return cycle
    running = [
        cycle
        for cycle in cycles
        if cycle_state(Window(cycle.starts_on, cycle.ends_on), reader.today, cycle.closed_on)
        in (CycleState.RUNNING, CycleState.GRADING)
        and (cycle.ends_on is None or cycle.ends_on >= reader.today)
    ]
    if running:
        # An open cycle is longer than any closed one.
        return min(
            running,
            key=lambda cycle: (cycle.ends_on is None, (cycle.ends_on or reader.today) - cycle.starts_on),
        )
    return cycles[-1] if cycles else None


def shell(reader: Reader, *, cycle: CycleRow | None) -> Shell:
    """Return the frame for a reader."""
    person = reader.person(reader.actor.person_id) or PersonCard(0, reader.actor.name, "")
    workspace = reader.image.workspace
    return Shell(
        workspace=WorkspaceCard(workspace.name, workspace.slug),
        person=person,
        due=len(due_now(reader)),
        cycle=cycle.name if cycle else "",
        cycles=[
            (each.name, f"?cycle={each.key}", cycle is not None and each.id == cycle.id)
            for each in sorted(
                reader.image.cycles.values(), key=lambda one: (one.starts_on, one.id), reverse=True
            )
        ],
    )
