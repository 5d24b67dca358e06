"""What letters say; no tests here."""

import re

from django.core import mail


def mail_is_away(settings) -> None:
    """Nobody answers where the mail server should be."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9


def link_of_last() -> str:
    """The path of the link in the letter that went out last."""
    found = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)
    assert found, mail.outbox[-1].body
    return found[1]
