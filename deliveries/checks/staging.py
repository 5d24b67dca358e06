"""Writes what was understood and found into the database,
by COPY; one call, inside the caller's transaction.

Everything of an earlier check of the same delivery
is replaced, never appended: a check may run twice.
What the office decided on rows that the check finds as they were stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import shapely
from django.db import connection

from core.geo import MASTER_SRID
from deliveries.models import Delivery
from deliveries.querysets import run_sql
from validator import schema
from validator.dataset import Dataset, Geometries, LayerFacts, Mask
from validator.libraries import pl
from validator.rules import personal

CHUNK = 10_000
_ROW_COLUMNS = (
    "delivery_id",
    "layer",
    "row",
    "identifier",
    "fingerprint",
    "name",
    "kind",
    "municipality",
    "raw",
    "attributes",
    "private",
    "autofixes",
    "sent",
    "geometry",
    "point",
    "blocked",
)


def clear(delivery: Delivery) -> None:
    """Forget what an earlier check of the same delivery left.

    In SQL: the ORM would load every row with its geometry to look for what hangs on it, which
    made a second check three times as long as the first.
    """
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM deliveries_proposal WHERE delivery_id = %s", [delivery.pk])
        cursor.execute("DELETE FROM deliveries_finding WHERE delivery_id = %s", [delivery.pk])
        cursor.execute("DELETE FROM deliveries_stagedrow WHERE delivery_id = %s", [delivery.pk])


def store_rows(delivery: Delivery, dataset: Dataset, blocked: Mask) -> None:
    """Replace the delivery's staged rows; `blocked` is one boolean per row of `dataset.frame`."""
    run_sql("decisions_aside", delivery=delivery.pk)
    clear(delivery)
    fixes, private = _fixes(dataset), _private(dataset)
    for facts in dataset.layers:
        for start in range(facts.start, facts.stop, CHUNK):
            stop = min(start + CHUNK, facts.stop)
            rows = slice(start, stop)
            # A chunk at a time: a wide file's JSON is several times the file.
            cells = facts.frame.slice(start - facts.start, stop - start)
            chunk = _chunk(delivery, dataset, rows, blocked=blocked, private=private)
            frame = chunk.with_columns(
                raw=_json_rows(cells),
                autofixes=fixes.slice(start, stop - start),
                sent=_sent(dataset, facts, rows),
            )
            copy_frame("deliveries_stagedrow", frame.select(_ROW_COLUMNS))
    run_sql("decisions_back", delivery=delivery.pk)


def _private(dataset: Dataset) -> dict[str, Mask]:
    """Field -> rows whose cell seems to hold something of a person."""
    found: dict[str, Mask] = {}
    for trace in personal.traces(dataset):
        if trace.field:
            mask = found.setdefault(trace.field, np.zeros(len(dataset), dtype=bool))
            mask[trace.index] = True
    return found


def _apart(frame: pl.DataFrame, private: Mapping[str, Mask]) -> tuple[pl.DataFrame, pl.Series]:
    """The frame without the cells of `private`, and these cells as a JSON object for each row."""
    kept: list[dict[str, str]] = [{} for _row in range(frame.height)]
    for name, mask in private.items():
        for index in np.flatnonzero(mask):
            kept[int(index)][name] = frame[name][int(index)].replace("\0", "")
    emptied = [
        pl.when(pl.lit(pl.Series(mask))).then(None).otherwise(pl.col(name)).alias(name)
        for name, mask in private.items()
    ]
    cells = [json.dumps(one, ensure_ascii=False) if one else "{}" for one in kept]
    return frame.with_columns(*emptied), pl.Series("private", cells, dtype=pl.String)


def _chunk(
    delivery: Delivery,
    dataset: Dataset,
    rows: slice,
    *,
    blocked: Mask,
    private: Mapping[str, Mask],
) -> pl.DataFrame:
    length = rows.stop - rows.start
    here = {name: mask[rows] for name, mask in private.items()}
    frame, apart = _apart(dataset.frame.slice(rows.start, length), here)
    # A cell mended in the browser may fill a field that no column gives.
    filled = {name for name in schema.NAMES if frame[name].null_count() < length}
    filled |= here.keys()
    fields = [n for n in schema.NAMES if n in filled or dataset.has(n) or n == "status"]
    return frame.select(
        pl.lit(str(delivery.pk)).alias("delivery_id"),
        "layer",
        "row",
        pl.col("identifier").cast(pl.String).fill_null("").str.slice(0, 120),
        "fingerprint",
        pl.col("name").cast(pl.String).fill_null("").str.slice(0, 300),
        pl.col("kind").fill_null(""),
        pl.col("municipality").fill_null(""),
        _json_rows(frame.select(fields)).alias("attributes"),
        apart,
        pl.Series("geometry", ewkb(dataset.geometry[rows]), dtype=pl.String),
        pl.Series("point", ewkb(dataset.points[rows]), dtype=pl.String),
        pl.Series("blocked", blocked[rows]),
    )


def _json_rows(frame: pl.DataFrame) -> pl.Series:
    """Each row of a frame as a JSON object in text."""
    if not frame.columns:
        return pl.repeat("{}", frame.height, dtype=pl.String, eager=True)
    # JSON cannot hold these as they are; their text is what a person saw in the file anyway.
    as_text = (pl.Date, pl.Datetime, pl.Time, pl.Duration, pl.Decimal)
    text = [pl.col(name).cast(pl.String) for name, kind in frame.schema.items() if kind in as_text]
    binary = [
        pl.col(name).bin.encode("hex") for name, kind in frame.schema.items() if kind == pl.Binary
    ]
    finite = [
        pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name)
        for name, kind in frame.schema.items()
        if kind.is_float()
    ]
    clean = _without_nul(frame.with_columns(*text, *binary, *finite))
    return clean.select(pl.struct(pl.all()).struct.json_encode().alias("json"))["json"]


def _without_nul(frame: pl.DataFrame) -> pl.DataFrame:
    """PostgreSQL's jsonb holds no NUL character; files sometimes do. Taken from the texts and not
    from the JSON, where «\\u0000» may be what somebody wrote."""
    texts = pl.col(pl.String).str.replace_all("\0", "", literal=True)
    return frame.with_columns(texts)


def _fixes(dataset: Dataset) -> pl.Series:
    """The automatic changes of each row as a JSON list in text, one per row of the delivery."""
    fixes = dataset.autofixes
    empty = pl.repeat("[]", len(dataset), dtype=pl.String, eager=True)
    if fixes.is_empty():
        return empty
    keys = ["field", "column", "change", "code", "before", "after"]
    encoded = fixes.select("index", pl.struct(keys).struct.json_encode().alias("json"))
    lists = encoded.group_by("index", maintain_order=True).agg(pl.col("json"))
    lists = lists.select("index", ("[" + pl.col("json").list.join(",") + "]").alias("json"))
    every = pl.DataFrame({"index": pl.int_range(len(dataset), dtype=pl.UInt32, eager=True)})
    return every.join(lists, on="index", how="left")["json"].fill_null("[]")


def _sent(dataset: Dataset, facts: LayerFacts, rows: slice) -> pl.Series:
    """WKB as sent, kept where it is not what was understood."""
    sent = dataset.sent[rows]
    if facts.crs.used == MASTER_SRID:
        same = ~(dataset.flattened[rows] | dataset.invalid[rows])
        same &= _same_place(sent, dataset.geometry[rows])
        sent = sent.copy()
        sent[same] = None
    hexed = shapely.to_wkb(sent, hex=True)
    return pl.Series(
        "sent", [None if one is None else "\\x" + one for one in hexed], dtype=pl.String
    )


def _same_place(sent: Geometries, understood: Geometries) -> Mask:
    """Whether shapes lie in the same place: a person may have moved them."""
    before, after = shapely.bounds(sent), shapely.bounds(understood)
    same: Mask = np.isclose(before, after, rtol=0, atol=1e-6, equal_nan=True).all(axis=1)
    return same


def ewkb(geometries: Geometries) -> list[str | None]:
    """Hexadecimal EWKB with the master SRID, as COPY and PostGIS take it; None stays None."""
    with_srid = shapely.set_srid(geometries, MASTER_SRID)
    return list(shapely.to_wkb(with_srid, hex=True, include_srid=True))


def copy_frame(table: str, frame: pl.DataFrame) -> None:
    """COPY a frame whose columns are named as the table's; nulls are empty and unquoted."""
    columns = ", ".join(f'"{name}"' for name in frame.columns)
    with connection.cursor() as cursor:
        command = f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)"
        with cursor.copy(command) as copy:
            copy.write(frame.write_csv(include_header=False, quote_style="non_numeric"))


def store_findings(delivery: Delivery, frame: pl.DataFrame) -> None:
    """COPY findings; `frame` is as `rules.report.finding_schema` (position: WKB in EPSG:32632)."""
    for chunk in frame.iter_slices(2 * CHUNK):
        places = shapely.from_wkb(chunk["position"].to_numpy())
        copy_frame(
            "deliveries_finding",
            chunk.select(
                pl.lit(str(delivery.pk)).alias("delivery_id"),
                "code",
                "severity",
                "layer",
                ("{" + pl.col("rows").cast(pl.List(pl.String)).list.join(",") + "}").alias("rows"),
                "column",
                "params",
                pl.Series("position", ewkb(places), dtype=pl.String),
            ),
        )
