"""The reference page of the settings, printed from their table; `bin/docs` writes it."""

from __future__ import annotations

from milepost.config.env import CONFIG_VARIABLE, FILE_NAME
from milepost.config.table import PREFIX, described_settings, usual_value

HEAD = f"""\
# Settings

<!-- Written by bin/docs from milepost/config/table.py: change it there. -->

Milepost runs without any settings. Where one is wanted, it is

1. an environment variable, such as `{PREFIX}PORT=9000`, or else
2. a line of `{FILE_NAME}`, such as `port = 9000`; the file lies in the data folder, or where
   `{CONFIG_VARIABLE}` says, or else
3. what is usual.

A secret can lie in a file of its own: `{PREFIX}SECRET_KEY_FILE=/run/secrets/key`. An empty variable
counts as not set. A name that does not exist is an error, and so is a value of the wrong kind.
`milepost config` shows every value and where it came from; `milepost doctor` says what is wrong.

| variable | in the file | usual value | what it is |
|---|---|---|---|
"""


def page() -> str:
    """Return the page as Markdown."""
    rows = [
        f"| `{PREFIX}{each.name.upper()}` | `{each.name}` | {_escaped(usual_value(each)) or 'empty'} "
        f"| {each.metadata['help']}{' A secret.' if each.metadata['secret'] else ''} |\n"
        for each in described_settings()
    ]
    return HEAD + "".join(rows)


def _escaped(words: str) -> str:
    return words.replace("<", "&lt;").replace("|", "\\|")
