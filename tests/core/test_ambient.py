"""Ambient values: what is so for as long as a block runs."""

from __future__ import annotations

from contextvars import ContextVar

import pytest

from milepost.core.ambient import Ambient

light: ContextVar[str] = ContextVar("light", default="off")


class TestHolding:
    def test_holds_as_long_as_its_block(self):
        """Within it is so, and afterwards it is as before."""
        with Ambient(light, "on") as told:
            within = light.get()

        assert (told, within, light.get()) == ("on", "on", "off")

    def test_lets_go_when_its_block_fails(self):
        """Whoever fails leaves nothing behind."""
        with pytest.raises(ValueError), Ambient(light, "on"):
            raise ValueError

        assert light.get() == "off"

    def test_takes_back_what_was_said_within(self):
        """What was set inside without a block of its own is over with it; one within another is its own."""
        with Ambient(light, "on"):
            with Ambient(light, "low"):
                light.set("high")
            assert light.get() == "on"
            light.set("high")

        assert light.get() == "off"
