"""Guesses: how often somebody has guessed at a password, a code or a link, so that all processes know."""

from __future__ import annotations

from django.db import models


class Guess(models.Model):
    """A running count for one account, one network address, or both together; `key` is a hash of which."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    until = models.DateTimeField()

    class Meta:
        db_table = "guess"
