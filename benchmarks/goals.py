"""The goals: each a ratio, its sides measured in turn, with the server's CPU beside it."""

from __future__ import annotations

import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import browser
from benchmarks.servers import Server
from benchmarks.trials import WARM, Trial, after_each, cpu_each, in_turn, milliseconds
from benchmarks.trials import check_in as record
from milepost.core.ids import encode

ROUNDS = 200
CLIENTS, CROWD_ROUNDS = 32, 40
PAST_WARM, PAST_DAYS = 10, 40  # each a day of its own, within the quarter that the seed tells of


@dataclass(frozen=True)
class Measured:
    """One goal on one database."""

    number: str
    what: str
    database: str
    ratio: float | None
    limit: float | None
    details: str

    @property
    def is_reached(self) -> bool:
        return self.ratio is not None and self.limit is not None and self.ratio <= self.limit


def measure(trial: Trial, hello: Server, small: Trial | None, wanted: Collection[str]) -> Iterator[Measured]:
    """Measure the goals that are wanted, by their numbers."""
    if "14" in wanted:
        yield cold_start(trial)
    if here := [goal for number, goal in GOALS.items() if number in wanted]:
        trial.start()
        try:
            for goal in here:
                yield from goal(trial, hello)
        finally:
            trial.server.stop()
    if "11" in wanted:
        yield from files(trial)
    if "9" in wanted and small is not None:
        yield growth(small, trial)


def measure_large(small: Trial, large: Trial, wanted: Collection[str]) -> Iterator[Measured]:
    """Measure what is said of L."""
    if "9L" in wanted:
        yield growth(small, large)
    if "14L" in wanted:
        yield from large_start(large)


def _limit(trial: Trial, sqlite: float, postgresql: float | None = None) -> float:
    return sqlite if trial.database.name == "SQLite" or postgresql is None else postgresql


def check_in(trial: Trial, hello: Server) -> Iterator[Measured]:
    """Goal 1: record a check-in over HTTP ÷ (H + C)."""
    sides = in_turn(
        ROUNDS,
        checkin=trial.check_in,
        hello=lambda: hello.ask("GET", "/"),
        commit=trial.database.commit_one,
    )
    ratio = sides["checkin"].median / (sides["hello"].median + sides["commit"].median)
    cpu = cpu_each(trial.server, trial.check_in)
    yield Measured(
        "1", "check-in over HTTP ÷ (H + C)", trial.database.name, ratio, _limit(trial, 1.6, 2.5),
        f"{sides['checkin'].median:.2f} ms; H {sides['hello'].median:.2f}, C {sides['commit'].median:.2f}; "
        f"CPU {cpu:.2f} ms",
    )  # fmt: skip


def tree_after_check_in(trial: Trial, hello: Server) -> Iterator[Measured]:
    """Goal 3: the whole tree as JSON just after a check-in ÷ R."""
    sides = after_each(
        trial.check_in, ROUNDS // 2, tree=lambda: trial.get("alignment.json"), raw=lambda: _raw(trial)
    )
    tree, raw = sides["tree"], sides["raw"]
    body = trial.get("alignment.json")
    yield Measured(
        "3", "tree as JSON just after a check-in ÷ R", trial.database.name, tree.median / raw.median,
        _limit(trial, 0.25, 0.30), f"{tree.median:.2f} ms, {len(body) >> 10} KB; R {raw.median:.2f} ms",
    )  # fmt: skip


def _raw(trial: Trial) -> bytes:
    return trial.database.read_objectives(trial.about["workspace"])


def tree_unchanged(trial: Trial, hello: Server) -> Iterator[Measured]:
    """Goal 4: the tree unchanged ÷ R; answered 304 ÷ hello."""
    _, _, headers = trial.server.ask("GET", f"/w/{trial.slug}/alignment.json")
    etag = headers["etag"]
    sides = in_turn(
        ROUNDS,
        tree=lambda: trial.get("alignment.json"),
        raw=lambda: _raw(trial),
        same=lambda: trial.get("alignment.json", If_None_Match=etag),
        hello=lambda: hello.ask("GET", "/"),
        framework=lambda: trial.server.ask("GET", "/livez"),
    )
    cpu = cpu_each(trial.server, lambda: trial.get("alignment.json"))
    yield Measured(
        "4a", "tree unchanged ÷ R", trial.database.name, sides["tree"].median / sides["raw"].median,
        _limit(trial, 0.10, 0.18),
        f"{sides['tree'].median:.2f} ms; R {sides['raw'].median:.2f} ms; CPU {cpu:.2f} ms",
    )  # fmt: skip
    same = sides["same"].median
    yield Measured(
        "4b", "tree answered 304 ÷ hello", trial.database.name, same / sides["hello"].median,
        _limit(trial, 1.2, 2.8),
        f"{same:.2f} ms; H {sides['hello'].median:.2f}; framework hello {sides['framework'].median:.2f} "
        f"(÷ that {same / sides['framework'].median:.2f})",
    )  # fmt: skip


def tree_page(trial: Trial, hello: Server) -> Iterator[Measured]:
    """Goal 5: the first 200 rows of the tree as HTML ÷ R."""
    rows = trial.about["rows"]
    sides = in_turn(
        ROUNDS // 2,
        page=lambda: trial.get_anew(rows),
        raw=lambda: _raw(trial),
        again=lambda: trial.get(rows),
    )
    body = trial.get(rows)
    yield Measured(
        "5", "first 200 rows of the tree as HTML ÷ R", trial.database.name,
        sides["page"].median / sides["raw"].median, 0.12,
        f"{sides['page'].median:.2f} ms, {body.count(b'<tr ')} rows; R {sides['raw'].median:.2f} ms; "
        f"unchanged {sides['again'].median:.2f} ms",
    )  # fmt: skip


def team_page(trial: Trial, hello: Server) -> Iterator[Measured]:
    """Goal 8: the team page ÷ (framework hello + raw read of its rows)."""
    team = trial.about["team"]
    path = f"teams/{encode(team)}"
    sides = in_turn(
        ROUNDS,
        data=lambda: trial.get_anew(f"{path}.json"),
        page=lambda: trial.get_anew(f"{path}/"),
        raw=lambda: trial.database.read_team(trial.about["workspace"], team),
        framework=lambda: trial.server.ask("GET", "/livez"),
    )
    limit = sides["raw"].median + sides["framework"].median
    data, page = sides["data"].median, sides["page"].median
    yield Measured(
        "8", "team page as JSON ÷ (framework hello + raw rows)", trial.database.name, data / limit,
        _limit(trial, 1.2, 1.5),
        f"JSON {data:.2f} ms; HTML {page:.2f} ms (+{page - data:.2f}, goal +5); framework hello "
        f"{sides['framework'].median:.2f}, raw {sides['raw'].median:.2f}",
    )  # fmt: skip


# Words that the seed writes: one, its beginning, two beginnings, two letters that a third of the rows have.
TYPED = ("customers", "custom", "cust wait", "team 12", "renewals", "re")


def found(trial: Trial, hello: Server) -> Iterator[Measured]:
    """Goal 12: the palette's answer, top 20 ÷ R."""
    asked = itertools.cycle(TYPED)
    sides = in_turn(
        ROUNDS, found=lambda: trial.get(f"palette/?{urlencode({'q': next(asked)})}"), raw=lambda: _raw(trial)
    )
    each = [  # the warm-up asked first
        f"{typed} {statistics.median(sides['found'].times[(number - WARM) % len(TYPED) :: len(TYPED)]):.1f}"
        for number, typed in enumerate(TYPED)
    ]
    cpu = cpu_each(trial.server, lambda: trial.get(f"palette/?{urlencode({'q': next(asked)})}"))
    yield Measured(
        "12", "search as one types, top 20 ÷ R", trial.database.name,
        sides["found"].median / sides["raw"].median, 0.35,
        f"{sides['found'].median:.2f} ms ({', '.join(each)}); R {sides['raw'].median:.2f} ms; "
        f"CPU {cpu:.2f} ms",
    )  # fmt: skip


def crowd(trial: Trial, hello: Server) -> Iterator[Measured]:
    """Goal 2: the slowest of a hundred check-ins ÷ the median, with 32 clients at once."""
    clients = [_another(trial.server) for _ in range(CLIENTS)]
    key_results, id_of = trial.about["key_results"], itertools.count()

    def work(server: Server) -> list[float]:
        times = []
        for _ in range(1 + CROWD_ROUNDS):
            number = next(id_of)
            key_result = key_results[number * 7 % len(key_results)]
            times.append(milliseconds(partial(record, server, trial.slug, key_result, number)))
        return times[1:]  # by then each of the server's threads has its connection to the database

    with ThreadPoolExecutor(CLIENTS) as pool:
        times = sorted(each for found in pool.map(work, clients) for each in found)
    median, slow = times[len(times) // 2], times[int(len(times) * 0.99)]
    for client in clients:
        client.connection.close()
    yield Measured(
        "2", f"p99 ÷ p50 of check-ins with {CLIENTS} clients", trial.database.name, slow / median, 3.0,
        f"p50 {median:.1f} ms, p99 {slow:.1f} ms, {len(times)} check-ins",
    )  # fmt: skip


def _another(server: Server) -> Server:
    return Server(server.process, server.port, server.headers)


def past_tree(trial: Trial, hello: Server) -> Iterator[Measured]:
    """Goal 6: the tree as of a past date ÷ R, and ÷ the best SQL for it; a day nobody asked for before."""
    workspace, today = trial.about["workspace"], date.today()
    trial.get(f"alignment.json?on={today - timedelta(days=1)}")  # the history is read once
    for _ in range(WARM):
        trial.get_anew("alignment.json")
    asked, read = ((today - timedelta(days=number) for number in itertools.count(3)) for _ in range(2))
    sides = in_turn(
        PAST_DAYS,
        warm=PAST_WARM,
        tree=lambda: trial.get(f"alignment.json?on={next(asked)}"),
        raw=lambda: _raw(trial),
        best=lambda: trial.database.read_past(workspace, next(read)),
    )
    tree, raw, best = (sides[name] for name in ("tree", "raw", "best"))
    for number, other, limit, name in (("6a", raw, 0.30, "R"), ("6b", best, 0.10, "the best SQL for it")):
        yield Measured(
            number, f"tree as of a past date ÷ {name}", trial.database.name,
            tree.median / other.median, limit,
            f"{tree.median:.1f} ms; {name} {other.median:.1f} ms",
        )  # fmt: skip


def dashboard(trial: Trial, hello: Server) -> Iterator[Measured]:
    """Goal 7: the overview, just after a check-in, ÷ the same by SQL."""
    workspace = trial.about["workspace"]
    sides = after_each(
        trial.check_in,
        40,
        warm=3,
        ours=lambda: trial.get("overview.json"),
        sql=lambda: trial.database.read_dashboard(workspace),
    )
    ours, sql = sides["ours"], sides["sql"]
    yield Measured(
        "7", "overview just after a check-in ÷ the same by SQL", trial.database.name,
        ours.median / sql.median, _limit(trial, 0.20, 0.33), f"{ours.median:.1f} ms; SQL {sql.median:.1f} ms",
    )  # fmt: skip


def files(trial: Trial) -> Iterator[Measured]:
    """Goal 11: everything written to a file, and read from it, ÷ fetching the raw rows."""
    raw = min(_seconds(lambda: trial.database.fetch_all(trial.about["workspace"])) for _ in range(3))
    with tempfile.TemporaryDirectory(prefix="milepost-files-") as folder:
        file = Path(folder) / "everything.json"
        out = _seconds(lambda: trial.run("export", "--workspace", trial.slug, "-o", str(file)))
        size = file.stat().st_size >> 20
        environ = {"MILEPOST_DATA_DIR": folder, "DATABASE_URL": ""}
        into = _seconds(lambda: trial.run("apply", "--yes", str(file), **environ))
    for number, seconds, limit, what in (
        ("11a", out, 1.1, "export"),
        ("11b", into, 2.2, "import into SQLite"),
    ):
        yield Measured(
            number, f"{what} of everything ÷ raw fetchall", trial.database.name, seconds / raw, limit,
            f"{seconds:.1f} s, {size} MB; raw {raw:.2f} s",
        )  # fmt: skip


def _seconds(act: Callable[[], object]) -> float:
    return milliseconds(act) / 1000


def painted(trial: Trial, hello: Server) -> Iterator[Measured]:
    """Goal 13: in a browser, the first 200 rows painted ÷ laying out the full HTML tree."""
    times = browser.painted(
        trial.server, f"/w/{trial.slug}/{trial.about['rows']}", f"/w/{trial.slug}/alignment/?open=all"
    )
    if times is None:
        return
    first, full = times
    yield Measured(
        "13", "browser: first 200 rows painted ÷ the full tree laid out", trial.database.name,
        first / full, 0.15,
        f"{first:.0f} ms; full {full:.0f} ms",
    )  # fmt: skip


def growth(small: Trial, large: Trial) -> Measured:
    """Goal 9: a check-in's median in the large workspace ÷ in the small one."""
    small.start()
    large.start()
    try:
        sides = in_turn(ROUNDS, small=small.check_in, large=large.check_in)
    finally:
        small.server.stop()
        large.server.stop()
    return Measured(
        "9L" if large.size == "L" else "9",
        f"check-in at {large.size} ÷ at {small.size}", large.database.name,
        sides["large"].median / sides["small"].median, 1.15,
        f"{sides['large'].median:.2f} ms; {small.size}: {sides['small'].median:.2f} ms",
    )  # fmt: skip


def cold_start(trial: Trial) -> Measured:
    """Goal 14: from the start of `milepost serve` to the first page, read by someone signed in."""
    times, memory = [], 0.0
    for _ in range(3):
        began = time.perf_counter()
        server = trial.start()
        try:
            trial.get("")
            times.append(time.perf_counter() - began)
            memory = max(memory, server.memory())
        finally:
            server.stop()
    best = statistics.median(times)
    return Measured(
        "14", "cold start to the first page, seconds ÷ 1.5", trial.database.name, best / 1.5, 1.0,
        f"{best:.2f} s; {memory:.0f} MB (goal 200)",
    )  # fmt: skip


def large_start(trial: Trial) -> Iterator[Measured]:
    """At L: from the start of a process that finds a snapshot to the whole tree, and what it then holds."""
    times, memory = [], 0.0
    for number in range(4):
        began = time.perf_counter()
        server = trial.start()
        try:
            trial.get("alignment.json")
            if number:  # the first one leaves the snapshot when it ends
                times.append(time.perf_counter() - began)
                memory = max(memory, server.memory())
        finally:
            server.stop()
    taken = statistics.median(times)
    yield Measured(
        "14L", f"cold start to the tree of {trial.size} from a snapshot, seconds ÷ 2", trial.database.name,
        taken / 2, 1.0, f"{taken:.2f} s",
    )  # fmt: skip
    yield Measured(
        "14L", f"memory with the tree of {trial.size}, MB ÷ 1,024", trial.database.name, memory / 1024, 1.0,
        f"{memory:.0f} MB",
    )  # fmt: skip


GOALS = {
    "1": check_in, "2": crowd, "3": tree_after_check_in, "4": tree_unchanged, "5": tree_page, "6": past_tree,
    "7": dashboard, "8": team_page, "12": found, "13": painted,
}  # fmt: skip
AT_SIZE = ("14", *GOALS, "11", "9")
AT_LARGE = ("9L", "14L")
