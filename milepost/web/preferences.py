"""One's own preferences: how pages look in this browser, the keyboard, one's name and password."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from milepost.queries import people
from milepost.web import cookies, looks
from milepost.web.actors import in_workspace
from milepost.web.methods import go, takes_form
from milepost.web.pages import page


@in_workspace
def edit(request: HttpRequest) -> HttpResponse:
    """Show one's preferences."""
    name, email = people.contact(request.actor)
    more = {
        "look": looks.look(request),
        "name": name,
        "email": email,
        "me": reverse("person", kwargs={"slug": request.seat.slug, "person": request.actor.person_id}),
    }
    crumbs = [("Preferences", None)]
    return page(request, "preferences/edit.html", more, nav="", crumbs=crumbs)


@in_workspace
def update(request: HttpRequest) -> HttpResponse:
    """Keep preferences in this browser."""
    answer = go("preferences", slug=request.seat.slug)
    _keep(request, answer)
    messages.success(request, "Saved in this browser: your preferences.")
    return answer


@takes_form
def appearance(request: HttpRequest) -> HttpResponse:
    """Choose light or dark and go back to where one was."""
    answer = go(_back(request))
    _keep(request, answer)
    return answer


def _keep(request: HttpRequest, answer: HttpResponse) -> None:
    for name, choices in looks.CHOICES.items():
        if request.POST.get(name) in choices:
            cookies.keep(answer, name, request.POST[name])


def _back(request: HttpRequest) -> str:
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return reverse("home")
    path = "/" + came_from.path.lstrip("/")  # never //elsewhere
    return f"{path}?{came_from.query}" if came_from.query else path
