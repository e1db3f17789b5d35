"""Pictures of numbers: SVG made of attributes and classes only, each with its words."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup, escape

from milepost.core.trends import Course, Point
from milepost.web.marks import STATUS_CLASSES, coloured, status_word
from milepost.web.plots import line, spark
from milepost.web.trends import Trend
from milepost.web.words import Number, percent

__all__ = ["Course", "Point", "Trend", "bar", "line", "spark", "strip"]

STRIP_ORDER = ("achieved", "on_track", "at_risk", "off_track", "not_started", "no_data")
TRACK = '<rect class="t" y="3" width="100%" height="6" rx="3"/>'
DASHED = '<line class="d" x1="0" x2="100%" y1="6" y2="6"/>'


def bar(
    progress: Number | None,
    expected: Number | None = None,
    status: str | None = None,
    label: str | None = None,
) -> Markup:
    """Draw progress (1 is done) as a bar with a tick where time says it should be."""
    if progress is None:
        words = escape(label or "No data yet")
        return Markup(f'<svg class="bar none" role="img" aria-label="{words}">{DASHED}</svg>')
    words = f"{percent(progress)} done" + (f", {percent(expected)} expected by today" if expected else "")
    parts = [f'<svg class="bar{coloured(status)}" role="img" aria-label="{escape(label or words)}">', TRACK]
    if progress > 0:
        parts.append(f'<rect class="f" y="3" width="{_share(progress)}%" height="6" rx="3"/>')
    if expected:
        x = _share(expected)
        parts += [f'<line class="{name}" x1="{x}%" x2="{x}%" y1="0" y2="12"/>' for name in "hx"]
    return Markup("".join([*parts, "</svg>"]))


def strip(counts: Mapping[str, int], label: str) -> Markup:
    """Draw how many are done, on track, at risk, off track and without data, as one line."""
    total = sum(counts.get(status, 0) for status in STRIP_ORDER)
    words = ", ".join(f"{n} {status_word(s).lower()}" for s in STRIP_ORDER if (n := counts.get(s, 0)))
    parts = [f'<svg class="strip" role="img" aria-label="{escape(label)}: {words or "none yet"}">']
    if not total:
        parts.append('<rect class="t" width="100%" height="10" rx="2"/>')
    at = 0
    for status in STRIP_ORDER:
        if count := counts.get(status, 0):
            place = f'x="{100 * at / total:.2f}%" width="{max(100 * count / total - 0.4, 0.3):.2f}%"'
            parts.append(f'<rect class="{STATUS_CLASSES[status]}" {place} height="10" rx="2"/>')
            at += count
    return Markup("".join([*parts, "</svg>"]))


def _share(value: Number) -> float:
    return round(float(max(0, min(1, value))) * 100, 1)
