"""A workspace as it would stand with other links: computed as ever, and thrown away."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from milepost.ledger.image import Image
from milepost.ledger.structure import AlignmentRow


class Supposed(Image):
    """The living image with some links more and some without: it stays as it is, and so does this."""

    def __init__(self, living: Image, more: Iterable[AlignmentRow], without: Iterable[int]) -> None:
        self.__dict__.update(living.__dict__)
        self.lock = threading.RLock()
        self.alignments = living.alignments.changed(more, without)
        self.derived, self.arranged, self._exact, self._days = {}, {}, {}, {}
        self._build_links()
        self._build_tree()

    def refresh(self, *, anew: bool = False) -> None:
        """Do nothing: it stays as it is supposed."""
