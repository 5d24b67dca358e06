"""Letters: each notice that is due goes out once, tried again for hours when the mail server is
away, in the language of who gets it."""

import logging
from datetime import timedelta
from typing import Final

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from deliveries import notices
from deliveries.models import Notice
from deliveries.reports import news

logger = logging.getLogger(__name__)

#: With the pauses below: given up after about nine hours; the notice in the portal stays.
MAX_ATTEMPTS: Final = 14
LONGEST_PAUSE: Final = timedelta(hours=1)
_BATCH = 500


@shared_task(name=notices.TELL)
def tell(event_id: int) -> None:
    """Send the letters of one event that are still due."""
    due = Notice.objects.filter(event=event_id, mail=Notice.Mail.DUE)
    for notice in due.select_related("person", "event__delivery__municipality", "event__by"):
        _send_once(notice)


@shared_task(name="deliveries.sweep_letters")
def sweep() -> None:
    """Enqueue again what the broker lost or the mail server refused."""
    events = Notice.objects.due().order_by("event").values_list("event", flat=True).distinct()
    for event in events[:_BATCH]:
        tell.delay(event)


def _send_once(notice: Notice) -> None:
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
    delivery = notice.event.delivery
    with translation.override(notice.person.language):
        told = news.told(notice)
        context = {
            "person": notice.person,
            "news": told,
            "delivery": delivery,
            "address": settings.PUBLIC_URL + told.path,
            "choices": settings.PUBLIC_URL + reverse("people:profile") + "#messages-title",
        }
        subject = _("%(title)s: %(comune)s") % {
            "title": told.title,
            "comune": delivery.municipality.name,
        }
        body = render_to_string("deliveries/mail/notice.txt", context)
    # So that absence replies and mailing lists leave it alone (RFC 3834).
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(subject, body, to=[notice.person.email], headers=headers)
