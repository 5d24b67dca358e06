"""What letters say; no tests here."""

import re

from django.core import mail


def link_of_last() -> str:
    """The path of the link in the letter that went out last."""
    found = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)
    assert found, mail.outbox[-1].body
    return found[1]
