"""No binary float on the exact path, no clock, no Django: core's diet (method 2.1)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

CORE = Path(__file__).resolve().parents[2] / "milepost" / "core"
EXACT = sorted(
    [
        *(CORE / "scoring").glob("*.py"),
        *(CORE / f"{name}.py" for name in ("policies", "peers", "peer_rows", "cells", "pace", "cadence")),
    ]
)
PURE = [*EXACT, CORE / "states.py", CORE / "alignment.py"]
STANDARD = {
    "__future__",
    "collections",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
}
STANDARD |= {"itertools", "re", "types", "typing", "zoneinfo"}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@pytest.mark.parametrize("path", EXACT, ids=lambda path: path.stem)
def test_has_no_float(path):
    """There is no float literal, no float(), round() or math, and no division of plain integers by name."""
    for node in ast.walk(tree(path)):
        where = f"{path.name}:{getattr(node, 'lineno', 0)}"
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), where
        assert not (isinstance(node, ast.Name) and node.id in {"float", "round"}), where


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.stem)
def test_stands_on_the_standard_library_alone(path):
    """Core imports the standard library and itself."""
    for node in ast.walk(tree(path)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert name.startswith("milepost.core") or name.split(".")[0] in STANDARD, (path.name, name)


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.stem)
def test_never_asks_for_the_time(path):
    """What is true does not depend on when it is asked."""
    asked = {"now", "today", "utcnow", "time", "monotonic"}
    calls = [node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    named = {call.attr for call in calls if isinstance(call, ast.Attribute)}

    assert not named & asked


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.stem)
def test_its_values_never_change(path):
    """Every dataclass of core is frozen."""
    for node in ast.walk(tree(path)):
        for made in node.decorator_list if isinstance(node, ast.ClassDef) else []:
            if isinstance(made, ast.Call) and getattr(made.func, "id", "") == "dataclass":
                settings = {word.arg: ast.literal_eval(word.value) for word in made.keywords}
                assert settings.get("frozen") is True, node.name
