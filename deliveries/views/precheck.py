"""The pages of the check without account: choose and send a file, wait, read the report."""

import json
from typing import Any

from django import forms
from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.bodies import file_bytes, takes
from core.errors import DomainError, WrongState
from core.pages import Crumb
from core.storage import NoRoom
from deliveries import precheck
from deliveries.allowed import allowed
from deliveries.forms import CRS_CHOICES
from deliveries.reports import brief, outside, page, story
from deliveries.reports.wording import language
from deliveries.views.checks import XLSX
from deliveries.waiting import place_of_errand
from validator.reading.registry import accepted_formats
from zones.models import Municipality


class PrecheckForm(forms.Form):
    """A file, the comune whose plan it is, and two choices for who needs them."""

    municipality = forms.ModelChoiceField(
        label=gettext_lazy("Comune"),
        queryset=Municipality.objects.none(),
        empty_label=gettext_lazy("Scegli il Comune"),
        error_messages={"required": gettext_lazy("Scegli di quale Comune è il piano.")},
    )
    file = forms.FileField(
        label=gettext_lazy("File da verificare"),
        max_length=255,
        allow_empty_file=True,
        error_messages={
            "required": gettext_lazy("Scegli il file da verificare."),
            "max_length": gettext_lazy(
                "Il nome del file è troppo lungo: usa meno di 255 caratteri."
            ),
        },
    )
    crs = forms.TypedChoiceField(
        label=gettext_lazy("Sistema di riferimento"),
        choices=[("", gettext_lazy("Riconoscilo tu")), *CRS_CHOICES],
        coerce=int,
        empty_value=None,
        required=False,
    )
    layer = forms.CharField(
        label=gettext_lazy("Solo lo strato"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Se il file ne contiene più d'uno. Vuoto: li leggiamo tutti."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["municipality"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Municipality.objects.current().order_by("name")

    @property
    def has_choices(self) -> bool:
        """Whether one of the two rare choices was made or is wrong."""
        names = ("crs", "layer")
        return (
            any(self.errors.get(n) or self.data.get(n) for n in names) if self.is_bound else False
        )


@takes(file_bytes)
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """Choose comune and file; works without JavaScript."""
    form = PrecheckForm(request.POST or None, request.FILES or None, initial=_initial(request))
    status = 200
    if request.method == "POST":
        throttle = precheck.PrecheckThrottle()
        if not throttle.allow_request(request, None):  # type: ignore[arg-type]
            return _too_many(request, form, throttle.wait() or 60)
        found = _received(form)
        if found is not None:
            return redirect("deliveries:precheck-report", found.token)
        status = 400
    return render(request, "deliveries/precheck.html", _form_context(form), status=status)


def _initial(request: HttpRequest) -> dict[str, str]:
    return {"municipality": request.GET.get("comune", "")}


def _form_context(form: PrecheckForm) -> dict[str, Any]:
    return {
        "trail": [Crumb(_("Verifica senza accedere"))],
        "form": form,
        "limits": allowed(),
        "formats": accepted_formats(language()),
        "minutes": settings.PRECHECK_SECONDS // 60,
    }


def _too_many(request: HttpRequest, form: PrecheckForm, wait: float) -> HttpResponse:
    minutes = max(1, round(wait / 60))
    answer = _("Da questo indirizzo sono arrivate troppe verifiche: riprova fra %(n)d minuti.")
    form.full_clean()
    form.add_error(None, answer % {"n": minutes})
    response = render(request, "deliveries/precheck.html", _form_context(form), status=429)
    response["Retry-After"] = str(round(wait))
    return response


def _received(form: PrecheckForm) -> precheck.Ticket | None:
    """The ticket, or None with the mistake written into the form."""
    if not form.is_valid():
        return None
    given = form.cleaned_data
    options: dict[str, Any] = {"layers": [given["layer"]] if given["layer"] else []}
    if given["crs"]:
        options["crs"] = given["crs"]
    try:
        return precheck.receive(given["file"], municipality=given["municipality"], options=options)
    except NoRoom:
        raise
    except DomainError as error:
        form.add_error("file", str(error.message))
        return None


@never_cache
@require_safe
def report(request: HttpRequest, token: str) -> HttpResponse:
    """The report; before it is there, how far the check is. Only who has the address sees it."""
    ticket = precheck.ticket_of(token)
    context: dict[str, Any] = {**_ticket_context(ticket)}
    if ticket.status == precheck.DONE:
        figures, shown = precheck.figures_of(ticket), precheck.shown_of(ticket, language())
        answer = brief.report(figures)
        context |= {
            "report": answer,
            "figures": figures,
            "layers": brief.layer_lines(figures),
            "groups": [_with_first(one, shown.get(one.code, [])) for one in answer.groups],
        }
    response = render(request, "deliveries/precheck_report.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _with_first(group: page.FindingGroup, first: list[dict[str, Any]]) -> tuple[Any, ...]:
    """A group of findings with its first findings, and that there are more (SYS-03)."""
    return (
        group,
        first,
        outside.cut_short(group.code, total=group.findings, shown=len(first)),
    )


def _ticket_context(ticket: precheck.Ticket) -> dict[str, Any]:
    progress = ticket.progress
    home = Crumb(_("Verifica senza accedere"), reverse("deliveries:precheck"))
    return {
        "trail": [home, Crumb(_("Rapporto"))],
        "ticket": ticket,
        "progress": progress,
        "stage": story.STAGES.get(progress.stage, progress.stage),
        "municipality": Municipality.objects.get(pk=ticket.municipality),
        "until": ticket.job.until,
        "place": place_of_errand(ticket.job),
    }


@never_cache
@require_safe
def progress(request: HttpRequest, token: str) -> HttpResponse:
    """The waiting panel, which asks for itself again until the check is over."""
    ticket = precheck.ticket_of(token)
    response = render(request, "deliveries/precheck_progress.html", _ticket_context(ticket))
    if ticket.is_over:
        response["HX-Redirect"] = reverse("deliveries:precheck-report", args=[token])
    return response


def _done(token: str) -> precheck.Ticket:
    ticket = precheck.ticket_of(token)
    if ticket.status != precheck.DONE:
        raise WrongState("not-checked", _("Il controllo non è ancora finito: il rapporto arriva."))
    return ticket


@never_cache
@require_safe
def document(request: HttpRequest, token: str) -> HttpResponse:
    """The report as the JSON that page, API and command line share byte by byte."""
    body = precheck.report_of(_done(token), language())
    headers = {"Content-Disposition": 'attachment; filename="verifica.json"'}
    return HttpResponse(body, content_type="application/json; charset=utf-8", headers=headers)


@never_cache
@require_safe
def workbook(request: HttpRequest, token: str) -> FileResponse:
    """The report as a workbook."""
    ticket = _done(token)
    findings = json.loads(precheck.report_of(ticket, language()))["findings"]
    book = brief.workbook(brief.report(precheck.figures_of(ticket)), findings)
    return FileResponse(book, as_attachment=True, filename="verifica.xlsx", content_type=XLSX)
