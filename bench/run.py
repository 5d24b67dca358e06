"""The run itself, on the database that `bench` has made: `python -m bench.run SCALE PART...`."""

import sys
from dataclasses import dataclass

import bench.portal  # noqa: F401  # sets Django up: must come first
from bench import bounds, checking, database, dear, pages, reading, slow
from bench.figures import Report


@dataclass(frozen=True)
class Scale:
    """How much of everything."""

    name: str
    services: tuple[int, ...]
    rows: tuple[int, ...]
    seconds: float
    runs: int


PARTS = (
    *("list", "tiles", "export", "dear", "slow", "check", "publish", "limit", "delivery"),
    *("queues", "pages"),
)
SCALES = {
    "quick": Scale("quick", (10_000,), (1_000,), 1.0, 1),
    "usual": Scale("usual", (100_000,), (1_000, 10_000, 100_000), 5.0, 3),
    "full": Scale("full", (100_000, 1_000_000), (1_000, 10_000, 100_000), 8.0, 3),
}


def main(scale: Scale, parts: set[str]) -> int:
    report = Report(scale.name)
    try:
        if parts & {"list", "tiles", "export", "dear", "slow"}:
            _readers(report, scale, parts)
        if parts & {"check", "publish", "limit", "delivery", "queues", "pages"}:
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
        if "list" in parts and services <= 100_000:
            reading.lists(report, services, scale.seconds)
        if "tiles" in parts:
            reading.tiles(report, services, scale.seconds)
        if "export" in parts:
            reading.exports(report, services, scale.runs)
        if "slow" in parts and services <= 100_000:
            slow.beside(report, services, scale.seconds)
        if "dear" in parts and services > dear.SMALL:
            dear.walked(report, services, small)


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
    if "pages" in parts:
        pages.opened(report, scale.rows, scale.runs)


if __name__ == "__main__":
    sys.exit(main(SCALES[sys.argv[1]], set(sys.argv[2:])))
