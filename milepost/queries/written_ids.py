"""Written ids: many at once as they look outside, in arrays. One by one, `core.ids` writes them."""

from __future__ import annotations

import numpy as np

from milepost.core.ids import ALPHABET, LENGTH

_LETTERS = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)


def of(ids: np.ndarray) -> list[str]:
    """Write ids as `core.ids.encode` does."""
    letters = np.empty((len(ids), LENGTH), dtype=np.uint8)
    for place in range(LENGTH):
        letters[:, place] = _LETTERS[ids >> 5 * (LENGTH - 1 - place) & 31]
    return letters.view(f"S{LENGTH}").ravel().astype(str).tolist()
