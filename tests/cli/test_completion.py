"""Tab completes: in bash for real, in the other shells as far as they are on the machine."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shlex
import shutil
import struct
import subprocess
import sys
import termios

import pytest

from milepost.cli import clients, operators
from milepost.cli.exits import Exit
from milepost.cli.shells import SCRIPTS
from tests.cli.client import PATIENCE, Client
from tests.running import missing, wait_until

# How each shell checks a script without running it.
CHECKS = {
    "bash": ("bash", "-n"),
    "zsh": ("zsh", "-n"),
    "fish": ("fish", "--no-execute"),
    "powershell": ("pwsh", "-NoProfile", "-File"),
}


def offered(client: Client, *typed: str) -> dict[str, str]:
    """Return the words that fit, with what they mean."""
    told = client.run("completion", "words", "--", *typed)
    assert told.returncode == Exit.OK, told.stderr
    rows = (line.partition("\t") for line in told.stdout.splitlines())
    return {value: says for value, _, says in rows}


def found(client: Client, *typed: str) -> dict[str, str]:
    """Return the words that fit, asking until there are any: Tab waits for a server for one second alone."""
    words: dict[str, str] = {}
    wait_until(lambda: bool(words.update(offered(client, *typed)) or words))
    return words


class TestWords:
    def test_are_the_commands_first(self, stranger: Client):
        """Every command is offered with what it does, logged in or not."""
        words = offered(stranger, "")

        assert {*clients.names(), *operators.names(), "score"} <= set(words)
        assert all(words.values())
        assert offered(stranger, "che").keys() == {"checkin"}

    def test_are_the_options_of_the_command(self, stranger: Client):
        """What begins with a dash are its options; what has choices offers them."""
        assert {"--status", "--state"} <= offered(stranger, "list", "objectives", "--sta").keys()
        assert "off_track" in offered(stranger, "tree", "--status", "")
        assert "--verify" in offered(stranger, "backup", "--")
        assert offered(stranger, "completion", "").keys() == set(SCRIPTS)

    def test_are_names_and_things(self, client: Client):
        """Teams by name, key results by their id in the file, anything by its title or id."""
        one = client.json("list", "key-results", "--state", "active", "--limit", "1")[0]

        assert client.json("list", "teams", "--limit", "1")[0]["name"] in found(client, "tree", "--team", "")
        assert found(client, "checkin", one["key"][:-1])[one["key"]] == one["title"]
        assert one["title"] in found(client, "show", one["title"][:6].lower())
        assert one["id"] in found(client, "open", one["id"][:10])

    def test_are_written_alike_everywhere(self, client: Client, monkeypatch):
        """Shells read UTF-8, also where programs print in an encoding of the machine's own."""
        monkeypatch.setitem(client.variables, "PYTHONIOENCODING", "ascii")

        assert "Cafés and Canteens" in found(client, "tree", "--team", "caf")

    def test_are_none_where_nobody_is_logged_in(self, stranger: Client):
        """Without a login nothing is offered, and nothing is complained about."""
        assert offered(stranger, "show", "a") == {}


@pytest.mark.parametrize("shell", SCRIPTS)
class TestScripts:
    def test_are_printed_whole(self, shell: str, stranger: Client):
        """Each says how to put it in place, and asks the command."""
        script = stranger.run("completion", shell).stdout

        assert script.startswith("#")
        assert "milepost completion words --" in script

    def test_are_understood(self, shell: str, stranger: Client, tmp_path):
        """The shell itself finds no mistake in it."""
        program, *more = CHECKS[shell]
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on this machine.")
        file = tmp_path / "milepost.ps1"
        file.write_text(stranger.run("completion", shell).stdout)

        told = subprocess.run([program, *more, str(file)], capture_output=True, text=True, timeout=PATIENCE)

        assert (told.returncode, told.stderr) == (0, "")


# How each shell is started without anybody's own settings, and how the completion gets into it.
SHELLS = {
    "bash": (("bash", "--norc", "-i"), 'eval "$(milepost completion bash)"'),
    "zsh": (("zsh", "-f", "-i"), 'autoload -U compinit; compinit -u; eval "$(milepost completion zsh)"'),
    "fish": (("fish", "--no-config", "-i"), "milepost completion fish | source"),
}
WIDE = struct.pack("HHHH", 40, 160, 0, 0)  # rows and columns of the window


class Typist:
    """Somebody at an interactive shell with the completion in place."""

    def __init__(self, client: Client, shell: str) -> None:
        (name, *more), begin = SHELLS[shell]
        program = shutil.which(name)
        if program is None:
            missing(f"{name} is not on this machine.")
        folder = client.home / "bin"
        folder.mkdir(parents=True, exist_ok=True)
        command = folder / "milepost"
        command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m milepost "$@"\n')
        command.chmod(0o755)
        there = {**client.environ, "PATH": f"{folder}:{os.environ['PATH']}", "PS1": "> ", "TERM": "xterm"}
        here, end = pty.openpty()
        fcntl.ioctl(end, termios.TIOCSWINSZ, WIDE)
        self.terminal = here
        self.process = subprocess.Popen(
            ["setsid", "--ctty", program, *more], env=there, stdin=end, stdout=end, stderr=end
        )
        os.close(end)
        self.shown = ""
        self.see("")  # whatever the prompt is
        self.type(f'{begin}; echo read""y\r')
        self.see("ready")

    def type(self, keys: str) -> None:
        self.shown = ""
        os.write(self.terminal, keys.encode())

    def see(self, text: str) -> None:
        """Wait until a text is shown."""
        while not self.shown or text not in self.shown:
            assert select.select([self.terminal], [], [], PATIENCE)[0], f"{text!r} never came: {self.shown!r}"
            came = os.read(self.terminal, 65_536).decode(errors="replace")
            # Some shells ask the terminal what it is and where its cursor stands, and wait for the answer.
            for asked, answer in (("\x1b[c", "\x1b[?62;c"), ("\x1b[6n", "\x1b[1;1R")):
                # What is asked may come in two pieces.
                again = (self.shown + came).count(asked) - self.shown.count(asked)
                os.write(self.terminal, answer.encode() * again)
            self.shown += came

    def leave(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)


@pytest.mark.parametrize("shell", SHELLS)
class TestTab:
    def test_completes(self, shell: str, client: Client):
        """A command, an option and a value are finished by pressing Tab."""
        typist = Typist(client, shell)

        try:
            typist.type("milepost che\t")
            typist.see("checkin")
            typist.type("\x15milepost list objectives --stat\t\t")
            typist.see("--status")
            typist.type("\x15milepost tree --status off\t")
            typist.see("off_track")
        finally:
            typist.leave()

    @pytest.mark.parametrize("typed", ["{}", '"{}', "'{}"], ids=["backslashes", "double", "single"])
    def test_completes_a_title_with_blanks(self, shell: str, typed: str, client: Client):
        """However its blanks are kept together, the command is given the whole title as one word."""
        titles = [one["title"] for one in client.json("list", "objectives", "--limit", "50")]
        title = next(one for one in titles if one[9:].count(" ") and len(one) < 60)
        begun = title[: title.index(" ", 8) + 2]
        assert [one for one in titles if one.startswith(begun)] == [title]
        begun = begun if typed != "{}" else begun.replace(" ", "\\ ")
        assert title in found(client, "show", title[:3])  # from here on they are kept
        typist = Typist(client, shell)

        try:
            typist.type(f"milepost show {typed.format(begun)}\t")
            typist.see(title.split()[-1][-3:])
            typist.type("\x01printf '(%s)' \r")  # to the beginning of the line, and before the command
            typist.see(f"(milepost)(show)({title})")
        finally:
            typist.leave()
