"""The office's desk: the queue, one delivery's proposals, decisions one by one and many at
once."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from services.uploads.acts import review as verbs
from services.uploads.forms import NoteForm
from services.uploads.models import Proposal, Remark, Upload
from services.uploads.report import page as report_page
from services.uploads.report import proposals, story
from services.uploads.report.proposals import Filter
from services.uploads.report.wording import numbered
from services.uploads.states import FINAL, Status
from services.uploads.views.access import acting, back_on_mistake, person, private, reviewed
from services.uploads.views.frame import DESK, crumb
from services.uploads.views.mending import number
from zones.errors import DomainError, NotAllowed
from zones.models import User
from zones.policies import is_reviewer

QUEUES: dict[str, tuple[Status, ...]] = {
    "aperte": (Status.SUBMITTED, Status.IN_REVIEW, Status.DECIDED, Status.PUBLISHING),
    "da-prendere": (Status.SUBMITTED,),
    "in-istruttoria": (Status.IN_REVIEW,),
    "restituite": (Status.RETURNED,),
    "concluse": FINAL,
}
SHOWN = 200


@private
def queue(request: HttpRequest) -> HttpResponse:
    """Deliveries of the office, those that have waited longest first."""
    if not is_reviewer(request.user):
        raise NotAllowed("review-not-yours", _("L'istruttoria è dell'ufficio metropolitano."))
    name = request.GET.get("coda", "aperte")
    statuses = QUEUES.get(name, QUEUES["aperte"])
    waiting = Upload.objects.for_user(request.user).filter(
        submitted_at__isnull=False, status__in=statuses
    )
    if request.GET.get("mie"):
        waiting = waiting.filter(reviewer=request.user.pk)
    if q := request.GET.get("q", "").strip():
        waiting = waiting.filter(municipality__name__icontains=q)
    waiting = waiting.with_waiting().select_related(
        "municipality", "by", "reviewer", "submitted_by"
    )
    context = {
        "trail": [DESK],
        "lines": [story.line(upload) for upload in waiting.order_by("waiting_since")[:SHOWN]],
        "queues": queue_names(),
        "remarks": Remark.objects.filter(outcome=Remark.Outcome.OPEN).count(),
        "current": name if name in QUEUES else "aperte",
        "mine": bool(request.GET.get("mie")),
        "q": q,
    }
    return render(request, "uploads/queue.html", context)


def queue_names() -> list[tuple[str, str]]:
    """The filters of the queue in words."""
    return [
        ("aperte", _("Tutte le aperte")),
        ("da-prendere", _("Da prendere in carico")),
        ("in-istruttoria", _("In istruttoria")),
        ("restituite", _("Restituite al Comune")),
        ("concluse", _("Concluse")),
    ]


@private
def review(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A delivery on the desk."""
    upload = reviewed(request, pk)
    by = Filter.of(request.GET.dict())
    context = {
        **table(upload, by, number(request.GET.get("pagina")) or 1, user=person(request)),
        "trail": [DESK, crumb(upload)],
        "line": story.line(upload),
        "working": upload.status in (Status.DECIDED, Status.PUBLISHING),
        "thread": story.thread(upload),
        "note_form": NoteForm(),
        "whole": [m for m in report_page.mistakes_of(upload) if m.answerable],
        "desk": True,
    }
    return render(request, "uploads/desk.html", context)


def table(upload: Upload, by: Filter, page: int, *, user: User) -> dict[str, object]:
    """What the part of the page that changes with every decision needs."""
    found = proposals.page_of(upload, by, page)
    return {
        "upload": upload,
        "filter": by,
        "query": by.query,
        "all_kinds": by.but_kind(""),
        "page": found,
        "lines": proposals.lines(upload, found),
        "kinds": proposals.counts(upload, by),
        "decisions": proposals.decision_counts(upload),
        "bulk": proposals.bulk_rules(upload),
        "reasons": [(code, proposals.REASON_WORDS[code]) for code in verbs.REASONS],
        "deciding": upload.status == Status.IN_REVIEW,
        "undoable": verbs.last_batch(upload, user).count(),
    }


@private
def places(request: HttpRequest, pk: uuid.UUID) -> JsonResponse:
    """The places of the page of proposals that is shown, before and after."""
    upload = reviewed(request, pk)
    found = proposals.page_of(
        upload, Filter.of(request.GET.dict()), number(request.GET.get("pagina")) or 1
    )
    return JsonResponse(proposals.places(upload, found), content_type="application/geo+json")


@acting
@back_on_mistake("uploads:review")
def take(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a submitted delivery in charge."""
    verbs.take(reviewed(request, pk), user=person(request))
    return redirect("uploads:review", pk)


@acting
def decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Decide the chosen proposals; answers with the refreshed table to htmx, with the page
    otherwise."""
    upload = reviewed(request, pk)
    by = Filter.of(request.POST.dict())
    mistake, done = "", 0
    try:
        done = verbs.decide(
            upload, user=person(request), decisions=_decisions(request, upload, by)
        )
    except DomainError as error:
        if error.status not in (400, 422):
            raise
        mistake = str(error.message)
    return _answered(request, upload, by, told=mistake or _decided(done), is_mistake=bool(mistake))


def _decided(done: int) -> str:
    return numbered(ngettext("%(n)s proposta decisa.", "%(n)s proposte decise.", done), n=done)


def _decisions(request: HttpRequest, upload: Upload, by: Filter) -> list[verbs.Decision]:
    """One row by its own button, the ticked ones, or all of the filter."""
    decision = request.POST.get("decision", "")
    one, _colon, quick = request.POST.get("one", "").partition(":")
    if one:
        ids, decision = [number(one) or 0], quick
    elif request.POST.get("all_in_filter"):
        open_ones = proposals.chosen(upload, by).filter(published_in__isnull=True)
        ids = list(open_ones.values_list("pk", flat=True))
    else:
        ids = [number(text) or 0 for text in request.POST.getlist("p")]
    reason, note = request.POST.get("reason_code", ""), request.POST.get("note", "")
    if decision == Proposal.Decision.ACCEPTED:
        reason = ""
    return [verbs.Decision(pk, decision, reason, note) for pk in ids]


def _answered(
    request: HttpRequest, upload: Upload, by: Filter, *, told: str, is_mistake: bool = False
) -> HttpResponse:
    page = number(request.POST.get("pagina")) or 1
    if request.headers.get("HX-Request") == "true":
        shown = table(upload, by, page, user=person(request))
        context = {**shown, "told": told, "is_mistake": is_mistake}
        return render(request, "uploads/includes/desk_table.html", context)
    (messages.error if is_mistake else messages.success)(request, told)
    return redirect(f"{reverse('uploads:review', args=[upload.pk])}?{by.query}&pagina={page}")


@acting
@back_on_mistake("uploads:review")
def bulk(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Accept by a rule all that it touches; the page showed how many."""
    upload = reviewed(request, pk)
    done = verbs.decide_in_bulk(
        upload,
        user=person(request),
        rule=request.POST.get("rule", ""),
        decision=request.POST.get("decision", Proposal.Decision.ACCEPTED),
        reason_code=request.POST.get("reason_code", ""),
        note=request.POST.get("note", ""),
    )
    return _answered(request, upload, Filter.of(request.POST.dict()), told=_decided(done))


@acting
@back_on_mistake("uploads:review")
def undo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take back the reviewer's own last decisions."""
    upload = reviewed(request, pk)
    done = verbs.undo(upload, user=person(request))
    told = ngettext("%(n)s decisione annullata.", "%(n)s decisioni annullate.", done)
    filtered = Filter.of(request.POST.dict())
    return _answered(request, upload, filtered, told=numbered(told, n=done))


@acting
@back_on_mistake("uploads:review")
def send_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Return the delivery to the comune with a note."""
    verbs.send_back(reviewed(request, pk), user=person(request), note=request.POST.get("note", ""))
    messages.success(request, _("Restituita al Comune con la tua nota."))
    return redirect("uploads:review", pk)


@acting
@back_on_mistake("uploads:review")
def close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """End the review and publish."""
    verbs.close(reviewed(request, pk), user=person(request))
    messages.success(request, _("Istruttoria chiusa: la pubblicazione è partita."))
    return redirect("uploads:review", pk)
