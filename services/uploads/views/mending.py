"""The «Correggi» step: the rows to mend and the form of each; every change is checked again."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from services.uploads import answers
from services.uploads.models import StagedRow
from services.uploads.report import mend as report_mend
from services.uploads.report.steps import has_report
from services.uploads.views.access import acting, back_on_mistake, delivery, person, private
from services.uploads.views.frame import frame
from zones.errors import Invalid

MAX_CELL = 4000


def number(text: str | None) -> int | None:
    """A row or page number from an address, or None when it is not one."""
    return int(text) if text and text.isdecimal() and len(text) < 9 else None


@private
def mend(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Rows that errors keep out, ten at a time; `?strato=&riga=` asks for one."""
    upload = delivery(request, pk)
    if not has_report(upload):
        return redirect("uploads:detail", pk)
    asked = number(request.GET.get("riga"))
    rows = report_mend.rows_to_mend(
        upload,
        page=number(request.GET.get("pagina")) or 1,
        layer=request.GET.get("strato", ""),
        row=asked,
    )
    context = {
        **frame(request, upload, "mend"),
        "rows": rows,
        "to_mend": report_mend.described(upload, list(rows)),
        "kinds": report_mend.kind_choices(),
        "one": asked is not None,
    }
    return render(request, "uploads/mend.html", context)


@acting
@back_on_mistake("uploads:mend")
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Mend one row; only what differs from what stands there is sent on."""
    upload = delivery(request, pk)
    layer, row = request.POST.get("layer", ""), number(request.POST.get("row"))
    staged = StagedRow.objects.of(upload).filter(layer=layer, row=row).first()
    if staged is None:
        raise Invalid("no-such-row", _("Questa riga non è nella consegna."))
    shown = report_mend.described(upload, [staged])[0]
    changes = changed_cells(request, shown) | changed_place(request)
    if not changes:
        messages.info(request, _("Non hai cambiato nulla in questa riga."))
        return redirect("uploads:mend", pk)
    answers.edit_row(upload, user=person(request), layer=layer, row=staged.row, changes=changes)
    messages.success(request, _("Correzione registrata: stiamo ricontrollando."))
    return redirect("uploads:detail", pk)


def changed_cells(request: HttpRequest, shown: report_mend.ToMend) -> dict[str, str]:
    """Fields of the schema (and `kind`) whose typed value differs from what the page showed."""
    changes = {}
    for cell in shown.cells:
        name, typed = cell.name, request.POST.get(f"f-{cell.name}")
        was = "" if cell.domain and cell.value not in cell.domain else cell.value
        if typed is None or typed == was:
            continue
        if len(typed) > MAX_CELL:
            raise Invalid("too-long", _("Un valore è troppo lungo: fino a 4.000 caratteri."))
        changes[name] = typed
    kind = request.POST.get("kind", "")
    if kind and kind != shown.row.kind:
        changes["kind"] = kind
    return changes


def changed_place(request: HttpRequest) -> dict[str, float]:
    """The new place in degrees, when one was typed that differs from the old one."""
    typed = [request.POST.get(name, "").strip() for name in ("lon", "lat", "old_lon", "old_lat")]
    if not (typed[0] or typed[1]) or typed[:2] == typed[2:]:
        return {}
    try:
        lon, lat = (float(text.replace(",", ".")) for text in typed[:2])
    except ValueError as error:
        raise Invalid(
            "place", _("Scrivi la posizione in gradi, per esempio 9,2310 e 45,5340.")
        ) from error
    if not (6 < lon < 19 and 35 < lat < 48):
        raise Invalid(
            "place", _("La posizione non cade in Italia: controlla longitudine e latitudine.")
        )
    return {"lon": lon, "lat": lat}
