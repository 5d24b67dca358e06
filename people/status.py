"""What the office's page of the portal's state says of what is deleted after its period."""

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.status import StatusLine, StatusSection
from people.retention import PeriodRun, runs


def retention() -> StatusSection:
    """Of each period the last run, how many went and how many in all."""
    return StatusSection(_("Cancellazioni alla scadenza"), [_line(one) for one in runs()])


def _line(one: PeriodRun) -> StatusLine:
    label = f"{one.period.what}: {one.period.kept}"
    if one.run is None:
        return StatusLine(label, _("non ancora eseguita"))
    gone = ngettext(
        "%(n)s cancellato, %(all)s in tutto", "%(n)s cancellati, %(all)s in tutto", one.run.removed
    )
    numbers = {"n": number_format(one.run.removed), "all": number_format(one.run.total)}
    at = date_format(localtime(one.run.at), "SHORT_DATETIME_FORMAT")
    failed = one.run.error_reference
    note = _("L'ultima volta non è riuscita, riferimento %(code)s.") % {"code": failed}
    return StatusLine(label, f"{at}: {gone % numbers}", note if failed else "", wrong=bool(failed))
