"""UNI: identifiers, and rows that tell the same thing twice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import shapely

from validator.dataset import Dataset
from validator.findings import Group
from validator.rules.columns import (
    Index,
    Teller,
    as_sent,
    binary,
    chained,
    column_name,
    components,
    folded,
    repeated,
    xy,
)
from validator.rules.context import RuleContext
from validator.rules.examples import row, rows
from validator.rules.registry import ERROR, GROUP, INFO, LAYER, WARNING, rule
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

#: Above this many rows of one name and type the name says nothing, and only equal places are told.
NAMESAKES = 100
TRIANGLE = "POLYGON ((501000 5031000, 501100 5031000, 501100 5031100, 501000 5031000))"


@rule(
    "UNI-01", ERROR, GROUP, needs={"identifier"},
    it=Wording(
        title="Identificativo ripetuto",
        one="Identificativo {value} usato in {n} righe: {where}.",
        many="{n} identificativi sono usati in più righe.",
        fix="Dai un identificativo a ogni servizio; se non ne hai, lascia vuota la colonna: "
        "li assegniamo noi e li trovi nel file di ritorno.",
        why="L'identificativo collega ogni servizio alla sua storia: se due righe lo condividono "
        "non si sa quale delle due aggiornare.",
    ),
    en=Wording(
        title="Identifier used twice",
        one="Identifier {value} is used in {n} rows: {where}.",
        many="{n} identifiers are used in several rows.",
        fix="Give one identifier to each service; if you have none, leave the column empty: "
        "we issue them and you find them in the return file.",
    ),
    fails=rows({"identifier": "A1", "name": "Ospedale"}, {"identifier": "A1", "name": "Liceo"}),
    passes=rows({"identifier": "A1"}, {"identifier": "A2"}, {"identifier": None}),
)  # fmt: skip
def identifiers_are_unique(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Group]:
    """The planner's own identifier is unique in the delivery.

    It ties each service to its history: when two rows share it, nobody knows which to update.
    """
    column = column_name(dataset, "identifier")
    keys = dataset.frame.select(pl.when(pl.col("identifier") != "").then(pl.col("identifier")))
    values = dataset.frame["identifier"]
    tell = Teller(dataset)
    return [tell.group(same, column=column, value=values[same[0]]) for same in repeated(keys)]


@rule(
    "UNI-02", WARNING, GROUP,
    params={"same_service_m": 20.0, "same_address_m": 1_000.0},
    it=Wording(
        title="Stesso servizio scritto due volte",
        one="Righe {where} ({who}): stesso nome, stesso tipo e stesso luogo.",
        many="{n} servizi sono scritti più di una volta.",
        fix="Tieni una riga sola; se sono servizi diversi, distinguili nel nome e rispondi "
        "all'avviso.",
        why="Un servizio scritto due volte conta due volte. Sono uguali il nome e il tipo (senza "
        "badare "
        "a maiuscole e accenti) e l'indirizzo, oppure i punti distano al massimo 20 metri. Due "
        "codici "
        "meccanografici diversi, o lo stesso indirizzo in due Comuni, sono due servizi.",
    ),
    en=Wording(
        title="The same service twice",
        one="Rows {where} ({who}): same name, same type and same place.",
        many="{n} services are written more than once.",
        fix="Keep one row; if they are different services, tell them apart in the name and answer "
        "the "
        "warning.",
    ),
    fails=rows(
        {"identifier": "003", "name": "Liceo Rebora", "kind": "superiori", "address": "Via Po 1"},
        {"identifier": "D01", "name": "LICEO REBORA", "kind": "superiori", "address": "via Po, 1"},
    ),
    passes=rows(
        {"name": "Liceo Rebora", "kind": "superiori", "geometry": "POINT (501000 5031000)"},
        {"name": "Liceo Rebora", "kind": "superiori", "geometry": "POINT (501500 5031000)"},
    ),
)  # fmt: skip
def services_are_told_once(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Group]:
    """No service is written twice: same name and type, and same address or at most 20 m apart.

    A service written twice counts twice. Names are compared without case and accents. Different
    school codes are different services, and so is one address in two towns ("Via Roma 1").
    """
    tell = Teller(dataset)
    return [tell.group(same) for same in same_services(dataset, t)]


def same_services(dataset: Dataset, t: Thresholds) -> list[Index]:
    """Groups of rows of the same service (UNI-02), each in row order."""
    keys = _service_keys(dataset)
    pairs = [
        _pairs_at_one_address(dataset, keys, t["same_address_m"]),
        _pairs_nearby(dataset, keys, t["same_service_m"]),
    ]
    linked = np.concatenate([*pairs, _identical(dataset, keys)], axis=1)
    codes = folded(dataset.frame["school_code"]).fill_null("").to_numpy()
    first, second = codes[linked[0]], codes[linked[1]]
    linked = linked[:, (first == second) | (first == "") | (second == "")]
    return sorted(components(linked, len(dataset)), key=lambda same: int(same[0]))


def _service_keys(dataset: Dataset) -> pl.DataFrame:
    frame = dataset.frame
    kind = frame["kind"].fill_null(folded(as_sent(dataset, "type"))).fill_null("")
    return pl.DataFrame({
        "name": folded(frame["name"]), "kind": kind, "address": _address(dataset),
        "fingerprint": frame["fingerprint"],
    }).with_row_index("i").with_columns(size=pl.len().over("name", "kind"))  # fmt: skip


def _address(dataset: Dataset) -> pl.Series:
    frame = dataset.frame
    whole = frame.select(
        pl.concat_str("address", "street_number", separator=" ", ignore_nulls=True)
    ).to_series()
    has_street = frame["address"].is_not_null() & (frame["address"] != "")
    return folded(whole.set(~has_street.fill_null(value=False), None))


def _pairs_at_one_address(dataset: Dataset, keys: pl.DataFrame, metres: float) -> Index:
    # Sorted, so that each row is chained to one of its own school and place where there is one.
    flat = xy(dataset.points)
    order = keys.with_columns(
        code=folded(dataset.frame["school_code"]),
        x=pl.Series(flat[:, 0]),
        y=pl.Series(flat[:, 1]),
    ).sort("code", "x", "y", maintain_order=True)
    rows = order["i"].to_numpy()
    pairs = rows[chained(order.select("name", "kind", "address"))]
    away = np.hypot(*(flat[pairs[0]] - flat[pairs[1]]).T)
    kept: Index = pairs[:, ~(away > metres)].astype(np.intp)
    return kept


def _identical(dataset: Dataset, keys: pl.DataFrame) -> Index:
    if dataset.frame["fingerprint"].null_count() == len(dataset):
        return np.empty((2, 0), dtype=np.intp)
    # Rows of which nothing was understood are not the same service: they are no service yet.
    known = keys["name"].is_not_null() | pl.Series(~shapely.is_missing(dataset.geometry))
    return chained(keys.select(pl.when(known).then("fingerprint").alias("fingerprint")))


def _pairs_nearby(dataset: Dataset, keys: pl.DataFrame, metres: float) -> Index:
    candidates = keys.filter(
        pl.col("name").is_not_null() & (pl.col("size") > 1) & (pl.col("size") <= NAMESAKES)
    )["i"].to_numpy()
    placed = candidates[~shapely.is_missing(dataset.points[candidates])]
    if len(placed) < 2:
        return np.empty((2, 0), dtype=np.intp)
    name = keys.select(pl.struct("name", "kind").rank("dense")).to_series().to_numpy()[placed]
    # Names far apart in a third direction: one index then finds only neighbours of the same name.
    flat = xy(dataset.points[placed])
    apart = flat + np.column_stack([name * 1e7, np.zeros(len(name))])
    spread = shapely.points(apart)
    first, second = shapely.STRtree(spread).query(spread, "dwithin", distance=metres)
    once = first < second
    return np.stack([placed[first[once]], placed[second[once]]]).astype(np.intp)


@rule(
    "UNI-03", WARNING, GROUP,
    params={"shared_site_services": 4},
    it=Wording(
        title="Stessa geometria per servizi diversi",
        one="Righe {where} ({who}): stessa geometria, attributi diversi.",
        many="{n} geometrie sono usate da più servizi diversi.",
        fix="Se i servizi hanno la stessa sede lasciali così e rispondi «sede condivisa».",
        why="Due servizi diversi con la stessa identica geometria possono avere la stessa sede, "
        "oppure una riga è stata copiata senza spostarla.",
    ),
    en=Wording(
        title="Same geometry for different services",
        one="Rows {where} ({who}): same geometry, different attributes.",
        many="{n} geometries are used by several different services.",
        fix="If the services share a site leave them so and answer 'shared site'.",
    ),
    fails=rows(
        {"name": "Liceo", "geometry": TRIANGLE},
        {"name": "Palestra", "geometry": TRIANGLE},
    ),
    passes=rows(
        {"name": "Liceo", "geometry": "POINT (501000 5031000)"},
        {"name": "Palestra", "geometry": "POINT (501000 5031050)"},
    ),
)  # fmt: skip
def geometries_are_not_shared(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Group]:
    """Different services do not share one identical geometry.

    They may share a site, or a row was copied and not moved. A point shared by many is GEO-12's.
    """
    points = shapely.get_type_id(dataset.geometry) == 0
    most, tell, content = t["shared_site_services"], Teller(dataset), _content(dataset)
    return [
        tell.group(same)
        for same in same_geometries(dataset)
        if not (points[same[0]] and len(same) > most) and len({content[i] for i in same}) > 1
    ]


def same_geometries(dataset: Dataset) -> list[list[int]]:
    """Groups of rows whose geometry is byte for byte the same."""
    return repeated(binary(dataset.geometry).to_frame("wkb"))


def _content(dataset: Dataset) -> list[int]:
    """A number per row, equal where name and type are."""
    name = folded(dataset.frame["name"]).alias("folded")
    what = dataset.frame.select(pl.struct(name, "kind", "type").rank("dense"))
    numbers: list[int] = what.to_series().to_list()
    return numbers


@rule(
    "UNI-04", INFO, LAYER,
    it=Wording(
        title="Righe senza identificativo",
        one="Una riga senza identificativo: la colleghiamo ai servizi già noti per posizione e "
        "nome.",
        many="{n} righe senza identificativo: le colleghiamo ai servizi già noti per posizione e "
        "nome.",
        fix="Scarica il file di ritorno e conserva gli identificativi che contiene.",
        why="Senza identificativo una riga si riconosce solo da nome, tipo e posizione: chi "
        "istruisce vede i collegamenti come «probabilmente lo stesso».",
    ),
    en=Wording(
        title="Rows without identifier",
        one="One row without identifier: linked to known services by place and name.",
        many="{n} rows without identifier: linked to known services by place and name.",
        fix="Download the return file and keep the identifiers it carries.",
    ),
    fails=rows({"identifier": "A1"}, {"identifier": None}),
    passes=row(identifier="A1"),
)  # fmt: skip
def rows_have_identifiers(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Group]:
    """Each row carries the planner's own identifier.

    Without it a row is linked by name, type and place only, and reviewers see "probably the same".
    """
    found = []
    for layer in dataset.layers:
        cells = dataset.frame["identifier"].slice(layer.start, layer.rows)
        if n := int((cells.is_null() | (cells == "")).sum()):
            column = layer.column_of.get("identifier", "")
            found.append(Group(layer=layer.name, column=column, params={"n": n}))
    return found
