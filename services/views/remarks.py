"""«Non è così»: the form for anybody, the page of the answer, and the office's queue."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.errors import DomainError, NotAllowed
from core.pages import Crumb, acting, number, private
from people.access import person
from people.policies import is_reviewer
from services import remarks
from services.forms import RemarkForm
from services.models import Remark, Service
from services.selectors import latest_states
from services.views.office import desk

PAGE = 30


@never_cache
def say(request: HttpRequest, public_id: str) -> HttpResponse:
    """The form; works without an account and without JavaScript."""
    service = remarks.service_of(public_id)
    form = RemarkForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        throttle = remarks.RemarkThrottle()
        if not throttle.allow_request(request, None):  # type: ignore[arg-type]
            return _too_many(request, service, form, throttle.wait() or 60)
        status = 400
        if form.is_valid():
            try:
                made = remarks.say(service, **form.cleaned_data)
            except DomainError as error:
                form.add_error(None, str(error.message))
                status = error.status
            else:
                return redirect("services:remark-outcome", made.token)
    return _form(request, service, form, status=status)


def _form(
    request: HttpRequest, service: Service, form: RemarkForm, *, status: int
) -> HttpResponse:
    here = reverse("services:detail", args=[service.public_id])
    shown = service.shown
    trail = [Crumb(str(shown or service), here), Crumb(_("Non è così?"))]
    context = {"trail": trail, "service": service, "shown": shown, "form": form}
    return render(request, "services/remark.html", context, status=status)


def _too_many(
    request: HttpRequest, service: Service, form: RemarkForm, wait: float
) -> HttpResponse:
    form.full_clean()
    sentence = _(
        "Da questo indirizzo sono arrivate troppe segnalazioni: riprova fra %(n)d minuti."
    )
    form.add_error(None, sentence % {"n": max(1, round(wait / 60))})
    response = _form(request, service, form, status=429)
    response["Retry-After"] = str(round(wait))
    return response


@never_cache
@require_safe
def outcome(request: HttpRequest, token: str) -> HttpResponse:
    """What was said and what came of it; only who has the address sees it."""
    remark = remarks.remark_of(token)
    context: dict[str, Any] = {"trail": [Crumb(_("Segnalazione"))], "remark": remark}
    response = render(request, "services/remark_outcome.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@private
def queue(request: HttpRequest) -> HttpResponse:
    """The office's remarks, oldest first; `?chiuse=1` shows those that were answered."""
    if not is_reviewer(request.user):
        raise NotAllowed("not-the-office", _("Risponde solo l'ufficio metropolitano."))
    closed = bool(request.GET.get("chiuse"))
    found = Remark.objects.select_related("service", "closed_by")
    found = found.prefetch_related(latest_states("service__"))
    is_open = found.filter(outcome=Remark.Outcome.OPEN)
    shown = (
        found.exclude(outcome=Remark.Outcome.OPEN).order_by("-closed_at") if closed else is_open
    )
    page = Paginator(shown, PAGE).get_page(number(request.GET.get("pagina")) or 1)
    context = {
        "trail": [*desk(), Crumb(_("Segnalazioni"))],
        "page": page,
        "query": "chiuse=1" if closed else "",
        "closed": closed,
        "outcomes": [pair for pair in Remark.Outcome.choices if pair[0] != Remark.Outcome.OPEN],
    }
    return render(request, "services/remarks.html", context)


@acting
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """The office's answer."""
    if not is_reviewer(request.user):
        raise NotAllowed("not-the-office", _("Risponde solo l'ufficio metropolitano."))
    remark = get_object_or_404(Remark, pk=pk)
    given = {name: request.POST.get(name, "") for name in ("outcome", "answer")}
    try:
        remarks.close(remark, user=person(request), **given)
        messages.success(request, _("Risposta registrata: chi ha segnalato la trova."))
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("services:remarks")
