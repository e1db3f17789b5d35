"""The people of a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from milepost.actions import access as doors
from milepost.actions import people, wording
from milepost.actions.guesses import TooManyInvitations
from milepost.channels import email as mails
from milepost.core import addresses, membership
from milepost.core.access import Role
from milepost.core.ids import encode
from milepost.core.problems import Conflict, Invalid, NotFound
from milepost.queries import history, team_tree
from milepost.queries import people as known
from milepost.queries.shortlists import ListOf, Shortlist
from milepost.web import confirming, invitations, misread, pages, shortlists, versions
from milepost.web.actors import in_workspace
from milepost.web.methods import go
from milepost.web.pages import page
from milepost.web.toasts import saved
from milepost.web.typed import Typed, whole

LABELS = {"name": "Name", "email": "E-mail", "role": "Role", "team": "Team"}
SHOWN = (("here", "Everyone"), ("waiting", "Not here yet"), ("left", "Left"))


@require_http_methods(["GET", "HEAD"])
@in_workspace
def index(request: HttpRequest) -> HttpResponse:
    """List everyone: role, teams, last check-in, and who is still to come."""
    wanted = request.GET.get("show", "here")
    show = wanted if wanted in dict(SHOWN) else "here"
    search = Typed(request.GET).text("q")[:100]
    found = known.directory(
        request.actor,
        show=show,
        search=search,
        page=whole(request.GET.get("page"), 1),
        zone=request.seat.time_zone,
        at=request.at,
    )
    here = _people(request)
    more = {
        "found": found,
        "search": search,
        "show": show,
        "tabs": [
            (words, f"{here}?show={name}", name == show, found.counts[name])
            for name, words in SHOWN
            if found.counts[name] or name in ("here", show)
        ],
        "here": here,
        "new_person": _new(request) if membership.roles_to_give(request.actor) else None,
        "roles": membership.SENTENCES,
    }
    unread = misread.parts(request.GET, {"show": show == wanted})
    return page(request, "people/index.html", more, nav="people", crumbs=[("People", None)], misread=unread)


@in_workspace
def new(request: HttpRequest) -> HttpResponse:
    """Ask whom to add."""
    return _form(request, Typed(request.POST))


@in_workspace
def create(request: HttpRequest) -> HttpResponse:
    """Add someone and invite them."""
    typed = shortlists.take(Typed(request.POST), pages.reader(request), {"team": ListOf.PLACES})
    team = typed.id("team")
    # Everything that is wrong at once, not one thing after another.
    name = typed.cleaned("name", partial(wording.name, of="A person"))
    email = typed.cleaned("email", wording.email)
    back = request.path
    if not typed.problems and (asked := confirming.for_role(request, typed.text("role"), back=back)):
        return asked
    if not typed.problems:
        try:
            person, secret = doors.let_in(
                name=name,
                email=email,
                role=typed.text("role") or Role.MEMBER,
                team=team,
                by_mail=mails.is_set(),
                by=request.actor,
                at=request.at,
            )
            return invitations.answer(request, invitations.delivered(request, person, secret))
        except (Invalid, Conflict, TooManyInvitations) as wrong:
            typed.refuse(wrong)
    return _form(request, typed)


@in_workspace
def show(request: HttpRequest, person: int) -> HttpResponse:
    """Show a person: who they are, where they belong, what they own."""
    return _profile(request, person, Typed(request.POST))


@in_workspace
def update(request: HttpRequest, person: int) -> HttpResponse:
    """Correct a name or an address, or give another role; where somebody else came first, show both."""
    typed, theirs = Typed(request.POST), versions.NOTHING
    if asked := confirming.for_role(request, typed.text("role"), back=request.path):
        return asked
    names = (
        ("role",) if "role" in request.POST else ("name", "email") if "email" in request.POST else ("name",)
    )
    values = {name: typed.text(name) for name in names}

    def stored() -> dict[str, Any]:
        return _stored(_found(request, person).entry, names)

    def write(changed: Mapping[str, Any]) -> None:
        act = people.change_role if "role" in changed else people.update
        if changed:
            act(person=person, **changed, by=request.actor, at=request.at)

    try:
        done, theirs = versions.save_as_read(
            request,
            "person",
            person,
            typed,
            values,
            values.copy(),
            stored=stored,
            write=write,
            latest=lambda: history.latest_of(
                pages.reader(request),
                ("person.role_changed",) if "role" in names else ("person.changed",),
                person,
            ),
            say=lambda name, value: value.capitalize() if name == "role" else value or "nothing",
            labels=LABELS,
        )
    except (Invalid, Conflict) as wrong:
        typed.refuse(wrong, field=wrong.field or "role")
    else:
        if done:
            entry = _found(request, person).entry
            is_role = "role" in names and not theirs.taken
            new_role = f"{entry.name} is {membership.in_words(entry.role)} now."
            saved(request, new_role if is_role else versions.words(theirs, entry.name))
            return go("person", slug=request.seat.slug, person=person)
    return _profile(request, person, typed, values, theirs)


def _stored(entry: known.Entry, names: Iterable[str]) -> dict[str, Any]:
    said = {"name": entry.name, "email": entry.email or "", "role": str(entry.role)}
    return versions.carried({name: said[name] for name in names})


def _form(request: HttpRequest, typed: Typed) -> HttpResponse:
    roles = membership.roles_to_give(request.actor)
    if not roles:
        raise NotFound
    reader = pages.reader(request)
    listed = Shortlist(reader, ListOf.PLACES)
    if listed.is_long:
        teams = listed.options(typed.chosen("team"))
    else:
        teams = [(encode(one.id), one.name) for one in team_tree.choices(request.actor, manageable=True)]
    more = {
        "typed": typed,
        "problems": typed.listed(LABELS),
        "roles": roles,
        "sentences": membership.SENTENCES,
        "teams": teams,
        "finds": shortlists.finds(reader, typed),
        "may_leave_team_open": request.actor.is_admin,
        "people": _people(request),
    }
    crumbs = [("People", _people(request)), ("Add someone", None)]
    answer = page(request, "people/new.html", more, nav="people", crumbs=crumbs, status=typed.status)
    if typed.retry_after is not None:
        answer.headers["Retry-After"] = str(typed.retry_after)
    return answer


def _found(request: HttpRequest, person: int) -> known.Profile:
    return known.profile(pages.reader(request), person, zone=request.seat.time_zone, at=request.at)


def _profile(
    request: HttpRequest,
    person: int,
    typed: Typed,
    values: Mapping[str, str] | None = None,
    theirs: versions.Both = versions.NOTHING,
) -> HttpResponse:
    found, slug = _found(request, person), request.seat.slug
    entry, has_email = found.entry, found.entry.may_manage and found.entry.state.word in ("added", "invited")
    sent, names = values or {}, ("name", "email") if has_email else ("name",)
    more = {
        "found": found,
        "entry": entry,
        "v": _stored(entry, names) | ({} if "role" in sent else sent),
        "as_role": _stored(entry, ("role",)) | (sent if "role" in sent else {}),
        "has_email": has_email,
        "theirs": theirs,
        "typed": typed,
        "problems": typed.listed(LABELS),
        "sentences": membership.SENTENCES,
        "teams": [(one, addresses.team(slug, one.id)) for one in entry.teams],
        "work": [(one, _address(slug, one)) for one in found.work],
        "may_edit": entry.may_manage or found.is_me,
    }
    crumbs = [("People", _people(request)), (entry.name, None)]
    return page(request, "people/show.html", more, nav="people", crumbs=crumbs, status=typed.status)


def _address(slug: str, one: known.Work) -> str:
    return (
        addresses.objective(slug, one.id) if one.kind == "objective" else addresses.key_result(slug, one.id)
    )


def _people(request: HttpRequest) -> str:
    return reverse("people", kwargs={"slug": request.seat.slug})


def _new(request: HttpRequest) -> str:
    return reverse("new_person", kwargs={"slug": request.seat.slug})
