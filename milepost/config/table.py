"""The table of settings: name, kind, usual value and one line of help for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from milepost.config import kinds
from milepost.core.problems import Invalid

PREFIX = "MILEPOST_"
MASK = "••••••••"

# These follow from the others where nobody sets them.
DERIVED = ("base_url", "https", "allowed_hosts", "api_at_once")


class WrongSetting(Invalid):
    """A value that its setting cannot take."""

    code = "wrong_setting"


def _setting(default: Any, help: str, read=kinds.text, *, secret: bool = False, usual: str = "") -> Any:
    """Describe one setting; `usual` is the default in words where it is not a plain value."""
    metadata = {"help": help, "read": read, "secret": secret, "usual": usual}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting of Milepost; `origins` says where each value came from, if it is not the usual one."""

    # fmt: off
    data_dir: Path = _setting(
        None, "The one folder that holds the whole state: database, secret key, collected static files.",
        kinds.path, usual="the user's data folder, such as ~/.local/share/milepost")
    host: str = _setting(
        "127.0.0.1", "The network address to listen on; 0.0.0.0 means all, for use behind a proxy.")
    port: int = _setting(
        8000, "The port to listen on.", kinds.whole(1, 65535))
    base_url: str = _setting(
        None, "The address at which people reach Milepost; links in messages begin with it.",
        kinds.address, usual="http://localhost:PORT")
    allowed_hosts: tuple[str, ...] = _setting(
        None, "The host names that are answered besides that of base_url and this machine's own (localhost, "
        "127.0.0.1, [::1]); all others are refused.",
        kinds.names, usual="empty")
    https: bool = _setting(
        None, "Whether people reach Milepost over HTTPS: cookies are then sent over nothing else.",
        kinds.flag, usual="true where base_url begins with https")
    secret_key: str = _setting(
        None, "The key that signs cookies and links: 50 random characters or more.",
        secret=True, usual="made once, kept in the data folder as secret.key")
    secret_key_fallbacks: tuple[str, ...] = _setting(
        (), "Earlier secret keys, separated by commas: they open what they sealed, the secrets "
        "of authenticator apps, each of which is sealed anew when it is used. They sign nothing, and keep "
        "nobody signed in.",
        kinds.keys, secret=True)
    database_url: str = _setting(
        None, "Where the data is: postgresql://user:password@host:5432/name or sqlite:///file. The plain "
        "variable DATABASE_URL is read too.",
        secret=True, usual="SQLite, the file milepost.sqlite3 in the data folder")
    database_owner_url: str = _setting(
        "", "Where PostgreSQL's tables belong to another role than the one that database_url names: the same "
        "address with that role, which every command takes. Serving takes database_url.", secret=True)
    threads: int = _setting(
        8, "How many requests are worked on at the same time.", kinds.whole(1, 64))
    api_rate: int = _setting(
        3_000, "How often a token may ask the API in a minute.", kinds.whole(1, 1_000_000))
    api_at_once: int = _setting(
        None, "How many requests of one person, by whatever tokens, may take more than a second at the same "
        "time, files that come through a browser among them; while they do, others are refused.",
        kinds.whole(1, 64), usual="half of threads")
    mail_host: str = _setting(
        "", "The mail server; without one no mail is sent.")
    mail_port: int = _setting(
        587, "The port of the mail server.", kinds.whole(1, 65535))
    mail_user: str = _setting(
        "", "The user name at the mail server.")
    mail_password: str = _setting(
        "", "The password at the mail server.", secret=True)
    mail_from: str = _setting(
        "Milepost <milepost@localhost>", "The sender of every mail.")
    mail_tls: str = _setting(
        "starttls", "How the connection to the mail server is protected: starttls, tls or none.",
        kinds.one_of("starttls", "tls", "none"))
    proxies: tuple[str, ...] = _setting(
        ("127.0.0.1", "::1"), "The addresses of your proxies: what they say about where a request came from "
        "(X-Forwarded-For) is believed, for throttling and the list of sessions.", kinds.names)
    session_idle: int = _setting(
        14, "After how many days without a visit one signs in again.", kinds.whole(1, 365))
    session_longest: int = _setting(
        30, "After how many days one signs in again in any case.", kinds.whole(1, 365))
    time_zone: str = _setting(
        "UTC", "The time zone that a new workspace begins with.", kinds.time_zone)
    log_level: str = _setting(
        "info", "How much is written to the log: debug, info, warning or error.",
        kinds.one_of("debug", "info", "warning", "error"))
    log_format: str = _setting(
        "text", "How the log is written: text for people, json for programs (an object a line, each request "
        "too, with ids and without names).", kinds.one_of("text", "json"))
    metrics: str = _setting(
        "off", "Who may read figures for Prometheus at /metrics: nobody (off), programs on this machine that "
        "do not come through a proxy (local), or whoever sends the token (token).",
        kinds.one_of("off", "local", "token"))
    metrics_token: str = _setting(
        "", "The token that opens /metrics: Authorization: Bearer …", secret=True)
    debug: bool = _setting(
        False, "Show the inside of errors on pages. Only for work on Milepost itself.", kinds.flag)
    # fmt: on
    origins: Mapping[str, str] = field(default_factory=dict, repr=False)

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """List every setting as (name, value in words, origin), secrets masked."""
        for described in described_settings():
            value = getattr(self, described.name)
            yield described.name, _shown(described, value), self.origins.get(described.name, "default")

    def listening_at(self, port: int | str | None = None, host: str | None = None) -> Settings:
        """Return the settings as they are when the command line says where to listen."""
        told = {each.name: getattr(self, each.name) for each in described_settings()}
        origins = dict(self.origins)
        for name, written in (("port", port), ("host", host)):
            if written is not None:
                told[name], origins[name] = read(name, written, f"--{name}"), f"--{name}"
        return completed(told, origins)


def described_settings() -> tuple[Field, ...]:
    """List the settings as dataclass fields, whose metadata hold help, reader and secrecy."""
    return tuple(each for each in fields(Settings) if "help" in each.metadata)


def read(name: str, written: Any, where: str) -> Any:
    """Read what was written for a setting, or raise a Problem that says what is right."""
    described = Settings.__dataclass_fields__[name]
    try:
        return described.metadata["read"](written)
    except ValueError as wrong:
        source = where if where.startswith((PREFIX, "--")) else f"{name} in {where}"
        shown = "something else" if described.metadata["secret"] else repr(written)
        # What stands on the command line is a mistake in using the command.
        code = "usage" if where.startswith("--") else None
        raise WrongSetting(
            f"{source} must be {wrong}; it is {shown}.",
            field=name,
            code=code,
            remedy="Set it so, or leave it out for what is usual.",
        ) from None


def completed(values: Mapping[str, Any], origins: Mapping[str, str]) -> Settings:
    """Make the settings, with what follows from these values where nobody set it."""
    told = {name: value for name, value in values.items() if name in origins or name not in DERIVED}
    parts = urlsplit(told.setdefault("base_url", f"http://localhost:{told.get('port', Settings.port)}"))
    told.setdefault("https", parts.scheme == "https")
    # However long the requests of one program take, as many threads are left for people.
    told.setdefault("api_at_once", max(1, told.get("threads", Settings.threads) // 2))
    # Who watches over the server asks it by these names, and links lead to the last.
    always = ("localhost", "127.0.0.1", "[::1]", parts.hostname)
    told["allowed_hosts"] = tuple(dict.fromkeys((*told.get("allowed_hosts", ()), *always)))
    made = Settings(**told, origins=origins)
    if made.session_idle > made.session_longest:
        raise WrongSetting(
            f"session_idle is {made.session_idle} days, longer than session_longest.",
            remedy=f"Set {PREFIX}SESSION_IDLE to {made.session_longest} or less.",
            field="session_idle",
        )
    if made.metrics == "token" and not made.metrics_token:
        raise WrongSetting(
            "metrics is token, and metrics_token is not set.",
            remedy=f"Set {PREFIX}METRICS_TOKEN to a long random word.",
            field="metrics_token",
        )
    return made


def usual_value(described: Field) -> str:
    """Say in words what a setting is when nobody sets it."""
    return described.metadata["usual"] or _shown(described, described.default)


def _shown(described: Field, value: Any) -> str:
    if described.metadata["secret"] and value:
        return without_password(value) if described.name == "database_url" else MASK
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value)


def without_password(url: str) -> str:
    """Return a database's address as it may be shown."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    name, _, place = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{name.partition(':')[0]}:{MASK}@{place}"))
