"""The house rules hold, and each would notice if it did not."""

from __future__ import annotations

import pytest

from tests.house import sources
from tests.house.rules import RULES, Rule

FILES = sources.committed()
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


@each_rule
class TestRule:
    def test_holds(self, rule: Rule):
        """No file of the project breaks the rule."""
        texts = {path: sources.text(path) for path in FILES if rule.is_for(path)}

        complaints = [line for path, text in texts.items() if text for line in rule.complaints(path, text)]

        assert not complaints, "\n" + "\n".join(complaints)

    def test_notices(self, rule: Rule):
        """The rule accepts its good example and complains about its bad one."""
        good, bad = rule.complaints(*rule.good), rule.complaints(*rule.bad)

        assert rule.is_for(rule.good[0])
        assert rule.is_for(rule.bad[0])
        assert good == []
        assert bad
