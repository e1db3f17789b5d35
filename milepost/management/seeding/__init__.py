"""Seeded workspaces: as large as the goals for speed ask, and the same for the same seed and day."""

from milepost.management.seeding.seeding import seeded
from milepost.management.seeding.sizes import SIZES, Size

__all__ = ["SIZES", "Size", "seeded"]
