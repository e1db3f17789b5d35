"""The WSGI application that a server calls, ours or another."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.config.settings")

import django
from django.conf import settings
from django.core.cache import close_caches
from django.core.handlers.base import reset_urlconf
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, reset_queries


def _made():
    # Another server than ours may be the first to need it.
    settings.SECRET_KEY = settings.KEEP_SECRET_KEY()
    django.setup(set_prefix=False)
    _unburden()
    # Only now: what these import needs Django to be set up.
    from milepost.web.answers import in_one
    from milepost.web.bodies import Readers, reading
    from milepost.web.handler import Handler
    from milepost.web.repeats import repeating

    answer = repeating(reading(in_one(Handler()), Readers(settings.MILEPOST.threads)))
    return _over_https(answer) if settings.MILEPOST.https else answer


def _unburden() -> None:
    # Each request pays for what listens here.
    request_started.disconnect(reset_queries)  # what is kept for debugging has a limit of its own
    request_started.disconnect(close_old_connections)  # one that broke is looked for before it is lent
    request_finished.disconnect(close_old_connections)
    request_finished.disconnect(close_caches)  # there are none
    request_finished.disconnect(reset_urlconf)  # each request says where its addresses lead


def _over_https(answer):
    # A proxy in front ends the encryption; whoever set https says that nobody comes another way.
    def application(environ, start_response):
        environ["wsgi.url_scheme"] = "https"
        return answer(environ, start_response)

    return application


application = _made()
