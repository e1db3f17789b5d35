"""Mails about an account's safety: what was changed, and that somebody guesses."""

from __future__ import annotations

from collections.abc import Iterable

from milepost.channels import email


def changed(*, to: str, name: str, what: str) -> None:
    """Tell somebody what was changed about how they sign in, where there is a mail server."""
    if not email.is_set():
        return
    email.send_soon(
        to=to,
        subject="How you sign in to Milepost has changed",
        text=(
            f"Hello {name},\n\n{what}\n\nIf that was you, there is nothing to do. If it was not, set a new "
            "password, look at your sessions on the page “Your account”, and tell whoever runs Milepost.\n"
        ),
    )


def left(*, to: str, name: str, now: str) -> None:
    """Tell somebody at the address that their account has left for another one, and how to take it back."""
    email.send_soon(
        to=to,
        subject="You sign in to Milepost with another e-mail now",
        text=(
            f"Hello {name},\n\nyou sign in with {now} from now on, and no longer with {to}.\n\n"
            "If that was you, there is nothing to do. If it was not: sign in with the new address and your "
            "password, choose another password on the page “Your account”, and change the e-mail back to "
            "this one. If you cannot sign in, ask whoever runs Milepost to give it back to you: "
            f"milepost user email {now} {to}\n"
        ),
    )


def locked(people: Iterable[tuple[str, str, str]]) -> None:
    """Tell a person and their admins, (address, name, whose account), that an account was locked."""
    if not email.is_set():
        return
    for to, name, whose in people:
        email.send_soon(
            to=to,
            subject="Too many wrong passwords at Milepost",
            text=(
                f"Hello {name},\n\nsomebody guessed at the password of {whose} ten times, and wrongly. It is "
                "not taken for a quarter of an hour; each further guess doubles that. Whoever has a passkey "
                "can sign in with it all the time.\n\nIf it was you, wait, or ask for a new password. If it "
                "was not, nothing is lost: a passkey or an authenticator app keeps guessers out for good.\n"
            ),
        )


def confirm(*, to: str, name: str, link: str) -> None:
    """Mail somebody the link that confirms their address."""
    _send_link(
        link,
        to=to,
        name=name,
        subject="Confirm your e-mail for Milepost",
        does="confirm that this address is yours",
        otherwise="If you have no account at Milepost, ignore this mail.",
    )


def take_over(*, to: str, name: str, link: str) -> None:
    """Mail the link by which an account takes this address."""
    _send_link(
        link,
        to=to,
        name=name,
        subject="Your new e-mail for Milepost",
        does="sign in to Milepost with this address from now on",
        otherwise="You sign in first. If you did not ask for it, ignore this mail: nothing happens.",
    )


def taken(*, to: str) -> None:
    """Tell whoever has an address that somebody wanted it for another account, which stays as it is."""
    email.send_soon(
        to=to,
        subject="This e-mail has an account at Milepost",
        text=(
            "Hello,\n\nsomebody asked to use this address for another account at Milepost. It has one "
            "already, so nothing was changed. If it was you, sign in with this address.\n"
        ),
    )


def _send_link(link: str, *, to: str, name: str, subject: str, does: str, otherwise: str) -> None:
    email.send_soon(
        to=to,
        subject=subject,
        text=(
            f"Hello {name},\n\nopen this link to {does}:\n\n{link}\n\n"
            f"It is good for three days. {otherwise}\n"
        ),
    )
