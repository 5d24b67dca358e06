"""Letters: each notice that is due goes out once, tried again for hours when the mail server is
away, in the language of who gets it."""

import logging
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from notices.models import Notice
from notices.subjects import with_news

logger = logging.getLogger(__name__)

#: With the pauses below: given up after about nine hours; the notice in the portal stays.
MAX_ATTEMPTS: Final = 14
LONGEST_PAUSE: Final = timedelta(hours=1)


def send_once(notice: Notice) -> None:
    """Claim, send, and say so. A worker that dies in between leaves the claim: never two."""
    mine = Notice.objects.filter(pk=notice.pk)
    if not mine.filter(mail=Notice.Mail.DUE).update(mail=Notice.Mail.SENDING):
        return
    try:
        letter(notice).send()
    except Exception:
        attempts = notice.attempts + 1
        logger.exception("letter of notice %s was not sent, attempt %d", notice.pk, attempts)
        over = attempts >= MAX_ATTEMPTS
        pause = min(timedelta(minutes=2 ** (attempts - 1)), LONGEST_PAUSE)
        mine.update(
            mail=Notice.Mail.FAILED if over else Notice.Mail.DUE,
            attempts=F("attempts") + 1,
            mail_after=timezone.now() + pause,
        )
    else:
        mine.update(mail=Notice.Mail.SENT, attempts=F("attempts") + 1)


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
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(subject, body, to=[notice.person.email], headers=headers)
