"""The house rules that imports cannot see. Each carries a good and a bad example of its own."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch

from tests.house.sources import parsed

DOORS = ("web", "api", "scim", "mcp", "worker", "management", "cli", "config")
BELOW = ("actions", "queries", "ledger", "models", "connectors", "channels", "formats", "core")


@dataclass(frozen=True)
class Rule:
    """A rule: the files it is for, what it finds in one, and examples that show both."""

    name: str
    paths: tuple[str, ...]
    check: Callable[[str, str], Iterator[str]]
    good: tuple[str, str]
    bad: tuple[str, str]
    besides: tuple[str, ...] = ()

    def is_for(self, path: str) -> bool:
        """Say whether the rule is about this file."""
        return _matches(path, self.paths) and not _matches(path, self.besides)

    def complaints(self, path: str, source: str) -> list[str]:
        """List what is wrong in a file, with the line."""
        return [f"{path}{complaint}" for complaint in self.check(path, source)]


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(path, pattern) for pattern in patterns)


def _python(*folders: str) -> tuple[str, ...]:
    return tuple(f"milepost/{folder}/*.py" for folder in folders)


def _public_functions(source: str) -> Iterator[ast.FunctionDef]:
    for node in parsed(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node


# ── Actions ──


def _signature(path: str, source: str) -> Iterator[str]:
    for function in _public_functions(source):
        given = function.args
        last = [(each.arg, _annotation(each)) for each in given.kwonlyargs[-2:]]
        named = {each.arg for each in [*given.args, *given.kwonlyargs]}
        if not named & {"by", "at"} and not _is_transaction(function):
            continue  # tells something about a definition and changes nothing
        place = f":{function.lineno}: {function.name}"
        if given.args or given.posonlyargs or given.vararg or given.kwarg:
            yield f"{place} takes arguments by position; an action takes each by name"
        if last != [("by", "Actor"), ("at", "datetime")]:
            yield f"{place} must end in by: Actor, at: datetime"


def _annotation(argument: ast.arg) -> str:
    return ast.unparse(argument.annotation).rpartition(".")[2] if argument.annotation else ""


def _is_transaction(function: ast.FunctionDef) -> bool:
    return any("atomic" in ast.unparse(decorator) for decorator in function.decorator_list)


def _docstring(path: str, source: str) -> Iterator[str]:
    for function in _public_functions(source):
        said = ast.get_docstring(function)
        if not said or not said.splitlines()[0].rstrip().endswith((".", ":", "?")):
            yield f":{function.lineno}: {function.name} needs a docstring: a sentence that says what it does"


# ── Time ──

_CLOCKS = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "timezone": {"now", "localdate", "localtime"},
    "time": {"time", "time_ns", "localtime", "gmtime"},
}


def _clock(path: str, source: str) -> Iterator[str]:
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value).rpartition(".")[2]
            if node.attr in _CLOCKS.get(owner, ()):
                yield f":{node.lineno}: {owner}.{node.attr} asks for the time; a door passes it in as `at`"
        elif isinstance(node, ast.ImportFrom):
            module = (node.module or "").rpartition(".")[2]
            for name in node.names:
                if name.name in _CLOCKS.get(module, ()):
                    yield f":{node.lineno}: imports {name.name} from {module}, which asks for the time"


# ── Tables ──


def _no_objects(path: str, source: str) -> Iterator[str]:
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager"):
            yield f":{node.lineno}: .{node.attr} in a door; ask a query or call an action"


# ── Core ──


def _diet(path: str, source: str) -> Iterator[str]:
    may_count = path.removeprefix("milepost/core/").partition("/")[0].removesuffix(".py")
    allowed = {*sys.stdlib_module_names, "milepost"}
    if may_count in ("rollup", "forecast"):
        allowed.add("numpy")
    for node in ast.walk(parsed(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""] if not node.level else []
        for name in names:
            if name.partition(".")[0] not in allowed:
                yield f":{node.lineno}: core imports {name}; it lives on the standard library"


# ── Templates ──

_NEEDS = re.compile(r"\{#-?\s*needs: \S")


def _needs(path: str, source: str) -> Iterator[str]:
    if not _NEEDS.match(source):
        yield ":1: the first line must say what the template needs: {# needs: team, objectives #}"


def _not_django(path: str, source: str) -> Iterator[str]:
    for number, line in enumerate(source.splitlines(), 1):
        if re.search(r"\{%-?\s*(load|url|static|csrf_token|blocktrans)\b", line):
            yield f":{number}: a tag of Django's templates, which are for the admin alone"


# ── Tests ──


def _test_sentence(path: str, source: str) -> Iterator[str]:
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            said = ast.get_docstring(node)
            if not said or not said.splitlines()[0].rstrip().endswith("."):
                yield f":{node.lineno}: {node.name} must open with a sentence that says what holds"


def _no_mocks(path: str, source: str) -> Iterator[str]:
    for node in ast.walk(parsed(source)):
        names = [node.module] if isinstance(node, ast.ImportFrom) else []
        names += [name.name for name in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if any(name in ("unittest.mock", "mock", "pytest_mock") for name in names if name):
            yield f":{node.lineno}: a mock; use the real part, or a fake of somebody else's machine"


# What a locator says at once, though the page may get there a moment later.
_AT_ONCE = {
    "all_inner_texts", "all_text_contents", "count", "get_attribute", "inner_html", "inner_text",
    "input_value", "is_checked", "is_disabled", "is_enabled", "is_hidden", "is_visible", "text_content",
}  # fmt: skip


def _waits(path: str, source: str) -> Iterator[str]:
    tree = parsed(source)
    for claim in ast.walk(tree):
        for node in ast.walk(claim.test) if isinstance(claim, ast.Assert) else ():
            if isinstance(node, ast.Attribute) and _is_asked_at_once(node):
                yield f":{node.lineno}: .{node.attr} is asked at once; expect(…) and until(…) wait for it"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "wait_for_function":
            yield f":{node.lineno}: wait_for_function is stopped by the pages' policy; until(…) does it"
        elif isinstance(node, ast.Constant) and node.value == "networkidle":
            yield f":{node.lineno}: once idle, a page stays idle for the driver; wait for what is to come"


def _is_asked_at_once(node: ast.Attribute) -> bool:
    owner = ast.unparse(node.value)
    if node.attr == "url":
        return owner.rpartition(".")[2] in ("page", "visitor")
    return node.attr in _AT_ONCE and ".objects." not in owner


# ── Every file ──

_ASKED_FOR = ("milepost/config/sqlite/base.py",)  # Django looks for it by this name
_EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "service", "services", "base"}


def _named_for_a_noun(path: str, source: str) -> Iterator[str]:
    for part in () if path in _ASKED_FOR else path.split("/"):
        if part.partition(".")[0].lower() in _EMPTY_NAMES:
            yield f": {part} says nothing; there is a noun you have not found"


# Each written in two pieces, so that this file does not find itself.
_ELSEWHERE = re.compile(
    "|".join(
        (
            r"(?<![\w.~:/-])/(wo" + r"rk|ro" + r"ot|op" + r"t)/\w",
            r"(?<![\w.~:/-])/tm" + r"p/\w",
            r"/ho" + r"me/\w+/",
            r"pypi" + r"\.(org|python)",
            r"pythonhos" + r"ted\.",
            r"npmj" + r"s\.(org|com)",
            r"deb\.deb" + r"ian\.",
            r"--(extra-)?index" + r"-url\s+\S*:",
        )
    )
)


def _not_elsewhere(path: str, source: str) -> Iterator[str]:
    for number, line in enumerate(source.splitlines(), 1):
        if found := _ELSEWHERE.search(line):
            yield f":{number}: {found.group()!r} names a machine or a registry that a reader does not have"


# ── Security ──

_SPEAKS = {
    "aiohttp",
    "http.client",
    "httpx",
    "requests",
    "smtplib",
    "socket",
    "ssl",
    "urllib.request",
    "urllib3",
}
_RUNS = {"ctypes", "lxml", "marshal", "pickle", "shelve", "subprocess", "xml"}


def _imported(source: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)


def _asks_nobody(path: str, source: str) -> Iterator[str]:
    for line, name in _imported(source):
        if name in _SPEAKS:
            yield f":{line}: imports {name}; the server speaks to its database and its mail server alone"


def _runs_nothing(path: str, source: str) -> Iterator[str]:
    for line, name in _imported(source):
        if _RUNS & {name, name.partition(".")[0]}:
            yield f":{line}: imports {name}, which can be made to run or to fetch what a stranger wrote"


def _fixed_words(path: str, source: str) -> Iterator[str]:
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called, owner = node.func.attr, ast.unparse(node.func.value)
            if called in ("from_string",):
                yield f":{node.lineno}: makes a template of a text; templates are files"
            elif called == "extra" and "objects" in owner:
                yield f":{node.lineno}: .extra() takes SQL as text"


RULES = (
    Rule(
        "the server asks nobody but its database and its mail server",
        ("milepost/*.py",),
        _asks_nobody,
        good=("milepost/web/teams.py", "from urllib.parse import urlsplit"),
        bad=("milepost/web/teams.py", "from urllib import request\nimport http.client"),
        # The command is a client; serving looks whether its own port is free, and whether it answers.
        besides=("milepost/cli/*", "milepost/channels/email.py", "milepost/management/serving.py"),
    ),
    Rule(
        "nothing is read or started by what runs what it reads",
        ("milepost/*.py",),
        _runs_nothing,
        good=("milepost/formats/plans.py", "import json"),
        bad=("milepost/formats/plans.py", "import pickle\nfrom xml.etree import ElementTree"),
        besides=("milepost/cli/telling.py",),  # starts jq at its user's own terminal, by a list of words
    ),
    Rule(
        "templates and statements are never made of what came in",
        ("milepost/*.py",),
        _fixed_words,
        good=("milepost/web/teams.py", 'render(request, "teams/show.html")'),
        bad=("milepost/web/teams.py", "environment.from_string(request.POST['text'])"),
    ),
    Rule(
        "an action takes its arguments by name and ends in by and at",
        _python("actions"),
        _signature,
        good=(
            "milepost/actions/checkins.py",
            "def record(*, key_result: int, by: Actor, at: datetime) -> None: ...",
        ),
        bad=("milepost/actions/checkins.py", "def record(key_result: int, *, at: datetime, by: Actor): ..."),
        # The steps that actions are made of.
        besides=("milepost/actions/events.py", "milepost/actions/history.py"),
    ),
    Rule(
        "a public function of core, queries and actions says what it does",
        _python("core", "queries", "actions"),
        _docstring,
        good=("milepost/core/pace.py", 'def needed():\n    """Return what is needed by now."""'),
        bad=("milepost/core/pace.py", "def needed(): ..."),
    ),
    Rule(
        "nothing below the doors asks for the time",
        _python(*BELOW),
        _clock,
        good=("milepost/actions/checkins.py", "def record(*, at): return at.date()"),
        bad=("milepost/actions/checkins.py", "from django.utils import timezone\nat = timezone.now()"),
        # An id holds the moment it was made.
        besides=("milepost/core/ids.py", "milepost/models/ids.py"),
    ),
    Rule(
        "a door does not open the tables",
        _python(*DOORS),
        _no_objects,
        good=("milepost/web/teams.py", "team = teams.page(actor, slug)"),
        bad=("milepost/web/teams.py", "team = Team.objects.get(pk=1)"),
    ),
    Rule(
        "core lives on the standard library, and NumPy in rollup and forecast",
        _python("core"),
        _diet,
        good=("milepost/core/rollup.py", "import numpy\nfrom milepost.core import scoring"),
        bad=("milepost/core/scoring.py", "import numpy"),
    ),
    Rule(
        "a template's first line says what it needs",
        ("milepost/templates/*",),
        _needs,
        good=("milepost/templates/teams/show.html", "{# needs: shell, team #}\n<p>"),
        bad=("milepost/templates/teams/show.html", "<p>{{ team }}</p>"),
    ),
    Rule(
        "Django's templates are for the admin alone",
        ("milepost/templates/*",),
        _not_django,
        good=("milepost/templates/a.html", "{# needs: x #}{{ static('a.css') }}"),
        bad=("milepost/templates/a.html", "{# needs: x #}{% load static %}"),
    ),
    Rule(
        "a test opens with a sentence that says what holds",
        ("tests/*.py",),
        _test_sentence,
        good=("tests/core/test_pace.py", 'def test_a():\n    """A week is seven days."""'),
        bad=("tests/core/test_pace.py", "def test_a(): ..."),
    ),
    Rule(
        "a test uses the real parts",
        ("tests/*.py",),
        _no_mocks,
        good=("tests/core/test_pace.py", "from milepost.core import pace"),
        bad=("tests/core/test_pace.py", "from unittest import mock\nfrom unittest.mock import patch"),
    ),
    Rule(
        "a test in a browser waits for what it claims",
        ("tests/browser/*.py",),
        _waits,
        good=(
            "tests/browser/test_week.py",
            'expect(row).to_have_text("70")\nassert Checkin.objects.of(1).count() == 2',
        ),
        bad=("tests/browser/test_week.py", 'assert row.inner_text() == "70"'),
    ),
    Rule(
        "a file is named for a noun",
        ("*",),
        _named_for_a_noun,
        good=("milepost/core/pace.py", ""),
        bad=("milepost/core/utils.py", ""),
        # A style sheet is named for its @layer.
        besides=("milepost/static/*",),
    ),
    Rule(
        "no file names a machine or a registry that its reader does not have",
        ("*",),
        _not_elsewhere,
        good=("README.md", "Data lies in ~/.local/share/milepost."),
        bad=("README.md", "Data lies in /wo" + "rk/main."),
    ),
)
