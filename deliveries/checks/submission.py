"""What the rules say of a submission (DOC) before it is sent: the same for page and API."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.errors import Invalid
from deliveries.models import Delivery
from services.models import Source
from validator.findings import Severity
from validator.rules.context import Submission
from validator.rules.submission import SubmissionFinding, check_submission

#: What each rule speaks of, by its name in the form and in the API.
FIELDS = {
    "DOC-01": "act",
    "DOC-02": "act_date",
    "DOC-03": "contact_email",
    "DOC-04": "reference_date",
    "DOC-06": "reference_date",
}


@dataclass(frozen=True)
class SubmissionStatement:
    """What goes with a submission; `confirmed`: the codes of the warnings that were confirmed."""

    act: str
    act_date: dt.date | None
    reference_date: dt.date | None
    contact_name: str
    contact_email: str
    only_correct_rows: bool = False
    confirmed: Sequence[str] = ()


def statement_of(given: Mapping[str, Any]) -> SubmissionStatement:
    """What goes with a submission, from what a form or the API understood; what is missing there
    the DOC rules say."""
    return SubmissionStatement(
        act=given.get("act") or "",
        act_date=given.get("act_date"),
        reference_date=given.get("reference_date"),
        contact_name=given.get("contact_name") or "",
        contact_email=given.get("contact_email") or "",
        only_correct_rows=bool(given.get("only_correct_rows")),
        confirmed=given.get("confirmed") or (),
    )


def findings_of(delivery: Delivery, statement: SubmissionStatement) -> list[SubmissionFinding]:
    """What the DOC rules say of the delivery sent with this statement."""
    return check_submission(
        Submission(
            today=timezone.localdate(),
            act=statement.act,
            act_date=statement.act_date,
            contact_name=statement.contact_name,
            contact_email=statement.contact_email,
            reference_date=statement.reference_date,
            current_act_date=_act_in_force(delivery),
            rule_set=delivery.rule_set,
            confirms=delivery.kind == Delivery.Kind.CONFIRMATION,
            plan=delivery.source.reading == Source.Reading.PLAN,
        )
    )


def _act_in_force(delivery: Delivery) -> dt.date | None:
    """The day of the act that was published last for the source."""
    published = Delivery.objects.filter(source=delivery.source_id, edition__isnull=False)
    dated = published.exclude(pk=delivery.pk).filter(act_date__isnull=False)
    return dated.order_by("-edition__number").values_list("act_date", flat=True).first()


def must_be_good(delivery: Delivery, statement: SubmissionStatement) -> list[dict[str, Any]]:
    """The findings to keep with the submission.

    Raises Invalid with the errors, or else with the warnings when one of them is not confirmed.
    """
    found = findings_of(delivery, statement)
    errors = [one for one in found if one.severity is Severity.ERROR]
    if errors:
        said = [as_told(one) for one in errors]
        raise Invalid(errors[0].code, _sentence(said), findings=said)
    warnings = [one for one in found if one.severity is Severity.WARNING]
    if any(one.code not in statement.confirmed for one in warnings):
        said = [as_told(one) | {"confirmed": one.code in statement.confirmed} for one in warnings]
        asked = _("Prima di inviare conferma: %(what)s") % {"what": _sentence(said)}
        raise Invalid("unconfirmed", asked, findings=said)
    return [
        {"code": one.code, "severity": one.severity.value, "params": one.params} for one in found
    ]


def as_told(one: SubmissionFinding) -> dict[str, Any]:
    """A finding in the reader's words, with the field that it speaks of."""
    words = one.text(get_language() or "it")
    return {
        "code": one.code,
        "severity": one.severity.value,
        "field": FIELDS.get(one.code),
        "message": words.message,
        "fix": words.fix,
    }


def _sentence(said: Sequence[dict[str, Any]]) -> str:
    return " ".join(f"{one['message']} {one['fix']} ({one['code']})" for one in said)
