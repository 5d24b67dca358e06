"""Pages of the comune: the list, a new delivery, the
file step with its progress, and what ends it."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.bodies import file_bytes, takes
from core.errors import DomainError, Invalid, NotFound
from core.pages import Crumb, acting, back_on_mistake, number, private
from core.storage import NoRoom
from deliveries import originals
from deliveries.actions import intake, review
from deliveries.allowed import allowed
from deliveries.forms import DeliveryForm
from deliveries.models import Delivery
from deliveries.policies import is_possible, may_be_superseded, may_upload, may_withdraw
from deliveries.reports import outside, sample, story
from deliveries.reports.page import finding_groups
from deliveries.reports.wording import Words, language, numbered
from deliveries.senders import address_of, key_of, name_of, principal_of, sender_of, senders_of
from deliveries.states import FINAL, ON_DESK, DeliveryStatus, Verb
from deliveries.views.access import delivery_of
from deliveries.views.frame import HOME, frame
from notices.forms import NoteForm
from people.access import person
from people.models import SENDING_ROLES, Role
from people.policies import is_reviewer, reach_of
from validator.reading.registry import accepted_formats
from zones.models import Municipality

#: Concluded deliveries on a page; the open ones, at most one per source, are all shown.
PAGE = 30
#: Where the work goes on after a check that a choice of that page asked for (`?poi=`).
AFTER_CHECK = {
    "correggi": "deliveries:mend",
    "capito": "deliveries:columns",
    "posizioni": "deliveries:placing",
}


@private
def deliveries(request: HttpRequest) -> HttpResponse:
    """My comuni and bodies, their deliveries, whose turn it is."""
    senders = senders_of(request.user)
    if not senders and is_reviewer(request.user):
        return redirect("deliveries:reviews")
    mine = Delivery.objects.sent_within(reach_of(request.user, *SENDING_ROLES))
    mine = mine.with_waiting().with_sender().select_related("by").order_by("-created_at")
    ended = Paginator(mine.filter(status__in=FINAL), PAGE)
    page = ended.get_page(number(request.GET.get("pagina")) or 1)
    operated = reach_of(request.user, Role.OPERATOR)
    context = {
        "trail": [HOME],
        "senders": [
            (address_of(one), key_of(one), name_of(one), principal_of(one) in operated)
            for one in senders
        ],
        "only_comuni": all(isinstance(one, Municipality) for one in senders),
        "open": [story.line(delivery) for delivery in mine.open()],
        "closed": [story.line(delivery) for delivery in page],
        "page": page,
    }
    return render(request, "deliveries/list.html", context)


@takes(file_bytes)
@private
def new(request: HttpRequest) -> HttpResponse:
    """Choose a file (and for whom, if several); works without JavaScript."""
    asked = request.GET.get("fonte") or request.GET.get("comune")
    form = DeliveryForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        user=request.user,
        initial={"sender": asked} if asked else None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            received = intake.receive(
                person(request),
                sender=form.cleaned_data["sender"],
                file=form.cleaned_data["file"],
            )
        except NoRoom:
            raise
        except DomainError as error:
            form.add_error(None, str(error.message))
        else:
            if received.duplicate:
                again = outside.sent_again(received.delivery)
                messages.info(request, f"{again.message} {again.fix}")
            return redirect("deliveries:detail", received.delivery.pk)
    context = {
        "trail": [HOME, Crumb(_("Nuova consegna"))],
        "form": form,
        "limits": allowed(),
        "formats": accepted_formats(language()),
    }
    return render(request, "deliveries/new.html", context, status=400 if form.errors else 200)


@private
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The file step: what was received, how far the check is, what comes next, the thread."""
    delivery = delivery_of(request, pk)
    context = {
        **frame(request, delivery, "file"),
        "thread": story.thread(delivery),
        "then": request.GET.get("poi", ""),
        "note_form": NoteForm(),
        "reasons": _reasons(delivery),
        "sent_before": outside.sent_before(delivery),
        "receipts": delivery.receipts.order_by("-at"),
        "can_withdraw": may_withdraw(request.user, delivery)
        and is_possible(delivery, Verb.WITHDRAW),
        "replaceable": may_upload(request.user, delivery.source)
        and delivery.status in ON_DESK
        and may_be_superseded(delivery),
    }
    return render(request, "deliveries/detail.html", context)


def _reasons(delivery: Delivery) -> list[Words]:
    """Why a file could not be read."""
    if delivery.status != DeliveryStatus.UNREADABLE:
        return []
    return [group.words for group in finding_groups(delivery)]


@private
def progress(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The running check as a fragment that asks for itself again until there is an end to tell."""
    delivery = delivery_of(request, pk)
    context = frame(request, delivery, "file") | {"then": request.GET.get("poi", "")}
    response = render(request, "deliveries/includes/progress.html", context)
    if not context["working"]:
        response["HX-Redirect"] = _after(request, delivery, mine=context["mine"])
    return response


def _after(request: HttpRequest, delivery: Delivery, *, mine: bool) -> str:
    """Where a delivery that has just been worked on is best read: where the work goes on (`?poi=`
    says it), or the report; its fragment takes the focus to the verdict."""
    if not mine:
        return reverse("deliveries:review", args=[delivery.pk])
    if delivery.status != DeliveryStatus.CHECKED:
        return reverse("deliveries:detail", args=[delivery.pk])
    page = AFTER_CHECK.get(request.GET.get("poi", ""))
    if page is None or (page == "deliveries:mend" and not delivery.blocked_count):
        return reverse("deliveries:checks", args=[delivery.pk]) + "#esito"
    left = ngettext(
        "Ricontrollato: resta %(n)s riga da correggere.",
        "Ricontrollato: restano %(n)s righe da correggere.",
        delivery.blocked_count,
    )
    sentence = numbered(left, n=delivery.blocked_count)
    none = _("Ricontrollato con le tue scelte: nessuna riga da correggere.")
    messages.success(request, sentence if delivery.blocked_count else none)
    return reverse(page, args=[delivery.pk])


@private
def status(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How a delivery of the list stands now; asks
    for itself again while the portal works on it."""
    delivery = delivery_of(request, pk)
    context = {"line": story.line(delivery), "is_read_out": True}
    return render(request, "deliveries/includes/status.html", context)


@private
def original(request: HttpRequest, pk: uuid.UUID) -> FileResponse:
    """The delivered file as it came, under its own name."""
    delivery = delivery_of(request, pk)
    stored = originals.given_back(delivery)
    return FileResponse(stored, as_attachment=True, filename=delivery.file_name)


def example(request: HttpRequest) -> HttpResponse:
    """A small file that passes the check, as a model to fill in; `?comune=` places it there."""
    comune = Municipality.objects.filter(pk=request.GET.get("comune", "")).first()
    response = HttpResponse(sample.as_csv(comune), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="consegna-di-esempio.csv"'
    return response


@acting
def confirm(request: HttpRequest) -> HttpResponse:
    """«Confermo che nulla è cambiato»: a submission without a file."""
    sender = sender_of(request.user, request.POST.get("sender", ""))
    if sender is None:
        raise NotFound("municipality-unknown", _("Questo Comune o ente non è fra i tuoi."))
    try:
        delivery = intake.confirm_unchanged(person(request), sender=sender)
    except Invalid as error:
        messages.error(request, str(error.message))
        return redirect("deliveries:list")
    return redirect("deliveries:submit", delivery.pk)


@acting
@back_on_mistake("deliveries:detail")
def retry(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Check again, after a failure of ours or with the same choices."""
    delivery = delivery_of(request, pk)
    intake.recheck(delivery, user=person(request))
    return redirect("deliveries:detail", pk)


@acting
@back_on_mistake("deliveries:detail")
def take_over(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A colleague goes on with the open delivery."""
    delivery = delivery_of(request, pk)
    intake.take_over(delivery, user=person(request))
    messages.success(request, _("Ora la consegna è tua."))
    return redirect("deliveries:detail", pk)


@acting
@back_on_mistake("deliveries:detail")
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The sender takes its delivery back."""
    delivery = delivery_of(request, pk)
    intake.withdraw(delivery, user=person(request), note=request.POST.get("note", ""))
    messages.success(request, _("Consegna ritirata. Quanto era già in vigore non cambia."))
    return redirect("deliveries:detail", pk)


@acting
@back_on_mistake("deliveries:detail")
def message(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A message in the thread of a delivery, from either side."""
    delivery = delivery_of(request, pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        raise Invalid("message-empty", _("Scrivi il messaggio."))
    review.message(delivery, user=person(request), text=form.cleaned_data["note"])
    page = "deliveries:review" if request.POST.get("from") == "desk" else "deliveries:detail"
    return redirect(page, pk)
