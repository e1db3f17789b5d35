"""Whoever is refused is told what to do: no problem is raised without its remedy."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house import sources

ROOT = "Problem"


def without_remedy(texts: dict[str, str]) -> list[str]:
    """List where a problem is made that names no remedy, given Python by its path."""
    trees = {path: sources.parsed(text) for path, text in texts.items()}
    problems = {ROOT: ast.ClassDef(ROOT, [], [], [], [])}
    while more := {each.name: each for each in _classes(trees) if _is_new(each, problems)}:
        problems |= more
    return [
        f"{path}:{call.lineno}: {ast.unparse(call.func)} without a remedy"
        for path, tree in trees.items()
        for call in [*_made(tree, problems), *_passed_on(tree, problems)]
        if not any(each.arg in ("remedy", None) for each in call.keywords)
    ]


def _classes(trees: dict[str, ast.Module]) -> Iterator[ast.ClassDef]:
    for tree in trees.values():
        yield from (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def _is_new(found: ast.ClassDef, problems: dict[str, ast.ClassDef]) -> bool:
    return found.name not in problems and any(_name(base) in problems for base in found.bases)


def _name(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]


def _beginning(found: ast.ClassDef) -> ast.FunctionDef | None:
    return next((n for n in found.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"), None)


def _made(tree: ast.Module, problems: dict[str, ast.ClassDef]) -> Iterator[ast.Call]:
    """Yield where one is made whose remedy is not a matter of its class."""
    for node in ast.walk(tree):
        meant = problems.get(_name(node.func)) if isinstance(node, ast.Call) else None
        if meant is not None and _is_told(meant) and (node.args or _beginning(meant) is None):
            yield node


def _is_told(meant: ast.ClassDef) -> bool:
    """Say whether a class is told its remedy, and has none of its own."""
    beginning = _beginning(meant)
    return beginning is None or beginning.args.kwarg is not None


def _passed_on(tree: ast.Module, problems: dict[str, ast.ClassDef]) -> Iterator[ast.Call]:
    """Yield where a class that begins in its own way says what it comes to."""
    for found in ast.walk(tree):
        above = [problems[_name(base)] for base in getattr(found, "bases", ()) if _name(base) in problems]
        if above and all(map(_is_told, above)) and (began := _beginning(found)) is not None:
            for node in ast.walk(began):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__":
                    yield node


class TestProblems:
    def test_have_a_remedy(self):
        """Each says what to do, where it is raised or in its class."""
        python = [
            path for path in sources.committed() if path.startswith("milepost/") and path.endswith(".py")
        ]

        assert without_remedy({path: sources.text(path) or "" for path in python}) == []

    def test_are_noticed_without(self):
        """Also those of a class made elsewhere, and of one that begins in its own way."""
        classes = """
class Gone(Problem): ...
class Own(Gone):
    def __init__(self): super().__init__("It is gone.")
"""
        raised = (
            "raise problems.Gone('It is gone.')\nraise Own\nraise Gone('It is gone.', remedy='Look again.')"
        )

        found = without_remedy({"milepost/core/a.py": classes, "milepost/web/b.py": raised})

        assert [each.rpartition(":")[0] for each in found] == ["milepost/core/a.py:4", "milepost/web/b.py:1"]
