"""Written ids: many at once as they look outside, in arrays. One by one, `core.ids` writes them."""

from __future__ import annotations

import numpy as np

from milepost.core.ids import ALPHABET, LENGTH

_LETTERS = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)


def of(ids: np.ndarray, *, before: str = "") -> list[str]:
    """Write ids as `core.ids.encode` does, each behind the same few letters."""
    lead = np.frombuffer(before.encode(), dtype=np.uint8)
    letters = np.empty((len(ids), len(lead) + LENGTH), dtype=np.uint8)
    letters[:, : len(lead)] = lead
    for place in range(LENGTH):
        letters[:, len(lead) + place] = _LETTERS[ids >> 5 * (LENGTH - 1 - place) & 31]
    return letters.view(f"S{letters.shape[1]}").ravel().astype(str).tolist()
