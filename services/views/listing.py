"""The list of services: facets with counts, pages, downloads of exactly what is listed."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from services.counts import counts_of
from services.filters import ServiceFilter
from services.selectors import for_rows, named, totals_of
from services.views.facets import box_chips, chips_of, facets_of

PAGE = 25
#: The order asked for in `ordine`, and the columns it means.
ORDERS = {
    "nome": ("name", "pk"),
    "comune": ("municipality__name", "name", "pk"),
    "tipo": ("category__order", "kind__order", "name", "pk"),
    "aggiornamento": ("-confirmed_on", "name", "pk"),
}


@gzip_page
@require_safe
def service_list(request: HttpRequest) -> HttpResponse:
    chosen = ServiceFilter.from_query(request.GET, others=None)
    order = request.GET.get("ordine", "nome")
    found = for_rows(chosen.queryset()).order_by(*ORDERS.get(order, ORDERS["nome"]))
    paginator = Paginator(found, PAGE)
    counts = counts_of(chosen)
    paginator.count = counts.matched
    page = paginator.get_page(request.GET.get("pagina"))
    first = (page.number - 1) * PAGE
    facets = facets_of(chosen)
    context = {
        "chosen": chosen,
        "day": chosen.al,
        "facets": facets,
        "chips": [*chips_of(chosen, facets), *box_chips(chosen)],
        "page": page,
        "services": named(found[first : first + PAGE]),
        "totals": totals_of(counts.by_category()),
        "query": chosen.canonical(),
        "order": order if order in ORDERS else "nome",
    }
    return render(request, "services/list.html", context)
