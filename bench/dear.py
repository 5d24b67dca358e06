"""Part `dear`: every public address with every filter, caches cold, and the twenty slowest."""

import math
import os
import statistics
from dataclasses import dataclass

import redis

import bench.portal  # noqa: F401  # sets Django up: must come first
from bench.figures import Figure, Report, number
from bench.load import Connection
from bench.servers import free_port, web
from services.models import ServiceState

#: A database of Redis for this part alone: it is emptied before every request.
CACHE = 9
SHOWN = 20
SMALL = 10_000
#: Milliseconds that a page, list, search or tile may take: at 100,000 services, and at a million.
USUAL, FULL, LOW_ZOOM = 150, 300, 30

FILTERS = (
    *("", "zone=milano", "zone=nord-milano", "municipality=015146", "category=culturali"),
    *("type=biblioteche", "reading=1", "reading=entrambe", "reading=solo-2"),
    *("valence=metropolitana", "status=previsto", "status=esistente", "level=all"),
    *("zone=milano&category=culturali&status=esistente", "bbox=8.7,45.1,9.6,45.7"),
    *("bbox=9.15,45.44,9.25,45.50", "bbox=9.0,45.3,9.4,45.6&status=esistente"),
    *("q=b", "q=81", "q=bib", "q=biblioteca", "q=comunale", "q=comunale+81", "q=via+roma+17"),
    *("q=bibliotecca", "q=xyzzyq", "q=palestra&zone=milano&status=esistente"),
    *("al=2024-06-30", "al=2025-06-30", "al=2025-06-30&zone=milano", "al=2025-06-30&q=comunale"),
)
LISTS = ("/api/v1/services/", "/servizi/", "/", "/servizi/in-vista/")
ORDERED = (
    *("/servizi/?ordine=comune", "/servizi/?ordine=tipo", "/servizi/?ordine=aggiornamento"),
    *("/servizi/?pagina=200", "/api/v1/services/?limit=1000"),
)
PLAIN = (
    *("/zone/", "/zone/milano/", "/zone/nord-milano/", "/zone/milano/?al=2025-06-30"),
    *("/zone/confronto/", "/comuni/", "/comuni/015146/", "/comuni/015146/?al=2025-06-30", "/lum/"),
    *("/finanziamenti/", "/dati/", "/atlante/", "/progetto/", "/privacy/", "/api/v1/"),
    *("/api/v1/zones/", "/api/v1/municipalities/", "/api/v1/categories/", "/api/v1/lum/"),
)
TILED = ("", "status=esistente", "zone=milano", "category=culturali", "q=biblioteca")
TILED_MORE = ("type=biblioteche", "reading=1", "al=2025-06-30", "valence=metropolitana")
#: The tile over Milano, and the zooms at which its cells come from counts kept.
LON, LAT, LOW, DEEP = 9.19, 45.465, range(12), range(12, 17)


@dataclass(frozen=True)
class Asked:
    """An address and the milliseconds of its answer, at two sizes of the catalogue."""

    address: str
    cold: float
    size: int


def walked(report: Report, services: int, small: dict[str, Asked]) -> dict[str, Asked]:
    """Every address once each way; figures of the groups, and the slowest beside `small`."""
    answers = _ask(_addresses())
    bar = USUAL if services <= 100_000 else FULL
    bar_of = {"pages": bar, "tiles, low zoom": LOW_ZOOM, "tiles": bar}
    for group, most in bar_of.items():
        found = [one.cold for one in answers.values() if _group(one.address) == group]
        say = f"{group} of {services:,}, caches cold: slowest of {len(found)}"
        report.add(Figure("dear", say, max(found), "ms", most if services > SMALL else None))
        report.add(
            Figure("dear", f"{group} of {services:,}: median", statistics.median(found), "ms")
        )
    if services > SMALL:
        _show(answers, small)
    return answers


def _show(answers: dict[str, Asked], small: dict[str, Asked]) -> None:
    slowest = sorted(answers.values(), key=lambda one: -one.cold)[:SHOWN]
    for one in slowest:
        beside = small.get(one.address)
        before = f"{number(beside.cold)} ms of {SMALL:,}" if beside else ""
        print(f"dear       {one.address:74}{number(one.cold):>8} ms  {before}", flush=True)


def _group(address: str) -> str:
    if not address.startswith("/tiles/"):
        return "pages"
    low = int(address.split("/")[3]) < DEEP.start
    return "tiles, low zoom" if low and "q=" not in address and "al=" not in address else "tiles"


def _addresses() -> list[str]:
    public_id = ServiceState.objects.values_list("public_id", flat=True).first()
    found = [f"{path}?{query}" if query else path for path in LISTS for query in FILTERS]
    found += [*ORDERED, *PLAIN, f"/servizi/{public_id}/", f"/api/v1/services/{public_id}/"]
    for zoom in (*LOW, *DEEP):
        queries = (*TILED, *TILED_MORE) if zoom in (5, 7, 9, 10, 11, 12, 14) else TILED
        found += [f"{_tile(zoom)}?{query}" if query else _tile(zoom) for query in queries]
    return found


def _tile(zoom: int) -> str:
    x = int((LON + 180) / 360 * 2**zoom)
    y = int((1 - math.asinh(math.tan(math.radians(LAT))) / math.pi) / 2 * 2**zoom)
    return f"/tiles/servizi/{zoom}/{x}/{y}.mvt"


def _ask(addresses: list[str]) -> dict[str, Asked]:
    """The median of three askings of each, the cache emptied before each."""
    url = _cache_url()
    cache = redis.Redis.from_url(url)
    with web(port := free_port(), REDIS_CACHE_URL=url):
        connection = Connection(port)
        answers = {}
        for address in addresses:
            times = []
            for _turn in range(3):
                cache.flushdb()
                answer = connection.get(address)
                if answer.status not in (200, 204):
                    raise RuntimeError(f"{address} answered {answer.status}")
                times.append(1000 * answer.total)
            answers[address] = Asked(address, statistics.median(times), len(answer.body))
        cache.flushdb()
        return answers


def _cache_url() -> str:
    before, mark, _number = os.environ["REDIS_URL"].partition("db=")
    return f"{before}{mark}{CACHE}" if mark else f"{before.rpartition('/')[0]}/{CACHE}"
