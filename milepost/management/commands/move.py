"""Copy everything into another database, such as from SQLite to PostgreSQL, and prove that it is the same."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from milepost.management import moves
from milepost.management.counts import counted
from milepost.management.operator import OperatorCommand, on_the_command_line
from milepost.management.progress import Progress


class Command(OperatorCommand):
    examples = ("milepost move postgresql://milepost@localhost/milepost",)
    needs_database = True

    def add_arguments(self, parser):
        parser.add_argument(
            "database_url", help="the empty database, such as postgresql://user:password@host:5432/milepost"
        )

        parser.add_argument(
            "--without-exports",
            action="store_true",
            help="compare the rows alone: for data too large to export",
        )

    def handle(self, *, database_url: str, without_exports: bool, **_):
        with on_the_command_line():
            settings.DATABASE_AT(database_url)
        with Progress("Moving") as bar:
            manifest = moves.move(
                database_url, with_exports=not without_exports, at=timezone.now(), heard=bar
            )
        for table in manifest.tables:
            if table.rows:
                self.stdout.write(f"  {table.rows:>10,}  {table.name:<30} {table.sha256[:16]}")
        exports = counted(len(manifest.exports), "export")
        proof = f"{manifest.rows:,} rows of {len(manifest.tables)} tables and {exports}"
        self.stdout.write(f"{proof} are the same in {settings.DATABASE_NAMED(database_url)}.")
        self.stderr.write(
            "Nothing was changed here. If anyone has worked meanwhile, stop Milepost and move again into an\n"
            "empty database; then set DATABASE_URL to the new address and start it."
        )
