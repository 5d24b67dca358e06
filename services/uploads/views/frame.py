"""What every page of a delivery shows above its own matter: trail, stepper, stand, progress."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from services.uploads.models import Upload
from services.uploads.policies import may_edit, may_review, may_submit, may_upload
from services.uploads.report import story
from services.uploads.report.steps import steps


@dataclass(frozen=True)
class Crumb:
    """One step of the trail above a page."""

    label: str | Promise
    url: str | Promise = ""


HOME = Crumb(_("Consegne"), reverse_lazy("uploads:list"))
DESK = Crumb(_("Istruttoria"), reverse_lazy("uploads:reviews"))


def crumb(upload: Upload) -> Crumb:
    """A delivery in the trail: comune and day."""
    day = timezone.localtime(upload.created_at).date()
    return Crumb(f"{upload.municipality.name}, {formats.date_format(day, 'SHORT_DATE_FORMAT')}")


def frame(request: HttpRequest, upload: Upload, current: str) -> dict[str, Any]:
    """Context of templates/uploads/frame.html; `current` is the key of the step."""
    return {
        "trail": [HOME, crumb(upload)],
        "upload": upload,
        "line": story.line(upload),
        "steps": steps(upload, current),
        "working": upload.status in story.WORKING,
        "stage": story.stage_words(upload),
        "mine": may_upload(request.user, upload.municipality_id),
        "editable": may_edit(request.user, upload),
        "sender": may_submit(request.user, upload),
        "desk_open": may_review(request.user, upload),
    }
