"""Reading what a browser of the tests was answered."""

from __future__ import annotations

import re


def text(answer) -> str:
    """Return what was answered, its unbreakable spaces as spaces."""
    return answer.content.decode().replace("\u00a0", " ")


def page_of(answer) -> str:
    """Return what a page says that was there to be shown."""
    assert answer.status_code == 200, answer.status_code
    return text(answer)


def versions(page: str) -> list[str]:
    """Return what two who met see of each field: what it said, what it says now, what they wrote."""
    both = page.split('id="both-t"')[1].split("</table>")[0] if 'id="both-t"' in page else ""
    return re.findall(r"<td[^>]*>([^<]*)<", both)
