"""The demo: Morrowmill, a bakery of sixty people, in the ninth week of its third quarter."""

from __future__ import annotations

from datetime import date

from milepost.core.plan import Plan
from milepost.management.demo.content.people import PERSONAS, WORKSPACE

SLUG = WORKSPACE.id

__all__ = ["PERSONAS", "SLUG", "company"]


def company(today: date) -> Plan:
    """Tell the whole company; the same day always gives the same plan."""
    from milepost.management.demo import chapters  # whoever serves another workspace need not read them

    return chapters.company(today)
