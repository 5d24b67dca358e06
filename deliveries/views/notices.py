"""«Avvisi»: what happened to one's deliveries, newest first, read or not yet."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.errors import NotFound
from core.pages import Crumb, acting, number, private
from deliveries.models import Delivery, Notice
from deliveries.querysets import NoticeQuerySet
from deliveries.reports import news
from people.access import person

PAGE = 30


def mine(request: HttpRequest) -> NoticeQuerySet:
    """The notices of who is signed in."""
    found = Notice.objects.of(request.user, Delivery.objects.for_user(request.user))
    related = ("person", "event__by", "event__delivery__municipality", "event__delivery__edition")
    with_all: NoticeQuerySet = found.select_related(*related)
    return with_all


@private
def notices(request: HttpRequest) -> HttpResponse:
    """The list."""
    found = mine(request)
    page = Paginator(found, PAGE).get_page(number(request.GET.get("pagina")) or 1)
    context = {
        "trail": [Crumb(pgettext("notices", "Avvisi"))],
        "page": page,
        "lines": [(notice, news.told(notice)) for notice in page],
        "unread": found.unread().count(),
    }
    return render(request, "deliveries/notices.html", context)


@private
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where a notice points; it counts as read from then."""
    notice = mine(request).filter(pk=pk).first()
    if notice is None:
        raise NotFound("notice-unknown", _("Questo avviso non c'è."))
    Notice.objects.filter(pk=pk).unread().update(read_at=timezone.now())
    return redirect(news.told(notice).path)


@acting
def read_all(request: HttpRequest) -> HttpResponse:
    """All of them are read."""
    Notice.objects.filter(person=person(request)).unread().update(read_at=timezone.now())
    return redirect("deliveries:notices")
