"""Pages about funding: the programmes and one programme."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from funding import selectors
from funding.models import Programme


@require_safe
def programme_list(request: HttpRequest) -> HttpResponse:
    return render(request, "funding/list.html", {"rows": selectors.programme_rows()})


@require_safe
def programme_detail(request: HttpRequest, slug: str) -> HttpResponse:
    programme = get_object_or_404(
        Programme.objects.prefetch_related("projects__shares"), slug=slug
    )
    shares = selectors.shares_of(programme)
    totals = selectors.totals(programme)
    context = {
        "programme": programme,
        "totals": totals,
        "projects": selectors.project_rows(programme),
        "zones": selectors.by_zone(shares, totals.whole),
    }
    return render(request, "funding/programme.html", context)
