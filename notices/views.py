"""«Avvisi»: what happened to what one follows, newest first, read or not yet."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from core.errors import NotFound
from core.pages import Crumb, acting, number, private
from notices.models import Notice
from notices.subjects import with_news
from people.access import person

PAGE = 30


@private
def notices(request: HttpRequest) -> HttpResponse:
    """The list."""
    found = Notice.objects.of(request.user).with_event()
    page = Paginator(found, PAGE).get_page(number(request.GET.get("pagina")) or 1)
    context = {
        "trail": [Crumb(pgettext("notices", "Avvisi"))],
        "page": page,
        "lines": with_news(page),
        "unread": found.unread().count(),
    }
    return render(request, "notices/list.html", context)


@private
@require_safe
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where a notice points; it counts as read from then."""
    for notice, news in with_news(Notice.objects.of(request.user).with_event().filter(pk=pk)):
        Notice.objects.filter(pk=notice.pk).unread().update(read_at=timezone.now())
        return redirect(news.path)
    raise NotFound("notice-unknown", _("Questo avviso non c'è."))


@acting
def read_all(request: HttpRequest) -> HttpResponse:
    """All of them are read."""
    Notice.objects.filter(person=person(request)).unread().update(read_at=timezone.now())
    return redirect("notices:list")
