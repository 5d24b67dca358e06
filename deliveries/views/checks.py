"""The report's pages: verdict, findings by group, rows of a group, places, files, answers."""

import uuid

from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import NotFound, WrongState
from core.pages import acting, back_on_mistake, number, private
from deliveries import selectors
from deliveries.actions import answers
from deliveries.forms import ReasonForm
from deliveries.models import Delivery
from deliveries.reports import document as report_document
from deliveries.reports import outside, page
from deliveries.reports import places as report_places
from deliveries.reports.steps import has_report
from deliveries.reports.understanding import doubtful
from deliveries.reports.wording import language, numbered
from deliveries.views.access import delivery_of
from deliveries.views.frame import frame
from people.access import person

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: Answers of earlier deliveries that the report lists; all of them are taken again together.
OFFERED = 50


def checked(request: HttpRequest, pk: uuid.UUID) -> Delivery:
    """A delivery that has a report. Raises NotFound,
    WrongState before the end of the first check."""
    delivery = delivery_of(request, pk)
    if not has_report(delivery):
        raise WrongState("not-checked", _("Il controllo non è ancora finito: il rapporto arriva."))
    return delivery


@private
def checks(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The report."""
    delivery = delivery_of(request, pk)
    if not has_report(delivery):
        return redirect("deliveries:detail", pk)
    offered = selectors.offered(delivery)
    context = {
        **frame(request, delivery, "checks"),
        "report": page.report(delivery),
        "sent_before": outside.sent_before(delivery),
        "offered": offered[:OFFERED],
        "offered_count": offered.count(),
        "columns_doubtful": doubtful(delivery),
    }
    return render(request, "deliveries/checks.html", context)


@private
def finding_group(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    """One group of findings with its rows, so many on a page (`?pagina=`): a fragment for
    htmx, without it a page of its own."""
    return _finding_group(request, checked(request, pk), code)


def _finding_group(
    request: HttpRequest, delivery: Delivery, code: str, refused: page.Refused | None = None
) -> HttpResponse:
    found = [one for one in page.finding_groups(delivery) if one.code == code]
    if not found:
        raise NotFound("finding-unknown", _("Questo rilievo non c'è nella consegna."))
    shown = page.pages_of(delivery, code).get_page(number(request.GET.get("pagina")) or 1)
    rows = page.row_findings(delivery, code, page=shown.number)
    context = {
        **frame(request, delivery, "checks"),
        "group": found[0],
        "rows": page.with_refused(rows, refused) if refused else rows,
        "refused": refused,
        "shown": shown,
        "cut": outside.cut_short(code, total=shown.paginator.count, shown=len(rows)),
        "placed": sum(1 for one in rows if one.finding.position),
    }
    fragment = request.headers.get("HX-Request") == "true"
    template = (
        "deliveries/includes/finding_group.html" if fragment else "deliveries/finding_group.html"
    )
    return render(request, template, context, status=400 if refused else 200)


@private
def places(request: HttpRequest, pk: uuid.UUID) -> JsonResponse:
    """Findings as GeoJSON; `?code=` narrows to one group (and `?pagina=` to a page of it),
    `?strato=&riga=` draws one row."""
    delivery = delivery_of(request, pk)
    row = number(request.GET.get("riga"))
    if row is None:
        code, on_page = request.GET.get("code", ""), number(request.GET.get("pagina")) or 1
        found = report_places.finding_places(delivery, code, page=on_page)
    else:
        found = report_places.row_places(delivery, request.GET.get("strato", ""), row)
    return JsonResponse(found, content_type="application/geo+json")


def file_name(delivery: Delivery, extension: str) -> str:
    """A file name that says comune and day, for a download."""
    return f"rapporto-{delivery.source.sender_slug}-{delivery.created_at:%Y%m%d}.{extension}"


def attached(delivery: Delivery, extension: str) -> str:
    """The header of a download of that name."""
    return f'attachment; filename="{file_name(delivery, extension)}"'


@private
def document(request: HttpRequest, pk: uuid.UUID) -> StreamingHttpResponse:
    """The report as the JSON that page, API and command line share byte by byte."""
    delivery = checked(request, pk)
    return StreamingHttpResponse(
        report_document.stored_blocks(delivery, language=language()),
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": attached(delivery, "json")},
    )


@acting
@back_on_mistake("deliveries:checks")
def answer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The reason for a warning, for one finding or for all of its code; what cannot be used comes
    back as it was typed."""
    delivery = delivery_of(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _finding_group(request, delivery, request.POST.get("code", ""), _refused(form))
    given = form.cleaned_data
    code = given["code"]
    answers.answer(
        delivery,
        user=person(request),
        code=code,
        layer=given["layer"],
        rows=given["rows"],
        column=given["column"],
        kind=given["kind"],
        reason=given["reason"],
        until=given["until"],
    )
    messages.success(request, _("Risposta registrata: viaggia con i dati fino all'ufficio."))
    return _where_to_answer_next(request, delivery, code)


def _where_to_answer_next(request: HttpRequest, delivery: Delivery, code: str) -> HttpResponse:
    """The same page of rows while one of them is unanswered, then the next, then the report."""
    shown = page.pages_of(delivery, code).get_page(number(request.GET.get("pagina")) or 1)
    here = shown.number
    if all(one.answer for one in page.row_findings(delivery, code, page=here)):
        if not shown.has_next():
            return redirect("deliveries:checks", delivery.pk)
        here += 1
    address = reverse("deliveries:finding-group", args=[delivery.pk, code])
    return redirect(f"{address}?pagina={here}" if here > 1 else address)


def _refused(form: ReasonForm) -> page.Refused:
    typed, given = form.data, form.cleaned_data
    return page.Refused(
        layer=typed.get("layer", ""),
        column=typed.get("column", ""),
        row_list=typed.get("rows", ""),
        kind=typed.get("kind", ""),
        reason=typed.get("reason", ""),
        until=given.get("until"),
        wrong=" ".join(str(error) for errors in form.errors.values() for error in errors),
    )


@acting
@back_on_mistake("deliveries:checks")
def take_offered(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Give again, with one click, the answers of earlier deliveries that still fit."""
    delivery = delivery_of(request, pk)
    taken = answers.take_offered(delivery, user=person(request), code=request.POST.get("code", ""))
    messages.success(
        request,
        numbered(ngettext("%(n)s risposta ripresa.", "%(n)s risposte riprese.", taken), n=taken),
    )
    return redirect("deliveries:checks", pk)
