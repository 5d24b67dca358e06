"""Positions from addresses: what a geocoder proposes, for one row or for many, and taking it."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from services.uploads.acts import placing
from services.uploads.geocoding import client, search
from services.uploads.models import Upload
from services.uploads.report import mend as report_mend
from services.uploads.report import placed as report_placed
from services.uploads.report.steps import has_report
from services.uploads.views import mending
from services.uploads.views.access import acting, back_on_mistake, delivery, person, private
from services.uploads.views.frame import frame
from zones.errors import DomainError, NotAllowed

SAFE = "civici"


@acting
def propose(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask about the row whose button was pressed (`ask`); what was typed stays as it is.

    With htmx the fragment of that row, without it the whole page again; a failure is told there.
    """
    upload, key = delivery(request, pk), request.POST.get("ask", "")
    typed = mending.typed_of(request.POST, key)
    item = mending.shown_row(upload, typed)
    item = report_mend.as_typed(item, typed, "")
    try:
        changed = mending.typed_address(typed, mending.shown_row(upload, typed))
        found = placing.propose(
            upload, user=person(request), layer=item.row.layer, row=item.row.row, typed=changed
        )
        item = report_mend.with_offer(item, report_placed.offer_of(found))
    except DomainError as error:
        if error.status in (NotAllowed.status, 404):
            raise
        item = report_mend.with_offer(item, None, failure=str(error.message))
    if request.headers.get("HX-Request"):
        context = {"upload": upload, "item": item, "key": key}
        return render(request, "uploads/includes/proposals.html", context)
    return mending.page_again(request, upload, {key: item})


@private
def positions(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Rows with an address and no position, twenty at a time, with what is proposed for them.

    Without a geocoder it is the list of what is to be placed by hand. `?scelte=civici` ticks
    beforehand what is a house number inside the comune.
    """
    upload = delivery(request, pk)
    if not has_report(upload):
        return redirect("uploads:detail", pk)
    rows = report_placed.unplaced(upload, mending.number(request.GET.get("pagina")) or 1)
    ticked = request.GET.get("scelte") == SAFE
    lines = report_placed.described(upload, list(rows), tick_safe=ticked)
    context = {
        **_stand(upload),
        **frame(request, upload, "mend"),
        "rows": rows,
        "lines": lines,
        "ticked": ticked,
        "safe": sum(line.is_safe for line in lines),
    }
    return render(request, "uploads/placing.html", context)


def _stand(upload: Upload) -> dict[str, object]:
    """What is asked of a geocoder; nothing where there is none."""
    if client.configured() is None:
        return {"geocoder": ""}
    return {
        "geocoder": report_placed.geocoder_host(),
        "search": report_placed.progress(upload),
        "unasked": report_placed.unasked_count(upload),
        "most": search.MOST,
    }


@private
def progress(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How the questions stand, as a fragment that asks for itself again until they end; what is
    chosen on the page meanwhile stays."""
    upload = delivery(request, pk)
    host = client.required().host
    found = report_placed.progress(upload)
    context = {"upload": upload, "search": found, "geocoder": host, "arrived": True}
    return render(request, "uploads/includes/placing_progress.html", context)


@acting
@back_on_mistake("uploads:placing")
def propose_all(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Have the rows that have an address and no position asked about."""
    upload = delivery(request, pk)
    placing.propose_all(upload, user=person(request))
    return redirect("uploads:placing", pk)


@acting
@back_on_mistake("uploads:placing")
def take(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Give the rows the positions that were chosen, and check again."""
    upload = delivery(request, pk)
    taken = []
    for name, value in request.POST.items():
        row = report_placed.row_of(name.removeprefix(report_placed.FIELD))
        chosen = mending.number(str(value))
        if name.startswith(report_placed.FIELD) and row and chosen is not None:
            taken.append(placing.Taken(*row, chosen))
    placing.take(upload, user=person(request), taken=taken)
    return redirect(f"{reverse('uploads:detail', args=[pk])}?poi=posizioni")


@acting
@back_on_mistake("uploads:columns")
def take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take positions back that people gave to rows, and check again."""
    upload = delivery(request, pk)
    keys = [report_placed.row_of(key) for key in request.POST.getlist("placed")]
    placing.take_back(upload, user=person(request), rows=[key for key in keys if key])
    messages.info(request, _("Le posizioni tolte tornano com'erano nel file."))
    return redirect(f"{reverse('uploads:detail', args=[pk])}?poi=capito")
