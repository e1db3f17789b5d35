"""Who belongs to a team."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from milepost.actions import teams
from milepost.core import addresses
from milepost.core.problems import Invalid
from milepost.queries.shortlists import ListOf
from milepost.queries.shutting_out import ShutsYouOut
from milepost.web import pages, shortlists
from milepost.web.actors import in_workspace
from milepost.web.methods import go, takes_form
from milepost.web.team_settings import arranged
from milepost.web.toasts import saved
from milepost.web.typed import Typed


@takes_form
@in_workspace
def create(request: HttpRequest, team: int) -> HttpResponse:
    """Let someone belong to the team, or make a member a lead or the other way round."""
    typed = shortlists.take(Typed(request.POST), pages.reader(request), {"person": ListOf.PEOPLE})
    person, since_on = typed.id("person"), typed.day("since_on")
    if person is None:
        typed.say("person", "Choose someone.")
    if not typed.problems:
        try:
            row = teams.add_member(
                team=team,
                person=person,
                is_lead=typed.text("role") == "lead",
                since_on=since_on,
                by=request.actor,
                at=request.at,
            )
            saved(request, f"{row.person.name} {'leads' if row.is_lead else 'belongs to'} the team now.")
            return go("edit_team", slug=request.seat.slug, team=team)
        except Invalid as wrong:
            typed.refuse(wrong)
    return arranged(request, team, typed)


@takes_form
@in_workspace
def destroy(request: HttpRequest, team: int, person: int) -> HttpResponse:
    """Let someone's time in the team end."""
    typed = Typed(request.POST)
    try:
        teams.remove_member(team=team, person=person, leave=typed.leaves, by=request.actor, at=request.at)
    except ShutsYouOut as wrong:
        typed.refuse(wrong, field="")
        return arranged(request, team, typed)
    if person == request.actor.person_id:  # who may perhaps not arrange it any more
        saved(request, "You no longer belong to the team. What was yours stays yours.")
        return go(addresses.team(request.seat.slug, team))
    saved(request, "They no longer belong to the team. What was theirs stays theirs.")
    return go("edit_team", slug=request.seat.slug, team=team)
