"""Add someone and print the link that lets them in; change an e-mail; sign out, export and erase somebody."""

from __future__ import annotations

import sys

import orjson
from django.urls import reverse
from django.utils import timezone

from milepost.actions import access, accounts, erasures, sessions, wording
from milepost.cli.commands import export
from milepost.cli.terminal import agreed
from milepost.core.access import Role, operator
from milepost.core.problems import NotFound, Problem
from milepost.management import whereabouts, workspaces
from milepost.management.counts import counted
from milepost.management.operator import OperatorCommand, on_the_command_line
from milepost.queries import people
from milepost.queries.cards import Reader
from milepost.queries.records import personal_data


class Command(OperatorCommand):
    examples = (
        'milepost user add ada@example.org --name "Ada Lovelace" --role admin',
        "milepost user email ada@example.org ada.lovelace@example.org",
        "milepost user sign-out ada@example.org --tokens",
        "milepost user export ada@example.org -o ada.json",
        "milepost user erase ada@example.org",
    )
    needs_database = True

    def add_arguments(self, parser):
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        add = verbs.add_parser("add", help="add someone and invite them")
        add.add_argument("email", help="the e-mail with which they will sign in")
        add.add_argument("--name", help="what colleagues call them, unless a file has said so")
        add.add_argument("--role", default="member", choices=[str(role) for role in Role], help="(member)")
        workspaces.argument(add)
        change = verbs.add_parser("email", help="let an account sign in with another address")
        change.add_argument("email", help="the e-mail with which they sign in now")
        change.add_argument("new", help="the one with which they will")
        out = verbs.add_parser("sign-out", help="sign an account out everywhere, at once")
        out.add_argument("email", help="the e-mail with which they sign in")
        out.add_argument("--tokens", action="store_true", help="revoke the tokens of their programs, too")
        export = verbs.add_parser("export", help="write all that is held of somebody, as JSON")
        export.add_argument("who", help="their e-mail address, or their id in the file")
        export.add_argument("-o", "--output", metavar="FILE", help="the file to write; else to the terminal")
        workspaces.argument(export)
        erase = verbs.add_parser("erase", help="forget who somebody was who has left; what they did stays")
        erase.add_argument("who", help="their e-mail address, or their id in the file")
        erase.add_argument("-y", "--yes", action="store_true", help="erase them without asking")
        workspaces.argument(erase)

    def handle(self, *, verb: str, **options):
        if verb == "email":
            self._change(options["email"], options["new"])
        elif verb == "sign-out":
            self._sign_out(options["email"], and_tokens=options["tokens"])
        elif verb == "export":
            self._export(options["who"], options["workspace"], options["output"])
        elif verb == "erase":
            self._erase(options["who"], options["workspace"], is_agreed=options["yes"])
        else:
            self._add(options["email"], options["name"], options["role"], options["workspace"])

    def _export(self, who: str, workspace: str | None, output: str | None) -> None:
        by, at = operator(workspaces.chosen(workspace)), timezone.now()
        found = people.known_as(by.workspace_id, who)
        reader = Reader(by, at.date())
        held = personal_data.one(reader, found.id, at=at, with_ways_in=True)
        data = orjson.dumps(held, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        if output in (None, "-"):
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
        else:
            export.write(output, data, mode=0o600)  # for whoever asked, and nobody else on this machine
            self.stderr.write(f"Wrote all that is held of {found.name} to {output}.")
        self.stderr.write("Personal objectives are left out: who owns them can download them.")

    def _erase(self, who: str, workspace: str | None, *, is_agreed: bool) -> None:
        by = operator(workspaces.chosen(workspace))
        found = people.known_as(by.workspace_id, who)
        question = f"Nothing but a backup brings back who {found.name} was. Erase it?"
        if not is_agreed and not agreed(question, remedy="Say --yes to erase it without being asked."):
            self.stdout.write("Nothing was changed.")
            return
        row = erasures.erase(person=found.id, by=by, at=timezone.now())
        workspaces.leave_nothing(by.workspace_id)
        self.stdout.write(f"They are known as {row.name} from now on.")

    def _change(self, email: str, new: str) -> None:
        user_id, at = self._account(email), timezone.now()
        found = accounts.change_email(
            user_id=user_id, was=email, email=new, is_proved=False, by=operator(0), at=at
        )
        self.stdout.write(f"{found.name} signs in with {found.email} from now on.")

    def _sign_out(self, email: str, *, and_tokens: bool) -> None:
        user_id = self._account(email)
        gone, ended = sessions.end_others(
            user_id=user_id, keep=None, and_tokens=and_tokens, by=operator(0), at=timezone.now()
        )
        said = f"{email} was signed out in {counted(gone, 'browser')}"
        self.stdout.write(f"{said}, and {counted(ended, 'token')} ended." if and_tokens else f"{said}.")

    def _account(self, email: str) -> int:
        user_id = people.account(email)
        if user_id is None:
            raise NotFound(f"Nobody signs in with {email}.", remedy="The people page shows who does.")
        return user_id

    def _add(self, email: str, name: str | None, role: str, workspace: str | None) -> None:
        by, at = operator(workspaces.chosen(workspace)), timezone.now()
        with on_the_command_line():
            email = wording.email(email)
        waiting, is_second = people.without_account(by.workspace_id, email), False
        if waiting is not None:
            # A file brought them in, with their role, or this command did; what they lack is a way in.
            until = people.invitations(by, [waiting.id]).get(waiting.id)
            is_second = until is not None and until > at
            called, secret = waiting.name, access.invite(person=waiting.id, by=by, at=at)
        elif name is None:
            raise Problem(
                f"Nobody here has the address {email}.",
                code="usage",
                remedy="Say what they are called: --name.",
            )
        else:
            person, secret = access.let_in(name=name, email=email, role=role, by=by, at=at)
            called = person.name
        self.stdout.write(whereabouts.base_url() + reverse("invitation", args=[secret]))
        if guess := whereabouts.assumed():
            self.stderr.write(guess)
        self.stderr.write(f"Send this link to {called}. It works once, within three days.")
        if is_second:
            self.stderr.write("They had been invited before: the earlier link is void from now on.")
