"""What every page of a delivery shows above its own matter: trail, stepper, stand, progress."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from core.pages import Crumb
from deliveries.models import Delivery
from deliveries.policies import may_edit, may_retry, may_review, may_submit, may_upload
from deliveries.reports import story
from deliveries.reports.steps import steps
from deliveries.senders import address_of
from deliveries.waiting import place_of

HOME = Crumb(_("Consegne"), reverse_lazy("deliveries:list"))
DESK = Crumb(_("Istruttoria"), reverse_lazy("deliveries:reviews"))


def crumb(delivery: Delivery) -> Crumb:
    """A delivery in the trail: whose it is, and the day."""
    day = timezone.localtime(delivery.created_at).date()
    return Crumb(f"{delivery.source.sender}, {formats.date_format(day, 'SHORT_DATE_FORMAT')}")


def frame(request: HttpRequest, delivery: Delivery, current: str) -> dict[str, Any]:
    """Context of templates/deliveries/frame.html; `current` is the key of the step."""
    return {
        "trail": [HOME, crumb(delivery)],
        "delivery": delivery,
        "line": story.line(delivery),
        "steps": steps(delivery, current),
        "working": story.is_working(delivery),
        "halted": story.has_failed_publication(delivery),
        "stage": story.stage_words(delivery),
        "place": place_of(delivery),
        "retryable": may_retry(request.user, delivery),
        "sender_query": address_of(delivery.source),
        "mine": may_upload(request.user, delivery.source),
        "editable": may_edit(request.user, delivery),
        "sender": may_submit(request.user, delivery),
        "desk_open": may_review(request.user, delivery),
    }
