"""What an objective serves: links upwards are added, changed and ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from milepost.actions import alignments
from milepost.core import access, addresses
from milepost.core.problems import NotFound, Problem
from milepost.ledger.structure import ObjectiveRow
from milepost.queries import alignments as links_of
from milepost.queries import history
from milepost.queries.cards import Reader
from milepost.queries.choices import parents
from milepost.queries.shortlists import ListOf
from milepost.web import pages, shortlists, submissions, trails, versions
from milepost.web.actors import in_workspace
from milepost.web.methods import go
from milepost.web.toasts import named, saved
from milepost.web.typed import Typed
from milepost.web.words import plain_number

HOWS = (
    ("contributes", "Contributes", "Its progress counts in what it serves, with this weight.", "chart"),
    ("supports", "Supports", "It helps, and does not count.", "link"),
)
LABELS = {"parent": "What it serves", "how": "How", "weight": "Weight"}


@in_workspace
def new(request: HttpRequest, objective: int) -> HttpResponse:
    """Show what an objective may serve."""
    reader = pages.reader(request)
    row = _open_to_me(reader, objective)
    values = {"parent": "", "how": "contributes", "weight": "1", "submission": submissions.new_mark()}
    return _new_page(request, reader, row, values, Typed(request.POST))


@in_workspace
def create(request: HttpRequest, objective: int) -> HttpResponse:
    """Let an objective serve another one, or a key result."""
    reader = pages.reader(request)
    row = _open_to_me(reader, objective)
    typed = shortlists.take(Typed(request.POST), reader, {"parent": ListOf.PARENTS}, row.id)
    above, how, weight = typed.above("parent"), typed.text("how", "contributes"), typed.weight()
    if above is None:
        typed.say("parent", "Choose an objective or a key result.")
    if not typed.problems:
        try:
            submissions.once(
                request,
                typed,
                makes="link",
                below=objective,
                make=lambda: (
                    alignments.align(
                        child=objective,
                        **above._asdict(),
                        how=how,
                        weight=weight,
                        by=request.actor,
                        at=request.at,
                    ).id
                ),
            )
        except NotFound:
            typed.say("parent", "That is not there any more. Choose again.")
        except Problem as wrong:
            typed.refuse(wrong, field=wrong.field if wrong.field in LABELS else "")
        else:
            saved(request, named("Aligned", row.title))
            return go(f"{addresses.objective(reader.slug, objective)}#alignment")
    values = {name: typed.text(name) for name in ("parent", "how", "weight", "submission")}
    return _new_page(request, reader, row, values, typed)


def _open_to_me(reader: Reader, objective: int) -> ObjectiveRow:
    row = reader.objective_row(objective)
    access.require(access.may_edit(reader.actor, reader.standing(row)), "align this objective")
    return row


def _new_page(
    request: HttpRequest, reader: Reader, row: ObjectiveRow, values: dict[str, Any], typed: Typed
) -> HttpResponse:
    url = addresses.objective(reader.slug, row.id)
    context = _form(values, typed) | {
        "title": row.title,
        "parents": parents(reader, row, typed.chosen("parent")),
        "finds": shortlists.finds(reader, typed, row.id),
        "here": f"{url}alignments/new/",
        "back": f"{url}#alignment",
    }
    trail = trails.below(reader, reader.team(row.team_id), (row.title, url), ("Align", None))
    return pages.page(
        request, "alignments/new.html", context, nav="teams", crumbs=trail, seen_by=reader,
        status=typed.status,
    )  # fmt: skip


def _form(values: Mapping[str, Any], typed: Typed) -> dict[str, Any]:
    return {
        "v": values,
        "hows": HOWS,
        "error": typed.error,
        "problems": typed.listed(LABELS),
    }


@in_workspace
def edit(request: HttpRequest, alignment: int) -> HttpResponse:
    """Show the form of a link."""
    reader = pages.reader(request)
    link = _mine(reader, alignment)
    return _edit_page(request, reader, link, _stored(link), Typed(request.POST))


@in_workspace
def update(request: HttpRequest, alignment: int) -> HttpResponse:
    """Change how a link counts; where somebody else came first, show both versions."""
    reader, typed = pages.reader(request), Typed(request.POST)
    link, theirs = _mine(reader, links_of.holding(reader, alignment)), versions.NOTHING
    wanted = {"how": typed.text("how", "contributes"), "weight": typed.weight()}
    values = {"how": wanted["how"], "weight": typed.text("weight"), "read": typed.text("read")}

    def now() -> int:
        return links_of.holding(reader, alignment)

    def stored() -> dict[str, Any]:
        return _stored(_mine(pages.reader(request), now()))

    if not typed.problems:
        try:
            done, theirs = versions.save_as_read(
                request, "alignment", alignment,
                typed,
                values,
                wanted,
                stored=stored,
                write=lambda changed: alignments.update(
                    alignment=now(), **changed, by=request.actor, at=request.at
                ),
                latest=lambda: history.latest_of(reader, ("alignment.changed",), now()),
                say=lambda name, value: dict(each[:2] for each in HOWS).get(value, value or "1"),
                labels=LABELS,
            )  # fmt: skip
        except NotFound:
            raise
        except Problem as wrong:
            typed.refuse(wrong, field=wrong.field if wrong.field in LABELS else "")
        else:
            if done:
                told = versions.words(theirs, link.card.title)
                saved(request, f"{told} The past keeps how it counted before.")
                return go(f"{link.child_url}#alignment")
    return _edit_page(request, reader, link, values, typed, theirs)


def _stored(link: links_of.LinkForm) -> dict[str, Any]:
    return versions.carried({"how": link.card.how, "weight": plain_number(link.card.weight)})


@in_workspace
def destroy(request: HttpRequest, alignment: int) -> HttpResponse:
    """End a link."""
    link = _mine(pages.reader(request), alignment)
    alignments.end(alignment=alignment, by=request.actor, at=request.at)
    saved(request, f"It no longer serves “{link.card.title}”.")
    return go(f"{link.child_url}#alignment")


def _mine(reader: Reader, alignment: int) -> links_of.LinkForm:
    link = links_of.form(reader, alignment)
    access.require(link.card.may_edit, "change this link")
    return link


def _edit_page(
    request: HttpRequest,
    reader: Reader,
    link: links_of.LinkForm,
    values: Mapping[str, Any],
    typed: Typed,
    theirs: versions.Both = versions.NOTHING,
) -> HttpResponse:
    here = f"/w/{reader.slug}/alignments/{link.card.id}/"
    context = _form(values, typed) | {
        "link": link,
        "theirs": theirs,
        "here": f"{here}edit/",
        "end": f"{here}ending/",
        "back": f"{link.child_url}#alignment",
    }
    trail = [(link.child_title, link.child_url), ("Link", None)]
    return pages.page(
        request, "alignments/edit.html", context, nav="teams", crumbs=trail, seen_by=reader,
        status=typed.status,
    )  # fmt: skip
