"""Where things stand in the address bar. Plain text, so that answers of every kind can name them cheaply;
a test holds these to the table in web/urls.py."""

from __future__ import annotations

from milepost.core.ids import encode


def week(slug: str) -> str:
    """The reader's week."""
    return f"/w/{slug}/"


def sweep(slug: str) -> str:
    """The check-in sweep."""
    return f"/w/{slug}/sweep/"


def team(slug: str, id: int) -> str:
    """A team's OKRs."""
    return f"/w/{slug}/teams/{encode(id)}/"


def person(slug: str, id: int) -> str:
    """A person."""
    return f"/w/{slug}/people/{encode(id)}/"


def objective(slug: str, id: int) -> str:
    """An objective."""
    return f"/w/{slug}/objectives/{encode(id)}/"


def key_result(slug: str, id: int) -> str:
    """A key result."""
    return f"/w/{slug}/key-results/{encode(id)}/"


def checkins(slug: str, id: int) -> str:
    """A key result's check-ins: where new ones are posted."""
    return f"/w/{slug}/key-results/{encode(id)}/checkins/"


def alignment(slug: str) -> str:
    """The whole company as a tree."""
    return f"/w/{slug}/alignment/"


def company(slug: str) -> str:
    """The objectives that stand above all teams."""
    return f"/w/{slug}/company/"


def undoing(slug: str, id: int) -> str:
    """Where an event is undone."""
    return f"/w/{slug}/events/{encode(id)}/undoing/"
