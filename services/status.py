"""What the office's page of the portal's state says of the sources."""

from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.status import StatusLine, StatusSection
from services.models import Edition, Source


def sources() -> StatusSection:
    """How many sources there are, how many are published, and when one last was."""
    last = Edition.objects.aggregate(at=Max("published_at"))["at"]
    published = Edition.objects.values("source").distinct().count()
    shown = date_format(timezone.localtime(last), "SHORT_DATETIME_FORMAT") if last else _("mai")
    return StatusSection(
        _("Fonti"),
        [
            StatusLine(_("Fonti conosciute"), str(Source.objects.count())),
            StatusLine(_("Con un'edizione pubblicata"), str(published)),
            StatusLine(_("Ultima pubblicazione"), shown),
        ],
    )
