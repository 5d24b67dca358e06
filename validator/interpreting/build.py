"""Understanding a read file: its layers as one delivery, ready for the rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from validator.dataset import (
    CrsDecision,
    Dataset,
    Geometries,
    LayerFacts,
    Mask,
    Reason,
    representative,
)
from validator.interpreting import kinds
from validator.interpreting.columns import (
    Chosen,
    Matched,
    follows_schema,
    match_columns,
)
from validator.interpreting.context import GEOMETRY, KIND, REPAIR, Context
from validator.interpreting.crs import ALIKE, STORAGE, SenderOutlines, known
from validator.interpreting.fingerprint import fingerprints
from validator.interpreting.lexicon import Lexicon, Why
from validator.interpreting.municipality import municipalities
from validator.interpreting.position import (
    CrsEvidence,
    PositionStatus,
    place,
    sent_geometry,
    single_type,
    transformed,
)
from validator.interpreting.repair import Repaired, repair
from validator.interpreting.rows import MatchedLayer, understood_columns
from validator.libraries import pl
from validator.reading import bounds
from validator.reading.bounds import Excess
from validator.source_file import OWN_LAYERS, Note, SourceFile, SourceLayer, shape_of
from validator.taxonomy import LOCAL, Kind

_WKT_NAME = re.compile(r'"([^"]+)"')
_EPSG = re.compile(r"(\d{4,6})\s*$")
_DEGREES = re.compile(r"(?i)^(lon|lng)")
WGS84 = 4326
_SRID = re.compile(r"(?i)^SRID=(\d{1,6});")


@dataclass(frozen=True)
class _Part:
    facts: LayerFacts
    frame: pl.DataFrame
    geometry: Geometries
    sent: Geometries
    flattened: Mask


def understand(read: SourceFile, *, context: Context) -> Dataset:
    """Understand every layer of services in the file; nothing is judged, nothing is stored.

    Layers whose columns are those of services are read together, the others are listed in
    `Dataset.others`. A file without any layer of services gives its largest one, so that the
    rules can say what is missing.
    """
    lexicon = Lexicon.of(context.taxonomy)
    matched = [
        (layer, match_columns(layer.frame, lexicon, _chosen(layer, context)))
        for layer in read.layers
    ]
    picked = _picked(matched, context)
    parts: list[_Part] = []
    for layer, columns in picked:
        start = sum(part.facts.rows for part in parts)
        parts.append(_part(layer, columns, lexicon, context, start=start))
    names = {layer.name for layer, _ in picked}
    others = [layer.name for layer in read.layers if layer.name not in names]
    return _assembled(
        parts,
        context,
        others=(*others, *(other.name for other in read.others)),
        read=read,
    )


def _chosen(layer: SourceLayer, context: Context) -> Chosen:
    for_all, own = context.columns.get("", {}), context.columns.get(layer.name, {})
    known = context.remembered.get(shape_of(layer.frame.columns), {})
    return Chosen({**for_all, **own}, known)


def _picked(
    matched: Sequence[tuple[SourceLayer, Matched]], context: Context
) -> list[tuple[SourceLayer, Matched]]:
    if context.layers is not None:
        return [one for one in matched if one[0].name in context.layers]
    sent = [one for one in matched if one[0].name.casefold() not in OWN_LAYERS] or matched
    services = [one for one in sent if follows_schema(one[1].columns)]
    if services:
        return services
    return sorted(sent, key=lambda one: -one[0].rows)[:1]


def _reasons(notes: Iterable[Note]) -> tuple[Reason, ...]:
    return tuple(Reason(note.code, dict(note.params)) for note in notes)


def _undeclared(crs: CrsDecision) -> tuple[Reason, ...]:
    """What to look at where the system was told by place alone."""
    used = crs.used or 0
    if crs.why.code not in ("absent", "absent_far") or used not in ALIKE:
        return ()
    others, metres = ALIKE[used]
    return (Reason("crs-alike", {"used": f"EPSG:{used}", "others": others, "m": metres}),)


def _part(
    layer: SourceLayer, matched: Matched, lexicon: Lexicon, context: Context, *, start: int
) -> _Part:
    column_of = {match.field: match.column for match in matched.columns if match.field}
    source = MatchedLayer(layer.name, layer.frame, layer.rows, column_of)
    columns = understood_columns(source, context)
    frame = pl.DataFrame({
        "layer": pl.repeat(layer.name, layer.rows, dtype=pl.String, eager=True),
        "row": pl.int_range(1, layer.rows + 1, dtype=pl.UInt32, eager=True),
        **columns,
    })  # fmt: skip
    sent = sent_geometry(layer.wkb, frame.select("x", "y", "wkt"))
    sent = replace(sent, beyond={**sent.beyond, **bounds.noted(layer.notes)})
    territory = SenderOutlines.of(context.territory, context.home)
    declared = _declared(layer, frame, origin=sent.origin, east=column_of.get("x"))
    declared = replace(declared, chosen=context.crs_of(layer.name))
    placed = place(sent, territory, declared)
    recognised = kinds.recognise(_texts(frame, layer.name), lexicon, matched.profile)
    types = shapely.get_type_id(sent.geometry)
    facts = LayerFacts(
        name=layer.name,
        start=start,
        rows=layer.rows,
        frame=layer.frame,
        columns=matched.columns,
        crs=placed.crs,
        encoding=layer.encoding,
        encoding_origin=layer.encoding_origin,
        profile=matched.profile,
        position_from=sent.origin,
        geometry_types=tuple(
            shapely.GeometryType(number).name.title() for number in np.unique(types[types >= 0])
        ),
        notes=(*_reasons(layer.notes), *_undeclared(placed.crs)),
        source=layer.source,
    )
    position = pl.Series("position", [str(one) for one in placed.places], dtype=pl.String)
    frame = pl.concat([frame, recognised, position.to_frame()], how="horizontal")
    return _Part(facts, frame, placed.geometry, sent.geometry, placed.flattened)


def _declared(
    layer: SourceLayer, frame: pl.DataFrame, *, origin: str, east: str | None
) -> CrsEvidence:
    if origin == "geometry":
        name = _WKT_NAME.search(layer.declared_wkt or "")
        return CrsEvidence(layer.declared_crs, name.group(1) if name else "")
    said = frame["crs"].drop_nulls().unique()
    code = _EPSG.search(said[0]) if len(said) == 1 else None
    if code is None and origin == "columns" and _DEGREES.match(east or ""):
        # Columns called longitude and latitude declare degrees as plainly as a .prj does.
        return CrsEvidence(WGS84, east or "")
    return CrsEvidence(int(code.group(1)) if code else None)


def _texts(frame: pl.DataFrame, layer: str) -> pl.DataFrame:
    texts = frame.select(name for name in kinds.TEXTS)
    speaking = ("type", "subtype", "category", "type_code")
    if all(texts[name].null_count() == texts.height for name in speaking):
        # A layer called "biblioteche" says the type of all its rows.
        words = layer.replace("_", " ").replace("-", " ")
        return texts.with_columns(category=pl.lit(words))
    return texts


def _assembled(
    parts: Sequence[_Part], context: Context, *, others: tuple[str, ...], read: SourceFile
) -> Dataset:
    if not parts:
        raise ValueError("a file without any layer cannot be understood")
    frame = pl.concat([part.frame for part in parts], how="diagonal")
    geometry = np.concatenate([part.geometry for part in parts])
    frame, geometry = _with_moved(frame, geometry, context)
    mended = repair(geometry, context.tolerance, *_choices(frame, context))
    if mended.tangled.any():
        put_aside = pl.when(pl.Series(mended.tangled)).then(pl.lit(Excess.CROSSINGS.value))
        frame = frame.with_columns(position=put_aside.otherwise("position"))
    frame = _with_picked(frame, context)
    frame = _with_area_test(frame, mended.geometry, context)
    frame = frame.drop("picked_kind", strict=False)
    frame = frame.with_columns(fingerprints(frame, mended.geometry))
    points = representative(mended.geometry)
    frame = frame.hstack(municipalities(frame, points, context.bounds))
    return Dataset(
        frame=frame,
        geometry=mended.geometry,
        sent=np.concatenate([part.sent for part in parts]),
        invalid=mended.invalid,
        repaired=mended.repaired,
        flattened=np.concatenate([part.flattened for part in parts]),
        layers=tuple(part.facts for part in parts),
        taxonomy=context.taxonomy,
        home=context.home,
        placed_by=context.placed_by,
        reference_date=context.reference_date,
        others=others,
        notes=_reasons(read.notes),
        repairs=_listed(mended, frame),
        format=read.format,
    )


def _listed(mended: Repaired, frame: pl.DataFrame) -> pl.DataFrame:
    index = mended.repairs["index"]
    return mended.repairs.with_columns(layer=frame["layer"][index], row=frame["row"][index])


def _where(frame: pl.DataFrame, layer: str | None, row: int | None) -> Mask:
    mask: Mask = np.ones(frame.height, dtype=bool)
    if layer is not None:
        mask &= (frame["layer"] == layer).to_numpy()
    if row is not None:
        mask &= (frame["row"] == row).to_numpy()
    return mask


def _choices(frame: pl.DataFrame, context: Context) -> tuple[Mask, Mask]:
    accepted, refused = (np.zeros(frame.height, dtype=bool) for _ in range(2))
    for accept in context.accepted:
        if accept.what == REPAIR:
            accepted |= _where(frame, accept.layer, accept.row)
    for undo in context.undone:
        if undo.field == GEOMETRY or (undo.field is None and undo.change == "repaired"):
            refused |= _where(frame, undo.layer, undo.row)
    return accepted, refused


def _with_moved(
    frame: pl.DataFrame, geometry: Geometries, context: Context
) -> tuple[pl.DataFrame, Geometries]:
    edits = [edit for edit in context.edits if edit.field == GEOMETRY]
    if not edits:
        return frame, geometry
    geometry, places = geometry.copy(), frame["position"].to_list()
    for edit in edits:
        for index in np.flatnonzero(_where(frame, edit.layer, edit.row)):
            geometry[index], status = moved_shape(edit.value)
            places[index] = str(status)
    return frame.with_columns(pl.Series("position", places, dtype=pl.String)), geometry


def moved_shape(text: str | None) -> tuple[shapely.Geometry | None, PositionStatus]:
    """A position typed or drawn by a person, WKT or EWKT, in EPSG:32632; None with the reason
    where it is none."""
    if not text:
        return None, PositionStatus.MISSING
    srid = _SRID.match(text)
    source = int(srid.group(1)) if srid else WGS84
    bare = _SRID.sub("", text)
    if excess := bounds.of_text(bare):
        return None, PositionStatus(excess.value)
    shape = shapely.from_wkt(bare, on_invalid="ignore")
    if shape is None or shape.is_empty or not known(source):
        return None, PositionStatus.UNREADABLE
    flat = np.array([shapely.force_2d(shape)], dtype=object)
    moved = single_type(flat if source == STORAGE else transformed(flat, source))[0]
    return moved, PositionStatus.UNREADABLE if moved is None else PositionStatus.OK


def _with_picked(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    picks = _picks(frame, context)
    if not picks:
        return frame
    schema = kinds.output_schema()
    rows = {name: frame[name].to_list() for name in schema}
    picked: list[str | None] = [None] * frame.height
    for index, kind in picks.items():
        picked[index] = kind.slug if kind else ""
        rows["kind"][index] = kind.slug if kind else None
        rows["kind_category"][index] = kind.category if kind else None
        rows["level"][index] = kind.level if kind else None
        rows["kind_confidence"][index] = 1.0 if kind else 0.0
        rows["kind_evidence"][index] = None
        rows["kind_reason"][index] = None if kind else Why.UNKNOWN.value
    columns = [pl.Series(name, rows[name], dtype=kind) for name, kind in schema.items()]
    return frame.with_columns(*columns, pl.Series("picked_kind", picked, dtype=pl.String))


def _picks(frame: pl.DataFrame, context: Context) -> dict[int, Kind | None]:
    """Index -> the type chosen by a person in the browser, else by the column «Tipo STTM»."""
    picks: dict[int, Kind | None] = {}
    said = frame["portal_kind"]
    if said.null_count() < frame.height:
        known = {name.casefold(): k for k in context.taxonomy.kinds for name in (k.name, k.slug)}
        for index in said.is_not_null().arg_true():
            if kind := known.get(said[index].casefold()):
                picks[index] = kind
    for edit in context.edits:
        if edit.field == KIND:
            kind = context.taxonomy.kind(edit.value)
            picks |= dict.fromkeys(np.flatnonzero(_where(frame, edit.layer, edit.row)), kind)
    return picks


def _with_area_test(frame: pl.DataFrame, geometry: Geometries, context: Context) -> pl.DataFrame:
    for kind in context.taxonomy.kinds:
        if kind.area_over is not None and kind.below:
            frame = _tested(frame, geometry, kind, context)
    return frame


def _tested(
    frame: pl.DataFrame, geometry: Geometries, kind: Kind, context: Context
) -> pl.DataFrame:
    # The drawn area decides; the declared one only where nothing but a point is drawn.
    drawn = pl.Series(np.nan_to_num(shapely.area(geometry)))
    area = pl.when(drawn > 0).then(drawn).otherwise(pl.col("area"))
    picked = (
        pl.col("picked_kind").is_not_null() if "picked_kind" in frame.columns else pl.lit(False)
    )
    own = (pl.col("kind") == kind.slug) & ~picked
    small = own & (area <= kind.area_over)
    claimed = pl.col("valence").is_in(["intercomunale", "metropolitana"]).fill_null(value=False)
    unknown = own & area.is_null() & ~claimed
    return frame.with_columns(
        kind=pl.when(unknown).then(None).when(small).then(pl.lit(kind.below)).otherwise("kind"),
        level=pl.when(unknown).then(None).when(small).then(pl.lit(LOCAL)).otherwise("level"),
        kind_reason=pl.when(unknown).then(pl.lit(Why.AREA_UNKNOWN.value)).otherwise("kind_reason"),
        kind_candidates=pl.when(unknown)
        .then(pl.lit([kind.slug, kind.below], dtype=pl.List(pl.String)))
        .otherwise("kind_candidates"),
    )
