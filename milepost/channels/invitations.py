"""Invitations by mail: the words, and how to tell whether it went."""

from __future__ import annotations

from milepost.channels import email


def mail(*, to: str, name: str, by: str, where: str, link: str) -> bool:
    """Mail somebody the link that lets them in; say whether a mail server took it."""
    return email.is_set() and email.send(
        to=to,
        subject=f"{by} invites you to Milepost",
        text=(
            f"Hello {name},\n\n{by} invites you to {where} on Milepost, where its OKRs are.\n\n"
            f"{link}\n\nThe link is for you alone, works once, and is good for three days.\n"
        ),
    )
