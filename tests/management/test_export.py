"""A file of OKRs is written from one moment of the database."""

from __future__ import annotations

import itertools
import json
import threading
from contextvars import copy_context
from pathlib import Path

import pytest
from django.db import connections, transaction

from milepost.ledger import sight
from milepost.models import Team, Workspace
from tests.management.terminal import run
from tests.running import PATIENCE

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]

TIMES = 12


def _exported(path: Path) -> dict:
    assert run("export", "--workspace", "acme", "--output", str(path)).code == 0
    return json.loads(path.read_bytes())


class TestExport:
    def test_is_of_one_moment(self, cast, okrs, tmp_path):
        """What changes together while a file is written stands in it together, or not at all."""
        renamed, over = threading.Event(), threading.Event()

        def rename() -> None:
            try:
                with sight.everywhere():
                    for number in itertools.count():
                        if over.is_set():
                            return
                        with transaction.atomic():
                            Workspace.objects.filter(id=cast.acme.id).update(name=f"Acme {number}")
                            Team.objects.of(cast.acme.id).filter(id=cast.product.id).update(
                                name=f"Team {number}"
                            )
                        renamed.set()
            finally:
                connections.close_all()

        writer = threading.Thread(target=copy_context().run, args=(rename,))
        writer.start()
        try:
            assert renamed.wait(PATIENCE), "nothing was renamed"
            files = [_exported(tmp_path / f"{number}.json") for number in range(TIMES)]
        finally:
            over.set()
            writer.join(timeout=PATIENCE)

        names = [(file["workspace"]["name"], [team["name"] for team in file["teams"]]) for file in files]
        assert all(f"Team {name.partition(' ')[2]}" in teams for name, teams in names), names
