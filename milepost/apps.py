"""Tell Django about Milepost: one package, one app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _make_triggers(*, using: str, **_) -> None:
    from django.db import connections

    from milepost.models import borders, search

    borders.install(connections[using])
    search.install(connections[using])


class MilepostConfig(AppConfig):
    """Milepost's one Django app."""

    name = "milepost"
    verbose_name = "Milepost"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the triggers that keep workspaces apart, and those of search, anew after every migration."""
        post_migrate.connect(_make_triggers, sender=self, dispatch_uid="milepost.triggers")
