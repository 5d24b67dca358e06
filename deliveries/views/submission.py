"""The last step: what goes with the delivery, sending it, and the receipt as page and PDF."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.errors import DomainError, NotAllowed
from core.pages import private
from deliveries.actions import review
from deliveries.checks.submission import as_told, findings_of, statement_of
from deliveries.forms import SubmissionForm
from deliveries.models import Delivery
from deliveries.policies import may_submit
from deliveries.publishing import impact
from deliveries.reports import page
from deliveries.reports.receipt import as_pdf, receipt_of, said_of
from deliveries.reports.steps import has_report
from deliveries.reports.understanding import doubtful
from deliveries.states import DeliveryStatus
from deliveries.views.access import delivery_of
from deliveries.views.frame import frame
from people.access import person
from services.models import Source
from validator.findings import Severity


@private
def submit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Act, dates, contact; a consultant reads why it is not theirs to send."""
    delivery = delivery_of(request, pk)
    if request.method == "POST":
        return _send(request, delivery)
    return _page(request, delivery, form_of(delivery, initial=_known(delivery)))


def _send(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    if not may_submit(request.user, delivery):
        raise NotAllowed(
            "not-operator",
            _("Un consulente prepara la consegna; la invia un operatore."),
        )
    form = form_of(delivery, typed=request.POST)
    if not form.is_valid():
        return _page(request, delivery, form, status=400)
    try:
        confirmed = request.POST.getlist("confirmed")
        said = statement_of({**form.cleaned_data, "confirmed": confirmed})
        review.submit(delivery, user=person(request), statement=said)
    except DomainError as error:
        if error.status == NotAllowed.status:
            raise
        warnings = _said(form, error)
        return _page(request, delivery, form, warnings=warnings, status=error.status)
    return redirect("deliveries:receipt", delivery.pk)


def _said(form: SubmissionForm, error: DomainError) -> list[dict[str, Any]]:
    """Put what stops the submission beside its field; the warnings that it asks to confirm."""
    found = error.extra.get("findings", [])
    for one in (one for one in found if one["severity"] == Severity.ERROR):
        place = one["field"] if one["field"] in form.fields else None
        form.add_error(place, f"{one['message']} {one['fix']} ({one['code']})")
    if not form.errors:
        form.add_error(None, str(error.message))
    return [one for one in found if one["severity"] == Severity.WARNING]


def form_of(delivery: Delivery, *, typed: Any = None, initial: Any = None) -> SubmissionForm:
    """The form; a confirmation refers to the act in force, so it asks only for the contact."""
    form = SubmissionForm(typed, initial=initial)
    if delivery.kind == Delivery.Kind.CONFIRMATION:
        for name in ("act", "act_date", "reference_date", "only_correct_rows"):
            del form.fields[name]
        return form
    if not delivery.blocked_count:
        del form.fields["only_correct_rows"]
    if delivery.source.reading != Source.Reading.PLAN:
        form.without_plan()
    return form


def _known(delivery: Delivery) -> dict[str, Any]:
    """What was typed before: in this delivery, else in the comune's last one that was sent."""
    names = ("act", "act_date", "reference_date", "contact_name", "contact_email")
    earlier = Delivery.objects.filter(source=delivery.source_id, submitted_at__isnull=False)
    last = delivery if delivery.contact_email else earlier.order_by("-submitted_at").first()
    known = {name: getattr(last, name) for name in names} if last else {}
    if last is not delivery:
        known.pop("reference_date", None)
    return known


def _page(
    request: HttpRequest,
    delivery: Delivery,
    form: SubmissionForm,
    *,
    warnings: Sequence[dict[str, Any]] = (),
    status: int = 200,
) -> HttpResponse:
    groups = page.finding_groups(delivery) if has_report(delivery) else []
    context = {
        **frame(request, delivery, "submit"),
        "form": form,
        "warnings": warnings,
        "infos": [
            as_told(one)
            for one in findings_of(delivery, statement_of({}))
            if one.severity is Severity.INFO
        ],
        "verdict": page.verdict(delivery, groups) if has_report(delivery) else None,
        "good": delivery.row_count - delivery.blocked_count,
        "unanswered": sum(group.unanswered for group in groups),
        "doubtful": doubtful(delivery),
        "sendable": delivery.status == DeliveryStatus.CHECKED,
        "receipt": delivery.receipts.order_by("-at").first(),
    }
    return render(request, "deliveries/submit.html", context, status=status)


@private
def effects(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What the sheets would say if all of it were
    accepted: a fragment, or a page without JavaScript."""
    delivery = delivery_of(request, pk)
    fragment = request.headers.get("HX-Request") == "true"
    template = "deliveries/includes/impact.html" if fragment else "deliveries/impact.html"
    found = impact.preview(delivery) if has_report(delivery) else None
    context = {**frame(request, delivery, "submit"), "impact": found}
    return render(request, template, context)


@private
def receipt(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The proof of the last submission, or of an earlier one (`?numero=`), to read or print."""
    delivery = delivery_of(request, pk)
    found = receipt_of(delivery, request.GET.get("numero", ""))
    later = delivery.receipts.filter(at__gt=found.at).exists()
    said = said_of(found)
    context = {
        **frame(request, delivery, "submit"),
        "receipt": found,
        "said": said,
        "later": later,
    }
    return render(request, "deliveries/receipt.html", context)


@private
def receipt_pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The same proof as PDF."""
    delivery = delivery_of(request, pk)
    found = receipt_of(delivery, request.GET.get("numero", ""))
    pdf = as_pdf(delivery, found)
    headers = {"Content-Disposition": f'attachment; filename="ricevuta-{found.number}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
