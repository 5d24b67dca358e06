"""«Cosa abbiamo capito»: confirm columns, choose layers and reference system, undo automatic
changes."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from services.uploads.acts import answers, intake
from services.uploads.forms import CRS_CHOICES, field_choices
from services.uploads.models import Upload
from services.uploads.report import noticed, placed, understanding
from services.uploads.report.steps import has_report
from services.uploads.report.wording import language
from services.uploads.understand.context import MOJIBAKE
from services.uploads.views.access import acting, back_on_mistake, delivery, person, private
from services.uploads.views.frame import frame

CRS_CODES = frozenset(code for code, _label in CRS_CHOICES)


@private
def columns(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """What was read and what was made of it; POST confirms the columns and checks again."""
    if request.method == "POST":
        return confirm_columns(request, pk)
    upload = delivery(request, pk)
    if not has_report(upload):
        return redirect("uploads:detail", pk)
    context = {
        **frame(request, upload, "columns"),
        "noticed": noticed.told(upload.facts.get("notes", [])),
        "layers": understanding.layers(upload),
        "others": upload.facts.get("others", []),
        "changes": understanding.changes(upload),
        "fields": field_choices(language()),
        "systems": CRS_CHOICES,
        "doubtful": understanding.doubtful(upload),
        **_placed(upload),
    }
    return render(request, "uploads/columns.html", context)


def _placed(upload: Upload) -> dict[str, Any]:
    """Positions that people gave to rows: the first of them, and how many are not shown."""
    found = placed.placed(upload)
    return {"placed": found[: placed.SHOWN], "placed_more": max(0, len(found) - placed.SHOWN)}


@back_on_mistake("uploads:columns")
def confirm_columns(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Remember the columns for the comune and check again with them."""
    upload = delivery(request, pk)
    mapping = understanding.chosen_fields(upload, request.POST)
    answers.confirm_columns(upload, user=person(request), mapping=mapping)
    messages.success(request, _("Colonne confermate: ce le ricordiamo per le prossime consegne."))
    return redirect("uploads:detail", pk)


@acting
@back_on_mistake("uploads:columns")
def choices(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Layers to read, reference systems and automatic changes to leave out; checks again."""
    upload = delivery(request, pk)
    intake.recheck(upload, user=person(request), options=_options(request, upload.options))
    return redirect(f"{reverse('uploads:detail', args=[pk])}?poi=capito")


def _options(request: HttpRequest, known: dict[str, Any]) -> dict[str, Any]:
    """The options that were chosen on the page; what it did not ask stays as it was."""
    options: dict[str, Any] = {}
    if "crs_layer" in request.POST:
        chosen = dict(
            zip(request.POST.getlist("crs_layer"), request.POST.getlist("crs"), strict=False)
        )
        codes = {k: int(v) for k, v in chosen.items() if v.isdigit() and int(v) in CRS_CODES}
        # «come riconosciuto» takes a choice of this page back; one made by API is not on its list.
        before = known.get("crs", {})
        kept = {k: v for k, v in before.items() if chosen.get(k) != "" or v not in CRS_CODES}
        options["crs"] = {**kept, **codes}
    if "layers_asked" in request.POST:
        options["layers"] = request.POST.getlist("layers")
    if "undo_asked" in request.POST:
        options["undone"] = [
            name for name in request.POST.getlist("undone") if name in understanding.CHANGE_WORDS
        ]
    if request.POST.get("accept") == MOJIBAKE:  # proposed by FIL-08
        options["accepted"] = [*known.get("accepted", []), {"what": MOJIBAKE}]
    return options
