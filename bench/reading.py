"""Parts `list`, `tiles` and `export`: what readers of a published catalogue wait for."""

import statistics

import bench.portal  # noqa: F401  # sets Django up: must come first
from bench import database
from bench.figures import Figure, Report
from bench.load import Connection, median_ms, outrun, rate
from bench.servers import behind, children, free_port, peak_mib, web
from services import states

LIST = "/api/v1/services/"
BOX = "bbox=9.15,45.44,9.25,45.50"
MILANO_Z14 = [f"/tiles/servizi/14/{x}/{y}.mvt" for x in range(8606, 8612) for y in (5859, 5861)]
MILANO_Z16 = [
    f"/tiles/servizi/16/{x}/{y}.mvt" for x in range(34424, 34448) for y in (23436, 23444)
]
#: Tiles made anew with 8 connections, a second: what is to be reached (martin 1.14's at z14).
ANEW = {14: (MILANO_Z14, 117), 16: (MILANO_Z16, 1000)}


def lists(report: Report, services: int, seconds: float) -> None:
    """The list through DRF, beside DRF-GIS's own way over the same rows."""
    with web(port := free_port(), DJANGO_SETTINGS_MODULE="bench.reference_settings"):
        plain = median_ms(port, ["/plain/"] * 5)
    reference = f"DRF-GIS serializer {plain:.0f} ms"
    with web(port := free_port()):
        one = f"{LIST}?limit=1000"
        say = f"page of 1,000 of {services:,}, numberMatched included"
        page = median_ms(port, [one] * 60)
        report.add(Figure("list", f"{say}: median", page, "ms", 20, reference=reference))
        warm = [f"{LIST}?limit=1000&zone={zone}" for zone in ("milano", "nord-milano")]
        report.add(Figure("list", "the same, of a zone", median_ms(port, warm * 15), "ms"))
        boxed = median_ms(port, [f"{one}&{BOX}"] * 30)
        report.add(Figure("list", "the same, in a box", boxed, "ms"))
        short = median_ms(port, [LIST] * 40)
        report.add(Figure("list", "page of 100: median", short, "ms"))
        search = median_ms(port, [f"{LIST}?q=biblioteca+{n}" for n in range(100, 115)])
        report.add(Figure("list", "search of two words, never asked before", search, "ms"))
        many = rate(port, [one], connections=4, seconds=seconds)
        each = 1000 * many.per_second
        report.add(
            Figure("list", "4 connections on 2 workers", each, "features/s", 100_000, most=False)
        )


def tiles(report: Report, services: int, seconds: float) -> None:
    """Tiles made anew, and the answer that nothing changed."""
    with web(port := free_port()):
        deep = median_ms(port, MILANO_Z14 * 2)
        bar = 10 if services <= 100_000 else None
        report.add(Figure("tiles", f"z14 of {services:,}", deep, "ms", bar))
        wide = [f"/tiles/servizi/{z}/{x}.mvt" for z, x in WIDE] * 5
        bar = 15 if services >= 1_000_000 else None
        low = median_ms(port, wide)
        report.add(Figure("tiles", f"z7 to z10, aggregates of {services:,}", low, "ms", bar))
        live = median_ms(port, [f"{path}?status=esistente" for path in wide[:4]])
        report.add(Figure("tiles", "the same with a filter, counted live", live, "ms"))
        outlines = median_ms(port, ["/tiles/comuni/9/269/183.mvt"] * 20)
        report.add(Figure("tiles", "comuni z9", outlines, "ms"))
        head = Connection(port).get(MILANO_Z14[0]).headers
        tag = head.split(b"ETag: ")[1].split(b"\r\n")[0].decode()
        same = rate(port, MILANO_Z14, f"If-None-Match: {tag}", connections=8, seconds=seconds)
        if same.statuses != {304}:
            raise RuntimeError(f"expected 304, got {same.statuses}")
        say = "unchanged tile: 304"
        report.add(Figure("tiles", say, same.per_second, "requests/s", 2000, most=False))
        for zoom, (paths, least) in ANEW.items():
            made = rate(port, paths, connections=8, seconds=seconds).per_second
            say = f"made anew, z{zoom} of {services:,}, 8 connections"
            bar = least if services <= 100_000 else None
            report.add(Figure("tiles", say, made, "requests/s", bar, most=False))

    _kept(report, seconds)


def _kept(report: Report, seconds: float) -> None:
    """Through the front door, which keeps a tile and asks every second whether it holds."""
    with behind(port := free_port()):
        kept = outrun(port, MILANO_Z14, "Accept-Encoding: gzip", connections=8, seconds=seconds)
        say = "tile that the front door keeps"
        report.add(Figure("tiles", say, kept, "requests/s", 10_000, most=False))


WIDE = [(7, "67/45"), (8, "134/91"), (9, "269/183"), (10, "538/366")]


def exports(report: Report, services: int, runs: int) -> None:
    """The whole catalogue as a file, one worker: first byte, speed, memory."""
    for extension in ("geojson", "csv"):
        with web(port := free_port(), workers=1) as server:
            Connection(port).get(LIST)
            worker = children(server.pid)[0]
            before = peak_mib(worker)
            path = f"{LIST}export.{extension}"
            results = [Connection(port).drain(path) for _ in range(runs)]
            grown = peak_mib(worker) - before
        total = statistics.median(result.total for result in results)
        first = 1000 * statistics.median(result.first for result in results)
        say = f"{services:,} as {extension}"
        size = results[0].size / 1e6
        speed = services / total
        report.add(
            Figure("export", say, speed, "features/s", 100_000, most=False,
                   reference=f"{size:.0f} MB in {total:.2f} s")
        )  # fmt: skip
        report.add(Figure("export", f"{say}: first byte", first, "ms", 50))
        report.add(Figure("export", f"{say}: worker's memory grows by", grown, "MiB", 16))


def fill(services: int) -> None:
    """The throw-away catalogue, its counts with it."""
    database.fill(services)
    states.recount()
    database.settle()
