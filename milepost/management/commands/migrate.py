"""Bring the database and the static files up to date."""

from django.core.management.commands import migrate

from milepost.management import assets


class Command(migrate.Command):
    help = __doc__

    def handle(self, *arguments, **options):
        super().handle(*arguments, **options)
        assets.collect()
