"""Positions from addresses: what a geocoder proposes, for one row or for many, and taking it."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.bodies import ROWS, takes
from core.errors import DomainError, NotAllowed
from core.pages import acting, back_on_mistake, number, private
from deliveries.actions import placing
from deliveries.geocoding import client, search
from deliveries.models import Delivery
from deliveries.reports import mend as report_mend
from deliveries.reports import placed as report_placed
from deliveries.reports.steps import has_report
from deliveries.views import mending, typed_rows
from deliveries.views.access import delivery_of
from deliveries.views.frame import frame
from people.access import person

SAFE = "civici"


@takes(ROWS)
@acting
def propose(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask about the row whose button was pressed (`ask`); what was typed stays as it is.

    With htmx the fragment of that row, without it the whole page again; a failure is told there.
    """
    delivery, key = delivery_of(request, pk), request.POST.get("ask", "")
    typed = typed_rows.typed_of(request.POST, key)
    row = typed_rows.row_of(delivery, typed)
    item = report_mend.as_typed(row, typed, "")
    try:
        changed = typed_rows.typed_address(typed, row)
        found = placing.propose(
            delivery, user=person(request), layer=item.row.layer, row=item.row.row, typed=changed
        )
        item = report_mend.with_offer(item, report_placed.offer_of(found))
    except DomainError as error:
        if error.status in (NotAllowed.status, 404):
            raise
        item = report_mend.with_offer(item, None, failure=str(error.message))
    if request.headers.get("HX-Request"):
        context = {"delivery": delivery, "item": item, "key": key}
        return render(request, "deliveries/includes/proposals.html", context)
    return mending.page_again(request, delivery, {key: item})


@private
def positions(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Rows with an address and no position, twenty at a time, with what is proposed for them.

    Without a geocoder it is the list of what is to be placed by hand. `?scelte=civici` ticks
    beforehand what is a house number inside the comune.
    """
    delivery = delivery_of(request, pk)
    if not has_report(delivery):
        return redirect("deliveries:detail", pk)
    rows = report_placed.unplaced(delivery, number(request.GET.get("pagina")) or 1)
    ticked = request.GET.get("scelte") == SAFE
    lines = report_placed.described(delivery, list(rows), tick_safe=ticked)
    context = {
        **_stand(delivery),
        **frame(request, delivery, "mend"),
        "rows": rows,
        "lines": lines,
        "ticked": ticked,
        "safe": sum(line.is_safe for line in lines),
    }
    return render(request, "deliveries/placing.html", context)


def _stand(delivery: Delivery) -> dict[str, object]:
    """What is asked of a geocoder; nothing where there is none."""
    if client.configured() is None:
        return {"geocoder": ""}
    return {
        "geocoder": report_placed.geocoder_host(),
        "search": report_placed.progress(delivery),
        "unasked": report_placed.unasked_count(delivery),
        "most": search.MOST,
    }


@private
def progress(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How the questions stand, as a fragment that asks for itself again until they end; what is
    chosen on the page meanwhile stays."""
    delivery = delivery_of(request, pk)
    host = client.required().host
    found = report_placed.progress(delivery)
    context = {"delivery": delivery, "search": found, "geocoder": host, "arrived": True}
    return render(request, "deliveries/includes/placing_progress.html", context)


@acting
@back_on_mistake("deliveries:placing")
def propose_all(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Have the rows that have an address and no position asked about."""
    delivery = delivery_of(request, pk)
    placing.propose_all(delivery, user=person(request))
    return redirect("deliveries:placing", pk)


@takes(ROWS)
@acting
@back_on_mistake("deliveries:placing")
def take(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Give the rows the positions that were chosen, and check again; a row that has been placed
    since the page was opened keeps what it has."""
    delivery = delivery_of(request, pk)
    taken: list[placing.Taken] = []
    for name, value in request.POST.items():
        row = report_placed.row_of(name.removeprefix(report_placed.FIELD))
        chosen = number(str(value))
        if name.startswith(report_placed.FIELD) and row and chosen is not None:
            taken.append(placing.Taken(*row, chosen))
    placed = report_placed.placed_since(delivery, {(one.layer, one.row) for one in taken})
    if placed:
        said = _("Righe %(rows)s: hanno già una posizione, data nel frattempo, e resta quella.")
        messages.warning(request, said % {"rows": ", ".join(str(row) for _l, row in placed)})
    left = [one for one in taken if (one.layer, one.row) not in placed]
    if placed and not left:
        return redirect("deliveries:placing", pk)
    placing.take(delivery, user=person(request), taken=left)
    return redirect(f"{reverse('deliveries:detail', args=[pk])}?poi=posizioni")


@takes(ROWS)
@acting
@back_on_mistake("deliveries:columns")
def take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take positions back that people gave to rows, and check again."""
    delivery = delivery_of(request, pk)
    keys = [report_placed.row_of(key) for key in request.POST.getlist("placed")]
    placing.take_back(delivery, user=person(request), rows=[key for key in keys if key])
    messages.info(request, _("Le posizioni tolte tornano com'erano nel file."))
    return redirect(f"{reverse('deliveries:detail', args=[pk])}?poi=capito")
