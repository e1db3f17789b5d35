"""The frame's own parts, drawn once for each reader and place and kept as text: they stand on every page."""

from __future__ import annotations

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from milepost.queries.shell import Shell

KEPT = 4096
SLOT = "\x00"  # stands where a form's token goes: that belongs to one request

_kept: dict[tuple, str] = {}


@pass_context
def frame(context: Context, part: str) -> Markup:
    """Return a part of the frame: `_parts/rail.html`, `_parts/palette.html` or `_parts/keys.html`."""
    shell = context["shell"]
    # Told apart by all that these parts read of the shell, and by nothing that belongs to one request.
    name = (part, *_read(shell))
    drawn = _kept.get(name)
    if drawn is None:
        if len(_kept) >= KEPT:
            _kept.clear()
        template = context.environment.get_template(f"_parts/{part}.html")
        drawn = _kept[name] = template.render(shell=shell, csrf_input=SLOT)
    return Markup(drawn.replace(SLOT, str(context["csrf_input"])) if SLOT in drawn else drawn)


def _read(shell: Shell) -> tuple:
    return (
        shell.workspace.name,
        shell.person.id,
        shell.person.name,
        shell.due,
        shell.nav,
        shell.theme,
        shell.keys_off,
        shell.keys,
        tuple(shell.personas),
        tuple(shell.links.items()),
    )
