"""«Cosa abbiamo capito»: confirm columns, choose
layers and reference system, undo automatic changes."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.bodies import ROWS, takes
from core.pages import acting, back_on_mistake, private
from deliveries.actions import answers, intake
from deliveries.forms import CRS_CHOICES, field_choices
from deliveries.models import Delivery
from deliveries.reports import noticed, placed, understanding
from deliveries.reports.steps import has_report
from deliveries.reports.wording import language
from deliveries.views.access import delivery_of
from deliveries.views.frame import frame
from people.access import person
from validator.interpreting.context import MOJIBAKE

CRS_CODES = frozenset(code for code, _label in CRS_CHOICES)


@private
def columns(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """What was read and what was made of it; POST confirms the columns and checks again."""
    if request.method == "POST":
        return confirm_columns(request, pk)
    delivery = delivery_of(request, pk)
    if not has_report(delivery):
        return redirect("deliveries:detail", pk)
    context = {
        **frame(request, delivery, "columns"),
        "noticed": noticed.messages_of(delivery.facts.get("notes", [])),
        "layers": understanding.layers(delivery),
        "others": delivery.facts.get("others", []),
        "changes": understanding.changes(delivery),
        "fields": field_choices(language()),
        "systems": CRS_CHOICES,
        "doubtful": understanding.doubtful(delivery),
        **_placed(delivery),
    }
    return render(request, "deliveries/columns.html", context)


def _placed(delivery: Delivery) -> dict[str, Any]:
    """Positions that people gave to rows: the first of them, and how many are not shown."""
    found = placed.placed(delivery)
    return {"placed": found[: placed.SHOWN], "placed_more": max(0, len(found) - placed.SHOWN)}


@back_on_mistake("deliveries:columns")
def confirm_columns(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Remember the columns for the comune and check again with them."""
    delivery = delivery_of(request, pk)
    mapping = understanding.chosen_fields(delivery, request.POST)
    answers.confirm_columns(delivery, user=person(request), mapping=mapping)
    messages.success(request, _("Colonne confermate: ce le ricordiamo per le prossime consegne."))
    return redirect("deliveries:detail", pk)


@takes(ROWS)
@acting
@back_on_mistake("deliveries:columns")
def choices(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Layers to read, reference systems and automatic changes to leave out; checks again."""
    delivery = delivery_of(request, pk)
    intake.recheck(delivery, user=person(request), options=_options(request, delivery.options))
    return redirect(f"{reverse('deliveries:detail', args=[pk])}?poi=capito")


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
