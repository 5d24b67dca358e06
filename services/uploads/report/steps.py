"""The five steps of a delivery and which of them are done, current or still closed."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from services.uploads.models import Upload
from services.uploads.states import Status

Text = str | Promise

STEPS: tuple[tuple[str, Text, str], ...] = (
    ("file", _("File"), "uploads:detail"),
    ("columns", _("Cosa abbiamo capito"), "uploads:columns"),
    ("checks", _("Controlli"), "uploads:checks"),
    ("mend", _("Correggi"), "uploads:mend"),
    ("submit", _("Invia"), "uploads:submit"),
)
_UNREAD = (Status.RECEIVED, Status.CHECKING, Status.UNREADABLE, Status.FAILED)


@dataclass(frozen=True)
class Step:
    """One step of the stepper; `open` ones are links."""

    key: str
    title: Text
    url_name: str
    is_current: bool
    is_done: bool
    is_open: bool


def has_report(upload: Upload) -> bool:
    """Whether a check of the file came to an end and its report can be read."""
    return upload.checked_at is not None and upload.status not in _UNREAD


def steps(upload: Upload, current: str) -> list[Step]:
    """The stepper of a delivery on the page `current`; a confirmation has only its first and last
    step."""
    checked = has_report(upload)
    confirms = upload.sort == Upload.Sort.CONFIRMATION
    sent = upload.submitted_at is not None
    done = {"file": bool(upload.file_name), "columns": checked, "checks": checked}
    done |= {"mend": checked and not upload.blocked_count, "submit": sent}
    return [
        Step(key, title, name, key == current, done[key], key == "file" or checked or confirms)
        for key, title, name in STEPS
        if not confirms or key in ("file", "submit")
    ]
