"""The «Correggi» step: the rows to mend and one form for all; every change is checked again."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.bodies import ROWS, takes
from core.errors import Invalid
from core.pages import acting, back_on_mistake, number, private
from deliveries.actions import answers
from deliveries.models import Delivery
from deliveries.reports import mend as report_mend
from deliveries.reports import placed as report_placed
from deliveries.reports.steps import has_report
from deliveries.views import typed_rows
from deliveries.views.access import delivery_of
from deliveries.views.frame import frame
from people.access import person
from services.kinds import kind_choices


@private
def mend(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Rows that errors keep out, ten at a time; `?strato=&riga=` asks for one."""
    delivery = delivery_of(request, pk)
    if not has_report(delivery):
        return redirect("deliveries:detail", pk)
    asked = number(request.GET.get("riga"))
    rows = report_mend.rows_to_mend(
        delivery,
        page=number(request.GET.get("pagina")) or 1,
        layer=request.GET.get("strato", ""),
        row=asked,
    )
    return _page(request, delivery, rows, report_mend.described(delivery, list(rows)))


def _page(
    request: HttpRequest,
    delivery: Delivery,
    rows: Page[Any],
    to_mend: Sequence[report_mend.ToMend],
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        **frame(request, delivery, "mend"),
        "rows": rows,
        "to_mend": to_mend,
        "kinds": kind_choices(),
        "one": "riga" in request.GET,
        "unplaced": report_placed.unplaced(delivery, 1).paginator.count,
    }
    return render(request, "deliveries/mend.html", context, status=status)


@takes(ROWS)
@acting
@back_on_mistake("deliveries:mend")
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Mend the rows of a page together; of each only what the person changed is sent on. What
    cannot be used comes back as it was typed, and so does what somebody else changed meanwhile."""
    delivery = delivery_of(request, pk)
    mended, again, status = [], [], 400
    for key in request.POST.getlist("key"):
        typed = typed_rows.typed_of(request.POST, key)
        item, wrong = typed_rows.row_of(delivery, typed), ""
        try:
            change = typed_rows.mended(delivery, typed, item)
        except Invalid as error:
            wrong = str(error.message)
        else:
            if clash := typed_rows.changed_meanwhile(change.changes, typed, item):
                wrong, status = typed_rows.clash_words(clash, item), 409
                typed = typed_rows.as_it_stands(change.changes, typed, item)
            elif change.changes or change.repair:
                mended.append(change)
        again.append(report_mend.as_typed(item, typed, wrong))
    if any(item.wrong for item in again):
        rows = report_mend.rows_to_mend(delivery, page=number(request.GET.get("pagina")) or 1)
        return _page(request, delivery, rows, again, status=status)
    if not mended:
        messages.info(request, _("Non hai cambiato nulla."))
        return redirect("deliveries:mend", pk)
    answers.mend(delivery, user=person(request), rows=mended)
    return redirect(f"{reverse('deliveries:detail', args=[pk])}?poi=correggi")


def page_again(
    request: HttpRequest, delivery: Delivery, ready: Mapping[str, report_mend.ToMend]
) -> HttpResponse:
    """The page as somebody left it, its rows by key; `ready` are rows already described."""
    items = []
    for key in request.POST.getlist("key"):
        typed = typed_rows.typed_of(request.POST, key)
        item = ready.get(key)
        items.append(item or report_mend.as_typed(typed_rows.row_of(delivery, typed), typed, ""))
    rows = report_mend.rows_to_mend(delivery, page=number(request.GET.get("pagina")) or 1)
    return _page(request, delivery, rows, items)
