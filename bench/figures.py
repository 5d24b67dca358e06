"""Figures beside their bar and a reference of the same run; printed, kept, put in the docs."""

import json
import os
import platform
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

#: What is measured of a published catalogue, and what of the work on deliveries.
READERS = ("list", "tiles", "export", "dear", "slow", "open")
WORK = ("check", "publish", "limit", "delivery", "queues", "crowd", "pages")
PARTS = (*READERS, *WORK)
HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PAGE = HERE.parent / "docs" / "benchmarks.md"


@dataclass(frozen=True)
class Figure:
    """One figure. `most`: its bar may not be exceeded; otherwise it must be reached."""

    part: str
    what: str
    value: float
    unit: str
    bar: float | None = None
    most: bool = True
    reference: str = ""

    @property
    def verdict(self) -> str:
        if self.bar is None:
            return ""
        good = self.value <= self.bar if self.most else self.value >= self.bar
        return "reached" if good else "MISSED"

    @property
    def bar_text(self) -> str:
        if self.bar is None:
            return ""
        return f"{'≤' if self.most else '≥'} {number(self.bar)} {self.unit}"


def number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


@dataclass
class Report:
    """The figures of a run, printed as they come."""

    scale: str
    figures: list[Figure] = field(default_factory=list)
    load: list[float] = field(default_factory=list)

    def add(self, figure: Figure) -> None:
        self.figures.append(figure)
        self.load.append(os.getloadavg()[0])
        value = f"{number(figure.value):>10} {figure.unit:<11}{figure.bar_text:>20}"
        words = f"{figure.part:9}{figure.what:58}{value}  {figure.verdict:8}{figure.reference}"
        print(words, flush=True)

    def write(self, *, page: bool) -> None:
        """results.json for machines (not committed); of a whole run also docs/benchmarks.md."""
        body = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S"),
            "scale": self.scale,
            "machine": machine(),
        }
        body["load"] = f"{min(self.load, default=0):.1f} to {max(self.load, default=0):.1f}"
        rows = [asdict(figure) | {"verdict": figure.verdict} for figure in self.figures]
        RESULTS.write_text(json.dumps(body | {"figures": rows}, indent=1, ensure_ascii=False))
        if page:
            PAGE.parent.mkdir(exist_ok=True)
            PAGE.write_text(self._page(body), encoding="utf-8")

    def _page(self, run: dict[str, str]) -> str:
        lines = [
            "# Benchmarks",
            "",
            "Written by `bin/bench`; do not edit. Medians of several runs; made-up services",
            "inside the 133 comuni in a throw-away database; real gunicorn with 2 workers, the",
            "load generator and PostgreSQL on the same cores. References are of the same run.",
            "",
            f"Run of {run['at']} ({run['scale']}) on {run['machine']}; its load {run['load']}.",
            "",
            "| part | what | measured | to reach | | reference in the same run |",
            "|---|---|---:|---:|---|---|",
        ]
        lines += [
            f"| {f.part} | {f.what} | {number(f.value)} {f.unit} | {f.bar_text} | {f.verdict}"
            f" | {f.reference} |"
            for f in self.figures
        ]
        return "\n".join(lines) + "\n"


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"
