"""E-mail: plain text, one reader at a time."""

from __future__ import annotations

import logging
import smtplib
import threading

from django.conf import settings
from django.core.mail import EmailMessage

log = logging.getLogger("milepost.email")


def is_set() -> bool:
    """Say whether there is a mail server to send by."""
    return bool(settings.MILEPOST.mail_host)


def send(*, to: str, subject: str, text: str) -> bool:
    """Send a mail now; say whether the server took it."""
    try:
        return EmailMessage(subject, text, to=[to]).send() == 1
    except (OSError, smtplib.SMTPException) as wrong:
        log.warning("A mail could not be sent: %s", type(wrong).__name__)
        return False


def send_soon(*, to: str, subject: str, text: str) -> None:
    """Send a mail without waiting for it: the time an answer takes must not say whether one was sent."""
    threading.Thread(
        target=send, kwargs={"to": to, "subject": subject, "text": text}, name="milepost-mail"
    ).start()
