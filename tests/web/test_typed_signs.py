"""Signs that mean something to a template, a format or a statement mean nothing where people type them."""

from __future__ import annotations

import html

import pytest
from django.utils import timezone

from milepost.actions import comments, objectives
from milepost.core.ids import encode

pytestmark = pytest.mark.both_databases

SIGNS = (
    "{{ 7*7 }}", "{% import os %}", "${7*7}", "{0.__class__.__mro__}", "%(name)s %n %s", "a%b_c", "=1+1",
    "'; DROP TABLE person; --", '" OR 1=1 --', "$(id) `id` ; id", "\\x27 UNION SELECT", "(a+)+$ [z-a]",
)  # fmt: skip


@pytest.mark.parametrize("typed", SIGNS)
def test_reads_as_it_was_typed(typed, cast, okrs, signed_in):
    """A title and a comment are shown, found, told and sent to programs letter by letter."""
    at, ada = timezone.now(), signed_in("ada")
    row = objectives.draft(
        title=f"Aim {typed}", cycle=okrs.cycle.id, owner=cast.ada.person_id, by=cast.ada, at=at
    )
    comments.add(text=f"Said {typed}", objective=row.id, by=cast.ada, at=at)

    pages = [
        ada.get(path, query)
        for path, query in (
            (f"/w/acme/objectives/{encode(row.id)}/", {}),
            ("/w/acme/activity/", {}),
            ("/w/acme/search/", {"q": f"Aim {typed}"}),
            ("/w/acme/alignment/", {"q": typed}),
        )
    ]

    assert [page.status_code for page in pages] == [200] * 4
    assert all(f"Aim {typed}" in html.unescape(page.content.decode()) for page in pages[:2])
    assert html.unescape(pages[2].content.decode()).count(typed) >= 1
    assert not any(b"Aim 49" in page.content or b"uid=" in page.content for page in pages)
