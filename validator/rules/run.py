"""Run the rules over a delivery, stage by stage, and gather what they answer; no rule is here."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from validator.dataset import Dataset, Mask
from validator.findings import NO_COLUMN, NotRun, RuleHits, Scope, Severity, SharedFinding
from validator.libraries import pl
from validator.rules import registry
from validator.rules.context import RuleContext
from validator.rules.declaration import STAGES, Rule
from validator.rules.report import Batch, Report, plain
from validator.rules.thresholds import Thresholds

log = logging.getLogger(__name__)

#: Called before each stage with its name, how many stages are done and how many there are.
Progress = Callable[[str, int, int], None]
World = tuple[Thresholds, RuleContext]
Ends = tuple[type[Exception], ...]


@dataclass
class _Run:
    """What has been gathered so far."""

    batches: list[Batch] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    not_run: list[NotRun] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)


def run_all(
    dataset: Dataset,
    context: RuleContext,
    *,
    thresholds: Thresholds | None = None,
    on_progress: Progress | None = None,
    ends: Ends = (),
) -> Report:
    """Check a delivery with every rule of the eight families, in stage order.

    An error of the FIL stage leaves the later ones not run. A rule that raises becomes a SYS-01
    of severity `system`, never an error of the data. Same input and `today`, same report.

    `ends`: exceptions that are no rule's failure, whenever they come: they end the check.
    """
    found, limits = _Run(), thresholds or registry.declared_thresholds()
    for done, stage in enumerate(STAGES):
        if on_progress:
            on_progress(stage, done, len(STAGES))
        rules = [r for r in registry.registered() if r.family == stage and not r.outside]
        if done and _file_refused(found.batches):
            found.not_run += [NotRun(r.code, "stage") for r in rules]
            continue
        for rule in rules:
            _run_one(rule, dataset, (limits, context), found, ends=ends)
    return _report(dataset, found)


def _run_one(rule: Rule, dataset: Dataset, world: World, found: _Run, *, ends: Ends) -> None:
    missing = sorted(name for name in rule.needs if not dataset.has(name))
    if missing:
        found.not_run.append(NotRun(rule.code, NO_COLUMN, {"field": missing[0]}))
        return
    try:
        answer, batches = _twice(rule, dataset, world, ends=ends)
    except ends:
        raise
    except Exception:
        log.exception("rule %s failed", rule.code)
        found.crashed.append(rule.code)
        found.not_run.append(NotRun(rule.code, "crashed"))
        return
    if isinstance(answer, NotRun):
        found.not_run.append(answer)
        return
    found.ran.append(rule.code)
    found.batches += batches


def _twice(rule: Rule, dataset: Dataset, world: World, *, ends: Ends) -> tuple[Any, list[Batch]]:
    """What a rule answers; one that fails is tried once more, for memory may have been short."""
    try:
        return _answer(rule, dataset, world)
    except ends:
        raise
    except Exception:
        log.warning("rule %s failed and is tried again", rule.code, exc_info=True)
        return _answer(rule, dataset, world)


def _answer(rule: Rule, dataset: Dataset, world: World) -> tuple[Any, list[Batch]]:
    answer = rule.check(dataset, *world)
    return answer, [] if isinstance(answer, NotRun) else batches_of(rule, answer, dataset)


def _file_refused(batches: Sequence[Batch]) -> bool:
    return any(
        batch.code.startswith("FIL")
        and batch.severity is Severity.ERROR
        and batch.scope in (Scope.FILE, Scope.LAYER)
        for batch in batches
    )


def _report(dataset: Dataset, found: _Run) -> Report:
    batches = causes_win(found.batches, dataset)
    if found.crashed:
        system = [SharedFinding(params={"check": code}) for code in found.crashed]
        batches += batches_of(registry.get("SYS-01"), system, dataset)
    blocked = np.zeros(len(dataset), dtype=bool)
    for batch in batches:
        if batch.severity is Severity.ERROR:
            blocked[batch.index] = True
    fixes = dataset.autofixes["change"].value_counts(sort=False).sort("change")
    return Report(
        batches=tuple(batch for batch in batches if len(batch)),
        ran=tuple(found.ran),
        not_run=tuple(found.not_run),
        crashed=tuple(found.crashed),
        blocked=blocked,
        rows=len(dataset),
        autofixes=dict(fixes.iter_rows()),
    )


def causes_win(batches: Sequence[Batch], dataset: Dataset) -> list[Batch]:
    """Drop the findings whose cause another rule already tells (`Rule.yields_to`).

    Two findings share a cause when they share a row or, speaking of no row, a layer or the file.
    """
    said: dict[str, list[Batch]] = defaultdict(list)
    for batch in batches:
        said[batch.code].append(batch)
    kept = []
    for batch in batches:
        winners = [w for code in registry.get(batch.code).yields_to for w in said[code]]
        kept.append(batch.kept(~_explained(batch, winners, dataset)) if winners else batch)
    return kept


def _explained(batch: Batch, winners: Sequence[Batch], dataset: Dataset) -> Mask:
    rows = np.zeros(len(dataset), dtype=bool)
    layers: set[str] = set()
    for winner in winners:
        rows[winner.index] = True
        layers.update(winner.layers.filter(pl.Series(np.diff(winner.offsets) == 0)).to_list())
    rowless = np.diff(batch.offsets) == 0
    if "" in layers:  # the winner speaks of the whole delivery
        return np.ones(len(batch), dtype=bool)
    by_layer: Mask = batch.layers.is_in(list(layers)).to_numpy()
    of_the_file: Mask = rowless & rows.any() & (batch.layers == "").to_numpy()
    return batch.touching(rows) | by_layer | of_the_file


def batches_of(
    rule: Rule, answer: RuleHits | Sequence[RuleHits | SharedFinding], dataset: Dataset
) -> list[Batch]:
    """A rule's answer as batches: one per `Hits`, one per column and severity of the groups."""
    parts = [answer] if isinstance(answer, RuleHits) else list(answer)
    found = [_of_hits(rule, part, dataset) for part in parts if isinstance(part, RuleHits)]
    together: dict[tuple[str, Severity], list[SharedFinding]] = defaultdict(list)
    for part in parts:
        if isinstance(part, SharedFinding):
            together[part.column, part.severity or rule.severity].append(part)
    found += [_of_groups(rule, same, dataset) for same in together.values()]
    return [batch for batch in found if len(batch)]


def _of_hits(rule: Rule, hits: RuleHits, dataset: Dataset) -> Batch:
    index = np.asarray(hits.index, dtype=np.intp)
    varying, fixed = _split(hits.params)
    rows = dataset.frame["row"].gather(index)
    return Batch(
        code=rule.code,
        severity=hits.severity or rule.severity,
        column=hits.column,
        index=index,
        offsets=np.arange(len(index) + 1, dtype=np.intp),
        layers=dataset.frame["layer"].gather(index),
        rows=rows.reshape((-1, 1)).cast(pl.List(pl.UInt32)),
        params=pl.DataFrame(varying),
        fixed=fixed,
        position=None if hits.position is None else np.asarray(hits.position, dtype=object),
    )


def _split(params: Mapping[str, Any]) -> tuple[dict[str, pl.Series], dict[str, Any]]:
    varying, fixed = {}, {}
    for name, value in params.items():
        if isinstance(value, str) or not isinstance(value, Sequence | np.ndarray | pl.Series):
            fixed[name] = plain(value)
        else:
            varying[name] = _storable(pl.Series(name, value))
    return varying, fixed


def _storable(column: pl.Series) -> pl.Series:
    return column.dt.to_string("iso") if column.dtype == pl.Date else column


def _of_groups(rule: Rule, groups: Sequence[SharedFinding], dataset: Dataset) -> Batch:
    lengths = np.array([len(group.index) for group in groups], dtype=np.intp)
    index = np.array([i for group in groups for i in group.index], dtype=np.intp)
    layers = _layers(groups, dataset)
    places = [group.position for group in groups]
    names = {name for group in groups for name in group.params}
    return Batch(
        code=rule.code,
        severity=groups[0].severity or rule.severity,
        column=groups[0].column,
        index=index,
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.intp),
        layers=layers,
        rows=_rows_in_layer(index, lengths, layers, dataset),
        params=pl.DataFrame({name: _param(groups, name) for name in sorted(names)}),
        position=None
        if all(place is None for place in places)
        else np.array(places, dtype=object),
    )


def _param(groups: Sequence[SharedFinding], name: str) -> pl.Series:
    values = [plain(group.params.get(name)) for group in groups]
    return _storable(pl.Series(name, values, strict=False))


def _layers(groups: Sequence[SharedFinding], dataset: Dataset) -> pl.Series:
    """The layer each group names, else that of its first row."""
    first = [group.index[0] if group.index else None for group in groups]
    named = pl.Series([group.layer or None for group in groups], dtype=pl.String)
    found = pl.Series(first, dtype=pl.UInt32)
    if found.null_count() < len(found):
        named = named.fill_null(dataset.frame["layer"].gather(found))
    return named.fill_null("").alias("layer")


def _rows_in_layer(
    index: np.ndarray[Any, np.dtype[np.intp]],
    lengths: np.ndarray[Any, np.dtype[np.intp]],
    layers: pl.Series,
    dataset: Dataset,
) -> pl.Series:
    """Row numbers of each group; only those of its own layer, where numbers mean something."""
    owner = np.repeat(np.arange(len(lengths)), lengths)
    cells = dataset.frame.select("layer", "row")[index].with_columns(
        owner=pl.Series(owner, dtype=pl.Int64), own=layers.gather(owner)
    )
    kept = cells.filter(pl.col("layer") == pl.col("own"))
    listed = kept.group_by("owner").agg(pl.col("row").cast(pl.UInt32))
    every = pl.DataFrame({"owner": pl.Series(range(len(lengths)), dtype=pl.Int64)})
    rows = every.join(listed, on="owner", how="left", maintain_order="left")["row"]
    return rows.fill_null(pl.Series([[]], dtype=pl.List(pl.UInt32)))
