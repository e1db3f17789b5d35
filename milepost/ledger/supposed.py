"""A workspace as it would stand with other links: computed as ever, and thrown away."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from milepost.ledger.image import Image
from milepost.ledger.structure import AlignmentRow


class Supposed(Image):
    """The living image with other alignments. Nothing of the living one is changed, and nothing refreshed."""

    def __init__(self, living: Image, alignments: Iterable[AlignmentRow]) -> None:
        self.__dict__.update(living.__dict__)
        self.lock = threading.RLock()
        self.alignments = {row.id: row for row in alignments}
        self.derived, self._exact, self._days = {}, {}, {}
        self._build_links()
        self._build_tree()

    def refresh(self) -> None:
        """Do nothing: it stays as it is supposed."""
