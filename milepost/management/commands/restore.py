"""Put a backup back: into an empty database, or with --replace in place of what is there."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils import timezone

from milepost.formats.archives import Archive
from milepost.management import assets, backups
from milepost.management.operator import OperatorCommand
from milepost.management.progress import Progress


class Command(OperatorCommand):
    examples = ("milepost restore ~/backups/milepost.zip", "milepost restore --replace milepost.zip")

    def add_arguments(self, parser):
        parser.add_argument("file", help="the file that `milepost backup` wrote")
        parser.add_argument(
            "--replace", action="store_true", help="replace what is there; a backup of it is kept"
        )
        parser.add_argument(
            "--with-secret-key",
            action="store_true",
            help="take the secret key from the backup, if it is there",
        )

    def handle(self, *, file: str, replace: bool, with_secret_key: bool, **_):
        path, at = Path(file).expanduser(), timezone.now()
        key = _secret_key(path) if with_secret_key else None
        if replace and backups.is_in_use():
            backups.check(path)  # before anything is kept on account of a file that is none
            with Progress("Keeping what is there") as bar:
                kept = backups.make(
                    backups.default_folder() / f"before-restore-{at:%Y-%m-%d-%H%M%S-%f}.zip",
                    at=at,
                    heard=bar,
                )
            self.stderr.write(f"What was there is kept in {kept.path}.")
        with Progress("Restoring") as bar:
            manifest = backups.restore(path, replace=replace, at=at, heard=bar)
        if key is not None:
            backups.keep_secret_key(key)
            self.stderr.write("The secret key is the backup's; restart Milepost.")
        assets.collect()
        self.stdout.write(
            f"Restored {manifest.rows:,} rows of {len(manifest.tables)} tables, as they were on "
            f"{manifest.made_at[:16].replace('T', ' ')} (UTC), into {_where()}."
        )


def _secret_key(path: Path) -> str:
    with Archive(path) as archive:
        return archive.secret_key()


def _where() -> str:
    return settings.DATABASE_NAMED(settings.MILEPOST.database_url)
