"""The Markdown that people write in notes and comments, as HTML that is safe to show."""

from __future__ import annotations

from collections.abc import Iterator

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

ALLOWED_TAGS = {
    "p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr",
}  # fmt: skip
MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough").disable("image")


def html(text: str | None) -> Markup:
    """Turn the Markdown that people write into safe HTML: headings become bold, images stay text."""
    tokens = list(_flattened(MARKDOWN.parse(text or "")))
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return Markup(
        nh3.clean(
            html,
            tags=ALLOWED_TAGS,
            attributes={"*": set(), "a": {"href"}},
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer nofollow",
        )
    )


def _flattened(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.type == "heading_open":
            yield Token("paragraph_open", "p", 1, block=True)
            yield Token("strong_open", "strong", 1)
        elif token.type == "heading_close":
            yield Token("strong_close", "strong", -1)
            yield Token("paragraph_close", "p", -1, block=True)
        else:
            yield token
