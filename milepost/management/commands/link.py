"""Make a single-use sign-in link for someone who cannot get in."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from milepost.actions import people, second_steps
from milepost.core.access import operator
from milepost.core.problems import NotFound
from milepost.management import whereabouts
from milepost.management.operator import OperatorCommand
from milepost.queries import people as known


class Command(OperatorCommand):
    examples = ("milepost link ada@example.org",)
    needs_database = True

    def add_arguments(self, parser):
        parser.add_argument("email", help="the e-mail with which they sign in")
        parser.add_argument(
            "--without-second-step",
            action="store_true",
            help="remove their passkeys, authenticator app and recovery codes first: they have lost them all",
        )

    def handle(self, *, email: str, without_second_step: bool, **options):
        user_id = known.account(email)
        seats = known.own_actors(user_id, door="cli") if user_id else []
        if not seats:
            raise NotFound(
                f"Nobody signs in with {email}.",
                remedy="`milepost user add` lets somebody in; the people page shows who was invited.",
            )
        by = operator(seats[0].workspace_id)
        at = timezone.now()
        if without_second_step:
            second_steps.remove_all(user_id=user_id, by=by, at=at)
        secret = people.sign_in_link(user_id=user_id, by=by, at=at)
        self.stdout.write(whereabouts.base_url() + reverse("sign_in_link", args=[secret]))
        if guess := whereabouts.assumed():
            self.stderr.write(guess)
        self.stderr.write("It works once, within 15 minutes. Whoever opens it is signed in as them.")
