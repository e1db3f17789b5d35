"""Addresses of sign-in, first run, people, teams, cycles and settings."""

from __future__ import annotations

urlpatterns: list = []
