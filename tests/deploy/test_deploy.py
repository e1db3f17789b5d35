"""The files in deploy/ fit this Milepost: its commands, settings and addresses; and give no rights away."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.core.management import load_command_class
from django.urls import resolve

from milepost.cli import operators
from milepost.cli.exits import Exit
from milepost.config.table import PREFIX, Settings, described_settings
from milepost.web import start
from tests.postgres import free_port
from tests.running import PATIENCE, ROOT, Installation, missing, wait_until

DEPLOY = ROOT / "deploy"
SETTINGS = {f"{PREFIX}{setting.name.upper()}" for setting in described_settings()}
UNITS = ("milepost.service", "milepost-backup.service")
MOST_EXPOSED = 2.0


def lines(name: str) -> list[str]:
    return [
        line for line in (DEPLOY / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]


def told(name: str, key: str) -> list[str]:
    """What a unit says under a key, each time it does."""
    return [line.partition("=")[2] for line in lines(name) if line.startswith(f"{key}=")]


def understands(words: list[str]) -> None:
    """Let a command read its arguments; it exits where one is wrong."""
    assert operators.knows(words[0])
    load_command_class("milepost", words[0]).create_parser("milepost", words[0]).parse_args(words[1:])


class TestUnits:
    @pytest.mark.parametrize("unit", UNITS)
    def test_run_commands_that_there_are(self, unit):
        """What systemd starts is a command of this version, with arguments that it takes."""
        program, *words = shlex.split(told(unit, "ExecStart")[0])

        assert Path(program).name == "milepost"
        understands(words)

    @pytest.mark.parametrize("unit", UNITS)
    def test_set_settings_that_there_are(self, unit):
        """Each variable is a setting, and the data lies in the one folder that may be written."""
        variables = dict(line.split("=", 1) for line in told(unit, "Environment"))

        assert set(variables) <= SETTINGS
        assert variables["MILEPOST_DATA_DIR"] == f"/var/lib/{told(unit, 'StateDirectory')[0]}"
        assert told(unit, "ProtectSystem") == ["strict"]

    @pytest.mark.parametrize("unit", UNITS)
    def test_give_no_rights_away(self, unit):
        """systemd's own judge finds little that the service could do beyond its work."""
        judge = shutil.which("systemd-analyze")
        if judge is None:
            pytest.skip("systemd is not on this machine.")
        asked = subprocess.run(
            [judge, "security", "--offline=true", "--no-pager", DEPLOY / unit], capture_output=True, text=True
        )

        found = re.search(r"exposure level for \S+: ([0-9.]+)", asked.stdout + asked.stderr)
        if found is None:
            pytest.skip(f"systemd does not judge here: {asked.stderr}")
        assert float(found.group(1)) <= MOST_EXPOSED

    def test_are_what_systemd_understands(self, tmp_path):
        """No line of a unit is misspelt, or of another section."""
        judge = shutil.which("systemd-analyze")
        if judge is None:
            pytest.skip("systemd is not on this machine.")
        for unit in (*UNITS, "milepost-backup.timer"):
            said = (DEPLOY / unit).read_text(encoding="utf-8")
            # What is to be started has to be there.
            (tmp_path / unit).write_text(
                said.replace("/usr/local/lib/milepost/bin/milepost", "/bin/true"), encoding="utf-8"
            )

        asked = subprocess.run(
            [judge, "verify", *(tmp_path / unit for unit in UNITS), tmp_path / "milepost-backup.timer"],
            capture_output=True,
            text=True,
        )

        assert [line for line in asked.stderr.splitlines() if "milepost" in line] == []

    def test_take_no_more_than_their_share(self):
        """The machine keeps memory for others; where it ends, who answers falls and not who watches."""
        assert [told(unit, "MemoryMax") for unit in UNITS] == [["2G"], ["4G"]]
        assert told("milepost.service", "OOMPolicy") == ["continue"]

    def test_try_again_what_may_come_by_itself(self):
        """A database that is late is waited for, however long; what takes a person is not tried again."""
        assert told("milepost.service", "Type") == ["notify"]
        assert told("milepost.service", "StartLimitIntervalSec") == ["0"]
        assert told("milepost.service", "RestartPreventExitStatus") == [str(int(Exit.CONFLICT))]

    def test_hold_both_services_alike(self):
        """The nightly backup may do no more than the server."""
        begin = "UMask=0077"
        server, backup = ("\n".join(lines(unit)).partition(begin)[2] for unit in UNITS)

        assert server.partition("[Install]")[0].strip() == backup.strip()

    def test_start_the_backup_each_night(self):
        """The timer is that of the backup, and catches up after a night that was slept through."""
        assert told("milepost-backup.timer", "Persistent") == ["yes"]
        assert (DEPLOY / "milepost-backup.service").exists()


class TestContainer:
    def test_sets_settings_that_there_are(self):
        """Each variable of ours is a setting, and the volume is the data folder."""
        file = (DEPLOY / "Containerfile").read_text(encoding="utf-8")

        variables = dict(re.findall(r"(MILEPOST_\w+)=(\S+)", file))
        assert set(variables) <= SETTINGS
        assert re.findall(r"^VOLUME (\S+)$", file, re.M) == [variables["MILEPOST_DATA_DIR"]]
        assert re.findall(r"^EXPOSE (\d+)$", file, re.M) == [variables["MILEPOST_PORT"]]
        assert variables["MILEPOST_HOST"] == "0.0.0.0"

    def test_runs_as_nobody_in_particular(self):
        """The process is not root, and starts a command that there is."""
        file = (DEPLOY / "Containerfile").read_text(encoding="utf-8")

        last = file.rpartition("\nFROM ")[2]
        assert re.findall(r"^USER (\d+)$", last, re.M) == ["10001"]
        words = re.search(r"^CMD \[(.+)\]$", last, re.M).group(1)
        understands([word.strip(' "') for word in words.split(",")])

    def test_is_well_while_it_serves_wherever_that_is(self, install):
        """The check goes to the port of the settings, whatever hosts they name; it fails without one."""
        milepost = install(base_url="https://okr.acme.example", allowed_hosts="okr.zenith.example")
        before = checked(milepost, free_port())
        milepost.start()

        now = checked(milepost, milepost.port)
        # A line of the file counts as a variable does.
        (milepost.data_dir / "milepost.toml").write_text(f"port = {milepost.port}\n", encoding="utf-8")

        assert (before, now, checked(milepost)) == (1, 0, 0)

    def test_copies_what_there_is(self):
        """Each path that is copied from the clone exists, and versions are those that were tried."""
        file = (DEPLOY / "Containerfile").read_text(encoding="utf-8")

        copied = [
            path for line in re.findall(r"^COPY (?!--from)(.+)$", file, re.M) for path in line.split()[:-1]
        ]
        assert copied and all((ROOT / path).exists() for path in copied)
        assert "--require-hashes" in file


def checked(milepost: Installation, port: int | None = None) -> int:
    """Run the container's check of its health as the container does, and return its exit code."""
    file = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    program, *words = json.loads(re.search(r"^HEALTHCHECK .+\\\n +CMD (\[.+\])$", file, re.M)[1])
    assert program == "/milepost/bin/python"
    named = {} if port is None else {"MILEPOST_PORT": str(port)}
    return subprocess.run(
        [sys.executable, *words], env={**milepost.environ, **named}, capture_output=True, timeout=PATIENCE
    ).returncode


class TestCaddy:
    def test_leads_to_where_milepost_listens(self):
        """The proxy goes to the usual port, checks an address that there is, and hides what is not public."""
        file = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")

        assert f"reverse_proxy 127.0.0.1:{Settings.port}" in file
        for path in (
            *re.findall(r"health_uri (\S+)", file),
            *re.findall(r"@inside path (.+)", file)[0].split(),
        ):
            assert resolve(path).url_name in ("livez", "readyz", "metrics")
        assert set(re.findall(r"MILEPOST_\w+", file)) <= SETTINGS

    def test_lets_nobody_say_where_they_come_from(self):
        """Headers with an underscore, which would be read as the proxy's own, do not get through."""
        file = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")

        assert re.search(r"reverse_proxy [^}]*\{$.*^\s*header_up -\*_\*$", file, re.M | re.S)

    def test_leads_people_alone_to_https(self):
        """A program is told, and not led on with its token; browsers are to come over HTTPS for a year."""
        file = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")

        plain = re.search(r"^http://okr\.acme\.example \{(.+?)^\}", file, re.M | re.S)[1]
        assert plain.index("respond @programs") < plain.index("redir https://{host}{uri}")
        assert re.search(r"@programs path (\S+)", plain)[1] == "/api/*"
        assert 'header >Strict-Transport-Security "max-age=31536000; includeSubDomains"' in file


class TestNginx:
    def test_takes_no_old_encryption(self):
        """TLS 1.2 and 1.3 alone, sealed and forward secret, and nothing of which version answers."""
        file = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")

        assert re.findall(r"ssl_protocols (.+);", file) == ["TLSv1.2 TLSv1.3"]
        ciphers = re.search(r"ssl_ciphers (.+);", file)[1].split(":")
        assert all(re.fullmatch(r"ECDHE-(RSA|ECDSA)-\S*(GCM|POLY1305)\S*", cipher) for cipher in ciphers)
        assert "server_tokens off;" in file

    def test_leads_to_where_milepost_listens(self):
        """It goes to the usual port, takes the largest file of a form, and hides what is not public."""
        file = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")

        assert f"server 127.0.0.1:{Settings.port};" in file
        assert int(re.search(r"client_max_body_size (\d+)m;", file)[1]) << 20 > start.LARGEST
        for name in re.search(r"location ~ \^/\((\S+)\)\$", file)[1].split("|"):
            assert resolve(f"/{name}").url_name == name
        assert set(re.findall(r"MILEPOST_\w+", file)) <= SETTINGS

    def test_passes_requests_on(self, install, tmp_path):
        """The page to sign in comes over HTTPS, plain HTTP leads there, and what is not public is hidden."""
        nginx, openssl = shutil.which("nginx") or shutil.which("/usr/sbin/nginx"), shutil.which("openssl")
        if nginx is None or openssl is None:
            missing("nginx or openssl is not on this machine (apt install nginx openssl).")
        milepost = install(base_url="https://okr.acme.example").start()
        plain, secret = free_port(), free_port()
        with proxied(nginx, openssl, tmp_path, milepost.port, plain, secret):
            page = asked(secret, "/sign-in/")
            hidden = [asked(secret, f"/{name}").split("\r\n")[0] for name in ("livez", "readyz", "metrics")]
            elsewhere = asked(plain, "/w/acme/", secure=False)
            program = asked(plain, "/api/v1/me", secure=False)

        assert (
            page.startswith("HTTP/1.1 200")
            and "__Host-" in page
            and page.lower().count("strict-transport-security: max-age=31536000; includesubdomains") == 1
        )
        assert all(" 404 " in line for line in hidden)
        assert program.startswith("HTTP/1.1 403") and "Location" not in program
        assert "Location: https://okr.acme.example/w/acme/" in elsewhere


@contextmanager
def proxied(nginx: str, openssl: str, folder: Path, to: int, plain: int, secret: int) -> Iterator[None]:
    """Run nginx with our file, on other ports and with a certificate of its own."""
    made = [
        openssl,
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=okr.acme.example",
    ]
    made += ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run(made, check=True, capture_output=True)
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("/etc/letsencrypt/live/okr.acme.example", str(folder)),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ", f"listen 127.0.0.1:{secret} "),
        (f"127.0.0.1:{Settings.port}", f"127.0.0.1:{to}"),
    ):
        assert old in site
        site = site.replace(old, new)
    site = re.sub(r"\tlisten \[::\].*\n", "", site)
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", *PASSED_BY))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"daemon off; {user} pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary}\n{site} }}\n",
        encoding="utf-8",
    )
    # Named as well, for otherwise it begins with a log of its own that belongs to root.
    words = [nginx, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as running:
        try:
            until_it_listens(secret, running, folder / "error.log")
            yield
        finally:
            running.terminate()


PASSED_BY = ("proxy", "fastcgi", "uwsgi", "scgi")


def until_it_listens(port: int, running: subprocess.Popen, errors: Path) -> None:
    """Wait until somebody answers at a port; fails where nginx ends instead."""

    def listens() -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=PATIENCE):
            return True
        return False

    wait_until(lambda: running.poll() is not None or listens())
    if running.poll() is not None or not listens():
        pytest.fail(f"nginx does not answer: {errors.read_text(encoding='utf-8')}")


def asked(port: int, path: str, *, secure: bool = True) -> str:
    """Return what is answered at a port to whoever asks for okr.acme.example, heads and all."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    said = "\r\n".join((f"GET {path} HTTP/1.1", "Host: okr.acme.example", "Connection: close"))
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as plain:
        wrapped = trusting.wrap_socket(plain, server_hostname="okr.acme.example") if secure else plain
        with wrapped as line:
            line.sendall(f"{said}\r\n\r\n".encode())
            return b"".join(iter(lambda: line.recv(65536), b"")).decode(errors="replace")
