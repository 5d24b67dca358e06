"""The last step: what goes with the delivery, sending it, and the receipt as page and PDF."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from services.uploads.acts import review
from services.uploads.editions import impact
from services.uploads.forms import SubmissionForm
from services.uploads.models import Upload
from services.uploads.policies import may_submit
from services.uploads.report import page
from services.uploads.report.receipt import as_pdf, receipt_of
from services.uploads.report.steps import has_report
from services.uploads.report.understanding import doubtful
from services.uploads.states import Status
from services.uploads.views.access import delivery, person, private
from services.uploads.views.frame import frame
from zones.errors import DomainError, NotAllowed


@private
def submit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Act, dates, contact; a consultant reads why it is not theirs to send."""
    upload = delivery(request, pk)
    if request.method == "POST":
        return _send(request, upload)
    return _page(request, upload, form_of(upload, initial=_known(upload)))


def _send(request: HttpRequest, upload: Upload) -> HttpResponse:
    if not may_submit(request.user, upload):
        raise NotAllowed(
            "not-operator",
            _("Un consulente prepara la consegna; la invia un operatore del Comune."),
        )
    form = form_of(upload, typed=request.POST)
    if not form.is_valid():
        return _page(request, upload, form, status=400)
    try:
        review.submit(upload, user=person(request), statement=statement(form.cleaned_data))
    except DomainError as error:
        if error.status == NotAllowed.status:
            raise
        form.add_error(None, str(error.message))
        return _page(request, upload, form, status=error.status)
    return redirect("uploads:receipt", upload.pk)


def statement(given: dict[str, Any]) -> review.Statement:
    """What goes with the submission, from a form or an API body that was found good."""
    return review.Statement(
        act=given.get("act") or "",
        act_date=given.get("act_date"),
        reference_date=given.get("reference_date"),
        contact_name=given.get("contact_name") or "",
        contact_email=given.get("contact_email") or "",
        only_correct_rows=bool(given.get("only_correct_rows")),
    )


def form_of(upload: Upload, *, typed: Any = None, initial: Any = None) -> SubmissionForm:
    """The form; a confirmation refers to the act in force, so it asks only for the contact."""
    form = SubmissionForm(typed, initial=initial)
    if upload.sort == Upload.Sort.CONFIRMATION:
        for name in ("act", "act_date", "reference_date", "only_correct_rows"):
            del form.fields[name]
    elif not upload.blocked_count:
        del form.fields["only_correct_rows"]
    return form


def _known(upload: Upload) -> dict[str, Any]:
    """What was typed before: in this delivery, else in the comune's last one that was sent."""
    names = ("act", "act_date", "reference_date", "contact_name", "contact_email")
    earlier = Upload.objects.filter(source=upload.source_id, submitted_at__isnull=False)
    last = upload if upload.contact_email else earlier.order_by("-submitted_at").first()
    known = {name: getattr(last, name) for name in names} if last else {}
    if last is not upload:
        known.pop("reference_date", None)
    return known


def _page(
    request: HttpRequest, upload: Upload, form: SubmissionForm, *, status: int = 200
) -> HttpResponse:
    mistakes = page.mistakes_of(upload) if has_report(upload) else []
    context = {
        **frame(request, upload, "submit"),
        "form": form,
        "verdict": page.verdict(upload, mistakes) if has_report(upload) else None,
        "good": upload.row_count - upload.blocked_count,
        "unanswered": sum(mistake.unanswered for mistake in mistakes),
        "doubtful": doubtful(upload),
        "sendable": upload.status == Status.CHECKED,
        "receipt": upload.receipts.order_by("-at").first(),
    }
    return render(request, "uploads/submit.html", context, status=status)


@private
def effects(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What the sheets would say if all of it were accepted: a fragment, or a page without
    JavaScript."""
    upload = delivery(request, pk)
    fragment = request.headers.get("HX-Request") == "true"
    template = "uploads/includes/impact.html" if fragment else "uploads/impact.html"
    found = impact.preview(upload) if has_report(upload) else None
    context = {**frame(request, upload, "submit"), "impact": found}
    return render(request, template, context)


@private
def receipt(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The proof of the last submission, or of an earlier one (`?numero=`), to read or print."""
    upload = delivery(request, pk)
    found = receipt_of(upload, request.GET.get("numero", ""))
    later = upload.receipts.filter(at__gt=found.at).exists()
    context = {**frame(request, upload, "submit"), "receipt": found, "later": later}
    return render(request, "uploads/receipt.html", context)


@private
def receipt_pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The same proof as PDF."""
    upload = delivery(request, pk)
    found = receipt_of(upload, request.GET.get("numero", ""))
    pdf = as_pdf(upload, found)
    headers = {"Content-Disposition": f'attachment; filename="ricevuta-{found.number}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
