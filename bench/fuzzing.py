"""The run of `bench.fuzz`, in the worker's place: one spoilt file after the other."""

import logging
import random
import re
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils import timezone

import bench.portal  # noqa: F401  # sets Django up: must come first
from bench.mutations import spoil
from deliveries import workflow
from deliveries.checks import examination, pipeline
from deliveries.models import Delivery
from deliveries.reports import document
from deliveries.states import Verb
from people.models import User
from services.actions import plan_source
from validator.reading.errors import Unreadable
from validator.rules import registry
from zones.models import Municipality

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".local" / "fuzz"
SHARED = ROOT.parent / "shared" / "data"
LARGEST = 400_000
SECONDS, MEMORY_MIB = 30.0, 1024.0
STORED_ONE_IN = 2
STORED_ROWS = 3_000
COMUNI = ("015209", "015118", "015182", "015146")


class Fault(Exception):
    """An outcome that a delivery must never have."""


@dataclass
class Tally:
    """What came of the files so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    worst: tuple[float, str] = (0.0, "")
    peak: float = 0.0
    stored: int = 0


def seeds() -> list[Path]:
    """The files to spoil: the real ones where they are, the examples always."""
    folders = [ROOT / "fixtures" / "consegne"]
    folders += [SHARED / name for name in ("piani", "ostici", "servizi")]
    found = [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir())]
    return [p for p in found if p.is_file() and p.suffix != ".md" and p.stat().st_size < LARGEST]


class Fuzz:
    """One run. `folder`: the folder of everything temporary."""

    def __init__(self, folder: Path, seed: str) -> None:
        self.folder, self.seed = folder, seed
        self.files, self.day, self.tally = seeds(), timezone.localdate(), Tally()
        self.comuni = [Municipality.objects.get(pk=code) for code in COMUNI]
        self.user = User.objects.create_user("fuzz@bench.example", "una-frase-lunga", name="Fuzz")

    def one(self, number: int) -> None:
        """Spoil and examine the file of that number; a fault is kept and told, never raised."""
        draw = random.Random(f"{self.seed}:{number}")
        origin = draw.choice(self.files)
        body = spoil(draw, origin.name, origin.read_bytes())
        path = self.folder / "input"
        path.write_bytes(body)
        comune, began = draw.choice(self.comuni), time.monotonic()
        forget_peak()
        try:
            outcome = self._examine(path, origin.name, comune, draw)
            self._look_around(began)
        except Exception as error:
            outcome = f"FAULT {type(error).__name__}: {str(error).splitlines()[0][:120]}"
            self._keep(number, origin.name, body)
        seconds = time.monotonic() - began
        self.tally.worst = max(self.tally.worst, (seconds, f"{number} {origin.name}"))
        self.tally.peak = max(self.tally.peak, peak_mib())
        self.tally.outcomes[outcome] += 1

    def _examine(self, path: Path, name: str, comune: Municipality, draw: random.Random) -> str:
        source = plan_source(comune)
        try:
            found = examination.examine(examination.CheckRequest(path, name, source, self.day, {}))
        except Unreadable as refusal:
            for language in ("it", "en"):
                said = registry.render(refusal.code, refusal.params, language=language)
                if not said.message or re.search(r"(?<!\{)\{[a-z_]+\}(?!\})", said.message):
                    raise Fault(f"refusal without words: {said.message}") from refusal
            document.as_bytes(document.refused(refusal, name))
            return f"refused {refusal.code} {refusal.params.get('reason', '')}"
        if found.report.crashed:
            raise Fault(f"rules crashed: {', '.join(found.report.crashed)}")
        told = document.as_bytes(document.of_examination(found, name))
        if draw.randrange(STORED_ONE_IN) == 0 and found.report.rows <= STORED_ROWS:
            self._store(found, name, told)
        return "report, valid" if found.report.valid else "report with errors"

    def _store(self, found: examination.Examination, name: str, told: bytes) -> None:
        """Write it as a delivery, read its report back, then undo: the bytes must be the same."""
        comune = Municipality.objects.get(pk=self.comuni[0].pk)
        with transaction.atomic():
            delivery = Delivery.objects.create(
                source=plan_source(comune), by=self.user, file_name=name
            )
            lease = workflow.take(delivery.pk, begin=Verb.BEGIN_CHECK, resume=Verb.RESUME_CHECK)
            if lease is None:
                raise Fault("the delivery could not be taken")
            pipeline._store(lease, found, self.day)
            back = document.as_bytes(document.of_delivery(Delivery.objects.get(pk=delivery.pk)))
            transaction.set_rollback(True)
        self.tally.stored += 1
        if back != told:
            raise Fault("the stored report differs")

    def _look_around(self, began: float) -> None:
        if time.monotonic() - began > SECONDS:
            raise Fault(f"took longer than {SECONDS:.0f} s")
        if (peak := peak_mib()) > MEMORY_MIB:
            raise Fault(f"the worker reached {peak:.0f} MiB")
        end = time.monotonic() + 3
        while left := self._left():
            if time.monotonic() > end:
                raise Fault(f"left behind: {', '.join(left)}")
            time.sleep(0.02)

    def _left(self) -> list[str]:
        folders = (self.folder / "tmp", self.folder / "spool", self.folder / "media")
        found = [p.name for folder in folders if folder.is_dir() for p in folder.iterdir()]
        return [name for name in found if name != ".lock"]

    def _keep(self, number: int, name: str, body: bytes) -> None:
        KEPT.mkdir(parents=True, exist_ok=True)
        kept = KEPT / f"{self.seed}-{number}-{name}"
        kept.write_bytes(body)
        kept.with_name(kept.name + ".txt").write_text(traceback.format_exc(), encoding="utf-8")
        self.tally.faults.append(kept.name)


def forget_peak() -> None:
    """Begin the measure of the highest memory anew (Linux)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_mib() -> float:
    """The highest memory of this process since then."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main(folder: Path, *, seconds: float, files: int, seed: str, start: int) -> int:
    logging.disable(logging.CRITICAL)
    run, began, number = Fuzz(folder, seed), time.monotonic(), start
    while (number - start < files) if files else (time.monotonic() - began < seconds):
        run.one(number)
        number += 1
        if (number - start) % 200 == 0:
            print(f"{number - start} files, {len(run.tally.faults)} faults", flush=True)
    tally, spent = run.tally, time.monotonic() - began
    for outcome, n in tally.outcomes.most_common():
        print(f"{n:7}  {outcome}")
    print(
        f"{number - start} files of {len(run.files)} seeds in {spent:.0f} s, "
        f"{tally.stored} stored and read back; worst {tally.worst[0]:.1f} s "
        f"({tally.worst[1]}); worker at most {tally.peak:.0f} MiB; {len(tally.faults)} "
        f"faults{': ' + ', '.join(tally.faults) if tally.faults else ''}"
    )
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(
        main(
            Path(sys.argv[1]), seconds=float(sys.argv[2]), files=int(sys.argv[3]),
            seed=sys.argv[4], start=int(sys.argv[5]),
        )
    )  # fmt: skip
