"""What every command for operators has in common: short help, and no checks that nobody asked for."""

from __future__ import annotations

import sys

from django.core.management.base import BaseCommand


class OperatorCommand(BaseCommand):
    """A command of `milepost`; what goes wrong is raised as a Problem and told by the terminal's door."""

    # A command's help is its module's docstring, which is also what `milepost --help` lists.
    suppressed_base_arguments = {
        "--version", "--verbosity", "--settings", "--pythonpath", "--traceback",
        "--no-color", "--force-color", "--skip-checks",
    }  # fmt: skip
    requires_system_checks: list = []

    @property
    def help(self) -> str:
        return sys.modules[type(self).__module__].__doc__ or ""
