"""The WSGI application that a server calls, ours or another."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application


def _over_https(answer):
    # A proxy in front ends the encryption; whoever set https says that nobody comes another way.
    def application(environ, start_response):
        environ["wsgi.url_scheme"] = "https"
        return answer(environ, start_response)

    return application


# Another server than ours may be the first to need it.
settings.SECRET_KEY = settings.KEEP_SECRET_KEY()
application = get_wsgi_application()

# What these import needs Django to be set up.
from milepost.web.bodies import Readers, reading  # noqa: E402
from milepost.web.repeats import repeating  # noqa: E402

application = repeating(reading(application, Readers(settings.MILEPOST.threads)))
if settings.MILEPOST.https:
    application = _over_https(application)
