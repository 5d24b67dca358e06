"""The run itself, on the database that `bench` has made: `python -m bench.run SCALE PART...`."""

import sys
from dataclasses import dataclass

import bench.portal  # noqa: F401  # sets Django up: must come first
from bench import bounds, checking, crowd, database, dear, pages, reading, slow
from bench.figures import PARTS, READERS, WORK, Report


@dataclass(frozen=True)
class Scale:
    """How much of everything."""

    name: str
    services: tuple[int, ...]
    rows: tuple[int, ...]
    seconds: float
    runs: int


SCALES = {
    "quick": Scale("quick", (10_000,), (1_000,), 1.0, 1),
    "usual": Scale("usual", (100_000,), (1_000, 10_000, 100_000), 5.0, 3),
    "full": Scale("full", (100_000, 1_000_000), (1_000, 10_000, 100_000), 8.0, 3),
}


def main(scale: Scale, parts: set[str]) -> int:
    report = Report(scale.name)
    try:
        if parts & set(READERS):
            _readers(report, scale, parts)
        if parts & set(WORK):
            database.empty()
            _workshop(report, scale, parts)
    finally:
        report.write(page=parts == set(PARTS) and scale.name != "quick")
    return 1 if any(figure.verdict == "MISSED" for figure in report.figures) else 0


def _readers(report: Report, scale: Scale, parts: set[str]) -> None:
    small: dict[str, dear.Asked] = {}
    if "dear" in parts:
        reading.fill(dear.SMALL)
        small = dear.walked(report, dear.SMALL, small)
    for services in scale.services:
        reading.fill(services)
        _reader(report, scale, parts, services=services)
        if "dear" in parts and services > dear.SMALL:
            dear.walked(report, services, small)


def _reader(report: Report, scale: Scale, parts: set[str], *, services: int) -> None:
    usual = services <= 100_000
    if "list" in parts and usual:
        reading.lists(report, services, scale.seconds)
    if "tiles" in parts:
        reading.tiles(report, services, scale.seconds)
    if "export" in parts:
        reading.exports(report, services, scale.runs)
    if "slow" in parts and usual:
        slow.beside(report, services, scale.seconds)
    if "open" in parts and usual:
        crowd.beside_publication(report, services, scale.seconds)


def _workshop(report: Report, scale: Scale, parts: set[str]) -> None:
    if "check" in parts:
        checking.checks(report, scale.rows)
    if "publish" in parts:
        checking.publication(report, min(10_000, max(scale.rows)))
    if "limit" in parts:
        bounds.limit(report, max(scale.rows))
    if "delivery" in parts:
        checking.delivery(report, 1_000, runs=max(3, scale.runs))
    if "queues" in parts:
        bounds.queues(report, max(scale.rows) // 2)
    if "crowd" in parts:
        crowd.crowd(report, max(scale.rows))
    if "pages" in parts:
        pages.opened(report, scale.rows, scale.runs)


if __name__ == "__main__":
    sys.exit(main(SCALES[sys.argv[1]], set(sys.argv[2:])))
