"""What tests of the ledger begin with: a moment that they tell."""

from tests.told import now

__all__ = ["now"]
