"""The way to a page, for its breadcrumbs: from the team down."""

from __future__ import annotations

from milepost.core import addresses
from milepost.queries.cards import Reader, TeamCard

Trail = list[tuple[str, str | None]]


def below(reader: Reader, team: TeamCard | None, *steps: tuple[str, str | None]) -> Trail:
    """Lead from a team (None: the whole company) through the steps given: (label, address or None)."""
    return [(team.name, team.url) if team else ("Company", f"{addresses.week(reader.slug)}company/"), *steps]
