"""Examples of rules as a check has them: understood as a delivery of one layer, in a small world
of two comuni and six types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from validator import schema
from validator.dataset import (
    ColumnMatch,
    Dataset,
    LayerFacts,
    Reason,
    repair_schema,
    representative,
)
from validator.interpreting.municipality import Bounds, municipalities
from validator.libraries import pl
from validator.rules.context import (
    Accepted,
    Others,
    RuleContext,
    expected_schema,
)
from validator.rules.examples import HOME, LAYER, NEIGHBOUR, Example, Row, SentCell
from validator.taxonomy import SUPRA, Category, Kind, Taxonomy
from validator.territory import Territory

#: The code of a comune that was merged into `HOME`.
FORMER = "015900"
#: Notes that a reader makes of the whole file, not of a layer.
OF_THE_FILE = ("FIL-01", "FIL-02", "FIL-03", "FIL-04")


def _kind(slug: str, name: str, category: str | None, **more: Any) -> Kind:
    return Kind(slug, name, name, category, **more)


TAXONOMY = Taxonomy(
    categories=(
        Category("verde", "Verde pubblico", "Public green", "#2e7d32", "tree"),
        Category("sanita", "Sanità", "Health", "#c62828", "cross"),
        Category("istruzione", "Istruzione", "Education", "#6a1b9a", "book"),
        Category("trasporti", "Trasporti", "Transport", "#1565c0", "train"),
    ),
    kinds=(
        _kind(
            "parco",
            "Aree verdi sopra 5.000 m²",
            "verde",
            level=SUPRA,
            synonyms=("parco",),
            mappings={"area_over": 5000, "below": "giardino"},
        ),
        _kind(
            "ospedale",
            "Ospedali",
            "sanita",
            level=SUPRA,
            synonyms=("ospedale",),
            default_valence="metropolitana",
        ),
        _kind(
            "superiori",
            "Scuole secondarie II grado",
            "istruzione",
            level=SUPRA,
            synonyms=("liceo",),
            default_valence="intercomunale",
        ),
        _kind(
            "stazione", "Stazioni ferroviarie", "trasporti", level=SUPRA, synonyms=("stazione",)
        ),
        _kind("giardino", "Giardini di quartiere", "verde", synonyms=("giardino",)),
        _kind("primaria", "Scuole primarie", "istruzione", synonyms=("scuola primaria",)),
    ),
)

TERRITORY = Territory(
    codes=(HOME, NEIGHBOUR),
    names=("Comune di esempio", "Comune vicino"),
    outlines=(
        shapely.box(500000, 5030000, 505000, 5035000),
        shapely.box(505000, 5030000, 510000, 5035000),
    ),
    accuracy_m=250.0,
    former={FORMER: HOME},
)


def _types() -> Mapping[schema.ValueKind, pl.DataType]:
    return {
        schema.ValueKind.NUMBER: pl.Float64(),
        schema.ValueKind.COORDINATE: pl.Float64(),
        schema.ValueKind.INTEGER: pl.Int64(),
        schema.ValueKind.DATE: pl.Date(),
    }


def context(example: Example) -> RuleContext:
    """The surroundings of an example."""
    return RuleContext(
        today=example.today,
        territory=TERRITORY,
        accepted=None if example.accepted is None else Accepted.of(example.accepted),
        others=None if example.known is None else Others.of(example.known),
        expected=None
        if example.expected is None
        else pl.DataFrame(list(example.expected), schema=expected_schema(), orient="row"),
        stops=example.stops,
        extra=example.extra,
    )


def dataset(example: Example) -> Dataset:
    """The example as an understood delivery of one layer."""
    given = example.rows
    sent_fields = {name for line in given for name in line if schema.is_field(name)}
    columns = example.columns or tuple(
        ColumnMatch(name.upper(), name, 1.0, Reason("name")) for name in sorted(sent_fields)
    )
    layer = LayerFacts(
        name=LAYER,
        start=0,
        rows=len(given),
        frame=_as_sent(given, columns),
        columns=columns,
        crs=example.crs,
        encoding="utf-8",
        encoding_origin="format",
        notes=tuple(note for note in example.notes if note.code not in OF_THE_FILE),
    )
    geometry = _shapes([line.get("geometry") for line in given])
    frame, bounds = _understood(given), Bounds(TERRITORY, example.home)
    return Dataset(
        frame=frame.hstack(municipalities(frame, representative(geometry), bounds)),
        geometry=geometry,
        sent=_shapes([line.get("sent", line.get("geometry")) for line in given]),
        invalid=_mask(given, "invalid"),
        repaired=_mask(given, "repaired"),
        flattened=_mask(given, "flattened"),
        layers=(layer,),
        taxonomy=TAXONOMY,
        home=example.home,
        reference_date=example.today,
        others=example.others,
        notes=tuple(note for note in example.notes if note.code in OF_THE_FILE),
        repairs=pl.DataFrame(list(example.repairs), schema=repair_schema(), strict=False),
    )


def _understood(given: tuple[Row, ...]) -> pl.DataFrame:
    columns: dict[str, pl.Series] = {
        "layer": pl.Series([LAYER] * len(given), dtype=pl.String),
        "row": pl.Series(range(1, len(given) + 1), dtype=pl.UInt32),
    }
    for item in schema.FIELDS:
        cells = [line.get(item.name) for line in given]
        values = [cell.value if isinstance(cell, SentCell) else cell for cell in cells]
        columns[item.name] = pl.Series(values, dtype=_types().get(item.kind, pl.String()))
        if any(isinstance(cell, SentCell) for cell in cells):
            columns[schema.raw(item.name)] = _of(cells, "text")
            columns[schema.fix(item.name)] = _of(cells, "change")
    kinds = [TAXONOMY.kind(line.get("kind")) for line in given]
    columns["kind"] = pl.Series([kind and kind.slug for kind in kinds], dtype=pl.String)
    columns["kind_category"] = pl.Series(
        [kind and kind.category for kind in kinds], dtype=pl.String
    )
    columns["level"] = pl.Series([kind and kind.level for kind in kinds], dtype=pl.String)
    columns["kind_confidence"] = pl.Series(
        [0.9 if kind else 0.0 for kind in kinds], dtype=pl.Float64
    )
    columns["category_read"] = pl.Series(
        [line.get("category_read") for line in given], dtype=pl.String
    )
    columns["name_kind"] = pl.Series([line.get("name_kind") for line in given], dtype=pl.String)
    columns["position"] = pl.Series([_position(line) for line in given], dtype=pl.String)
    columns["kind_evidence"] = pl.Series([""] * len(given), dtype=pl.String)
    columns["kind_reason"] = pl.Series([None] * len(given), dtype=pl.String)
    prints = [line.get("fingerprint", f"f{number}") for number, line in enumerate(given)]
    columns["fingerprint"] = pl.Series(prints, dtype=pl.String)
    return pl.DataFrame(columns)


def _position(line: Row) -> str:
    return str(line.get("position", "ok" if line.get("geometry") else "missing"))


def _of(cells: list[Any], part: str) -> pl.Series:
    found = [getattr(cell, part) if isinstance(cell, SentCell) else None for cell in cells]
    return pl.Series(found, dtype=pl.String)


def _as_sent(given: tuple[Row, ...], columns: tuple[ColumnMatch, ...]) -> pl.DataFrame:
    def text(line: Row, match: ColumnMatch) -> str | None:
        cell = line.get(match.field or match.column)
        value = cell.text if isinstance(cell, SentCell) else cell
        return None if value is None else str(value)

    return pl.DataFrame(
        {m.column: pl.Series([text(line, m) for line in given], dtype=pl.String) for m in columns}
    )


def _shapes(texts: list[str | None]) -> np.ndarray:
    return np.array([shapely.from_wkt(text) if text else None for text in texts], dtype=object)


def _mask(given: tuple[Row, ...], name: str) -> np.ndarray:
    return np.array([bool(line.get(name)) for line in given], dtype=bool)
