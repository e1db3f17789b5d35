"""Where to draw boxes joined by lines that lead up: in rows, near what they serve, with few crossings.

A layered drawing (after Sugiyama, Tagawa and Toda, 1981) for graphs without loops in which a box may serve
several others. Pure values in and out; the same boxes and lines always give the same drawing. The files, in
reading order: letters · boxes · stacks · rows · orders · tiers · places · routes · drawing · parts · labels.
"""

from milepost.core.layout.boxes import Box, Line, Look
from milepost.core.layout.drawing import Drawing, lay_out
from milepost.core.layout.places import Spot

__all__ = ["Box", "Drawing", "Line", "Look", "Spot", "lay_out"]
