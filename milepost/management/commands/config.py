"""Show every setting, its value, and where it came from."""

from __future__ import annotations

import json

from django.conf import settings

from milepost.management.operator import OperatorCommand


class Command(OperatorCommand):
    examples = ("milepost config", "milepost config --json")

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *, as_json: bool, **options):
        rows = [dict(zip(("name", "value", "from"), row, strict=True)) for row in settings.MILEPOST.rows()]
        self.stdout.write(_as_json(rows) if as_json else _as_table(rows))


def _as_json(rows: list[dict[str, str]]) -> str:
    return json.dumps(rows, indent=2, ensure_ascii=False)


def _as_table(rows: list[dict[str, str]]) -> str:
    widths = {column: max(len(row[column]) for row in rows) for column in ("name", "value")}
    return "\n".join(
        f"{row['name']:<{widths['name']}}  {row['value']:<{widths['value']}}  {row['from']}" for row in rows
    )
