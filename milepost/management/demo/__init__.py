"""The demo: Morrowmill, a bakery of sixty people, in the ninth week of its third quarter."""

from milepost.management.demo.chapters import company
from milepost.management.demo.content.people import PERSONAS, WORKSPACE

SLUG = WORKSPACE.id

__all__ = ["PERSONAS", "SLUG", "company"]
