"""The command speaks to a server: log in, look, check in."""

from __future__ import annotations

import json
import re
import shutil
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from milepost.cli import clients, drawing, operators
from milepost.cli.exits import Exit
from tests.cli.client import Client, new_token
from tests.cli.test_door import IMPORTED
from tests.running import missing

ID = re.compile(r"^[0-7][0-9a-z]{12}$")


def an_active_one(client: Client) -> dict:
    return client.json("list", "key-results", "--state", "active", "--limit", "40")[0]


def matches(nodes: list[dict]) -> Iterator[dict]:
    """Yield those of some trees that fit by themselves."""
    for node in nodes:
        if node["is_match"]:
            yield node
        yield from matches(node["children"])


class TestLogin:
    def test_keeps_the_token_where_nobody_else_reads_it(self, client: Client, token):
        """The file is its owner's alone, and so is its folder."""
        kept = json.loads(client.kept.read_text())

        assert [each["token"] for each in kept["servers"]] == [token("owner")]
        assert stat.S_IMODE(client.kept.stat().st_mode) == 0o600
        assert stat.S_IMODE(client.kept.parent.stat().st_mode) == 0o700

    def test_asks_at_a_terminal_without_showing_the_token(self, demo, token, stranger: Client):
        """It prints where to make one, and what is pasted is not shown."""
        code, shown = stranger.type("login", demo.url, "--no-browser", answers=(token("owner"),))

        assert code == Exit.OK, shown
        assert f"{demo.url}/tokens/new/?for=milepost" in shown
        assert token("owner") not in shown
        assert "Logged in to Morrowmill" in shown

    def test_reads_a_file(self, demo, token, stranger: Client, tmp_path):
        """A token may lie in a file, as secrets of containers do."""
        (tmp_path / "token").write_text(token("owner") + "\n")

        told = stranger.run("login", demo.url, "--token-file", str(tmp_path / "token"))

        assert told.returncode == Exit.OK, told.stderr

    def test_refuses_a_wrong_token(self, demo, stranger: Client):
        """Nothing is kept of a token that opens nothing."""
        told = stranger.run("login", demo.url, "--with-token", stdin="mp_wrong")

        assert told.returncode == Exit.AUTH
        assert not stranger.kept.exists()

    def test_takes_the_environment_alone(self, demo, token, stranger: Client, tmp_path):
        """A job needs no login: two variables say where and with which token."""
        stranger.variables = {"MILEPOST_SERVER": demo.url, "MILEPOST_TOKEN": token("owner")}

        workspace = stranger.json("whoami")["workspace"]
        told = stranger.run("export", "--output", str(tmp_path / "all.yaml"))

        assert workspace["slug"] == "morrowmill"
        assert f"Wrote what you see of {workspace['name']} to" in told.stderr
        assert not stranger.kept.exists()

    def test_ends(self, demo, stranger: Client):
        """Logging out forgets the token here, and the second time there is nothing to do."""
        made = new_token(demo, "owner", "read")
        stranger.run("login", demo.url, "--with-token", stdin=made)

        told = stranger.run("logout")

        assert told.returncode == Exit.OK, told.stderr
        assert made not in stranger.kept.read_text()
        assert stranger.run("logout").returncode == Exit.NOTHING_TO_DO
        assert stranger.run("login", demo.url, "--with-token", stdin=made).returncode == Exit.AUTH

    def test_is_asked_for(self, stranger: Client):
        """Without a login, the command says what to do."""
        told = stranger.run("tree")

        assert told.returncode == Exit.AUTH
        assert "milepost login" in told.stderr


class TestTree:
    def test_shows_what_serves_what(self, client: Client):
        """Each line has a shape, a title, how far it is, and a word; children hang on their parents."""
        told = client.run("tree", "-k")

        assert told.returncode == Exit.OK, told.stderr
        assert re.search(r"^● Our bread is worth walking past .* \d+ %  On track", told.stdout, re.MULTILINE)
        assert re.search(r"^│  ├─ .* %  ", told.stdout, re.MULTILINE)
        assert "\033" not in told.stdout

    def test_hangs_what_serves_a_key_result_below_its_objective(self, client: Client):
        """With and without key results, the same objectives stand at the top."""

        def tops(*words: str) -> list[str]:
            return [root["title"] for root in json.loads(client.run("tree", "--json", *words).stdout)]

        assert tops() == tops("--key-results")

    def test_fits_the_terminal(self, client: Client):
        """No line is wider than the window, and colours are for terminals that have some."""
        client.variables = {"COLUMNS": "60"}

        _, shown = client.type("tree", "-k")
        client.variables["NO_COLOR"] = "1"
        _, bare = client.type("tree", "-k")

        assert "\033[32m" in shown and "\033" not in bare
        assert max(map(len, bare.splitlines())) <= 60

    def test_is_nested_for_programs(self, client: Client):
        """As JSON each node has its children in it."""
        roots = client.json("tree")

        assert roots[0].keys() >= {"id", "kind", "title", "status", "progress", "children"}
        assert any(root["children"] for root in roots)

    def test_narrows(self, client: Client):
        """With a status, only what has it is a match, and what stands above it leads there."""
        found = list(matches(client.json("tree", "-k", "--status", "off_track")))

        assert found
        assert {node["status"] for node in found} == {"off_track"}

    @pytest.mark.parametrize(
        ("words", "asked"),
        [
            (["--attention"], "attention=true"),
            (["--words", "bread wa"], "words=bread+wa"),
            (["--commitment", "committed"], "commitment=committed"),
            (["--my-teams"], "mine=true"),
        ],
    )
    def test_narrows_as_the_page_does(self, client: Client, demo, token, words: list[str], asked: str):
        """It finds the very objectives that the API, and so the page, finds when it is asked the same."""
        found = {node["id"] for node in matches(client.json("tree", *words))}

        request = urllib.request.Request(
            f"{demo.url}/api/v1/tree?{asked}", headers={"Authorization": f"Bearer {token('owner')}"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            told = json.load(answer)["objectives"]
        state = told["columns"].index("state")
        fitting = [row for row, is_match in zip(told["rows"], told["is_match"], strict=True) if is_match]
        assert found == {row[0] for row in fitting if row[state] in drawing.OPEN}
        assert found or words == ["--my-teams"]

    def test_tells_how_many_more_a_name_may_mean(self, client: Client):
        """Of several that a name may mean the first are told, and how many more there are."""
        told = client.run("tree", "--team", "e")

        assert told.returncode == Exit.USAGE
        count = int(re.search(r"any of (\d+)", told.stderr)[1])
        assert f"and {count - 5} more" in told.stderr

    def test_tells_apart_those_a_name_may_mean(self, client: Client):
        """Beside people stand their e-mail address and teams, beside teams where they belong."""
        person, team = (client.run("tree", option, "e").stderr for option in ("--owner", "--team"))

        assert re.search(r"\w{13}  .+ \(\S+@\S+(, .+)?\)", person), person
        assert re.search(r"\w{13}  .+ \(.+\)", team), team

    def test_means_by_mine_what_one_owns(self, client: Client):
        """As in `milepost list`; what belongs to one's teams has another name."""
        mine, named = (
            {node["id"] for node in matches(client.json("tree", "-k", *words))}
            for words in (["--mine"], ["--owner", "me"])
        )

        assert mine and mine == named

    def test_says_when_nothing_fits(self, client: Client):
        """What is piped holds nothing then, and whoever looks is told."""
        told = client.run("tree", "--words", "zebra crossing")

        assert (told.returncode, told.stdout, told.stderr) == (Exit.OK, "", "There is nothing to show.\n")

    def test_says_the_percentages_that_pages_say(self, client: Client):
        """What stands in the tree is what the lists of the API call `percent`."""
        listed = {
            each["title"]: each["percent"] for each in client.json("list", "objectives", "--state", "active")
        }

        form = re.compile(r"^[│├└─ ]*\S (.+?)(?: \(serves \d+ more\))? +(–|−?\d+ %)  ")
        drawn = client.run("tree").stdout.splitlines()

        for line in drawn:
            title, share = form.match(line).groups()
            assert (listed[title] or "–").replace("\u00a0", " ") == share, line


# What of the demo company has been so for longer than a month.
NEVER_MOVE = ("initiatives", "teams", "cycles")


class TestList:
    @pytest.mark.parametrize(
        "noun", ["objectives", "key-results", "checkins", "initiatives", "teams", "people", "cycles"]
    )
    def test_lists(self, client: Client, noun: str):
        """Piped, each line begins with an id; as JSON the records are the API's."""
        told = client.run("list", noun, "--limit", "3")
        records = client.json("list", noun, "--limit", "3")

        lines = [line.split("\t") for line in told.stdout.splitlines()]
        assert told.returncode == Exit.OK, told.stderr
        assert 0 < len(lines) <= 3
        assert [line[0] for line in lines] == [each["id"] for each in records]
        assert client.run("list", noun, "--limit", "3", "--quiet").stdout.split() == [
            each["id"] for each in records
        ]

    def test_follows_the_list_to_its_end(self, client: Client):
        """More than one answer holds come as one list."""
        everything = client.json("list", "key-results")

        assert len({each["id"] for each in everything}) == len(everything) > 100

    def test_narrows_by_names(self, client: Client):
        """People, teams and cycles are meant by their names, or a part that only one has."""
        mine = client.json("list", "objectives", "--mine")
        named = client.json("list", "objectives", "--owner", "hanneke")

        assert mine and mine == named

    @pytest.mark.parametrize(("noun", "of"), [("checkins", "key_result"), ("initiatives", "objective")])
    def test_names_what_an_entry_is_of(self, client: Client, noun: str, of: str):
        """People read the title of what it is about; programs have its id."""
        titles = {
            one["id"]: one["title"]
            for listed in ("objectives", "key-results")
            for one in client.json("list", listed)
        }

        lines = client.run("list", noun, "--limit", "3").stdout.splitlines()
        records = client.json("list", noun, "--limit", "3")

        for line, record in zip(lines, records, strict=True):
            assert titles[record[of]] in line.split("\t")

    @pytest.mark.parametrize(
        "noun", ["objectives", "key-results", "checkins", "initiatives", "teams", "cycles"]
    )
    def test_looks_back(self, client: Client, noun: str):
        """Each list that has a past is given as it stood on a day."""
        day = (date.today() - timedelta(days=30)).isoformat()

        told = client.run("list", noun, "--on", day, "--limit", "3")
        records = client.json("list", noun, "--on", day, "--limit", "3")

        assert told.returncode == Exit.OK, told.stderr
        assert [line.split("\t")[0] for line in told.stdout.splitlines()] == [one["id"] for one in records]
        assert all(one.get("recorded_at", "")[:10] <= day for one in records)
        assert client.json("list", noun) != client.json("list", noun, "--on", day) or noun in NEVER_MOVE

    def test_looks_back_at_nothing_without_a_past(self, client: Client):
        """People are listed as they are, and what is due is due today."""
        told = [
            client.run("list", *words, "--on", "2026-10-05")
            for words in (("people",), ("key-results", "--due"))
        ]

        assert [one.returncode for one in told] == [Exit.USAGE, Exit.USAGE]
        assert "--on is for objectives" in told[0].stderr and "due today" in told[1].stderr

    def test_says_who_may_be_meant(self, client: Client):
        """Where several fit, they are listed; where nobody does, so is what to do."""
        several, none = (
            client.run("list", "objectives", "--team", "a"),
            client.run("list", "people", "--team", "xyz"),
        )

        assert several.returncode == Exit.USAGE and "may be any of" in several.stderr
        assert none.returncode == Exit.NOT_FOUND and "milepost list teams" in none.stderr

    def test_refuses_what_does_not_fit(self, client: Client):
        """An option that narrows nothing here is a mistake in use, not passed over."""
        told = client.run("list", "cycles", "--status", "at_risk")

        assert told.returncode == Exit.USAGE
        assert "objectives, key-results" in told.stderr

    @pytest.mark.parametrize(
        "words", [["list", "objectives"], ["tree"], ["show", "{id}"], ["checkin", "{id}", "1"]]
    )
    @pytest.mark.parametrize("day", ["yesterday", "2030-01-01"])
    def test_refuses_days_that_there_are_not(self, client: Client, words: list[str], day: str):
        """A day that is none, or none yet, is a mistake in use; the day that is named instead is taken."""
        id = an_active_one(client)["id"]
        words = [word.format(id=id) for word in words]

        told = client.run(*words, "--on", day)
        instead = re.search(r"as (\d{4}-\d\d-\d\d)", told.stderr)

        assert told.returncode == Exit.USAGE, told.stderr
        assert (instead is not None) == (day == "yesterday")
        if instead and words[0] != "checkin":
            assert client.run(*words, "--on", instead[1]).returncode == Exit.OK

    @pytest.mark.parametrize("option", ["--state", "--status"])
    def test_refuses_words_that_there_are_not(self, client: Client, option: str):
        """Whether the command knows the words or the server does, it is a mistake in use."""
        told = client.run("list", "objectives", option, "wrong")

        assert told.returncode == Exit.USAGE
        assert "active" in told.stderr or "on_track" in told.stderr

    def test_pipes_into_jq(self, client: Client):
        """--jq is the machine's own jq."""
        if shutil.which("jq") is None:
            missing("jq is not on this machine (apt install jq).")

        told = client.run("list", "cycles", "--jq", ".[0].id")

        assert told.returncode == Exit.OK and ID.match(told.stdout.strip())
        assert client.run("list", "cycles", "--jq", ".[").returncode == Exit.USAGE


class TestShow:
    def test_says_how_the_number_comes_about(self, client: Client):
        """The formula with its numbers stands below, as the page's “how?” has it."""
        one = an_active_one(client)

        told, value = client.run("show", one["id"]), client.json("show", one["id"])

        assert told.returncode == Exit.OK, told.stderr
        assert one["title"] in told.stdout
        assert value["explanation"]["formula"] in told.stdout
        assert value["id"] == one["id"] and value["noun"] == "key_result"

    def test_says_nothing_twice(self, client: Client):
        """How a grade is rounded, and the formula with its numbers, stand in one line each."""
        told = client.run("show", an_active_one(client)["id"]).stdout

        for words in ("rounded half up", "− start) ÷ (", "The grade stays between"):
            assert told.count(words) == 1, told

    def test_takes_addresses_titles_and_keys(self, client: Client, demo):
        """A thing is meant by its page's address, its title or a part of it, or its id in the file."""
        one = an_active_one(client)

        for name in (demo.url + one["url"], one["title"], one["title"].upper(), one["key"]):
            assert client.json("show", name)["id"] == one["id"], name

    def test_knows_nothing_that_is_not_there(self, client: Client):
        """An id of nothing and words of nothing are not found."""
        assert client.run("show", "7zzzzzzzzzzzz").returncode == Exit.NOT_FOUND
        assert client.run("show", "no", "such", "words").returncode == Exit.NOT_FOUND

    def test_names_the_list_of_what_was_meant(self, client: Client):
        """What is not found sends to the list in which it would stand: check-ins go to key results."""
        wanted, shown = client.run("checkin", "nosuchthing", "5"), client.run("show", "nosuchthing")

        assert wanted.returncode == Exit.NOT_FOUND
        assert "`milepost list key-results` shows what there is." in wanted.stderr
        assert "`milepost list objectives` shows what there is." in shown.stderr


class TestExport:
    def test_says_at_a_terminal_that_it_waits(self, client: Client, tmp_path):
        """Whoever looks on is told for whom it waits; what is piped holds the file alone."""
        file = tmp_path / "okrs.json"

        code, shown = client.type("export", "-o", str(file))
        piped = client.run("export", "--format", "json")

        assert code == Exit.OK and shown.startswith("Waiting for Morrowmill to write everything…\n"), shown
        assert (piped.stderr, json.loads(piped.stdout)) == ("", json.loads(file.read_text()))


class TestAPastDay:
    def test_is_drawn_and_shown_as_it_stood(self, client: Client):
        """What is checked in today is in neither the tree nor the thing of yesterday, and is in today's."""
        one, yesterday = an_active_one(client), date.today() - timedelta(days=2)
        then = client.json("tree", "-k", "--on", yesterday.isoformat())
        before = client.json("show", one["id"], "--on", yesterday.isoformat())
        assert client.run("checkin", one["id"], "41.25").returncode == Exit.OK

        assert client.json("tree", "-k", "--on", yesterday.isoformat()) == then
        again, now = (client.json("show", one["id"], *on) for on in ([], ["--on", yesterday.isoformat()]))
        assert now == before and again["value"] == "41.25"
        assert again["checkins"][0]["value"] == "41.25"
        assert "41.25" not in {each["value"] for each in now["checkins"]}
        told = client.run("show", one["id"], "--on", yesterday.isoformat()).stdout
        assert f"As it stood at the end of {yesterday}" in told and f"?on={yesterday}" in told

    def test_is_another_day_than_today(self, client: Client):
        """Two months back the demo company stood elsewhere: other objectives, other figures."""
        day = date.today() - timedelta(days=60)

        then, today = client.json("tree", "--on", day.isoformat()), client.json("tree")

        assert then and then != today
        _, shown = client.type("tree", "--on", day.isoformat())
        assert f"as it stood on {day}" in shown

    def test_is_found_by_what_things_were_called(self, client: Client):
        """Words of a title find the thing that had them on that day."""
        day = (date.today() - timedelta(days=60)).isoformat()
        (root, *_) = client.json("tree", "--on", day)

        assert client.json("show", *root["title"].split(), "--on", day)["id"] == root["id"]

    @pytest.mark.parametrize("command", [("tree",), ("show", "x")])
    def test_is_over(self, client: Client, command):
        """What is no day, and one that has not come, are refused with what to write."""
        no_day = client.run(*command, "--on", "yesterday")
        to_come = client.run(*command, "--on", "2999-01-01")

        assert no_day.returncode == Exit.USAGE and "is not a day" in no_day.stderr
        assert to_come.returncode == Exit.USAGE and "is not over" in to_come.stderr


class TestCheckin:
    def test_records_and_tells_what_moved(self, client: Client):
        """The new figures of it and of what stands above, and an entry in the list."""
        one = an_active_one(client)

        told = client.json(
            "checkin", one["id"], one["target"], "--confidence", "9", "--note", "From the terminal"
        )

        assert told["key_result"]["percent"] == "100\u00a0%"
        assert told["ancestors"]
        latest = client.json("list", "checkins", "--key-result", one["id"])[0]
        assert (latest["id"], latest["note"], latest["confidence"]) == (told["id"], "From the terminal", 9)

    def test_can_say_that_nothing_changed(self, client: Client):
        """--no-change takes the last value again."""
        one = client.json("list", "key-results", "--state", "active")[5]

        told = client.json("checkin", one["id"], "--no-change")

        entry = client.json("list", "checkins", "--key-result", one["id"])[0]
        assert entry["id"] == told["id"] and entry["value"] == one["value"]

    def test_refuses_what_is_no_number(self, client: Client):
        """What cannot be read or accepted is a mistake in use, told as at this machine."""
        one = an_active_one(client)

        told = client.run("checkin", one["id"], "a lot")
        later = client.run("checkin", one["id"], "5", "--on", "2999-01-01")

        assert (told.returncode, later.returncode) == (Exit.USAGE, Exit.USAGE)
        assert "does not read as a number" in told.stderr
        assert "in the future" in later.stderr

    def test_goes_through_what_is_due(self, busy: Client):
        """Without arguments it asks for one after another; Enter keeps what stands, q leaves."""
        waiting = busy.json("list", "key-results", "--due")

        code, shown = busy.type("checkin", answers=("", "", "As it was", "s", "q"))

        assert code == Exit.OK, shown
        assert "1 recorded." in shown
        left = [each["id"] for each in busy.json("list", "key-results", "--due")]
        assert waiting[0]["id"] not in left and waiting[1]["id"] in left

    def test_stays_here_when_told_to(self, client: Client, install):
        """With --local, or with a data folder named, this machine's own data is meant."""
        here = {"MILEPOST_DATA_DIR": str(install().data_dir)}

        named = Client(client.home, here).run("checkin", "anything", "5")
        told = Client(client.home, {"XDG_DATA_HOME": str(client.home)}).run(
            "checkin", "anything", "5", "--local"
        )

        assert (named.returncode, told.returncode) == (Exit.NOT_FOUND, Exit.NOT_FOUND)
        assert "There is no workspace yet." in named.stderr
        assert "no database" in told.stderr


class TestHandover:
    def test_shows_first_and_changes_nothing(self, client: Client):
        """With --dry-run it names what would go over; without an answer at a terminal nothing happens."""
        owner = client.json("list", "objectives", "--state", "active")[0]["owner"]
        to = next(one["id"] for one in client.json("list", "people") if one["id"] != owner)

        shown = client.json("handover", owner, "--to", to, "--dry-run")
        unasked = client.run("handover", owner, "--to", to)
        silent = client.run("handover", owner, "--to", to, "--json")

        assert shown["holdings"] and shown["to"] == to
        assert (unasked.returncode, silent.returncode) == (Exit.USAGE, Exit.USAGE)
        assert shown["holdings"][0]["title"] in unasked.stdout
        assert client.json("handover", owner, "--to", to, "--dry-run") == shown

    def test_gives_it_in_one_step(self, client: Client, demo, token):
        """What is held is the other's, but what is to stay; the event takes all of it back."""
        owner = client.json("list", "objectives", "--state", "active")[0]["owner"]
        to = next(one["id"] for one in client.json("list", "people") if one["id"] != owner)
        before = client.json("handover", owner, "--to", to, "--dry-run")
        stays, *_ = [one["holding"] for one in before["holdings"] if one["role"] == "owner"]

        done = client.json("handover", owner, "--to", to, "--except", stays, "--yes")

        left = client.json("handover", owner, "--to", to, "--dry-run")["holdings"]
        assert [one["holding"] for one in left if one["may_give"]] == [stays]
        undo(demo, token("owner"), done["event"])
        assert client.json("handover", owner, "--to", to, "--dry-run") == before

    def test_refuses_what_is_not_held(self, client: Client):
        """Nobody of that name, nothing of theirs, nothing held at all: each has its exit code."""
        rows = client.json("list", "people")
        idle = next(
            one["id"]
            for one in rows
            if client.run("handover", one["id"], "--to", rows[0]["id"], "--dry-run").returncode
            == Exit.NOTHING_TO_DO
        )

        nobody = client.run("handover", "nobody at all", "--to", "me", "--dry-run")
        wrong = client.run("handover", "me", "--to", idle, "--except", "owner-1", "--dry-run")
        nothing = client.run("handover", idle, "--to", "me", "--yes", "--json")

        same = client.run("handover", "me", "--to", "me", "--dry-run")
        assert (nobody.returncode, wrong.returncode) == (Exit.NOT_FOUND, Exit.USAGE)
        assert same.returncode == Exit.USAGE and "They hold it already." in same.stderr
        assert (nothing.returncode, json.loads(nothing.stdout)["event"]) == (Exit.NOTHING_TO_DO, None)


def undo(demo, token: str, event: str) -> None:
    """Undo an event over the API."""
    request = urllib.request.Request(
        f"{demo.url}/api/v1/events/{event}/undoing",
        data=b"{}",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 201


class TestApply:
    @pytest.mark.parametrize(
        "text",
        ["milepost: 1\n# " + "x" * 2_100_000, "milepost: 1\n# " + '"' * 1_500_000],
        ids=["long", "quotes"],
    )
    @pytest.mark.parametrize("is_piped", [False, True])
    def test_says_before_it_sends_what_is_too_large(
        self, stranger: Client, tmp_path, text: str, is_piped: bool
    ):
        """What no server takes is refused here, with what to do; as sent, quotation marks are longer."""
        path = tmp_path / "large.yaml"
        path.write_text(text)
        stranger.variables = {"MILEPOST_SERVER": "http://127.0.0.1:9", "MILEPOST_TOKEN": "mp_x"}

        told = stranger.run(
            "apply", "--dry-run", "-" if is_piped else str(path), stdin=text if is_piped else ""
        )

        assert told.returncode == Exit.ERROR
        assert "Nothing was sent" in told.stderr and "apply --local" in told.stderr
        assert "127.0.0.1" not in told.stderr

    def test_sends_what_is_just_small_enough(self, client: Client, tmp_path):
        """Whatever the command lets through, the server takes."""
        path = tmp_path / "large.yaml"
        path.write_text("milepost: 1\n# " + "x" * (2 * 1024 * 1024 - 100))

        told = client.run("apply", "--dry-run", str(path))

        assert told.returncode == Exit.NOTHING_TO_DO, told.stderr


class TestOpen:
    def test_prints_the_address(self, client: Client, demo):
        """Where no person sits, the address is all there is."""
        one = an_active_one(client)

        assert client.run("open").stdout == f"{demo.url}/w/morrowmill/\n"
        assert client.run("open", one["id"]).stdout.strip() == demo.url + one["url"]


class TestStart:
    @pytest.mark.parametrize("name", clients.names())
    def test_imports_no_django(self, name: str, stranger: Client):
        """No command that asks a server waits for Django, nor for what draws its numbers."""
        told = subprocess.run(
            [sys.executable, "-c", IMPORTED, name, "--help"],
            env={**stranger.environ, "MILEPOST_SERVER": "localhost:9"}, capture_output=True, text=True,
        )  # fmt: skip

        loaded = told.stdout.splitlines()[-1]
        assert told.returncode == Exit.OK, told.stderr
        for slow in ("django", "numpy", "typer", "rich"):
            assert f"'{slow}'" not in loaded

    @pytest.mark.parametrize("name", sorted({*clients.names(), *operators.names(), "score"}))
    def test_help_has_an_example(self, name: str, stranger: Client):
        """Each help ends with examples that begin as one would type them, and with the exit codes."""
        told = " ".join(stranger.run(name, "--help").stdout.split())

        assert re.search(f"[Ee]xamples?: milepost {name}", told)
        assert "Exit codes: 0 done" in told
