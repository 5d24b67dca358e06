"""A file examined: read, interpreted and judged; nothing is stored and nothing is decided here.

What the command line, the check for anybody and the worker (`pipeline`) have in common; it knows
neither states nor the queue.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings

from deliveries.allowed import allowed
from deliveries.checks import choices, surroundings
from deliveries.models import FieldMapping
from deliveries.senders import Sender, as_it_stands
from services.models import Source
from services.selectors import taxonomy
from validator.confined import client
from validator.dataset import Dataset
from validator.interpreting.context import Context
from validator.interpreting.repair import Tolerance
from validator.reading.errors import ReaderDied
from validator.rules import registry
from validator.rules.context import RuleContext
from validator.rules.report import Report
from validator.rules.run import run_all
from validator.rules.thresholds import Thresholds

Progress = Callable[[str, int, int], None]
logger = logging.getLogger(__name__)
#: Seconds after which a reading that ended through no fault of the file is tried once more.
AGAIN_AFTER = 2.0


@dataclass(frozen=True)
class CheckRequest:
    """What is to be examined: a local file, the name people gave it, for whom, with which
    choices."""

    path: Path
    name: str
    source: Source
    day: dt.date
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Examination:
    """A file as interpreted and as judged."""

    dataset: Dataset
    report: Report


def request_for(
    path: Path, name: str, sender: Sender, *, day: dt.date, options: Mapping[str, Any]
) -> CheckRequest:
    """What is examined when nothing is to be stored: against the sender's source as it stands."""
    return CheckRequest(path, name, as_it_stands(sender), day, options)


def _quiet(stage: str, done: int, total: int) -> None:
    """Nobody is waiting for progress."""


def examine(
    request: CheckRequest,
    *,
    thresholds: Thresholds | None = None,
    on_progress: Progress = _quiet,
    ends: tuple[type[Exception], ...] = (),
) -> Examination:
    """Read, understand and judge a file without storing anything.

    `thresholds`: those of the rule set unless others are to be tried. `ends`: what ends the check
    and is no rule's failure, as the end of a worker's time.

    Raises Unreadable when the file is refused (its fault) and ReaderDied when reading failed
    (ours).
    """
    world = surroundings.rule_context(request.source, day=request.day)
    limits = thresholds or registry.declared_thresholds()
    on_progress("read", 0, 0)
    dataset = _interpreted(request, _context(request, world=world, limits=limits))
    report = run_all(dataset, world, thresholds=limits, on_progress=on_progress, ends=ends)
    return Examination(dataset, report)


def _interpreted(request: CheckRequest, context: Context) -> Dataset:
    """The file as a dataset; a reader that went away is asked once more before anybody hears of
    it. Raises Unreadable, ReaderDied."""
    ask = partial(
        client.interpret,
        request.path,
        name=request.name,
        context=context,
        options=choices.read_options(request.options),
        socket_path=settings.READER_SOCKET or None,
        limits=allowed(),
    )
    try:
        return ask()
    except ReaderDied as error:
        logger.warning("the reader went away (%s): it is asked once more", error)
    time.sleep(AGAIN_AFTER)
    return ask()


def _context(request: CheckRequest, *, world: RuleContext, limits: Thresholds) -> Context:
    options = request.options
    return Context(
        taxonomy=taxonomy(),
        territory=world.territory,
        home=surroundings.home(request.source),
        placed_by=request.source.placed_by,
        reference_date=request.day,
        layers=tuple(options.get("layers") or ()) or None,
        crs=choices.crs_choices(options),
        columns=choices.column_choices(options),
        remembered=remembered(request.source),
        edits=choices.edits(options),
        accepted=choices.accepted(options),
        undone=choices.undone(options),
        tolerance=Tolerance(limits["repair_pct"] / 100, limits["repair_m2"]),
    )


def remembered(source: Source) -> dict[str, dict[str, str | None]]:
    """The columns that were confirmed for the source, by the shape of the layer that had them."""
    known = FieldMapping.objects.filter(source=source.pk)
    return dict(known.values_list("shape", "mapping"))
