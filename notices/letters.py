"""Letters: each notice that is due goes out once, tried again for hours when the mail server is
away, in the language of who gets it.

Of a letter whose worker died while it was sent nobody knows whether it went: it is sent again
after a while under the same Message-ID, by which whoever has it already knows it.
"""

import logging
import socket
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core.queue import OutOfTime
from notices.models import Notice
from notices.subjects import with_news

logger = logging.getLogger(__name__)

#: With the pauses below: given up after about nine hours; the notice in the portal stays.
MAX_ATTEMPTS: Final = 14
LONGEST_PAUSE: Final = timedelta(hours=1)
#: How long a letter may be on its way before its worker is taken for dead.
CLAIM: Final = timedelta(minutes=10)
#: Nobody answers where the mail server should be: the others would find the same.
_AWAY: Final = (ConnectionError, TimeoutError, socket.gaierror, SMTPServerDisconnected)


def send_once(notice: Notice) -> bool:
    """Claim, send, and say so; False when the mail server is not to be reached at all. Raises
    OutOfTime.

    The attempt is counted with the claim, which lapses: `tasks.sweep` takes up what a worker that
    died left.
    """
    mine, now = Notice.objects.filter(pk=notice.pk), timezone.now()
    claim = {"mail": Notice.Mail.SENDING, "mail_after": now + CLAIM, "attempts": F("attempts") + 1}
    if not mine.to_send().update(**claim):
        return True
    try:
        letter(notice).send()
    except Exception as error:
        attempts = notice.attempts + 1
        logger.exception("letter of notice %s was not sent, attempt %d", notice.pk, attempts)
        over = attempts >= MAX_ATTEMPTS
        pause = min(timedelta(minutes=2 ** (attempts - 1)), LONGEST_PAUSE)
        mine.update(
            mail=Notice.Mail.FAILED if over else Notice.Mail.DUE, mail_after=timezone.now() + pause
        )
        if isinstance(error, OutOfTime):
            raise
        return not isinstance(error, _AWAY)
    mine.update(mail=Notice.Mail.SENT)
    return True


def give_up() -> None:
    """What was claimed for the last time and never said to be sent is not sent any more."""
    spent = Notice.objects.filter(mail=Notice.Mail.SENDING, attempts__gte=MAX_ATTEMPTS)
    spent.filter(mail_after__lte=timezone.now()).update(mail=Notice.Mail.FAILED)


def message_id(notice: Notice) -> str:
    """The same for every attempt, and nobody else's (RFC 5322, 3.6.4)."""
    told = salted_hmac("notices.letters", str(notice.pk)).hexdigest()[:20]
    return f"<{notice.pk}.{told}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>"


def letter(notice: Notice) -> EmailMessage:
    """The notice as a letter in plain text."""
    comune = notice.event.municipality
    with translation.override(notice.person.language):
        ((_notice, news),) = with_news([notice])
        context = {
            "person": notice.person,
            "news": news,
            "municipality": comune,
            "address": settings.PUBLIC_URL + news.path,
            "choices": settings.PUBLIC_URL + reverse("people:profile") + "#messages-title",
        }
        subject, sender = news.title, comune.name if comune else news.sender
        if sender:
            subject = _("%(title)s: %(comune)s") % {"title": news.title, "comune": sender}
        subject = " ".join(subject.split())
        body = render_to_string("notices/mail/notice.txt", context)
    # So that absence replies and mailing lists leave it alone (RFC 3834).
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": message_id(notice)}
    return EmailMessage(subject, body, to=[notice.person.email], headers=headers)
