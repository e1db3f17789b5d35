"""What tests of commands begin with: a moment that they tell."""

from tests.told import now

__all__ = ["now"]
