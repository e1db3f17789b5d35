"""What the documents point at is there: pages, headings, pictures, files of the house, words on buttons."""

from __future__ import annotations

import re
import tomllib
from functools import cache

import pytest

from tests.docs.pages import PAGES, ROOT, anchors, links, prose

NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
LARGEST_PICTURE = 250_000
DOCUMENTS = ROOT / "docs"
DECISIONS = sorted((DOCUMENTS / "decisions").glob("*.md"))


@pytest.mark.parametrize("name", NAMES)
class TestEveryPage:
    def test_has_no_dead_link(self, name):
        """Each link inside the project leads to a file, and each anchor to a heading of it."""
        page = ROOT / name
        dead = []

        for link in links(page):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            is_there = target.exists() and target.is_relative_to(ROOT)
            if not is_there or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
                dead.append(link)

        assert dead == []

    def test_names_nothing_of_the_machine_it_was_written_on(self, name):
        """No path of somebody's machine stands in a document."""
        text = (ROOT / name).read_text(encoding="utf-8")

        assert re.findall(r"(?<![\w./~])/(?:work|tmp|home|root)/\S*", text) == []


class TestIndex:
    def test_lists_every_decision(self):
        """Each decision is linked from the index by its number and its title."""
        index = (DOCUMENTS / "index.md").read_text(encoding="utf-8")

        for path in DECISIONS:
            title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
            assert f"- [{title}](decisions/{path.name})" in index

    def test_leads_to_every_page(self):
        """Each page of docs/ can be reached from the index."""
        reached = {(DOCUMENTS / link.partition("#")[0]).resolve() for link in links(DOCUMENTS / "index.md")}

        assert [page.name for page in DOCUMENTS.rglob("*.md") if page not in reached] == ["index.md"]


class TestDecisions:
    @pytest.mark.parametrize(
        "path", sorted((DOCUMENTS / "decisions").glob("*.md")), ids=lambda path: path.name
    )
    def test_have_one_shape(self, path):
        """A decision says context, choice and consequences, under the number in its name."""
        text = path.read_text(encoding="utf-8")

        assert re.match(rf"# {path.name[:4]} · \S", text)
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Choice", "Consequences"]

    def test_every_dependency_has_its_reason(self):
        """Each direct dependency of pyproject.toml has a row in the decision about dependencies."""
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        table = (DOCUMENTS / "decisions" / "0001-dependencies.md").read_text(encoding="utf-8").lower()
        names = [re.match(r"[\w.-]+", line).group().lower() for line in project["dependencies"]]

        assert [name for name in names if f"\n| {name}" not in table] == []

    def test_name_files_that_exist(self):
        """Each file of the code that a decision names is there."""
        named = set()
        for path in DECISIONS:
            named |= set(re.findall(r"`((?:milepost|tests|requirements)/[\w./-]+)`", path.read_text("utf-8")))

        assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


class TestHouse:
    def test_names_files_that_exist(self):
        """Every path that the page of the house names is there."""
        text = (DOCUMENTS / "house.md").read_text(encoding="utf-8")
        named = set(re.findall(r"`((?:milepost|tests|bin|docs)/[\w./-]+\w/?)`", text))

        assert named
        assert [name for name in sorted(named) if not (ROOT / name).exists()] == []

    def test_draws_what_is_there(self):
        """Each file and folder in the drawn plan is there; what is to come says so."""
        text = (DOCUMENTS / "house.md").read_text(encoding="utf-8")
        plan = text.partition("```\n")[2].partition("```")[0]
        floor, missing = "", []

        for line in plan.splitlines():
            if "to come" in line:
                continue
            if found := re.match(r"├── (\w+)/", line):
                floor = found[1]
            for name in re.findall(r"(?<![\w*/.])(\w+(?:\.py|/))(?![\w*])", line):
                places = [
                    ROOT / above / name
                    for above in ("milepost", f"milepost/{floor}", "milepost/static/milepost", ".")
                ]
                if not any(place.exists() for place in places):
                    missing.append(name)

        assert missing == []

    def test_draws_every_floor(self):
        """Each folder of the package stands in the drawn plan."""
        text = (DOCUMENTS / "house.md").read_text(encoding="utf-8")
        folders = [
            path.name for path in (ROOT / "milepost").iterdir() if path.is_dir() and path.name[0] != "_"
        ]

        assert [name for name in sorted(folders) if f"── {name}/" not in text] == []


class TestPictures:
    def test_are_small_and_used(self):
        """Each picture opens at once, and stands on a page."""
        used = {(page.parent / link).resolve() for page in PAGES for link in links(page)}

        for picture in (DOCUMENTS / "images").glob("*.png"):
            assert picture.stat().st_size < LARGEST_PICTURE, picture.name
            assert picture in used, picture.name


class TestTutorial:
    def test_quotes_words_that_are_on_the_pages(self):
        """What stands in bold, to be clicked or read, is written somewhere in the product."""
        text = prose(DOCUMENTS / "tutorial.md")
        quoted = [" ".join(words.split()) for words in re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)]
        missing = [words for words in quoted if not _is_said(words)]

        assert quoted
        assert missing == []


def _is_said(words: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(words)}(?![\w-])", _product()) is not None


@cache
def _product() -> str:
    pages = [*(ROOT / "milepost" / "templates").rglob("*.html"), *(ROOT / "milepost" / "web").rglob("*.py")]
    pages += [ROOT / "milepost" / "static" / "milepost" / "js" / "sweep.js"]
    pages += (ROOT / "milepost" / "management" / "demo").rglob("people.py")
    return "\n".join(path.read_text(encoding="utf-8") for path in pages)
