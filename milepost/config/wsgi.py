"""The WSGI application that a server calls, ours or another."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application


def _made():
    # Another server than ours may be the first to need it.
    settings.SECRET_KEY = settings.KEEP_SECRET_KEY()
    pages = get_wsgi_application()
    # Only now: what these import needs Django to be set up.
    from milepost.web.bodies import Readers, reading
    from milepost.web.repeats import repeating

    answer = repeating(reading(pages, Readers(settings.MILEPOST.threads)))
    return _over_https(answer) if settings.MILEPOST.https else answer


def _over_https(answer):
    # A proxy in front ends the encryption; whoever set https says that nobody comes another way.
    def application(environ, start_response):
        environ["wsgi.url_scheme"] = "https"
        return answer(environ, start_response)

    return application


application = _made()
