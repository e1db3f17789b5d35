"""`milepost checkin`: one key result by its name, or all that are due, from the terminal."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from milepost.core.ids import encode
from milepost.ledger import image
from milepost.models import Checkin, Event, KeyResult
from tests import scenes
from tests.management.terminal import run
from tests.okrs import Okrs, latest

AS_CLEO = ("--as", "cleo@acme.example", "--workspace", "acme")
AS_BEN = ("--as", "ben@acme.example", "--workspace", "acme")
pytestmark = pytest.mark.both_databases


@pytest.fixture
def now() -> datetime:
    """The moment of the test: a command asks the clock itself."""
    return scenes.moment()


class TestOne:
    def test_records_and_tells_what_moved(self, okrs):
        """Value, confidence, note; the answer is the new figure of it and of everything above."""
        said = run(
            "checkin", okrs.waiting.key, "5.5 days", "--confidence", "7", "--note", "New bench", *AS_CLEO
        )

        entry = latest(okrs.waiting)
        assert said.code == 0 and (entry.value, entry.confidence, entry.note) == (
            Decimal("5.5"),
            7,
            "New bench",
        )
        lines = [line.replace("\u00a0", " ").strip() for line in said.out.splitlines()]
        assert lines[0] == "50 % → 70 %  Cut the wait" and lines[1].endswith("Nobody waits for an answer")

    def test_is_told_as_done_at_the_terminal(self, okrs):
        """The event names the person and the door."""
        run("checkin", encode(okrs.waiting.id), "5", *AS_CLEO)

        event = (
            Event.objects.of(okrs.waiting.workspace_id).filter(kind="checkin.recorded").order_by("id").last()
        )
        assert (event.door, event.actor_id) == ("cli", okrs.waiting.owner_id)

    def test_can_be_for_another_day_and_as_json(self, okrs):
        """A day in the past; one JSON object for a program."""
        day = (timezone.now() - timedelta(days=9)).date()

        said = run("checkin", okrs.waiting.key, "8", "--on", f"{day}", "--json", *AS_CLEO)

        assert latest(okrs.waiting).effective_at.date() == day
        assert said.json["key_result"]["title"] == "Cut the wait" and len(said.json["ancestors"]) == 2

    @pytest.mark.parametrize(("typed", "parts"), [("1,0.5", ["1", "0.5"]), ("0, 1", ["0", "1"])])
    def test_takes_milestones_apart(self, okrs, typed, parts):
        """A share for each."""
        assert run("checkin", okrs.guides.key, typed, *AS_BEN).code == 0
        assert latest(okrs.guides).parts == parts

    def test_takes_words(self, okrs):
        """“same” keeps the last value, “no-data” says that there is none."""
        run("checkin", okrs.waiting.key, "same", *AS_CLEO)
        same = latest(okrs.waiting).value
        run("checkin", okrs.waiting.key, "no-data", *AS_CLEO)

        assert same == Decimal("6.5") and latest(okrs.waiting).value is None

    @pytest.mark.parametrize(
        ("words", "code", "said"),
        [
            (("{key}", "six", *AS_CLEO), 2, "does not read as a number"),
            (("{key}", *AS_CLEO), 2, "The value is missing"),
            (("{key}", "5", "--on", "Monday", *AS_CLEO), 2, "which was yesterday"),
            (("{key}", "5", "--confidence", "11", *AS_CLEO), 2, "from 1 to 10"),
            (("{key}", "5", "--on", "2999-01-01", *AS_CLEO), 2, "in the future"),
            (("nothing-like-it", "5", *AS_CLEO), 3, "There is no key result"),
            (("{key}", "5", "--workspace", "acme"), 2, "Say who you are"),
            (("{key}", "5", "--as", "zed@zenith.example", "--workspace", "acme"), 3, "Nobody here signs in"),
            (("{key}", "5", "--as", "gus@acme.example", "--workspace", "acme"), 4, "You may not check in"),
            (("{key}", "5", "--as", "cleo@acme.example"), 2, "--workspace"),
        ],
    )
    def test_refuses_with_a_remedy(self, okrs, words, code, said):
        """What is wrong, what to do, an exit code that a script can tell apart; nothing is recorded."""
        before = Checkin.objects.of(okrs.waiting.workspace_id).count()

        answer = run("checkin", *(word.format(key=okrs.waiting.key) for word in words))

        assert answer.code == code and said in answer.err
        assert Checkin.objects.of(okrs.waiting.workspace_id).count() == before

    def test_does_not_name_what_one_may_not_see(self, okrs):
        """Restricted key results are not there, and not suggested either."""
        said = run("checkin", okrs.shares.key, "5", *AS_CLEO)

        assert said.code == 3 and okrs.shares.key not in said.err.split("\n", 1)[1]


class TestSweep:
    def test_asks_one_after_another(self, okrs):
        """Enter keeps what stands in brackets; the note is asked for; what moved is told."""
        due = _let_it_be_due(okrs)

        said = run("checkin", *AS_CLEO, typed="5.5\n7\nSecond bench\n", is_terminal=True)

        assert "1 due." in said.out and due.title in said.out and "1 recorded." in said.out
        assert (latest(due).value, latest(due).confidence, latest(due).note) == (
            Decimal("5.5"),
            7,
            "Second bench",
        )

    @pytest.mark.parametrize("typed", ["s\n", "q\n", ""])
    def test_skips_and_leaves(self, okrs, typed):
        """s skips, q leaves, and so does the end of what is typed."""
        due = _let_it_be_due(okrs)
        before = latest(due)

        said = run("checkin", *AS_CLEO, typed=typed, is_terminal=True)

        assert said.code == 0 and "0 recorded." in said.out and latest(due) == before

    def test_asks_again_after_a_slip(self, okrs):
        """What does not read is said, and asked for once more."""
        due = _let_it_be_due(okrs)

        said = run("checkin", *AS_CLEO, typed="six\n6\n\n\n", is_terminal=True)

        assert "does not read as a number" in said.out and latest(due).value == 6
        assert latest(due).confidence == 5

    def test_says_when_nothing_is_due(self, okrs):
        """Nothing due is good news."""
        said = run("checkin", *AS_CLEO, is_terminal=True)

        assert said.code == 6 and "Nothing is due" in said.out

    def test_needs_a_terminal(self, okrs):
        """A program names what it means."""
        assert run("checkin", *AS_CLEO).code == 2


def _let_it_be_due(okrs: Okrs) -> KeyResult:
    """Make the last check-in of Cleo's key result nine days old."""
    old = timezone.now() - timedelta(days=9)
    Checkin.objects.of(okrs.waiting.workspace_id).filter(key_result=okrs.waiting).update(effective_at=old)
    image.forget()
    return okrs.waiting
