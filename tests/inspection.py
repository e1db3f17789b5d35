"""What looks pages over: axe for people who read them otherwise, the Nu checker for valid HTML."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.running import missing

TOOLS = Path(__file__).resolve().parent / "tools" / "node_modules"
AXE = TOOLS / "axe-core" / "axe.min.js"
NU = TOOLS / "vnu-jar" / "build" / "dist" / "vnu.jar"

# What is fetched beforehand serves rules about playing sound and turning the screen, which we do not ask for.
RUN_AXE = """async (more) =>
  (await axe.run(document, {resultTypes: ['violations'], preload: false, ...more})).violations"""
# The rules about what a scheme changes, and about what a narrow screen makes scroll.
COLOURS, SCROLLING = ("color-contrast", "link-in-text-block"), ("scrollable-region-focusable",)

# A checker that reads some pages and ends is done before the better compiler has paid for itself.
SHORT_LIVED = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss8m")


def accessibility_problems(page, *, only: Sequence[str] = ()) -> list[str]:
    """List what axe finds on the page as it stands, one line for each element.

    A page that was looked over differs in another scheme by its colours alone: `only` names the rules to ask.
    """
    _require(AXE)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return [
        f"{violation['id']}: {violation['help']}: {' '.join(map(str, node['target']))}"
        for violation in page.evaluate(RUN_AXE, {"runOnly": [*only]} if only else {})
        for node in violation["nodes"]
    ]


def html_problems(documents: Mapping[str, str]) -> list[str]:
    """List what is not valid HTML in documents, given by name: many at once cost hardly more than one."""
    _require(NU)
    if shutil.which("java") is None:
        missing("Java is not on this machine (apt install default-jre-headless).")
    with tempfile.TemporaryDirectory(prefix="milepost-html-") as folder:
        files = {Path(folder) / f"{number}.html": name for number, name in enumerate(documents)}
        for path, name in files.items():
            path.write_text(documents[name], encoding="utf-8")
        command = ["java", *SHORT_LIVED, "-jar", NU]
        command += ["--stdout", "--exit-zero-always", "--errors-only", "--format", "json"]
        told = subprocess.run([*command, *files], capture_output=True, text=True, check=True)
        return [
            f"{files[Path(message['url'].removeprefix('file:'))]}:{message.get('lastLine', '?')}: "
            f"{message['message']} {message.get('extract', '').strip()!r}"
            for message in json.loads(told.stdout)["messages"]
        ]


def _require(tool: Path) -> None:
    if not tool.exists():
        missing(f"{tool.name} is not installed (with npm on this machine, bin/setup does it).")
