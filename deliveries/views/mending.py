"""The «Correggi» step: the rows to mend and one form for all; every change is checked again."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.errors import Invalid
from core.pages import acting, back_on_mistake, number, private
from deliveries.actions import answers, placing
from deliveries.models import Delivery, StagedRow
from deliveries.reports import mend as report_mend
from deliveries.reports import placed as report_placed
from deliveries.reports.steps import has_report
from deliveries.views.access import delivery_of
from deliveries.views.frame import frame
from people.access import person
from services.kinds import kind_choices

MAX_CELL = 4000


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


@acting
@back_on_mistake("deliveries:mend")
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Mend the rows of a page together; of each only what differs from what stands there is sent
    on. What cannot be used comes back as it was typed."""
    delivery = delivery_of(request, pk)
    typed = [typed_of(request.POST, key) for key in request.POST.getlist("key")]
    shown = [shown_row(delivery, of_row) for of_row in typed]
    mended, wrong = [], {}
    for at, (item, of_row) in enumerate(zip(shown, typed, strict=True)):
        try:
            change = _mended(delivery, of_row, item)
        except Invalid as error:
            wrong[at] = str(error.message)
            continue
        if change.changes or change.repair:
            mended.append(change)
    if wrong:
        again = [
            report_mend.as_typed(item, of_row, wrong.get(at, ""))
            for at, (item, of_row) in enumerate(zip(shown, typed, strict=True))
        ]
        rows = report_mend.rows_to_mend(delivery, page=number(request.GET.get("pagina")) or 1)
        return _page(request, delivery, rows, again, status=400)
    if not mended:
        messages.info(request, _("Non hai cambiato nulla."))
        return redirect("deliveries:mend", pk)
    answers.mend(delivery, user=person(request), rows=mended)
    return redirect(f"{reverse('deliveries:detail', args=[pk])}?poi=correggi")


def typed_of(post: QueryDict, key: str) -> dict[str, str]:
    """What was typed for the row that the page called `key`."""
    prefix = f"{key}-"
    return {
        name.removeprefix(prefix): value
        for name, value in post.dict().items()
        if name.startswith(prefix) and isinstance(value, str)
    }


def page_again(
    request: HttpRequest, delivery: Delivery, ready: Mapping[str, report_mend.ToMend]
) -> HttpResponse:
    """The page as somebody left it, its rows by key; `ready` are rows already described."""
    items = []
    for key in request.POST.getlist("key"):
        typed = typed_of(request.POST, key)
        item = ready.get(key) or report_mend.as_typed(shown_row(delivery, typed), typed, "")
        items.append(item)
    rows = report_mend.rows_to_mend(delivery, page=number(request.GET.get("pagina")) or 1)
    return _page(request, delivery, rows, items)


def _mended(
    delivery: Delivery, typed: Mapping[str, str], shown: report_mend.ToMend
) -> answers.Mended:
    """What differs from what the page showed, with a proposed position that was chosen.

    Raises Invalid when something cannot be used.
    """
    cells, place, origin = changed_cells(typed, shown), changed_place(typed, shown), None
    chosen = number(typed.get("place"))
    if chosen is not None:
        row = shown.row
        taken = placing.Taken(row.layer, row.row, chosen)
        proposed = placing.mended(delivery, taken, typed=typed_address(typed, shown))
        there = {name: proposed.changes[name] for name in ("lon", "lat")}
        # A place that was typed or clicked after choosing is by hand.
        if not place or place == there:
            place, origin = dict(proposed.changes), proposed.origin
    row = shown.row
    return answers.Mended(row.layer, row.row, place | cells, "repair" in typed, origin)


def typed_address(typed: Mapping[str, str], shown: report_mend.ToMend) -> dict[str, Any]:
    """The parts of the address that were changed on the page and not yet saved."""
    changes = changed_cells(typed, shown)
    return {name: changes[name] for name in ("address", "street_number") if name in changes}


def shown_row(delivery: Delivery, typed: Mapping[str, str]) -> report_mend.ToMend:
    """The row as its page showed it. Raises Invalid."""
    rows = StagedRow.objects.of(delivery)
    staged = rows.filter(layer=typed.get("layer", ""), row=number(typed.get("row"))).first()
    if staged is None:
        raise Invalid("no-such-row", _("Questa riga non è nella consegna."))
    return report_mend.described(delivery, [staged])[0]


def changed_cells(typed: Mapping[str, str], shown: report_mend.ToMend) -> dict[str, Any]:
    """Fields of the schema (and `kind`) whose typed value differs from what the page showed."""
    changes = {}
    for cell in shown.cells:
        value = typed.get(f"f-{cell.name}")
        was = "" if cell.domain and cell.value not in cell.domain else cell.value
        if value is None or value == was:
            continue
        if len(value) > MAX_CELL:
            raise Invalid("too-long", _("Un valore è troppo lungo: fino a 4.000 caratteri."))
        changes[cell.name] = value
    kind = typed.get("kind", "")
    if kind and kind != shown.row.kind:
        changes["kind"] = kind
    return changes


def changed_place(typed: Mapping[str, str], shown: report_mend.ToMend) -> dict[str, Any]:
    """The new place in degrees, when one was typed that differs from the old one."""
    place = [typed.get(name, "").strip() for name in ("lon", "lat")]
    if not any(place) or place == [shown.lon, shown.lat]:
        return {}
    found = answers.place_of(*place)
    if shown.is_area and not {"point", "place"} & {name for name in typed if typed[name]}:
        # One stray click must not cost an outline.
        raise Invalid(
            "place",
            _(
                "Questa riga ha un contorno: per sostituirlo con la posizione segna «Metti un "
                "punto al posto del contorno», altrimenti svuota i due campi."
            ),
        )
    return found
