import pytest

pytest.register_assert_rewrite("tests.crash.place")  # so that its asserts say more
