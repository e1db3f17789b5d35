"""The place where processes are killed."""

from tests.crash.place import place

__all__ = ["place"]
