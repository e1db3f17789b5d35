"""Write everything into one file, while Milepost runs; or prove that such a file can be restored."""

from __future__ import annotations

import sys
from pathlib import Path

from django.utils import timezone

from milepost.cli.exits import Exit
from milepost.core.problems import Problem
from milepost.formats.archives import Manifest
from milepost.management import backups, schema, sealer
from milepost.management.backups import Made
from milepost.management.counts import counted
from milepost.management.operator import OperatorCommand
from milepost.management.progress import Progress

OLDER = "For one with exports run `milepost migrate` first, then make another."


class Command(OperatorCommand):
    examples = (
        "milepost backup",
        "milepost backup --keep 14 ~/backups",
        "milepost backup verify ~/backups/milepost.zip",
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "words",
            nargs="*",
            metavar="FILE|FOLDER",
            help="where to: a file that ends in .zip, a folder, or - to write it out (the data folder's "
            "backups/); or the word verify and a file to prove",
        )
        parser.add_argument("--keep", type=int, metavar="N", help="delete all but the newest N in the folder")
        parser.add_argument(
            "--with-exports",
            action="store_true",
            help="let `verify` compare an export of each workspace, also where there are more than "
            f"{backups.EXPORTED_UP_TO:,} rows",
        )
        parser.add_argument(
            "--with-secret-key",
            action="store_true",
            help="put the secret key in too: whoever has the file can then sign in as anyone",
        )

        parser.add_argument("--verify", action="store_true", help="prove it at once, as `backup verify` does")

    def handle(self, *, words: list[str], keep: int | None, verify: bool, **more):
        contents = {"with_exports": more["with_exports"] or None, "with_secret_key": more["with_secret_key"]}
        if words[:1] == ["verify"]:
            return self._verify(words[1:])
        if len(words) > 1:
            raise _misused("A backup goes to one place.", "Name one file or folder.")
        if keep is not None and keep < 1:
            raise _misused("--keep is a number from 1 on.", "`--keep 7` keeps a week of daily backups.")
        _seal()
        if words == ["-"]:
            with Progress("Backing up") as bar:
                manifest = backups.write(sys.stdout.buffer, **contents, at=timezone.now(), heard=bar)
            self._tell_of_exports(manifest)
            return
        target = Path(words[0]).expanduser() if words else backups.default_folder()
        with Progress("Backing up") as bar:
            made = backups.make(target, **contents, keep=keep, at=timezone.now(), heard=bar)
        self._tell(made)
        if verify:
            self._verify([str(made.path)])

    def _tell(self, made: Made) -> None:
        self.stdout.write(str(made.path))
        size = made.path.stat().st_size / 1024 / 1024
        self.stderr.write(
            f"{made.manifest.rows:,} rows of {len(made.manifest.tables)} tables, {size:,.1f} MiB."
        )
        if made.removed:
            self.stderr.write(f"Removed {made.removed} older.")
        if made.manifest.has_secret_key:
            self.stderr.write("The secret key is in it: keep the file as you keep a password.")
        else:
            self.stderr.write("The secret key is not in it; restored elsewhere, everyone signs in again.")
        self._tell_of_exports(made.manifest)

    def _tell_of_exports(self, manifest: Manifest) -> None:
        if backups.is_too_old_to_export(manifest):
            self.stderr.write(
                "No export is in it, for an older Milepost made this database: `verify` compares the rows "
                f"alone. {OLDER}"
            )
        elif backups.is_too_large_to_export(manifest):
            self.stderr.write(
                f"No export is in it, for it has more than {backups.EXPORTED_UP_TO:,} rows: `verify` "
                "compares the rows alone, unless you make it --with-exports."
            )

    def _verify(self, words: list[str]) -> None:
        if len(words) != 1:
            raise _misused("Which backup?", "`milepost backup verify FILE`")
        with Progress("Verifying") as bar:
            manifest, found = backups.verify(Path(words[0]).expanduser(), at=timezone.now(), heard=bar)
        for one in found:
            self.stdout.write(one)
        if found:
            sys.exit(Exit.ERROR)
        self.stdout.write(
            f"Restored aside: {manifest.rows:,} rows of {len(manifest.tables)} tables and "
            f"{counted(len(manifest.exports), 'export')} as they were on "
            f"{manifest.made_at[:16].replace('T', ' ')}."
        )
        if not manifest.exports and any(each.name == "workspace" and each.rows for each in manifest.tables):
            remedy = "`milepost backup --with-exports` puts one in."
            if backups.is_too_old_to_export(manifest):
                remedy = f"an older Milepost made its database. {OLDER}"
            self.stdout.write(f"No export was compared, for none is in it: {remedy}")


def _seal() -> None:
    # So that the copy proves all it holds; an older schema has no place for seals, or no database is there.
    if schema.exists() and not schema.pending() and not schema.unknown():
        sealer.everything(timezone.now())


def _misused(message: str, remedy: str) -> Problem:
    return Problem(message, code="usage", remedy=remedy)
