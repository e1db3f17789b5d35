"""Long pieces of a page that go in last: a template passes a mark around rather than a quarter of a megabyte.

Every macro, block and `call` that text goes through copies it; two hundred rows of a tree go through six.
"""

from __future__ import annotations

from functools import cached_property

from django.http import HttpRequest
from markupsafe import Markup


class Fragment(Markup):
    """Drawn HTML that is kept from one request to the next, with its bytes."""

    @cached_property
    def encoded(self) -> bytes:
        """The same as an answer carries it."""
        return self.encode()


def later(request: HttpRequest, fragment: Fragment) -> Markup:
    """Return a mark that `filled` puts the fragment in place of."""
    held = request.__dict__.setdefault("inserts", {})
    # Nobody can write this mark beforehand: the nonce is drawn for each request.
    mark = f"\x02{request.csp_nonce}{len(held)}\x03"
    held[mark] = fragment
    return Markup(mark)


def filled(request: HttpRequest, html: str) -> str:
    """Return the page whole, as text."""
    for mark, fragment in waiting(request).items():
        html = html.replace(mark, fragment)
    return html


def encoded(request: HttpRequest, html: str) -> bytes:
    """Return the page whole, as bytes."""
    whole = html.encode()
    for mark, fragment in waiting(request).items():
        whole = fragment.encoded.join(whole.split(mark.encode()))
    return whole


def waiting(request: HttpRequest) -> dict[str, Fragment]:
    """Return the fragments that wait, by their marks."""
    return request.__dict__.get("inserts", {})
