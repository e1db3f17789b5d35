"""Compiled templates kept in the data folder: used again, and never where others could have written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from milepost.web import compiled
from milepost.web.compiled import Compiled

SECRET = "s" * 50
SOURCE = "Hello {{ name }}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "templates"


def drawn(folder: Path, source: str = SOURCE, secret: str = SECRET, name: str = "hello") -> str:
    """Draw a template in an environment that remembers nothing but what lies in the folder."""
    cache = Compiled(folder, secret)
    env = Environment(loader=DictLoader({name: source}), autoescape=True, bytecode_cache=cache)
    return env.get_template(name).render(name="Ada")


def kept(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


@pytest.fixture
def compilations(monkeypatch) -> list[str]:
    """Name the templates that were compiled, and not taken from the folder."""
    seen: list[str] = []
    plain = Environment._generate

    def generate(self, source, name, filename, defer_init=False):
        seen.append(name)
        return plain(self, source, name, filename, defer_init)

    monkeypatch.setattr(Environment, "_generate", generate)
    return seen


class TestCompiled:
    def test_compiles_once(self, folder: Path, compilations: list[str]):
        """A second process takes what the first one kept."""
        assert drawn(folder) == drawn(folder) == "Hello Ada"

        assert compilations == ["hello"]

    def test_another_source_is_compiled_anew(self, folder: Path, compilations: list[str]):
        """What was kept of an older template is passed over, and replaced."""
        drawn(folder)

        assert drawn(folder, "Goodbye {{ name }}") == "Goodbye Ada"
        assert drawn(folder, "Goodbye {{ name }}") == "Goodbye Ada"
        assert compilations == ["hello", "hello"]
        assert len(kept(folder)) == 1

    def test_other_code_compiles_anew(self, folder: Path, compilations: list[str], monkeypatch):
        """Filters take part in compiling, so what another version compiled is not used."""
        drawn(folder)
        monkeypatch.setattr(compiled.milepost, "__version__", "another")
        drawn(folder)

        assert compilations == ["hello", "hello"]

    def test_what_another_secret_sealed_is_not_executed(self, folder: Path, compilations: list[str]):
        """A file that somebody else made is as good as none."""
        drawn(folder, "Stolen", secret="t" * 50)
        [planted] = kept(folder)
        data = planted.read_bytes()

        assert drawn(folder, "Stolen") == "Stolen"
        assert compilations == ["hello", "hello"]
        assert planted.read_bytes() != data

    def test_a_byte_changed_is_not_executed(self, folder: Path, compilations: list[str]):
        """A file that was written over, or not to its end, is compiled anew."""
        drawn(folder)
        [file] = kept(folder)
        data = bytearray(file.read_bytes())
        for broken in (bytes(data[:-1]), bytes([*data[:-1], data[-1] ^ 1]), b""):
            file.write_bytes(broken)
            assert drawn(folder) == "Hello Ada"

        assert len(compilations) == 4

    def test_one_template_does_not_stand_for_another(self, folder: Path, compilations: list[str]):
        """A file under another template's name is not that template, though we have sealed it."""
        drawn(folder, name="hello")
        [hello] = kept(folder)
        drawn(folder, name="other")
        [other] = [file for file in kept(folder) if file != hello]
        other.write_bytes(hello.read_bytes())

        drawn(folder, name="other")
        assert compilations == ["hello", "other", "other"]

    @pytest.mark.parametrize("mode", [0o755, 0o770, 0o777])
    def test_a_folder_open_to_others_is_left_alone(self, folder: Path, compilations: list[str], mode: int):
        """Nothing is read where others may look or write, and nothing is written there."""
        drawn(folder)
        folder.chmod(mode)
        [file] = kept(folder)
        file.unlink()

        assert drawn(folder) == drawn(folder) == "Hello Ada"
        assert not kept(folder)
        assert len(compilations) == 3

    def test_a_link_is_no_folder_of_ours(self, folder: Path, tmp_path: Path, compilations: list[str]):
        """Whoever puts a link in its place leads us nowhere."""
        elsewhere = tmp_path / "elsewhere"
        drawn(elsewhere)
        folder.symlink_to(elsewhere)

        assert drawn(folder) == "Hello Ada"
        assert compilations == ["hello", "hello"]

    def test_without_a_data_folder_nothing_is_made(self, tmp_path: Path):
        """Whoever only looks at a page of nothing leaves nothing behind."""
        assert drawn(tmp_path / "none" / "templates") == "Hello Ada"

        assert not (tmp_path / "none").exists()

    def test_is_private(self, folder: Path):
        """The folder is for its owner alone, whatever the process lets others do by default."""
        before = os.umask(0)
        try:
            drawn(folder)
        finally:
            os.umask(before)

        assert folder.stat().st_mode & 0o777 == 0o700
