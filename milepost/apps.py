"""Tell Django about Milepost: one package, one app."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


def _guard(*, using: str, **_) -> None:
    from django.conf import settings
    from django.db import connections

    from milepost.models import borders, locks, search

    borders.install(connections[using])
    search.install(connections[using])
    # While a database is moved to another one, the settings still name the role of the first.
    locks.install(connections[using], application=settings.DATABASES["default"].get("USER"))


class MilepostConfig(AppConfig):
    """Milepost's one Django app."""

    name = "milepost"
    verbose_name = "Milepost"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make what guards the tables anew after every migration, and tell connections what they see."""
        from milepost.ledger import sight

        post_migrate.connect(_guard, sender=self, dispatch_uid="milepost.guards")
        connection_created.connect(sight.attend, dispatch_uid="milepost.sight")
