"""The office's desk: the queue, one delivery's
proposals, decisions one by one and many at once."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.bodies import ROWS, takes
from core.errors import DomainError, NotAllowed, WrongState
from core.pages import acting, back_on_mistake, number, private
from deliveries.actions import review as verbs
from deliveries.models import Delivery, Proposal
from deliveries.policies import is_possible
from deliveries.reports import page as report_page
from deliveries.reports import proposals, story
from deliveries.reports.proposals import Filter
from deliveries.reports.wording import numbered
from deliveries.states import FINAL, DeliveryStatus, Verb
from deliveries.views.access import reviewed
from deliveries.views.frame import DESK, crumb
from deliveries.waiting import place_of
from notices.forms import NoteForm
from people.access import person
from people.models import User
from people.policies import is_reviewer
from services.models import Remark

QUEUES: dict[str, tuple[DeliveryStatus, ...]] = {
    "aperte": (
        DeliveryStatus.SUBMITTED,
        DeliveryStatus.IN_REVIEW,
        DeliveryStatus.DECIDED,
        DeliveryStatus.PUBLISHING,
    ),
    "da-prendere": (DeliveryStatus.SUBMITTED,),
    "in-istruttoria": (DeliveryStatus.IN_REVIEW,),
    "restituite": (DeliveryStatus.RETURNED,),
    "concluse": FINAL,
}
PAGE = 50


@private
def queue(request: HttpRequest) -> HttpResponse:
    """Deliveries of the office, so many on a page: those that have waited longest first, of the
    concluded ones the newest."""
    if not is_reviewer(request.user):
        raise NotAllowed("review-not-yours", _("L'istruttoria è dell'ufficio metropolitano."))
    name = request.GET.get("coda", "aperte")
    statuses = QUEUES.get(name, QUEUES["aperte"])
    waiting = Delivery.objects.for_user(request.user).filter(
        submitted_at__isnull=False, status__in=statuses
    )
    if request.GET.get("mie"):
        waiting = waiting.filter(reviewer=request.user.pk)
    if q := request.GET.get("q", "").strip():
        waiting = waiting.sent_by(q)
    waiting = waiting.with_waiting().with_sender()
    waiting = waiting.select_related("by", "reviewer", "submitted_by")
    first = "-waiting_since" if statuses == FINAL else "waiting_since"
    pages = Paginator(waiting.order_by(first, "pk"), PAGE)
    page = pages.get_page(number(request.GET.get("pagina")) or 1)
    context = {
        "trail": [DESK],
        "page": page,
        "query": urlencode({k: v for k, v in request.GET.items() if k in ("coda", "mie", "q")}),
        "lines": [story.line(delivery) for delivery in page],
        "queues": queue_names(),
        "remarks": Remark.objects.filter(outcome=Remark.Outcome.OPEN).count(),
        "current": name if name in QUEUES else "aperte",
        "mine": bool(request.GET.get("mie")),
        "q": q,
    }
    return render(request, "deliveries/queue.html", context)


def queue_names() -> list[tuple[str, str]]:
    """The filters of the queue in words."""
    return [
        ("aperte", _("Tutte le aperte")),
        ("da-prendere", _("Da prendere in carico")),
        ("in-istruttoria", _("In istruttoria")),
        ("restituite", _("Restituite")),
        ("concluse", _("Concluse")),
    ]


@private
def review(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A delivery on the desk."""
    delivery = reviewed(request, pk)
    by = Filter.of(request.GET.dict())
    context = {
        **table(delivery, by, number(request.GET.get("pagina")) or 1, user=person(request)),
        "trail": [DESK, crumb(delivery)],
        "line": story.line(delivery),
        "working": story.is_working(delivery),
        "halted": story.has_failed_publication(delivery),
        "stage": story.stage_words(delivery),
        "place": place_of(delivery),
        "undecidable": is_possible(delivery, Verb.UNDECIDE),
        "thread": story.thread(delivery),
        "note_form": NoteForm(),
        "whole": [m for m in report_page.finding_groups(delivery) if m.answerable],
        "desk": True,
    }
    return render(request, "deliveries/desk.html", context)


def table(delivery: Delivery, by: Filter, page: int, *, user: User) -> dict[str, object]:
    """What the part of the page that changes with every decision needs."""
    found = proposals.page_of(delivery, by, page)
    return {
        "delivery": delivery,
        "filter": by,
        "query": by.query,
        "all_kinds": by.but_kind(""),
        "page": found,
        "lines": proposals.lines(delivery, found),
        "kinds": proposals.counts(delivery, by),
        "decisions": proposals.decision_counts(delivery),
        "bulk": proposals.bulk_rules(delivery),
        "reasons": [(code, proposals.REASON_WORDS[code]) for code in verbs.REASONS],
        "deciding": delivery.status == DeliveryStatus.IN_REVIEW,
        "undoable": verbs.last_batch(delivery, user).count(),
    }


@private
def places(request: HttpRequest, pk: uuid.UUID) -> JsonResponse:
    """The places of the page of proposals that is shown, before and after."""
    delivery = reviewed(request, pk)
    found = proposals.page_of(
        delivery, Filter.of(request.GET.dict()), number(request.GET.get("pagina")) or 1
    )
    return JsonResponse(proposals.places(delivery, found), content_type="application/geo+json")


@acting
@back_on_mistake("deliveries:review")
def take(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a submitted delivery in charge."""
    verbs.take(reviewed(request, pk), user=person(request))
    return redirect("deliveries:review", pk)


@takes(ROWS)
@acting
def decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Decide the chosen proposals; answers with the
    refreshed table to htmx, with the page otherwise."""
    delivery = reviewed(request, pk)
    by = Filter.of(request.POST.dict())
    refusal, done = "", 0
    try:
        done = verbs.decide(
            delivery, user=person(request), decisions=_decisions(request, delivery, by)
        )
    except DomainError as error:
        if error.status not in (400, 422):
            raise
        refusal = str(error.message)
    return _answered(
        request, delivery, by, sentence=refusal or _decided(done), is_refused=bool(refusal)
    )


def _decided(done: int) -> str:
    return numbered(ngettext("%(n)s proposta decisa.", "%(n)s proposte decise.", done), n=done)


def _decisions(request: HttpRequest, delivery: Delivery, by: Filter) -> list[verbs.Decision]:
    """One row by its own button, the ticked ones, or all of the filter."""
    decision = request.POST.get("decision", "")
    one, _colon, quick = request.POST.get("one", "").partition(":")
    if one:
        ids, decision = [number(one) or 0], quick
    elif request.POST.get("all_in_filter"):
        open_ones = proposals.chosen(delivery, by).filter(published_in__isnull=True)
        ids = list(open_ones.values_list("pk", flat=True))
    else:
        ids = [number(text) or 0 for text in request.POST.getlist("p")]
    reason, note = request.POST.get("reason_code", ""), request.POST.get("note", "")
    if decision == Proposal.Decision.ACCEPTED:
        reason = ""
    return [verbs.Decision(pk, decision, reason, note) for pk in ids]


def _answered(
    request: HttpRequest,
    delivery: Delivery,
    by: Filter,
    *,
    sentence: str,
    is_refused: bool = False,
) -> HttpResponse:
    page = number(request.POST.get("pagina")) or 1
    if request.headers.get("HX-Request") == "true":
        shown = table(delivery, by, page, user=person(request))
        context = {**shown, "sentence": sentence, "is_refused": is_refused}
        return render(request, "deliveries/includes/desk_table.html", context)
    (messages.error if is_refused else messages.success)(request, sentence)
    return redirect(f"{reverse('deliveries:review', args=[delivery.pk])}?{by.query}&pagina={page}")


@acting
@back_on_mistake("deliveries:review")
def bulk(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Accept by a rule all that it touches; the page showed how many."""
    delivery = reviewed(request, pk)
    done = verbs.decide_in_bulk(
        delivery,
        user=person(request),
        rule=request.POST.get("rule", ""),
        decision=request.POST.get("decision", Proposal.Decision.ACCEPTED),
        reason_code=request.POST.get("reason_code", ""),
        note=request.POST.get("note", ""),
    )
    return _answered(request, delivery, Filter.of(request.POST.dict()), sentence=_decided(done))


@acting
@back_on_mistake("deliveries:review")
def undo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take back the reviewer's own last decisions."""
    delivery = reviewed(request, pk)
    done = verbs.undo(delivery, user=person(request))
    sentence = ngettext("%(n)s decisione annullata.", "%(n)s decisioni annullate.", done)
    filtered = Filter.of(request.POST.dict())
    return _answered(request, delivery, filtered, sentence=numbered(sentence, n=done))


@acting
@back_on_mistake("deliveries:review")
def send_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Return the delivery to the comune with a note."""
    verbs.send_back(reviewed(request, pk), user=person(request), note=request.POST.get("note", ""))
    messages.success(request, _("Restituita con la tua nota."))
    return redirect("deliveries:review", pk)


@acting
@back_on_mistake("deliveries:review")
def undecide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take the decision back, before it is published."""
    verbs.undecide(reviewed(request, pk), user=person(request))
    messages.success(request, _("Istruttoria riaperta: le tue decisioni ci sono ancora."))
    return redirect("deliveries:review", pk)


@acting
@back_on_mistake("deliveries:review")
def publish_again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Have a failed publication tried again."""
    verbs.publish_again(reviewed(request, pk), user=person(request))
    messages.success(request, _("La pubblicazione riparte."))
    return redirect("deliveries:review", pk)


@acting
@back_on_mistake("deliveries:review")
def close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """End the review and publish; while something is to be decided, the desk shows it."""
    try:
        verbs.close(reviewed(request, pk), user=person(request))
    except WrongState as error:
        if error.code != "undecided":
            raise
        messages.error(request, str(error.message))
        return redirect(f"{reverse('deliveries:review', args=[pk])}?decisione=pending")
    messages.success(request, _("Istruttoria chiusa: la pubblicazione è partita."))
    return redirect("deliveries:review", pk)
