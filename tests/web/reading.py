"""Reading what a browser of the tests was answered."""

from __future__ import annotations

import html
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


def form_of(page: str, field: str = "read") -> dict[str, list[str]]:
    """Read a page's form, the first that has a field of this name, as a browser would send it."""
    found: dict[str, list[str]] = {}
    forms = re.findall(r"<form\b.*?</form>", page, re.S)
    whole = next(form for form in forms if f'name="{field}"' in form)
    for tag, attributes, inner in re.findall(
        r"<(input|textarea|select)\b([^>]*)>((?:(?!</\1>).)*?</\1>)?", whole, re.S
    ):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        name = given.get("name")
        if not name or name == "csrfmiddlewaretoken":
            continue
        if tag == "textarea":
            values = [re.sub(r"</textarea>$", "", inner).removeprefix("\n")]
        elif tag == "select":
            values = re.findall(r'<option value="([^"]*)"[^>]* selected', inner)
            if not values and "multiple" not in attributes:
                values = re.findall(r'<option value="([^"]*)"', inner)[:1]
        elif given.get("type") in ("radio", "checkbox"):
            values = [given.get("value", "on")] if " checked" in attributes else []
        else:
            values = [given.get("value", "")]
        found.setdefault(name, []).extend(html.unescape(value) for value in values)
    return found
