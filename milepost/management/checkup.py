"""What `milepost doctor` looks at: each check finds one thing, says how it is and how to mend it."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.utils import timezone

from milepost.core.problems import first_line
from milepost.ledger import chain, holding, seals
from milepost.management import assets, proofs, schema, whereabouts
from milepost.management.counts import counted
from milepost.queries import readiness, workspaces
from milepost.web import personas

MEBIBYTE = 1024 * 1024
NEEDED_PYTHON, TESTED_PYTHON = (3, 11), (3, 14)
NEEDED_POSTGRESQL = 14
ACROSS_A_NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph")
FOR_ALL = ("static", personas.MARKER, whereabouts.FILE_NAME)  # nothing in it that is not told to anybody
LARGE_WAL = 256 * MEBIBYTE
SEALED_WITHIN = timedelta(days=1)


class State(StrEnum):
    """How a thing is."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `mend` says what to do where it is not well."""

    name: str
    state: State
    found: str
    mend: str = ""


Check = Callable[[], Iterator[Finding]]


def look() -> Iterator[Finding]:
    """Look at everything, in an order in which the first bad thing may explain the later ones."""
    looked_at = (
        _python, _data_folder, _disk, _database, _schema, _seals, _static, _secret_key, _address, _mail,
        _encryption,
    )  # fmt: skip
    for check in looked_at:
        yield from check()


def _python() -> Iterator[Finding]:
    version = sys.version_info[:2]
    found = ".".join(map(str, sys.version_info[:3]))
    if version < NEEDED_PYTHON:
        yield Finding("python", State.BAD, found, "Milepost needs Python 3.11 or newer.")
    elif version > TESTED_PYTHON:
        yield Finding("python", State.WARN, found, "Milepost has been tried with Python 3.11 to 3.14.")
    else:
        yield Finding("python", State.OK, found)


def _data_folder() -> Iterator[Finding]:
    folder = settings.MILEPOST.data_dir
    if not folder.exists():
        yield Finding("data folder", State.BAD, f"{folder}: not there yet", "`milepost serve` makes it.")
        return
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as wrong:
        mend = "Give this user the right to write there, or set MILEPOST_DATA_DIR."
        yield Finding("data folder", State.BAD, f"{folder}: {wrong.strerror}", mend)
        return
    if open_to := _open_to_others(folder):
        yield Finding("data folder", State.WARN, str(folder), f"{open_to}: chmod 700 {folder}")
    else:
        yield Finding("data folder", State.OK, str(folder))


def _open_to_others(folder: Path) -> str:
    # A folder that others may look into does no harm where each file in it is its owner's alone.
    mode = folder.stat().st_mode
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "Others on this machine can change what lies there"
    if mode & stat.S_IXOTH:
        for path in folder.iterdir():
            with suppress(FileNotFoundError):  # a draft that has got its name meanwhile
                if path.name not in FOR_ALL and path.stat().st_mode & stat.S_IROTH:
                    return f"Others on this machine can read {path.name}"
    return ""


def _disk() -> Iterator[Finding]:
    folder = settings.MILEPOST.data_dir
    usage = shutil.disk_usage(next(place for place in (folder, *folder.parents) if place.is_dir()))
    share = 100 * usage.free // usage.total
    found = f"{usage.free // MEBIBYTE:,} MiB free ({share} %)"
    mend = "Make room: without it nothing more can be recorded."
    if usage.free < 100 * MEBIBYTE:
        yield Finding("disk", State.BAD, found, mend)
    elif usage.free < 1024 * MEBIBYTE:
        yield Finding("disk", State.WARN, found, mend)
    else:
        yield Finding("disk", State.OK, found)


def _database() -> Iterator[Finding]:
    try:
        if (encoding := schema.encoding()) != schema.UTF8:
            yield Finding("database", State.BAD, f"{schema.place()}: in {encoding}, not UTF8", schema.IN_UTF8)
            return
        # Asked first, for SQLite makes the file that it is to open.
        if not schema.exists():
            yield Finding("database", State.BAD, f"{schema.place()}: empty", "`milepost serve` fills it.")
            return
        connection.ensure_connection()
    except DatabaseError as wrong:
        mend = "Is the server running, and is the address in `milepost config` right?"
        if connection.vendor == "sqlite":
            mend = "May this user read and write the file and its folder?"
        yield Finding("database", State.BAD, _said(wrong), mend)
        return
    yield from _sqlite() if connection.vendor == "sqlite" else _postgresql()


def _sqlite() -> Iterator[Finding]:
    file = Path(connection.settings_dict["NAME"])
    yield Finding(
        "database", State.OK, f"SQLite {'.'.join(map(str, connection.get_database_version()))}, {file}"
    )
    if (kind := _file_system(file)) in ACROSS_A_NETWORK:
        mend = "SQLite loses data on a network's file system: move the data folder to a disk of this machine."
        yield Finding("file system", State.BAD, kind, mend)
    if weak := readiness.weakened():
        mend = "Acknowledged check-ins could be lost. Has something changed the database's options?"
        yield Finding("durability", State.BAD, f"weakened: {', '.join(weak)}", mend)
    else:
        yield Finding("durability", State.OK, "write-ahead log, full synchronisation, foreign keys")
    wal = file.with_name(f"{file.name}-wal")
    if wal.exists() and wal.stat().st_size > LARGE_WAL:
        mend = "Something keeps an old read open: restart Milepost and whatever else reads the file."
        yield Finding("write-ahead log", State.WARN, f"{wal.stat().st_size // MEBIBYTE:,} MiB", mend)


def _postgresql() -> Iterator[Finding]:
    version, part = connection.get_database_version()
    place = f"{connection.settings_dict['HOST'] or 'local socket'}/{connection.settings_dict['NAME']}"
    if version < NEEDED_POSTGRESQL:
        mend = f"Milepost needs PostgreSQL {NEEDED_POSTGRESQL} or newer."
        yield Finding("database", State.BAD, f"PostgreSQL {version}.{part}, {place}", mend)
    else:
        yield Finding("database", State.OK, f"PostgreSQL {version}.{part}, {place}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('synchronous_commit')")
        [commit] = cursor.fetchone()
    if commit == "off":
        mend = "Acknowledged check-ins could be lost: set synchronous_commit to on."
        yield Finding("durability", State.BAD, "synchronous_commit is off", mend)
    else:
        yield Finding("durability", State.OK, f"synchronous_commit is {commit}")
    yield _row_security()


def _row_security() -> Finding:
    found = holding.now()
    if found.open_tables:
        listed = ", ".join(found.open_tables[:3])
        told = f"{counted(len(found.open_tables), 'table')} without it: {listed} …"
        return Finding("row security", State.BAD, told, "Run `milepost migrate`: it makes the policies anew.")
    if found.passes_by:
        told = f"{found.role} is a superuser or has BYPASSRLS, so no policy holds it"
        mend = "Let Milepost connect as a role that is neither: docs/operations.md, “Two roles”."
        return Finding("row security", State.WARN, told, mend)
    if found.owns_the_tables:
        told = f"{found.role} is held, but owns the tables, so it could let itself go"
        mend = "Where that matters, let another role own them: docs/operations.md, “Two roles”."
        return Finding("row security", State.WARN, told, mend)
    return Finding("row security", State.OK, f"{found.role} is held, and owns nothing")


def _schema() -> Iterator[Finding]:
    try:
        if not schema.exists():
            return
        lacking, strange = schema.pending(), schema.unknown()
    except DatabaseError as wrong:
        yield Finding("schema", State.BAD, _said(wrong), "Mend the database first.")
        return
    if strange:
        mend = "A newer Milepost made this database: install that version again, or restore a backup."
        yield Finding("schema", State.BAD, f"unknown migrations: {', '.join(strange)}", mend)
    if lacking:
        found = f"lacks {counted(len(lacking), 'migration')}"
        yield Finding("schema", State.BAD, found, "Run `milepost migrate`.")
    elif not strange:
        yield Finding("schema", State.OK, "up to date")


def _seals() -> Iterator[Finding]:
    """Look at the ends of the chains, at what waits for a seal, and at how the last check ended."""
    try:
        if not schema.exists() or schema.pending() or schema.unknown():
            return
        slugs = workspaces.slugs()
        chains = {slug: workspaces.by_slug(slug) for slug in slugs}
        broken = [slug for slug, id in chains.items() if next(chain.faults_of_end(id), None)]
        waiting = {slug: seals.waiting(id) for slug, id in chains.items()}
    except DatabaseError as wrong:
        yield Finding("seals", State.BAD, _said(wrong), "Mend the database first.")
        return
    proof, at = proofs.last(), timezone.now()
    at_fault = [slug for slug in slugs if proof and proof.found.get(slug)]
    late = [slug for slug, found in waiting.items() if found.since and at - found.since > SEALED_WITHIN]
    told = f"verified on {proof.at:%Y-%m-%d}" if proof else "never verified"
    if broken:
        mend = "Run `milepost verify`, and compare with a backup of before."
        yield Finding("seals", State.BAD, f"the chain does not end as it did: {', '.join(broken)}", mend)
    elif at_fault:
        mend = "See what `milepost verify` names; docs/operations.md, “A history that shows tampering”."
        yield Finding("seals", State.BAD, f"{told}, with differences: {', '.join(at_fault)}", mend)
    elif late:
        rows = counted(sum(waiting[slug].rows for slug in late), "row")
        mend = "`milepost serve` seals what it works with each minute; `milepost seal` does it at once."
        yield Finding("seals", State.WARN, f"{rows} wait for more than a day: {', '.join(late)}", mend)
    elif slugs:
        yield Finding("seals", State.OK, f"nothing waits for more than a day; {told}")


def _static() -> Iterator[Finding]:
    if assets.is_collected():
        yield Finding("static files", State.OK, "collected")
    elif whereabouts.is_serving():
        mend = "Restart the server: it collects them as it begins."
        yield Finding("static files", State.WARN, "of another version than this command's", mend)
    else:
        yield Finding(
            "static files", State.OK, "collected by the next `milepost serve` or `milepost migrate`"
        )


def _secret_key() -> Iterator[Finding]:
    origin = settings.MILEPOST.origins["secret_key"]
    path = Path(origin)
    if len(settings.MILEPOST.secret_key) < 50:
        yield Finding("secret key", State.WARN, f"short, from {origin}", "Use 50 random characters or more.")
    elif path.is_file() and path.suffix == ".key" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding("secret key", State.BAD, f"others can read {path}", f"chmod 600 {path}")
    elif path.suffix == ".key" and not path.exists():
        yield Finding("secret key", State.OK, f"made at the first start, as {path}")
    else:
        yield Finding("secret key", State.OK, f"from {origin}")


def _address() -> Iterator[Finding]:
    milepost, address = settings.MILEPOST, whereabouts.base_url()
    is_here = urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1")
    if not milepost.https and not is_here:
        mend = "Passwords travel unprotected: put a proxy with HTTPS in front, and set MILEPOST_BASE_URL."
        yield Finding("address", State.WARN, address, mend)
    elif "*" in milepost.allowed_hosts:
        mend = "Links in messages could be forged: name your hosts in MILEPOST_ALLOWED_HOSTS."
        yield Finding("address", State.WARN, f"{address}, and every other host", mend)
    else:
        yield Finding("address", State.OK, address)
    if milepost.debug:
        yield Finding("debug", State.WARN, "on", "Pages show the inside of errors: unset MILEPOST_DEBUG.")


def _mail() -> Iterator[Finding]:
    milepost = settings.MILEPOST
    if not milepost.mail_host:
        yield Finding("mail", State.OK, "no server set; invitations are links to copy")
        return
    server = f"{milepost.mail_host}:{milepost.mail_port}"
    if "base_url" not in milepost.origins:
        mend = "Set MILEPOST_BASE_URL to the address at which people reach Milepost."
        yield Finding("mail", State.WARN, f"links in mails begin with {milepost.base_url}", mend)
    try:
        with get_connection():
            yield Finding("mail", State.OK, f"{server} answers")
    except OSError as wrong:  # smtplib's errors are OSErrors too
        mend = "Check the mail_… settings in `milepost config`."
        yield Finding("mail", State.BAD, f"{server}: {_said(wrong)}", mend)


def _encryption() -> Iterator[Finding]:
    milepost, database = settings.MILEPOST, connection.settings_dict
    clear = []
    if milepost.mail_tls == "none" and _is_elsewhere(milepost.mail_host):
        clear.append((milepost.mail_host, "Set MILEPOST_MAIL_TLS to starttls or tls."))
    # Without one of these PostgreSQL's library goes on in the clear where the server offers nothing else.
    is_bound = database["OPTIONS"].get("sslmode") in ("require", "verify-ca", "verify-full")
    if connection.vendor == "postgresql" and _is_elsewhere(database["HOST"]) and not is_bound:
        clear.append((database["HOST"], "End the database's address with ?sslmode=verify-full."))
    for host, mend in clear:
        yield Finding("encryption", State.WARN, f"what goes to {host} may be read on its way", mend)
    if not clear:
        yield Finding("encryption", State.OK, "nothing leaves this machine in the clear")


def _is_elsewhere(host: str) -> bool:
    return bool(host) and not host.startswith(("/", "127.")) and host not in ("localhost", "::1")


def _file_system(path: Path) -> str:
    """Name the kind of file system a path lies on; empty where the system does not tell."""
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return ""
    above = [os.fspath(path.resolve()), *map(os.fspath, path.resolve().parents)]
    return max(((len(place), kind) for place, kind in mounts if place in above), default=(0, ""))[1]


def _said(wrong: Exception) -> str:
    return first_line(wrong, otherwise=type(wrong).__name__)
