"""What every command for operators has in common: short help, and no checks that nobody asked for."""

from __future__ import annotations

import logging
import sys
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.conf import settings
from django.core.management.base import BaseCommand, DjangoHelpFormatter

from milepost.cli.exits import ending
from milepost.core.problems import Invalid
from milepost.management import databases, schema


@contextmanager
def on_the_command_line() -> Iterator[None]:
    """Let a value that cannot be read count as a mistake in using the command, as argparse's do."""
    try:
        yield
    except Invalid as wrong:
        wrong.code = "usage"
        raise


@contextmanager
def _answering() -> Iterator[None]:
    ours, asked_for = logging.getLogger("milepost"), "log_level" in settings.MILEPOST.origins
    before = ours.level
    ours.setLevel(before if asked_for else logging.WARNING)
    try:
        yield
    finally:
        ours.setLevel(before)


class Help(RawDescriptionHelpFormatter, DjangoHelpFormatter):
    """Help whose examples stay one a line."""


class OperatorCommand(BaseCommand):
    """A command of `milepost`; what goes wrong is raised as a Problem and told by the terminal's door."""

    # A command's help is its module's docstring, which is also what `milepost --help` lists.
    suppressed_base_arguments = {
        "--version", "--verbosity", "--settings", "--pythonpath", "--traceback",
        "--no-color", "--force-color", "--skip-checks",
    }  # fmt: skip
    requires_system_checks: list = []
    # Whether it works with what is there: then it makes nothing, and says so where nothing is there.
    needs_database = False
    # Whether it goes on, and tells in the log what it does. The others answer; what is wrong is told beside.
    keeps_log = False

    # Commands as one would type them, shown below the options.
    examples: tuple[str, ...] = ()

    def create_parser(self, prog_name, subcommand, **more):
        epilog = ending(self.examples)
        return super().create_parser(prog_name, subcommand, epilog=epilog, formatter_class=Help, **more)

    def execute(self, *arguments, **options):
        quiet = nullcontext() if self.keeps_log else _answering()
        with databases.as_operator(), databases.finding_room(), quiet:
            if self.needs_database:
                schema.require()
            return super().execute(*arguments, **options)

    @property
    def help(self) -> str:
        return sys.modules[type(self).__module__].__doc__ or ""
