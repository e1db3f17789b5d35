"""Figures for Prometheus: how much is asked, how fast it is answered. No label names a person or a thing."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from milepost import __version__
from milepost.core.problems import NotFound
from milepost.queries import figures

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
HERE = ("127.0.0.1", "::1")
# What a proxy adds: then whoever asks is somebody else than who connects.
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA", "HTTP_X_FORWARDED_HOST")


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Answer with every figure, where the settings let the reader have them."""
    if not _may_read(request):
        raise NotFound
    if settings.MILEPOST.metrics == "token" and not _has_token(request):
        return HttpResponse(
            "The token is missing or wrong.\n",
            status=401,
            content_type="text/plain; charset=utf-8",
            headers={"WWW-Authenticate": 'Bearer realm="metrics"'},
        )
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    return HttpResponse(generate_latest(_instruments()[0]), content_type=CONTENT_TYPE_LATEST)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Take an answered request into the figures."""
    _, take = _instruments()
    take(method, route, status, seconds)


def _may_read(request: HttpRequest) -> bool:
    match settings.MILEPOST.metrics:
        case "local":
            comes_straight = not any(name in request.META for name in FORWARDED)
            return comes_straight and request.META.get("REMOTE_ADDR") in HERE
        case "token":
            return True
    return False


def _has_token(request: HttpRequest) -> bool:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.MILEPOST.metrics_token.encode()
    return kind.lower() == "bearer" and secrets.compare_digest(token.strip().encode(), wanted)


@cache
def _instruments() -> tuple[object, Callable[[str, str, int, float], None]]:
    """Make what is written to and read from, once for the process."""
    from prometheus_client import (
        CollectorRegistry,
        Counter,
        GCCollector,
        Histogram,
        PlatformCollector,
        ProcessCollector,
        disable_created_metrics,
    )

    disable_created_metrics()  # one more line for each, which nobody reads
    registry = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    registry.register(_Scrape())
    answered = Counter(
        "milepost_requests", "Requests that were answered.", ("method", "route", "status"), registry=registry
    )
    took = Histogram(
        "milepost_request_seconds", "How long an answer took.", ("route",), buckets=BUCKETS, registry=registry
    )

    def take(method: str, route: str, status: int, seconds: float) -> None:
        answered.labels(method, route, status).inc()
        took.labels(route).observe(seconds)

    return registry, take


class _Scrape:
    """The figures that are looked up when they are asked for."""

    def describe(self) -> list:
        return []

    def collect(self) -> Iterator:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily

        yield InfoMetricFamily("milepost", "This Milepost.", {"version": __version__})
        for figure in figures.now(settings.MILEPOST.data_dir):
            family = CounterMetricFamily if figure.only_rises else GaugeMetricFamily
            yield family(f"milepost_{figure.name}", figure.help, figure.value)
