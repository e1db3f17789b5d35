"""Addresses of the pages, one part of the table of contents."""

from __future__ import annotations

from django.urls import path

urlpatterns: list = []
