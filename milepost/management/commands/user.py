"""Add someone to a workspace and print the link that lets them in."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from milepost.actions import access
from milepost.core.access import Role, operator
from milepost.management import workspaces
from milepost.management.operator import OperatorCommand


class Command(OperatorCommand):
    def add_arguments(self, parser):
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        add = verbs.add_parser("add", help="add someone and invite them")
        add.add_argument("email", help="the e-mail with which they will sign in")
        add.add_argument("--name", required=True, help="what colleagues call them")
        add.add_argument("--role", default="member", choices=[str(role) for role in Role], help="(member)")
        workspaces.argument(add)

    def handle(self, *, verb: str, email: str, name: str, role: str, workspace: str | None, **options):
        by = operator(workspaces.chosen(workspace))
        person, secret = access.let_in(name=name, email=email, role=role, by=by, at=timezone.now())
        self.stdout.write(settings.MILEPOST.base_url + reverse("invitation", args=[secret]))
        self.stderr.write(f"Send this link to {person.name}. It works once, within three days.")
