"""The place where processes are killed."""

import pytest

pytest.register_assert_rewrite("tests.crash.place")

from tests.crash.place import place  # noqa: E402 - after the line above, so that its asserts say more

__all__ = ["place"]
