"""Read the settings: from the environment, from milepost.toml, or else what is usual."""

from __future__ import annotations

import difflib
import os
import secrets
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from milepost.cli.servers import VARIABLES as FOR_CLIENTS
from milepost.config import kinds
from milepost.config.table import PREFIX, Settings, WrongSetting, completed, described_settings, read
from milepost.core.problems import Invalid, Problem

FILE_NAME = "milepost.toml"
KEY_NAME = "secret.key"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"
TABLE = {described.name: described for described in described_settings()}
SECRET_FILES = tuple(f"{name}_file" for name, described in TABLE.items() if described.metadata["secret"])


class UnknownSetting(Invalid):
    """A name that no setting has."""

    code = "unknown_setting"


class WrongConfiguration(Invalid):
    """Several things in the configuration are wrong; each is one of the details."""

    code = "wrong_configuration"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read every setting, or raise one Problem that names everything that is wrong."""
    reading = _Reading()
    reading.environment(os.environ if environ is None else environ)
    if reading.problems:
        raise reading.problem()
    values, origins = reading.values, reading.origins
    values.setdefault("data_dir", _usual_data_dir())
    if "secret_key" not in values:
        # Whoever only looks makes nothing: `keep_key` writes down a key that was not there.
        values["secret_key"] = _key_in(values["data_dir"]) or secrets.token_urlsafe(48)
        origins["secret_key"] = str(values["data_dir"] / KEY_NAME)
    values.setdefault("database_url", f"sqlite:///{values['data_dir'] / 'milepost.sqlite3'}")
    return completed(values, origins)


class _Reading:
    """What was read so far; the first source that names a setting wins."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.origins: dict[str, str] = {}
        self.problems: list[Problem] = []

    def environment(self, environ: Mapping[str, str]) -> None:
        self.take(_variables(environ), lambda name: f"{PREFIX}{name.upper()}")
        if environ.get("DATABASE_URL"):
            self.take({"database_url": environ["DATABASE_URL"]}, lambda name: "DATABASE_URL")
        path, is_named = _config_path(environ, self.values), bool(environ.get(CONFIG_VARIABLE))
        try:
            written = _from_file(path, is_named=is_named)
            if "data_dir" in written and not is_named:
                raise _found_in_itself(path)
            self.take(written, lambda name: str(path))
        except Problem as problem:
            self.problems.append(problem)

    def take(self, written: Mapping[str, Any], origin: Callable[[str], str]) -> None:
        for key in written:
            try:
                name, value = _named(key, written, origin)
                if name not in self.values:
                    self.values[name], self.origins[name] = read(name, value, origin(key)), origin(key)
            except Problem as problem:
                self.problems.append(problem)

    def problem(self) -> Problem:
        if len(self.problems) == 1:
            return self.problems[0]
        return WrongConfiguration(
            f"{len(self.problems)} settings are not right:",
            remedy="docs/settings.md says what each may be.",
            details=tuple(map(str, self.problems)),
        )


def _variables(environ: Mapping[str, str]) -> dict[str, str]:
    # An empty variable is how compose files and service managers say "not set".
    return {
        name.removeprefix(PREFIX).lower(): value
        for name, value in sorted(environ.items())
        if name.startswith(PREFIX) and name not in (CONFIG_VARIABLE, *FOR_CLIENTS) and value != ""
    }


def _config_path(environ: Mapping[str, str], values: Mapping[str, Any]) -> Path:
    if environ.get(CONFIG_VARIABLE):
        return kinds.path(environ[CONFIG_VARIABLE])
    return values.get("data_dir", _usual_data_dir()) / FILE_NAME


def _from_file(path: Path, *, is_named: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        if not is_named:
            return {}
        wrong, remedy = "there is no such file", f"Write it, or unset {CONFIG_VARIABLE}."
    except OSError as error:
        wrong, remedy = error.strerror, "Give this user the right to read it."
    except ValueError as error:  # neither UTF-8 nor TOML
        wrong, remedy = str(error), 'Each line is a name and a value, such as host = "0.0.0.0".'
    raise WrongSetting(f"The settings in {path} cannot be read: {wrong}.", remedy=remedy)


def _named(key: str, written: Mapping[str, Any], origin: Callable[[str], str]) -> tuple[str, Any]:
    """Return the setting that a key is about, and what was written for it, there or in the file it names."""
    if key in TABLE:
        return key, written[key]
    if key not in SECRET_FILES:
        raise _unknown(key, written[key], origin(key))
    name = key.removesuffix("_file")
    if name in written:
        raise WrongSetting(f"Both {origin(name)} and {origin(key)} are set.", remedy="Keep one.", field=name)
    try:
        return name, kinds.path(str(written[key])).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as wrong:
        raise WrongSetting(
            f"{origin(key)} names a file that cannot be read: {wrong}.",
            remedy="Write the secret into it as plain text, or name another.",
            field=name,
        ) from None


def _unknown(key: str, value: Any, where: str) -> Problem:
    is_variable = where.startswith(PREFIX)
    named = where if is_variable else f"{key} in {where}"
    return UnknownSetting(
        f"There is no {'table' if isinstance(value, dict) else 'setting'} {named}.",
        remedy=_meant_table(key, value) if isinstance(value, dict) else _meant(key, is_variable=is_variable),
        field=key,
    )


def _meant(key: str, *, is_variable: bool = False) -> str:
    near = _nearest(key)
    if near is None:
        return "docs/settings.md lists the settings there are."
    return f"Did you mean {PREFIX + near.upper() if is_variable else near}?"


def _meant_table(key: str, table: Mapping[str, Any]) -> str:
    """Say what the lines of a table may mean: [mail] with host in it is mail_host."""
    near = [_nearest(f"{key}_{inner}") or _nearest(inner) for inner in table]
    found = ", ".join(dict.fromkeys(filter(None, near)))
    return f"Settings stand without a table{f': did you mean {found}?' if found else '.'}"


def _nearest(key: str) -> str | None:
    close = difflib.get_close_matches(key.lower(), [*TABLE, *SECRET_FILES, "config"], n=1, cutoff=0.5)
    return close[0] if close else None


def _found_in_itself(path: Path) -> Problem:
    return WrongSetting(
        f"{path} sets data_dir, but lies in a data folder itself.",
        remedy=f"Set {PREFIX}DATA_DIR, or name the file with {CONFIG_VARIABLE}.",
        field="data_dir",
    )


def _usual_data_dir() -> Path:
    return user_data_path("milepost", appauthor=False)


def keep_key(settings: Settings) -> str:
    """Make sure that the data folder is there and holds the secret key, unless one is set; return the key."""
    path = settings.data_dir / KEY_NAME
    if settings.origins.get("secret_key") != str(path):
        return settings.secret_key
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _write_key(path, settings.secret_key)
    except OSError as wrong:
        raise _no_use(settings.data_dir, wrong) from None
    # Of two processes that start together, the key of one is kept, and both go by it.
    return _key_in(settings.data_dir)


def _key_in(data_dir: Path) -> str | None:
    path = data_dir / KEY_NAME
    try:
        key = path.read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as wrong:
        raise _no_use(data_dir, wrong) from None
    if len(key) < 32:
        raise WrongSetting(
            f"The secret key in {path} is too short.",
            remedy="Delete the file: a new key is made, and everyone signs in again.",
            field="secret_key",
        )
    return key


def _no_use(data_dir: Path, wrong: Exception) -> Problem:
    return WrongSetting(
        f"The data folder {data_dir} cannot be used: {getattr(wrong, 'strerror', None) or wrong}.",
        remedy=f"Give this user the right to write there, or set {PREFIX}DATA_DIR to another folder.",
        field="data_dir",
    )


def _write_key(path: Path, key: str) -> None:
    # Whole under another name first: two processes that start together must agree on one key.
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(f"{key}\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
