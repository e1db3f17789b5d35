"""Read the settings: from the environment, from milepost.toml, or from what is usual."""

from __future__ import annotations

import difflib
import os
import secrets
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import available_timezones

from platformdirs import user_data_path

from milepost.core.problems import Invalid, Problem

PREFIX = "MILEPOST_"
FILE_NAME = "milepost.toml"
KEY_NAME = "secret.key"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"

DEFAULT = "default"

# These follow from the others where nobody sets them.
DERIVED = ("base_url", "https", "allowed_hosts")


class UnknownSetting(Invalid):
    """A name that no setting has."""

    code = "unknown_setting"


class WrongSetting(Invalid):
    """A value that its setting cannot take."""

    code = "wrong_setting"


class WrongConfiguration(Problem):
    """Several things in the configuration are wrong; each is one of the details."""

    code = "wrong_configuration"


# ── What a value may be: each reader takes what was written and returns the value, or raises ValueError ──


def _text(written: Any) -> str:
    if not isinstance(written, str):
        raise ValueError("a text in quotation marks")
    return written


def _folder(written: Any) -> Path:
    return Path(_text(written)).expanduser().absolute()


def _flag(written: Any) -> bool:
    words = {
        "true": True,
        "yes": True,
        "on": True,
        "1": True,
        "false": False,
        "no": False,
        "off": False,
        "0": False,
    }
    if isinstance(written, bool):
        return written
    try:
        return words[str(written).strip().lower()]
    except KeyError:
        raise ValueError("true or false") from None


def _names(written: Any) -> tuple[str, ...]:
    listed = written.split(",") if isinstance(written, str) else written
    if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
        raise ValueError("names separated by commas, such as okr.acme.example, localhost")
    return tuple(name.strip() for name in listed if name.strip())


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def read(written: Any) -> int:
        try:
            number = written if type(written) is int else int(_text(written), 10)
        except ValueError:
            number = None
        if number is None or not least <= number <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return number

    return read


def _one_of(*choices: str) -> Callable[[Any], str]:
    def read(written: Any) -> str:
        word = str(written).strip().lower()
        if word not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return word

    return read


def _address(written: Any) -> str:
    parts = urlsplit(_text(written).strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("an address such as https://okr.acme.example")
    if parts.path.strip("/"):
        raise ValueError("an address without a path, such as https://okr.acme.example")
    return f"{parts.scheme}://{parts.netloc}"


def _time_zone(written: Any) -> str:
    if written not in available_timezones():
        raise ValueError("the name of a time zone, such as Europe/Berlin")
    return written


# ── The table ──


def _setting(
    default: Any,
    help: str,
    *,
    read: Callable[[Any], Any] = _text,
    secret: bool = False,
    usual: str | None = None,
) -> Any:
    """Describe one setting; `usual` is the default in words where it is not a plain value."""
    return field(default=default, metadata={"help": help, "read": read, "secret": secret, "usual": usual})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting of Milepost, with the origin of each value in `origins`."""

    data_dir: Path = _setting(
        None,
        "The one folder that holds the whole state: database, secret key, collected static files.",
        read=_folder,
        usual="the user's data folder, such as ~/.local/share/milepost",
    )
    host: str = _setting(
        "127.0.0.1", "The network address to listen on; 0.0.0.0 means all, and is for use behind a proxy."
    )
    port: int = _setting(8000, "The port to listen on.", read=_whole(1, 65535))
    base_url: str = _setting(
        None,
        "The address at which people reach Milepost; links in messages begin with it.",
        read=_address,
        usual="http://localhost:PORT",
    )
    allowed_hosts: tuple[str, ...] = _setting(
        None,
        "The host names that are answered; all others are refused.",
        read=_names,
        usual="localhost, 127.0.0.1, [::1] and the host of base_url",
    )
    https: bool = _setting(
        None,
        "Whether people reach Milepost over HTTPS: cookies are then sent over nothing else.",
        read=_flag,
        usual="true where base_url begins with https",
    )
    secret_key: str = _setting(
        None,
        "The key that signs cookies and links: 50 random characters or more.",
        secret=True,
        usual=f"made once, kept in the data folder as {KEY_NAME}",
    )
    database_url: str = _setting(
        None,
        "Where the data is: postgresql://user:password@host:5432/name, or sqlite:///file. "
        "The plain variable DATABASE_URL is read too.",
        secret=True,
        usual="SQLite, the file milepost.sqlite3 in the data folder",
    )
    threads: int = _setting(8, "How many requests are worked on at the same time.", read=_whole(1, 64))
    mail_host: str = _setting(None, "The mail server; without one no mail is sent.", usual="none")
    mail_port: int = _setting(587, "The port of the mail server.", read=_whole(1, 65535))
    mail_user: str = _setting("", "The user name at the mail server.")
    mail_password: str = _setting("", "The password at the mail server.", secret=True)
    mail_from: str = _setting("Milepost <milepost@localhost>", "The sender of every mail.")
    mail_tls: str = _setting(
        "starttls",
        "How the connection to the mail server is protected: starttls, tls or none.",
        read=_one_of("starttls", "tls", "none"),
    )
    time_zone: str = _setting("UTC", "The time zone that a new workspace begins with.", read=_time_zone)
    log_level: str = _setting(
        "info",
        "How much is written to the log: debug, info, warning or error.",
        read=_one_of("debug", "info", "warning", "error"),
    )
    debug: bool = _setting(
        False, "Show the inside of errors on pages. Only for work on Milepost itself.", read=_flag
    )
    origins: Mapping[str, str] = field(default_factory=dict, repr=False)

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """List every setting as (name, value in words, origin), secrets masked."""
        for described in described_settings():
            value = getattr(self, described.name)
            yield described.name, _shown(described, value), self.origins.get(described.name, DEFAULT)

    def listening_at(self, port: int | str | None = None, host: str | None = None) -> Settings:
        """Return the settings as they are when the command line says where to listen."""
        told = {each.name: getattr(self, each.name) for each in described_settings()}
        origins = dict(self.origins)
        for name, written in (("port", port), ("host", host)):
            if written is not None:
                told[name], origins[name] = _read(name, written, f"--{name}"), f"--{name}"
        return _with_derived(told, origins)


def described_settings() -> tuple[Field, ...]:
    """List the settings as dataclass fields, whose metadata hold help, reader and secrecy."""
    return tuple(each for each in fields(Settings) if "help" in each.metadata)


def usual_value(described: Field) -> str:
    """Say in words what a setting is when nobody sets it."""
    if described.metadata["usual"]:
        return described.metadata["usual"]
    return _shown(described, described.default) or "empty"


def _shown(described: Field, value: Any) -> str:
    if value is None:
        return "none"
    if described.metadata["secret"] and value:
        return _without_password(value) if described.name == "database_url" else "••••••••"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is None:
        return url
    name, _, place = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{name.partition(':')[0]}:••••••••@{place}"))


# ── Reading ──


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read every setting, or raise one Problem that names everything that is wrong."""
    environ = os.environ if environ is None else environ
    table = {each.name: each for each in described_settings()}
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}

    def take(written: Mapping[str, Any], origin: Callable[[str], str]) -> None:
        for name, value, where in _named(written, table, origin, problems):
            if name in values:
                continue
            try:
                values[name], origins[name] = _read(name, value, where), where
            except Problem as problem:
                problems.append(problem)

    take(_from_environment(environ), lambda name: f"{PREFIX}{name.upper()}")
    if "database_url" not in values and environ.get("DATABASE_URL"):
        values["database_url"], origins["database_url"] = environ["DATABASE_URL"], "DATABASE_URL"
    path, is_named = _file(environ, values)
    try:
        take(_from_file(path, is_named), lambda name: str(path))
    except Problem as problem:
        problems.append(problem)
    if origins.get("data_dir") == str(path) and not is_named:
        problems.append(_lies_in_itself(path))
    if problems:
        raise _all_in_one(problems)
    return _completed(values, origins)


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    # An empty variable is how compose files and service managers say "not set".
    return {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and name != CONFIG_VARIABLE and value != ""
    }


def _file(environ: Mapping[str, str], values: Mapping[str, Any]) -> tuple[Path, bool]:
    if environ.get(CONFIG_VARIABLE):
        return Path(environ[CONFIG_VARIABLE]).expanduser().absolute(), True
    return values.get("data_dir", _usual_data_dir()) / FILE_NAME, False


def _from_file(path: Path, is_named: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if not is_named:
            return {}
        raise WrongSetting(
            f"{CONFIG_VARIABLE} names {path}, which does not exist.",
            remedy="Write the file or unset the variable.",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise WrongSetting(
            f"{path} cannot be read: {wrong}.",
            remedy='Each line is a name and a value, such as host = "0.0.0.0".',
        ) from None
    except OSError as wrong:
        raise WrongSetting(
            f"{path} cannot be read: {wrong.strerror}.", remedy="Give this user the right to."
        ) from None


def _named(
    written: Mapping[str, Any],
    table: Mapping[str, Field],
    origin: Callable[[str], str],
    problems: list[Problem],
) -> Iterator[tuple[str, Any, str]]:
    for name, value in written.items():
        plain = name.removesuffix("_file")
        if name in table:
            yield name, value, origin(name)
        elif name != plain and plain in table and table[plain].metadata["secret"]:
            if plain in written:
                problems.append(
                    WrongSetting(
                        f"Both {origin(plain)} and {origin(name)} are set for {plain}.",
                        remedy="Keep one of the two.",
                        field=plain,
                    )
                )
                continue
            try:
                yield plain, Path(str(value)).expanduser().read_text(encoding="utf-8").strip(), origin(name)
            except (OSError, UnicodeDecodeError) as wrong:
                problems.append(
                    WrongSetting(
                        f"{origin(name)} names {value}, which cannot be read: {wrong}.",
                        remedy="Write the secret into that file, as UTF-8, or name another.",
                        field=plain,
                    )
                )
        else:
            problems.append(_unknown(name, table, origin(name)))


def _unknown(name: str, table: Mapping[str, Field], where: str) -> Problem:
    is_variable = where.startswith(PREFIX)
    known = [*table, *(f"{each}_file" for each in table if table[each].metadata["secret"]), "config"]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    written = where if is_variable else f"{name} in {where}"
    if near:
        meant = f"{PREFIX}{near[0].upper()}" if is_variable else near[0]
        remedy = f"Did you mean {meant}?"
    else:
        remedy = "`milepost config` lists the settings there are."
    return UnknownSetting(f"There is no setting {written}.", remedy=remedy, field=name)


def _read(name: str, written: Any, where: str) -> Any:
    described = Settings.__dataclass_fields__[name]
    try:
        return described.metadata["read"](written)
    except ValueError as wrong:
        source = where if where.startswith((PREFIX, "--")) else f"{name} in {where}"
        shown = "something else" if described.metadata["secret"] else repr(written)
        raise WrongSetting(f"{source} must be {wrong}; it is {shown}.", field=name) from None


def _lies_in_itself(path: Path) -> Problem:
    return WrongSetting(
        f"{path} sets data_dir, but it was found in a data folder itself.",
        remedy=f"Set {PREFIX}DATA_DIR, or name the file with {CONFIG_VARIABLE}.",
        field="data_dir",
    )


def _all_in_one(problems: list[Problem]) -> Problem:
    if len(problems) == 1:
        return problems[0]
    return WrongConfiguration(
        f"{len(problems)} settings are not right.",
        remedy="Mend each of them:",
        details=tuple(str(problem) for problem in problems),
    )


# ── What follows from other values ──


def _completed(values: dict[str, Any], origins: dict[str, str]) -> Settings:
    values.setdefault("data_dir", _usual_data_dir())
    settings = Settings(**values, origins=origins)
    if settings.secret_key is None:
        values["secret_key"] = _kept_key(settings.data_dir)
        origins["secret_key"] = str(settings.data_dir / KEY_NAME)
    if settings.database_url is None:
        values["database_url"] = f"sqlite:///{settings.data_dir / 'milepost.sqlite3'}"
    return _with_derived(values, origins)


def _with_derived(values: dict[str, Any], origins: dict[str, str]) -> Settings:
    values = {name: value for name, value in values.items() if name in origins or name not in DERIVED}
    port = values.get("port", Settings.port)
    parts = urlsplit(values.setdefault("base_url", f"http://localhost:{port}"))
    values.setdefault("https", parts.scheme == "https")
    hosts = ["localhost", "127.0.0.1", "[::1]", parts.hostname]
    values.setdefault("allowed_hosts", tuple(dict.fromkeys(hosts)))
    return Settings(**values, origins=origins)


def _usual_data_dir() -> Path:
    return user_data_path("milepost", appauthor=False)


def _kept_key(data_dir: Path) -> str:
    path = data_dir / KEY_NAME
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48) + "\n")
        key = path.read_text(encoding="ascii").strip()
    except OSError as wrong:
        raise WrongSetting(
            f"The data folder {data_dir} cannot be used: {wrong.strerror}.",
            remedy=f"Give this user the right to write there, or set {PREFIX}DATA_DIR to another folder.",
            field="data_dir",
        ) from None
    if len(key) < 32:
        raise WrongSetting(
            f"The secret key in {path} is empty or too short.",
            remedy="Delete the file: a new key is made, and everyone signs in again.",
            field="secret_key",
        )
    return key
