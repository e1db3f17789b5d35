"""`milepost apply` and `milepost export`: what would change, all or nothing, the same bytes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from milepost.actions import plans
from milepost.core.access import operator
from milepost.core.plan import Plan
from milepost.formats import okr_files
from milepost.ledger import image
from milepost.management.demo import company
from milepost.models import Change, Objective, Workspace
from milepost.queries import plans as known
from milepost.queries import verification
from tests.core.shared_data import DATA
from tests.management.terminal import run
from tests.trees import convert

pytestmark = pytest.mark.both_databases
TREES = sorted((DATA / "trees").glob("*.yaml"))

SMALL = """\
milepost: 1
workspace: {id: corner, name: Corner Shop}
people:
  - {id: ada, name: Ada Lovelace, role: owner}
cycles:
  - {id: q4, name: Q4, starts: 2026-10-01, ends: 2026-12-31}
objectives:
  - id: o1
    title: Neighbours come back
    cycle: q4
    owner: ada
    state: active
    key_results:
      - id: k1
        title: Repeat buyers
        measure: {kind: increase, start: 30, target: 50, unit: "%"}
        owner: ada
        check_ins:
          - {id: c1, at: 2026-10-12T09:00:00Z, value: 34.5, confidence: 6, by: ada}
"""


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], str]:
    """Write a file and return its path."""

    def write(text: str, name: str = "okrs.yaml") -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def corner(db, written) -> str:
    """The file of the small workspace, applied."""
    path = written(SMALL)
    said = run("apply", path, "--yes")
    assert said.code == 0, said.err
    return path


class TestApply:
    def test_makes_the_workspace_that_is_not_there(self, db, written):
        """The plan comes as a table; with --yes it is applied; the workspace is the file's."""
        said = run("apply", written(SMALL), "--yes")

        assert said.code == 0 and "A new workspace, “Corner Shop”, will be made." in said.out
        assert "created" in said.out and "Applied." in said.out
        workspace = Workspace.objects.get(slug="corner")
        assert Objective.objects.of(workspace.id).get().title == "Neighbours come back"

    def test_twice_changes_nothing(self, corner):
        """The second time there is nothing to do: exit code 6, and not one line in the change log."""
        before = Change.objects.count()

        said = run("apply", corner, "--yes")

        assert said.code == 6 and "Nothing to do" in said.out
        assert Change.objects.count() == before

    def test_shows_what_would_change(self, corner, written):
        """A dry run names what would change, from what to what, and changes nothing."""
        said = run("apply", written(SMALL.replace("target: 50", "target: 60"), "new.yaml"), "--dry-run")

        assert said.code == 0 and "changed key result k1" in said.out and "50 → 60" in said.out
        assert run("apply", corner, "--dry-run").code == 6

    def test_keeps_what_the_file_does_not_mention(self, corner, written):
        """What the file leaves out is named and stays."""
        text = SMALL.replace("people:", "people:\n  - {id: ben, name: Ben}")
        run("apply", written(text, "new.yaml"), "--yes")

        said = run("apply", corner, "--dry-run")

        assert "not in the file (kept)" in said.out
        assert "ben" in [person.id for person in known.current(_only()).people]

    def test_prints_json_for_programs(self, corner, written):
        """With --json the plan is one JSON object, and nobody is asked."""
        said = run("apply", written(SMALL.replace("Repeat buyers", "Buyers who return")), "--json", "--yes")

        item = next(each for each in said.json["changes"] if each["action"] == "changed")
        assert (said.code, item["kind"], item["id"]) == (0, "key_result", "k1")

    def test_says_what_deserves_a_second_look(self, db, written):
        """A key result without a target is told of, in words and in JSON, and hinders nothing."""
        text = SMALL.replace(", target: 50", "")

        dry, done = (
            run("apply", written(text), flag, *more)
            for flag, more in (("--dry-run", ["--json"]), ("--yes", []))
        )
        again = run("apply", written(text), "--dry-run", "--json")

        assert [one["id"] for one in dry.json["warnings"]] == ["k1"]
        assert (dry.code, done.code, again.code) == (0, 0, 6)
        assert "Worth a second look" in done.out
        assert "key result k1  Repeat buyers: It has no target yet" in done.out
        assert again.json["warnings"] == []  # nobody made or changed it

    @pytest.mark.parametrize(("left", "told"), [(30, ["k1"]), (-1, [])])
    def test_knows_the_cycle_that_the_file_leaves_out(self, db, written, left: int, told):
        """A last day that is over is odd while the cycle runs on, and not where the cycle is over too."""
        begins, ends, over = (
            (timezone.now() + timedelta(days=days)).date().isoformat() for days in (-60, left, -3)
        )
        whole = SMALL.replace("2026-10-01", begins).replace("2026-12-31", ends)
        run("apply", written(whole), "--yes")
        frame, part = whole.partition("cycles:")[0], whole.partition("objectives:")[2]
        part = part.replace(
            "        owner: ada\n        check_ins", f"        ends: {over}\n        check_ins"
        )

        said = run("apply", written(f"{frame}objectives:{part}", "new.yaml"), "--dry-run", "--json")

        assert said.json["summary"]["key_result"]["changed"] == 1
        assert [one["id"] for one in said.json["warnings"]] == told

    @pytest.mark.parametrize("words", [("--json",), ()])
    def test_asks_only_where_somebody_can_answer(self, db, written, words):
        """Without --yes a program is told how to go on, with the exit code of wrong usage."""
        said = run("apply", written(SMALL), *words)

        assert said.code == 2 and "--yes" in said.err
        assert not Workspace.objects.exists()

    @pytest.mark.parametrize(("answer", "is_made"), [("y\n", True), ("n\n", False), ("\n", False)])
    def test_asks_at_a_terminal(self, db, written, answer, is_made, monkeypatch):
        """Only a yes applies it."""
        said = run("apply", written(SMALL), typed=answer, is_terminal=True)

        assert said.code == 0
        assert Workspace.objects.exists() is is_made

    def test_reads_what_is_piped_in(self, db):
        """A dash stands for standard input."""
        assert run("apply", "-", "--yes", typed=SMALL).code == 0
        assert Workspace.objects.get().slug == "corner"

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            (SMALL.replace("target: 50", "target: fifty"), "okrs.yaml:16:54"),
            (SMALL.replace("cycle: q4", "cycle: q5"), "q5"),
            (SMALL.replace("title: Repeat", "titel: Repeat"), "titel"),
            ("!!python/object/apply:os.system [true]", "okrs.yaml:1:1"),
        ],
    )
    def test_refuses_a_wrong_file_whole(self, db, written, wrong, words):
        """File, place and remedy are named; nothing is made."""
        said = run("apply", written(wrong), "--yes")

        assert said.code == 1 and "okrs.yaml" in said.err and words in said.err
        assert not Workspace.objects.exists()

    @pytest.mark.parametrize("words", [("--yes",), ("--dry-run",)])
    def test_refuses_in_json_too(self, db, written, words):
        """With --json a program reads each reason and its place; a person still reads them beside it."""
        said = run("apply", written(SMALL.replace("target: 50", "target: fifty")), "--json", *words)

        assert (said.code, said.json["code"]) == (1, "file_refused")
        assert [(one["code"], one["line"], one["path"]) for one in said.json["problems"]] == [
            ("not_a_number", 16, "objectives[0].key_results[0].measure.target")
        ]
        assert "okrs.yaml:16:54" in said.err

    def test_says_in_json_that_there_is_no_file(self, db):
        """What is no matter of a file's content has a code and words."""
        said = run("apply", "nowhere.yaml", "--json", "--yes")

        assert (said.code, said.json["code"]) == (3, "not_found")

    def test_refuses_a_file_that_is_not_there(self, db):
        """A wrong name is said plainly."""
        said = run("apply", "nowhere.yaml", "--yes")

        assert said.code == 3 and "There is no file nowhere.yaml." in said.err

    def test_is_all_or_nothing(self, db, written):
        """What breaks in the middle leaves no trace."""
        plan = okr_files.read(SMALL.encode(), name="okrs.yaml")

        def breaks(done: int, total: int) -> None:
            if done:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            plans.apply_to_new_workspace(
                plan=plan, progress=breaks, by=operator(plans.new_workspace_id()), at=timezone.now()
            )

        assert not Workspace.objects.exists() and not Objective.objects.everywhere().exists()


# An export looks at what is committed, by a connection of its own.
@pytest.mark.django_db(transaction=True)
class TestExport:
    @pytest.mark.parametrize("name", ["out.yaml", "out.json"])
    def test_writes_what_can_be_applied_again(self, corner, tmp_path, name):
        """The file's name says its format; applied to what it came from, there is nothing to do."""
        out = tmp_path / name

        said = run("export", "-o", str(out))

        assert said.code == 0 and "Wrote 1 objective to" in said.err
        assert out.read_text().lstrip().startswith("{") is name.endswith("json")
        assert run("apply", str(out), "--yes").code == 6

    def test_says_moments_to_the_microsecond(self, db, written, tmp_path):
        """A moment has six places where it has any, and none on the full second."""
        entry = "at: 2026-10-12T09:00:00Z"
        told = SMALL.replace(entry, "at: 2026-10-12T09:00:00.000005Z, recorded: 2026-10-12T10:00:00Z")
        run("apply", written(told), "--yes")
        out = tmp_path / "out.json"

        run("export", "-o", str(out))

        assert '"at": "2026-10-12T09:00:00.000005Z", "recorded": "2026-10-12T10:00:00Z"' in out.read_text()

    @pytest.mark.parametrize("name", ["out.yaml", "out.json"])
    def test_applied_after_a_change_is_read(self, corner, written, tmp_path, name):
        """An export is taken as it stands only while the workspace says just that."""
        out = tmp_path / name
        run("export", "-o", str(out))
        run("apply", written(SMALL.replace("come back", "come often"), "newer.yaml"), "--yes")

        said = run("apply", str(out), "--yes")

        assert said.code == 0 and "Applied." in said.out
        assert Objective.objects.everywhere().get().title == "Neighbours come back"

    @pytest.mark.parametrize("name", ["out.yaml", "out.json"])
    def test_beside_personal_objectives_can_be_applied_again(self, corner, written, tmp_path, name):
        """What no export holds stays out of it, whether the file is what the workspace says or not."""
        own = SMALL.replace("id: o1", "id: secret").replace("id: k1", "id: k2")
        private = own.replace("state: active", "state: active\n    visibility: private")
        run("apply", written(private, "own.yaml"), "--yes")
        out = tmp_path / name
        run("export", "-o", str(out))

        again = run("apply", str(out), "--yes")
        other = written(out.read_text().replace("come back", "come often"), f"other-{name}")
        changed = run("apply", other, "--yes")

        assert again.code == 6 and "secret" not in out.read_text()
        assert changed.code == 0
        assert Objective.objects.everywhere().count() == 2

    @pytest.mark.parametrize("words", [(), ("-o", "out.yaml")])
    def test_says_how_many_personal_objectives_it_leaves_out(
        self, db, written, tmp_path, monkeypatch, capfdbinary, words
    ):
        """What no export holds is not left out without a word."""
        monkeypatch.chdir(tmp_path)
        run(
            "apply",
            written(SMALL.replace("state: active", "state: active\n    visibility: private")),
            "--yes",
        )

        said = run("export", *words)

        assert "Left out 1 personal objective: no export holds them." in said.err
        assert ("Wrote 0 objectives to out.yaml." in said.err) is bool(words)

    def test_asks_which_of_several(self, corner, written):
        """With two workspaces one has to be named; a wrong name is answered with the right ones."""
        run("apply", written(SMALL.replace("corner", "other"), "other.yaml"), "--yes")

        several, wrong = run("export"), run("export", "--workspace", "third")

        assert several.code == 2 and "corner, other" in several.err
        assert wrong.code == 3 and "corner, other" in wrong.err

    def test_looks_for_the_workspace_before_it_reads(self, corner, written):
        """Whoever names one that is not there is told so at once, whatever the file holds."""
        said = run("apply", written("no: [file of OKRs", "broken.yaml"), "--workspace", "third", "--yes")

        assert said.code == 3 and "There is no workspace “third”." in said.err


class TestRoundTrip:
    """Export, applied into an empty database, exports the same bytes; in both formats."""

    def test_of_the_demo_company(self, db):
        """Sixty people, five cycles, their history, notes and grades."""
        assert_same_bytes(company(date(2026, 11, 24)))

    @pytest.mark.skipif(not TREES, reason="../shared/data/trees is not here")
    @pytest.mark.parametrize("path", TREES, ids=lambda path: path.stem)
    def test_of_a_published_tree(self, db, path: Path):
        """A real organisation's OKRs."""
        assert_same_bytes(convert(path))


def _only() -> int:
    return Workspace.objects.get().id


def exported(plan: Plan) -> dict[str, bytes]:
    """Apply a plan to a database that holds nothing else, export it, and leave the database empty again."""
    workspace_id = plans.new_workspace_id()
    with transaction.atomic():
        plans.apply_to_new_workspace(plan=plan, by=operator(workspace_id), at=timezone.now())
        now = known.current(workspace_id)
        assert [str(each) for each in verification.differences(workspace_id, timezone.now())] == []
        transaction.set_rollback(True)
    image.forget(workspace_id)
    return {as_: okr_files.write(now, as_=as_) for as_ in ("yaml", "json")}


def assert_same_bytes(plan: Plan) -> None:
    first = exported(plan)
    for as_ in ("yaml", "json"):
        again = exported(okr_files.read(first[as_], name=f"out.{as_}"))
        assert again == first
