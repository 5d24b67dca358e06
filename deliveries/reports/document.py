"""The report as one JSON document: the same bytes from the page, the API and the command line.

`document` writes what a `Checked` holds; a `Checked` is made from a check just run
(`of_examination`), from a stored delivery (`of_delivery`) or from a refused file (`refused`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import shapely
from django.db import connection, transaction
from django.db.models import F, FloatField, Func

from deliveries.checks import facts
from deliveries.checks.examination import Examination
from deliveries.models import Delivery, Finding, StagedRow
from deliveries.reports import jsontext, noticed
from deliveries.reports.records import records, to_degrees
from validator.dataset import RULE_OF_CHANGE, Change, Dataset
from validator.findings import together
from validator.reading.errors import Unreadable
from validator.rules import registry
from validator.rules.report import FindingRow, Report
from validator.rules.vocabulary import WORDS

LABELLED = 20
#: The width of a stored identifier.
IDENTIFIER = 120


@dataclass(frozen=True)
class RowFacts:
    """What the document says of a row beside its number: identifier and place (EPSG:32632)."""

    identifier: str | None
    x: float | None
    y: float | None


#: Layer and number -> what is said of the row, None when it is not there.
RowOf = Callable[[str, int], RowFacts | None]


@dataclass(frozen=True)
class Checked:
    """A checked delivery, wherever it comes from.

    `facts` and `outcome` are as `checking.facts` writes them; `findings` in the report's order;
    `rows_for` gives the rows that some findings name; `records` are the understood rows, if asked.
    """

    file: str
    facts: Mapping[str, Any]
    outcome: Mapping[str, Any]
    valid: bool
    rows: int
    blocked: int
    rule_set: str
    findings: Iterable[FindingRow]
    rows_for: Callable[[Sequence[FindingRow]], RowOf]
    records: list[dict[str, Any]] | None = field(default=None)


def document(checked: Checked, *, language: str = "it") -> dict[str, Any]:
    """The document: keys in the order of the contract, findings in the report's order.

    Positions are longitude and latitude (CRS84). `rows` lists every row of a finding, `row` the
    first. The words are in `language`.
    """
    content = _before(checked, language) | {"findings": list(_findings(checked, language))}
    return content | _after(checked, language)


def _before(checked: Checked, language: str) -> dict[str, Any]:
    layers = [_layer(layer, language) for layer in checked.facts.get("layers", [])]
    main = max(layers, key=lambda layer: layer["rows"], default=None)
    return {
        "valid": checked.valid,
        "file": checked.file,
        "layer": main["name"] if main else None,
        "layers": layers + _left_out(checked.facts),
        "crs": main["crs"] if main else {"declared": None, "used": None, "why": None},
        "encoding": main["encoding"] if main else None,
        "notes": noticed.coded(checked.facts.get("notes", []), language),
        "rows": checked.rows,
        "rows_with_errors": checked.blocked,
        "counts": dict(sorted(checked.outcome.get("counts", {}).items())),
    }


def _after(checked: Checked, language: str) -> dict[str, Any]:
    content = {
        "autofixes": _autofixes(checked.facts.get("autofixes", {})),
        "not_run": [_not_run(item, language) for item in checked.outcome.get("not_run", [])],
        "rules_version": checked.rule_set,
    }
    return content | ({"records": checked.records} if checked.records is not None else {})


def as_json(content: Mapping[str, Any]) -> str:
    """The document's text: two blanks of indent, letters as they are, one newline at the end."""
    return jsontext.whole(content)


def as_bytes(checked: Checked, *, language: str = "it") -> bytes:
    """The report as every way out gives it: command line, API, page and pre-check."""
    return b"".join(blocks(checked, language=language))


def blocks(checked: Checked, *, language: str = "it") -> Iterator[bytes]:
    """The same bytes block by block, never more than some findings in memory."""
    found = _findings(checked, language)
    yield from jsontext.stream(
        _before(checked, language), "findings", found, _after(checked, language)
    )


def stored_blocks(delivery: Delivery, *, language: str = "it") -> Iterator[bytes]:
    """A stored delivery's report, as it was at one moment: a check that ends while it is read
    changes nothing of it."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield from blocks(of_delivery(Delivery.objects.get(pk=delivery.pk)), language=language)


def _layer(layer: Mapping[str, Any], language: str) -> dict[str, Any]:
    crs = layer["crs"]
    return {
        "name": layer["name"],
        "read": True,
        "rows": layer["rows"],
        "crs": {
            "declared": _epsg(crs["declared"]) or crs["declared_name"] or None,
            "used": _epsg(crs["used"]),
            "why": _word(f"crs_{crs['why']['code']}", language),
        },
        "encoding": layer["encoding"] or None,
        "notes": noticed.coded(layer.get("notes", []), language),
    }


def _left_out(known: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"name": name, "read": False} for name in known.get("others", [])]


def _epsg(code: int | None) -> str | None:
    return f"EPSG:{code}" if code else None


def _word(code: str, language: str) -> str:
    tongue = "en" if language.startswith("en") else "it"
    return WORDS[code][tongue] if code in WORDS else code


def _autofixes(changes: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {"code": RULE_OF_CHANGE.get(Change(change), ""), "change": change, "n": n}
        for change, n in sorted(changes.items())
    ]


def _not_run(item: Mapping[str, Any], language: str) -> dict[str, Any]:
    said = {"check": item["code"], "reason": item["reason"], **item.get("params", {})}
    message = registry.render("SYS-02", said, language=language).message
    return {"code": item["code"], "reason": item["reason"], "message": message}


def _findings(checked: Checked, language: str) -> Iterator[dict[str, Any]]:
    for found in together(checked.findings, lambda one: len(one.rows)):
        row_of = checked.rows_for(found)
        lonlat = to_degrees([_place(finding, row_of) for finding in found])
        for finding, place in zip(found, lonlat, strict=True):
            yield _finding(finding, row_of, place, language)


def _place(finding: FindingRow, row_of: RowOf) -> tuple[float, float] | None:
    if finding.position is not None:
        return finding.position
    row = row_of(finding.layer, finding.rows[0]) if finding.rows else None
    return (row.x, row.y) if row and row.x is not None and row.y is not None else None


def _finding(
    finding: FindingRow, row_of: RowOf, place: dict[str, float] | None, language: str
) -> dict[str, Any]:
    params = {"column": finding.column, "layer": finding.layer, **finding.params}
    said = registry.render(finding.code, params, rows=finding.rows, language=language)
    rows = [row_of(finding.layer, number) for number in finding.rows[:LABELLED]]
    names = [row.identifier for row in rows if row and row.identifier]
    return {
        "code": finding.code,
        "severity": finding.severity,
        "layer": finding.layer or None,
        "row": finding.rows[0] if finding.rows else None,
        "rows": list(finding.rows),
        "identifier": ", ".join(names) or None,
        "column": finding.column or None,
        "value": params.get("value", params.get("who")),
        "expected": _expected(params),
        "message": said.message,
        "fix": said.fix,
        "position": place,
    }


def _expected(params: Mapping[str, Any]) -> Any:
    if "min" in params and "max" in params:
        return f"{params['min']:g}–{params['max']:g}"
    keys = ("expected", "limit", "suggestion", "guess", "suggested")
    found = next((params[key] for key in keys if key in params), None)
    return None if found == "none" else found


def of_examination(found: Examination, file: str, *, with_rows: bool = False) -> Checked:
    """A check just run, nothing of it stored."""
    dataset, report = found.dataset, found.report
    row_of = _rows_of(dataset)
    return Checked(
        file=file,
        facts=facts.facts_of(dataset, report),
        outcome=facts.outcome_of(dataset, report),
        valid=report.valid,
        rows=report.rows,
        blocked=report.blocked_count,
        rule_set=report.rule_set,
        findings=stored_as(report),
        rows_for=lambda findings: row_of,
        records=records(dataset) if with_rows else None,
    )


def stored_as(report: Report) -> Iterable[FindingRow]:
    """The findings one by one, with parameters as the database would give them back."""
    for frame in report.frames():
        for code, severity, layer, rows, column, params, wkb in frame.iter_rows():
            place = shapely.from_wkb(wkb) if wkb else None
            position = (place.x, place.y) if place is not None else None
            content = params_of({"params": params})
            yield FindingRow(code, severity, layer, tuple(rows), column, content, position)


def params_of(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a stored finding's row."""
    found: dict[str, Any] = json.loads(stored["params"], parse_float=_as_kept)
    return found


def _as_kept(text: str) -> float:
    """A number as the database gives it back: without
    exponent or minus zero, whole where it is."""
    digits = format(Decimal(text), "f")
    number = float(digits) if "." in digits else int(digits)
    return number if number else abs(number)


def _rows_of(dataset: Dataset) -> RowOf:
    starts = {layer.name: layer.start for layer in dataset.layers}
    names, points = dataset.frame["identifier"], dataset.points

    def row_of(layer: str, number: int) -> RowFacts | None:
        if layer not in starts:
            return None
        index = starts[layer] + number - 1
        point = points[index]
        x, y = (point.x, point.y) if point is not None else (None, None)
        return RowFacts((names[index] or "")[:IDENTIFIER] or None, x, y)

    return row_of


def of_delivery(delivery: Delivery) -> Checked:
    """A stored delivery, as its last check left it."""
    findings = Finding.objects.of(delivery).order_by("pk")
    return Checked(
        file=delivery.file_name,
        facts=delivery.facts,
        outcome=_counted(delivery, findings),
        valid=delivery.is_valid,
        rows=delivery.row_count,
        blocked=delivery.blocked_count,
        rule_set=delivery.rule_set or registry.RULE_SET_VERSION,
        findings=(_stored(finding) for finding in findings.light()),
        rows_for=lambda some: _staged_rows(delivery, some),
    )


def _counted(delivery: Delivery, findings: Any) -> Mapping[str, Any]:
    outcome: dict[str, Any] = delivery.outcome
    if "counts" in outcome:
        return outcome
    codes = findings.order_by("code").values_list("code", flat=True).distinct()
    return {**outcome, "counts": dict.fromkeys(codes, 1)}


def _stored(finding: Finding) -> FindingRow:
    place = (finding.position.x, finding.position.y) if finding.position else None
    return FindingRow(
        finding.code, finding.severity, finding.layer, tuple(finding.rows), finding.column,
        finding.params, place,
    )  # fmt: skip


def _staged_rows(delivery: Delivery, findings: Sequence[FindingRow]) -> RowOf:
    """The stored rows that some findings name."""
    named: dict[str, set[int]] = defaultdict(set)
    for finding in findings:
        named[finding.layer].update(finding.rows[:LABELLED])
    known: dict[tuple[str, int], RowFacts] = {}
    for layer, numbers in named.items():
        rows = StagedRow.objects.of(delivery).filter(layer=layer, row__in=numbers)
        content = rows.annotate(x=_axis("ST_X"), y=_axis("ST_Y"))
        for number, name, x, y in content.values_list("row", "identifier", "x", "y"):
            known[layer, number] = RowFacts(name or None, x, y)
    return lambda layer, number: known.get((layer, number))


def _axis(function: str) -> Func:
    return Func(F("point"), function=function, output_field=FloatField())


def refused(refusal: Unreadable, file: str) -> Checked:
    """A file that was refused before any rule ran: one finding says why."""
    finding = FindingRow(refusal.code, "error", "", (), "", refusal.params)
    return Checked(
        file=file, facts={}, outcome={"counts": {refusal.code: 1}}, valid=False, rows=0, blocked=0,
        rule_set=registry.RULE_SET_VERSION, findings=[finding],
        rows_for=lambda findings: lambda layer, row: None,
    )  # fmt: skip
