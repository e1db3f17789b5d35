"""Keeps what this version writes, for later ones to be tried on: `python -m tests.upgrades.keep 0002_name`.

It makes a company with a history in a database that stops at this migration (the newest without a word) and
writes a backup of it, with the exports as files inside. Run it for each version that is released.
"""

from __future__ import annotations

import os
import sys
import tempfile
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def main(migration: str | None = None) -> Path:
    """Write the backup and return its path."""
    from milepost.formats.archives import Archive
    from milepost.management import backups, databases, schema

    with tempfile.TemporaryDirectory() as folder:
        with databases.aside(Path(folder)):
            schema.migrate()
            _work()
            newest = backups.make(Path(folder) / "newest.zip", at=AT, heard=lambda done, total: None).path
            heads = [
                ("milepost", migration) if migration and app == "milepost" else (app, name)
                for app, name in schema.heads()
            ]
            exports = _exports()
        (Path(folder) / "aside.sqlite3").unlink()
        target = HERE / f"{dict(heads)['milepost']}.zip"
        with databases.aside(Path(folder)), Archive(newest) as archive:
            schema.migrate_to(heads)
            backups.load(archive.manifest.tables, archive.batches, at=AT, heard=lambda *_: None, epoch=False)
            target.unlink(missing_ok=True)
            backups.make(target, with_exports=False, at=AT, heard=lambda done, total: None)
        with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as kept:
            for slug, data in exports.items():
                kept.writestr(f"exports/{slug}.json", data)
    return target


def _work() -> None:
    """Let everyone in, and let a company and its two worlds' things happen."""
    from milepost.actions import checkins, comments, objectives
    from milepost.management import sealer
    from milepost.models import Checkin
    from tests import cast as the_cast
    from tests.okrs import DAY, written

    cast = the_cast.assemble()
    okrs = written(cast, AT)
    ada = cast.ada
    for key_result, text in ((okrs.waiting, "Half of it is the paint booth."), (okrs.shares, "Hush.")):
        comments.add(text=text, key_result=key_result.id, by=ada, at=AT + DAY)
    sealer.everything(AT + DAY)  # and what comes after it is for the next version to seal
    entry = Checkin.objects.of(cast.acme.id).filter(key_result=okrs.waiting).latest("id")
    checkins.correct(checkin=entry.id, value=Decimal(6), note="Miscounted.", by=cast.cleo, at=AT + DAY)
    checkins.record(
        key_result=okrs.guides.id, value=None, parts=[Decimal(1), Decimal("0.5")], by=cast.ben, at=AT + DAY
    )
    objectives.park(objective=okrs.draft.id, reason="Later.", by=ada, at=AT + DAY)


def _exports() -> dict[str, bytes]:
    from milepost.formats import okr_files
    from milepost.queries import plans, workspaces

    return {
        slug: okr_files.write(plans.current(workspaces.by_slug(slug)), as_="json")
        for slug in workspaces.slugs()
    }


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "milepost.config.settings"
    with tempfile.TemporaryDirectory() as usual:
        os.environ["MILEPOST_DATA_DIR"] = usual
        import django

        django.setup()
        print(main(*sys.argv[1:]))
