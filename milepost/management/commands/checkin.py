"""Check in a key result; without arguments, one after another all that are due."""

from __future__ import annotations

import json as json_module
import sys
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from milepost.actions import checkins as actions
from milepost.cli import things
from milepost.cli.commands import checkin as words_of
from milepost.cli.exits import Exit
from milepost.cli.terminal import require_somebody
from milepost.core import numbers
from milepost.core.access import Actor, Role, operator
from milepost.core.cadence import day_in
from milepost.core.ids import encode
from milepost.core.problems import Invalid, NotFound
from milepost.core.scoring import Kind
from milepost.ledger.structure import KeyResultRow
from milepost.management import workspaces as which
from milepost.management.operator import OperatorCommand, on_the_command_line
from milepost.queries import checkins as queries
from milepost.queries import people
from milepost.queries.cards import Reader
from milepost.queries.shell import due_now
from milepost.web import words


class Command(OperatorCommand):
    examples = words_of.EXAMPLES
    needs_database = True

    def add_arguments(self, parser):
        words_of.words(parser)
        parser.add_argument("--json", action="store_true", help="print JSON for a program to read")

    def handle(self, *, key_result, value, no_change, confidence, note, on, email, json, workspace, **_):
        value = words_of.value_of(key_result, value, no_change=no_change)
        reader = self._reader(email, workspace)
        if key_result is None:
            self._sweep(reader)
            return
        one = queries.named(reader, key_result)
        with on_the_command_line():
            sure = None if confidence is None else words_of.confidence(confidence)
            said = {**_said(reader, one, value), "confidence": sure, "note": note}
            self._record(reader, one, said, on=_moment(reader, on), as_json=json)

    def _reader(self, email: str | None, slug: str | None) -> Reader:
        actor = _actor(email, which.chosen(slug))
        zone = Reader(actor, date.min).calendar.zone
        return Reader(actor, day_in(zone, timezone.now()))

    def _record(
        self,
        reader: Reader,
        one: KeyResultRow,
        said: dict,
        *,
        on: datetime | None = None,
        as_json: bool = False,
    ) -> None:
        before = queries.shown_before(reader.actor, reader.today, one.id)
        made = actions.record(
            key_result=one.id, **said, effective_at=on, by=reader.actor, at=timezone.now()
        )  # fmt: skip
        outcome = queries.outcome(reader.actor, reader.today, one.id, before=before)
        if as_json:
            told = {"id": encode(made.id), "warning": made.warning, **_short(outcome)}
            self.stdout.write(json_module.dumps(told, ensure_ascii=False))
            return
        for moved in (outcome.key_result, *outcome.ancestors):
            self.stdout.write(f"  {words_of.went(moved.before, moved.percent)}  {moved.title}")
        if made.warning:
            self.stderr.write(made.warning)

    # -- one after another ---------------------------------------------------------------------------------

    def _sweep(self, reader: Reader) -> None:
        require_somebody(words_of.NAME_ONE)
        waiting = due_now(reader)
        if not waiting:
            self.stdout.write("Nothing is due: every key result you own has a fresh check-in.")
            sys.exit(Exit.NOTHING_TO_DO)
        self.stdout.write(f"{len(waiting)} due. Enter keeps what stands in brackets; s skips, q leaves.\n")
        done = 0
        for number, one in enumerate(waiting, start=1):
            try:
                said = self._ask(reader, one, f"{number} of {len(waiting)}")
            except EOFError:
                said = None
            if said is None:
                break
            if said:
                self._record(reader, one, said)
                done += 1
        self.stdout.write(f"\n{done} recorded.")

    def _ask(self, reader: Reader, one: KeyResultRow, place: str) -> dict | None:
        """Ask for one check-in; nothing to skip it, None to leave."""
        form = queries.form(reader, one)
        self.stdout.write(f"\n{place}  {one.title}")
        if form.plan_today is not None:
            card = form.key_result
            plan, target = words.number(form.plan_today, 2), words.amount(card.target, card.unit)
            self.stdout.write(f"    plan today {plan}, target {target}")
        last = queries.last_text(reader, one)
        while True:
            typed = input(f"    Now [{last}]: ").strip()
            if typed.lower() in ("s", "q"):
                return {} if typed.lower() == "s" else None
            try:
                said = _said(reader, one, typed or "same")
                sure = input(f"    Sure, 1 to 10 [{form.confidence}]: ").strip() or str(form.confidence)
                return {
                    **said,
                    "confidence": words_of.confidence(sure),
                    "note": input("    What changed? ").strip(),
                }
            except Invalid as wrong:
                self.stdout.write(f"    {wrong} {wrong.remedy or ''}".rstrip())


def _actor(email: str | None, workspace_id: int) -> Actor:
    """Return who is at the terminal: named, or the only one with an account here."""
    image = Reader(operator(workspace_id), date.min).image
    here = {row.user_id: row for row in image.people.values() if row.user_id and not row.has_left}
    if email is None and len(here) == 1:
        user_id = next(iter(here))
    elif email is None:
        raise Invalid(
            "Several people sign in here." if here else "Nobody signs in here yet.",
            field="as",
            code="usage",
            remedy="Say who you are: --as you@example.org",
        )
    else:
        user_id = people.account(email)
    row = here.get(user_id)
    if row is None:
        raise NotFound(f"Nobody here signs in with {email}.", remedy="The people page shows who does.")
    teams = image.teams.values()
    return Actor(
        workspace_id,
        row.id,
        Role(row.role),
        frozenset(team.id for team in teams if row.id in team.members),
        frozenset(team.id for team in teams if row.id in team.leads),
        "cli",
        row.name,
    )


def _said(reader: Reader, one: KeyResultRow, typed: str) -> dict:
    """Read a value as a person types it at a terminal."""
    word = typed.strip().lower()
    if word == "same":
        value, parts = queries.last_value(reader, one)
        return {"value": value, "parts": parts}
    if word in words_of.NO_DATA:
        return {"value": None}
    if one.kind == Kind.MILESTONES:
        shares = [numbers.read(share, field="parts") for share in typed.split(",")]
        return {"value": None, "parts": shares}
    if one.kind == Kind.BINARY and word in (*words_of.YES, *words_of.NO):
        return {"value": Decimal(word in words_of.YES)}
    return {"value": numbers.read(typed, one.unit)}


def _moment(reader: Reader, written: str | None) -> datetime | None:
    if written is None:
        return None
    day = things.day(written)
    return None if day == reader.today else reader.calendar.noon(day)


def _short(outcome: queries.Outcome) -> dict:
    def told(moved: queries.Moved) -> dict:
        said = ("id", "title", "before", "percent", "status")
        return {name: getattr(moved, name) for name in said}

    return {"key_result": told(outcome.key_result), "ancestors": [told(one) for one in outcome.ancestors]}
