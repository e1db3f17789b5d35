"""Milepost: set, align, run, grade and learn from OKRs."""

__version__ = "0.1.0"
