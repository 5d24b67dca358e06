"""What a check leaves on the delivery besides rows and findings: facts, columns and outcome, as
plain JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from validator.dataset import ColumnMatch, CrsDecision, Dataset, LayerFacts, Reason
from validator.findings import NO_COLUMN
from validator.rules import registry
from validator.rules.report import Report, plain
from validator.source_file import shape_of

#: Notes of the readers (`dataset.Note`) that people are told with the layer.
TOLD_BY_NO_RULE = frozenset({
    "curves", "rings-closed", "geometry-unreadable", "coordinates-as-text", "trailing-commas",
    "mixed-encoding", "no-header", "blank-headers", "title-rows", "blank-rows",
    "quotes-unbalanced", "layer-name-cut", "geojson-metric", "extension-differs", "crs-alike",
    "quotes-inside",
})  # fmt: skip


def facts_of(dataset: Dataset, report: Report) -> dict[str, Any]:
    """Format, layers with reference system and encoding, what was left out, automatic changes by
    sort."""
    return {
        "format": dataset.format,
        "layers": [_layer(layer) for layer in dataset.layers],
        "others": list(dataset.others),
        "notes": _notes(dataset.notes),
        "autofixes": dict(report.autofixes),
    }


def _layer(layer: LayerFacts) -> dict[str, Any]:
    return {
        "name": layer.name,
        "rows": layer.rows,
        "encoding": layer.encoding,
        "encoding_origin": layer.encoding_origin,
        "profile": layer.profile,
        "position_from": layer.position_from,
        "geometry_types": list(layer.geometry_types),
        "crs": crs_of(layer.crs),
        "notes": _notes(layer.notes),
    }


def _notes(notes: Iterable[Reason]) -> list[dict[str, Any]]:
    """What the reader did or noticed that no rule speaks of: arcs made straight, rings closed."""
    return [
        {"code": note.code, "params": _plain(note.params)}
        for note in notes
        if note.code in TOLD_BY_NO_RULE
    ]


def crs_of(crs: CrsDecision) -> dict[str, Any]:
    """A decision on the reference system, without its numpy."""
    return {
        "declared": crs.declared,
        "declared_name": crs.declared_name,
        "used": crs.used,
        "why": {"code": crs.why.code, "params": _plain(crs.why.params)},
        "swapped": crs.swapped,
        "accuracy_m": crs.accuracy_m,
        "km": crs.km,
        "candidates": [asdict(candidate) for candidate in crs.candidates[:5]],
    }


def mapping_of(dataset: Dataset) -> dict[str, Any]:
    """Layer -> shape and columns, each with the field it was taken for."""
    return {
        layer.name: {
            "shape": shape_of(layer.frame.columns),
            "columns": [_column(match) for match in layer.columns],
        }
        for layer in dataset.layers
    }


def _column(match: ColumnMatch) -> dict[str, Any]:
    return {
        "column": match.column,
        "field": match.field,
        "confidence": round(match.confidence, 3),
        "why": {"code": match.why.code, "params": _plain(match.why.params)},
        "samples": list(match.samples),
        "doubtful": match.doubtful,
        "cut": match.cut,
        "origin": match.origin,
        "alternatives": list(match.alternatives),
    }


def outcome_of(dataset: Dataset, report: Report) -> dict[str, Any]:
    """What ran, what did not and why, counts, and what stands in the way of sending."""
    return {
        "ran": list(report.ran),
        "not_run": [
            {"code": item.code, "reason": item.reason, "params": _plain(item.params)}
            for item in report.not_run
        ],
        "crashed": list(report.crashed),
        "counts": dict(report.counts),
        "severities": dict(report.severities),
        "file_blocked": report.file_blocked,
        "mandatory_not_run": any(
            registry.get(item.code).mandatory and item.reason != NO_COLUMN
            for item in report.not_run
        ),
        "doubtful_columns": sum(len(layer.doubtful) for layer in dataset.layers),
    }


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as JSON holds them."""
    return {
        name: [plain(one) for one in value] if isinstance(value, list | tuple) else plain(value)
        for name, value in params.items()
    }
