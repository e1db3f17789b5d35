"""What `milepost --help` lists, and the commands that need neither Django nor a database."""

from __future__ import annotations

import sys

import typer

from milepost import __version__
from milepost.cli import clients, operators
from milepost.cli.exits import EPILOG

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"milepost {__version__}")
        raise typer.Exit()


@app.callback(epilog=EPILOG)
def root(
    version: bool = typer.Option(
        False, "--version", help="Print the version.", callback=_print_version, is_eager=True
    ),
) -> None:
    """Set, align, run, grade and learn from OKRs.

    Begin with `milepost demo`, or with `milepost serve` for your own.
    """


def _listed(name: str, says: str) -> None:
    # Only listed: the door hands these on before anything here reads their arguments.
    app.command(name, short_help=says)(lambda: None)


_LINES = {name: operators.first_line(name) for name in operators.names()} | dict(clients.first_lines())
for _name in sorted(_LINES):
    _listed(_name, _LINES[_name])


@app.command(epilog=f"Example: milepost score rows.csv --as status. {EPILOG}")
def score(
    file: str = typer.Argument(help="A CSV file, or - for what is piped in."),
    kind: str = typer.Option(
        "scores", "--as", metavar="scores|status|verdict", help="What to work out for each row."
    ),
    policy: str = typer.Option(None, help="A scoring policy to use instead of Milepost's own."),
) -> None:
    """Score the measures in a file: one JSON object a line."""
    from milepost.cli.score import score_file

    raise typer.Exit(score_file(file, kind=kind, policy=policy, out=sys.stdout, err=sys.stderr))
