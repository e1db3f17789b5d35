"""Bring the database and the static files up to date."""

from argparse import SUPPRESS

from django.core.management.commands import migrate

from milepost.cli.exits import ending
from milepost.management import assets, databases, schema
from milepost.management.operator import Help


class Command(migrate.Command):
    examples = ("milepost migrate",)
    help = __doc__
    stealth_options = ("without_files",)  # whoever needs the database alone says so in code

    def create_parser(self, prog_name, subcommand, **more):
        epilog = ending(self.examples)
        parser = super().create_parser(prog_name, subcommand, epilog=epilog, formatter_class=Help, **more)
        # Django's own words are for those who work on Milepost: some of them take tables away unasked.
        for action in parser._actions[1:]:
            action.help = SUPPRESS
        return parser

    def execute(self, *arguments, **options):
        # First of all: Django's checks open the database before the command begins.
        schema.keep_key()
        # What a migration does not see it does not change, without a word.
        with databases.as_operator():
            return super().execute(*arguments, **options)

    def handle(self, *arguments, without_files=False, **options):
        super().handle(*arguments, **options)
        if not without_files:
            assets.collect()
