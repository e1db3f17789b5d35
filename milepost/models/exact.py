"""Exact decimals in the database: numeric on PostgreSQL, text on SQLite, whose own decimals are floats."""

from __future__ import annotations

from decimal import Decimal

from django.db import models


def plain(number: Decimal) -> str:
    """Write a decimal without exponent or trailing zeros: one value, one text."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


class ExactField(models.Field):
    """A Decimal that comes back as it was written."""

    description = "An exact decimal number"

    def db_type(self, connection) -> str:
        return "numeric" if connection.vendor == "postgresql" else "text"

    def from_db_value(self, value, expression, connection):
        return None if value is None else Decimal(plain(Decimal(value)))

    def to_python(self, value):
        if value is None or isinstance(value, Decimal):
            return value
        return Decimal(str(value))

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return None if value is None else plain(self.to_python(value))

    def get_db_prep_value(self, value, connection, prepared=False):
        text = value if prepared else self.get_prep_value(value)
        if text is None or connection.vendor != "postgresql":
            return text
        return Decimal(text)
