"""What the office's page of the portal's state says of the accounts: wrong passwords, and what is
deleted after its period."""

from django.db.models import Sum
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.status import StatusLine, StatusSection
from people.delays import ACCOUNT_FREE, of_strangers
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


def sign_ins() -> StatusSection:
    """How many wrong passwords came of late from devices that nobody knows, and for how many
    accounts so many that strangers are slowed down wherever they are."""
    tried = of_strangers(timezone.now())
    wrong = tried.aggregate(all=Sum("failures_since_start"))["all"] or 0
    by_account = tried.order_by().values("username").annotate(wrong=Sum("failures_since_start"))
    guessed = by_account.filter(wrong__gte=ACCOUNT_FREE).count()
    note = _(
        "Chi non è conosciuto aspetta prima di ogni prova, da qualunque indirizzo; chi ha "
        "l'account entra come prima dai suoi dispositivi e ha ricevuto una lettera."
    )
    lines = [
        StatusLine(_("Password sbagliate nell'ultimo giorno"), number_format(wrong)),
        StatusLine(
            _("Account per cui se ne provano troppe"),
            number_format(guessed),
            note if guessed else "",
            wrong=bool(guessed),
        ),
    ]
    return StatusSection(_("Accessi"), lines)
