"""Where one is logged in: servers, each with its token, in a file that nobody else reads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from milepost.core.problems import Invalid, NotAllowed, Problem

SERVER, TOKEN, WORKSPACE = "MILEPOST_SERVER", "MILEPOST_TOKEN", "MILEPOST_WORKSPACE"
TIMEOUT = "MILEPOST_TIMEOUT"
VARIABLES = (SERVER, TOKEN, WORKSPACE, TIMEOUT)
USUAL = "http://localhost:8000"
VERSION = 1


@dataclass(frozen=True)
class Server:
    """A workspace on a server, and the token that opens it."""

    url: str
    token: str
    workspace: str = ""  # its slug; empty where only the environment has said the token
    name: str = ""  # of the workspace
    person: str = ""
    is_usual: bool = False

    @property
    def host(self) -> str:
        return self.url.partition("://")[2]

    @property
    def is_alone(self) -> bool:
        """Whether the token goes nowhere but to this machine, or goes encrypted."""
        bare = self.host.rpartition("@")[2].partition("/")[0]
        name = bare[1:].partition("]")[0] if bare.startswith("[") else bare.partition(":")[0]
        return self.url.startswith("https://") or name in ("localhost", "127.0.0.1", "::1")


def address(written: str) -> str:
    """Read a server's address as people type it: example.org, localhost:8000, https://okr.example.org/."""
    from urllib.parse import urlsplit

    said = written.strip()
    if "://" not in said:
        is_near = said.partition(":")[0].partition("/")[0] in ("localhost", "127.0.0.1")
        said = f"{'http' if is_near else 'https'}://{said}"
    try:
        parts = urlsplit(said)
        is_right = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right or "@" in said or said != said.strip() or not said.isprintable() or " " in said:
        raise Invalid(
            f"“{written}” is no address of a server.",
            code="usage",
            field="server",
            remedy="Write it as https://okr.example.org.",
        )
    path = parts.path.partition("/w/")[0].removesuffix("/api/v1").rstrip("/")
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


def folder(variable: str, usual: str) -> Path:
    """Return our folder among the user's for settings, or for what can be made again."""
    kept = os.environ.get(variable)
    root = Path(kept) if kept and os.path.isabs(kept) else Path(os.path.expanduser(usual))
    return root / "milepost"


def path() -> Path:
    """Return the file that the logins are kept in."""
    return folder("XDG_CONFIG_HOME", "~/.config") / "servers.json"


def every() -> list[Server]:
    """Return all that are logged in to, the latest first."""
    try:
        found = json.loads(path().read_text(encoding="utf-8"))
        return [Server(**{name: str(each[name]) for name in _KEPT}) for each in found["servers"]]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise Problem(
            f"{path()} cannot be read: {wrong}.",
            code="unreadable",
            remedy="Delete it and run `milepost login` again.",
        ) from None


_KEPT = ("url", "token", "workspace", "name", "person")


def chosen(url: str | None = None, workspace: str | None = None) -> Server:
    """Return the server that is meant: as named, as the environment says, or else the latest logged in to."""
    url, workspace = url or os.environ.get(SERVER), workspace or os.environ.get(WORKSPACE)
    token = os.environ.get(TOKEN, "").strip()
    here = every()
    if url:
        found = [each for each in here if each.url == address(url) or each.host.startswith(url)]
    else:
        found = here
    if workspace:
        found = [each for each in found if each.workspace == workspace]
    if token:
        where = address(url) if url else found[0].url if found else None
        if where is None:
            raise _nowhere(f"{TOKEN} is set, but nothing says which server it is for.")
        return Server(where, readable(token))
    if not found:
        where = " on ".join(filter(None, [workspace and f"“{workspace}”", url])) or "any server"
        raise _nowhere(f"You are not logged in to {where}.", here)
    return replace(found[0], is_usual=found[0] == here[0])


def readable(token: str) -> str:
    """Return a token as it is sent; raises Invalid for what can be none."""
    bare = token.strip()
    if not bare or not bare.isascii() or not bare.isprintable() or " " in bare or len(bare) > 200:
        raise Invalid(
            "That is no token.", field="token", remedy="A token is one word; the page shows it once: mp_…"
        )
    return bare


def _nowhere(message: str, here: Iterable[Server] = ()) -> Problem:
    known = ", ".join(f"{each.workspace} on {each.url}" for each in here)
    remedy = f"Logged in to: {known}." if known else "Run `milepost login URL`, or set MILEPOST_SERVER."
    return NotAllowed(message, code="not_logged_in", remedy=remedy)


def keep(server: Server) -> None:
    """Write a login down; it becomes the one that is asked when none is named."""
    others = [each for each in every() if not _is_same(each, server)]
    _write([server, *others])


def forget(server: Server) -> None:
    """Strike a login out."""
    _write([each for each in every() if not _is_same(each, server)])


def _is_same(one: Server, other: Server) -> bool:
    return (one.url, one.workspace) == (other.url, other.workspace)


def _write(servers: Sequence[Server]) -> None:
    kept = [{name: value for name, value in asdict(each).items() if name in _KEPT} for each in servers]
    private(path(), json.dumps({"version": VERSION, "servers": kept}, indent=1, ensure_ascii=False) + "\n")


def private(file: Path, text: str) -> None:
    """Write a file that nobody else reads, whole or not at all."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(
            os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as out:
            out.write(text)
        os.replace(draft, file)
    except OSError as wrong:
        draft.unlink(missing_ok=True)
        raise Problem(
            f"{file} cannot be written: {wrong.strerror}.",
            code="unwritable",
            remedy="Give this user the right to write there, with room for it.",
        ) from None
