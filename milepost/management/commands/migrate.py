"""Bring the database and the static files up to date."""

from argparse import SUPPRESS

from django.core.management.commands import migrate

from milepost.cli.exits import ending
from milepost.management import assets, databases, foundation, schema
from milepost.management.operator import Help

OF_SOME = ("app_label", "migration_name", "plan", "check_unapplied", "fake", "fake_initial", "prune")


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
        # What a migration does not see it does not change, without a word.
        with databases.as_operator():
            schema.refuse_other_encoding()
            # Before Django's checks, which open the database.
            schema.keep_key()
            return super().execute(*arguments, **options)

    def handle(self, *arguments, without_files=False, **options):
        # Where only some are asked for, or only told of, Django's own way does it.
        is_asked_for_all = not any(options.get(name) for name in OF_SOME)
        if not (is_asked_for_all and foundation.lay() and foundation.is_current()):
            super().handle(*arguments, **options)
        elif options["verbosity"]:
            self.stdout.write("Made the tables of an empty database.")
        if not without_files:
            assets.collect()
