"""The pre-filled package of a comune or another sender: what is in
force, candidates of other sources, open questions.

Sent back unchanged it changes nothing: columns, values and shapes are those that were understood.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import shapely
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import NotFound
from core.geo import MASTER_SRID
from deliveries.checks import surroundings
from deliveries.models import Answer, Delivery, Proposal
from deliveries.reports.proposals import REASON_WORDS
from deliveries.senders import Sender, as_it_stands, sender_of
from deliveries.writers import MAX_CELL, GeoPackage, harmless, opened, pieces
from people.policies import Person
from services.models import Record, Remark, ServiceState, Source
from services.selectors import latest_states, taxonomy
from validator import schema
from validator.dataset import Geometries
from validator.interpreting.build import understand
from validator.interpreting.context import Context
from validator.interpreting.values import dtype_of
from validator.libraries import openpyxl, pl
from validator.source_file import SourceFile, SourceLayer

CRS = f"EPSG:{MASTER_SRID}"
POINTS, AREAS = "servizi_punti", "servizi_aree"
CANDIDATES, QUESTIONS, GUIDE = "candidati", "domande aperte", "leggimi"
SPOOL_BYTES = 8 * 1024 * 1024
#: Columns that every package has, filled or not, so that one sees what can be said.
_ALWAYS = (
    "identifier", "name", "category", "type", "status", "valence", "address", "area", "capacity",
    "owner", "manager_name", "act", "notes",
)  # fmt: skip
_CENTIMETRES = 2


@dataclass(frozen=True)
class Things:
    """Rows of a package: `frame` has the fields of the schema, `geometry` is in EPSG:32632, and
    `kinds` are the slugs of the types in force ("" where none)."""

    frame: pl.DataFrame
    geometry: Geometries
    kinds: Sequence[str]

    def where(self, mask: Any) -> Things:
        """The things of a boolean mask."""
        chosen = np.flatnonzero(mask)
        return Things(
            self.frame[chosen], self.geometry[chosen], [self.kinds[int(index)] for index in chosen]
        )


@dataclass(frozen=True)
class Question:
    """Something the office or the comune left open."""

    question: str
    identifier: str
    name: str
    detail: str
    day: str


@dataclass(frozen=True)
class Package:
    """What a sender gets: its things in force by sheet, candidates, open questions."""

    slug: str
    sheets: dict[str, Things]
    candidates: Things
    origins: Sequence[str]
    questions: Sequence[Question]

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return f"servizi-{self.slug}-{timezone.localdate():%Y%m%d}"


def package_for(user: Person, key: str) -> Package:
    """The package of that ISTAT code or source, if this person may deliver for it. Raises
    NotFound."""
    sender = sender_of(user, key)
    if sender is None:
        raise NotFound("package-unknown", _("Qui non c'è nessun pacchetto."))
    return package(sender)


def stream(made: Package, extension: str) -> IO[bytes]:
    """The file, open at its beginning: `xlsx`, else GeoPackage."""
    if extension == "xlsx":
        return workbook(made)
    return opened(lambda path: geopackage(made, path))


def package(sender: Sender) -> Package:
    """Everything known of a sender's services, ready to be written."""
    source = as_it_stands(sender)
    records = Record.objects.current().filter(item__source=source) if source.pk else _none()
    things = _things(records.select_related("item").order_by("item_id"), keys=True)
    things = _with_kinds(things, source)
    types = shapely.get_type_id(things.geometry)
    areas = np.isin(types, (3, 6))
    sheets = {name: t for name, t in ((POINTS, things.where(~areas)), (AREAS, things.where(areas)))
              if name == POINTS or len(t.kinds)}  # fmt: skip
    found = _candidates(source)
    return Package(
        source.sender_slug,
        sheets,
        _things(found, keys=False, like=things.frame.columns),
        [f"{record.item.source.name} ({record.item.key})" for record in found],
        [*_proposals(source), *_promises(source), *_remarks(source)],
    )


def _none() -> Any:
    return Record.objects.none()


def _candidates(source: Source) -> list[Record]:
    """What other sources know in the source's comuni and no plan says."""
    other = Record.objects.current().filter(
        item__source__reading=Source.Reading.OTHER, municipality__in=source.territory()
    )
    other = other.exclude(item__source=source.pk)
    # A thing that a plan already says is no candidate.
    planned = ServiceState.objects.at(None).filter(in_reading_1=True)
    unsaid = other.exclude(item__service__in=planned.values("service"))
    return list(unsaid.select_related("item__source", "kind").order_by("item__source", "item_id"))


def _things(records: Any, *, keys: bool, like: Sequence[str] = ()) -> Things:
    """Records as rows of the schema; without `keys` they are nobody's yet."""
    rows, shapes, kinds = [], [], []
    for record in records:
        rows.append(_fields(record, keys=keys))
        shapes.append(bytes(record.geometry.wkb) if record.geometry else None)
        kinds.append(record.kind_id or "")
    filled = {name for row in rows for name, value in row.items() if value not in (None, "")}
    names = [name for name in schema.NAMES if name in (like or {*_ALWAYS, *filled})]
    names = [name for name in names if name not in schema.OUTSIDE_CONTENT]
    columns = [_column(name, [row.get(name) for row in rows]) for name in names]
    columns += [
        pl.Series("portal_key", [row["portal_key"] for row in rows], dtype=pl.String),
        pl.Series("portal_kind", [None] * len(rows), dtype=pl.String),
    ]
    geometry = np.asarray(shapely.from_wkb(np.array(shapes, dtype=object)), dtype=object)
    return Things(pl.DataFrame(columns), np.atleast_1d(geometry), kinds)


def _fields(record: Record, *, keys: bool) -> dict[str, Any]:
    said = {name: record.attributes.get(name) for name in schema.NAMES}
    if keys:  # the sender's own: what is withheld of it too, so that it comes back as it was sent
        return {**said, **record.withheld, "portal_key": record.item.key}
    said = {name: value for name, value in said.items() if schema.BY_NAME[name].public}
    kind = record.kind.name if record.kind else said["type"]
    own = {"identifier": None, "portal_key": None, "type": kind, "name": record.name or None}
    return {**said, **own, "status": record.status, "valence": record.valence or None}


def _column(name: str, values: list[Any]) -> pl.Series:
    kind = dtype_of(schema.BY_NAME[name])
    if kind.is_numeric():
        return pl.Series(name, values, dtype=kind, strict=False)
    texts = [None if value in (None, "") else str(value) for value in values]
    return pl.Series(name, texts, dtype=pl.String)


def _with_kinds(things: Things, source: Source) -> Things:
    """«Tipo STTM» where the words of the row alone would not give the type in force."""
    if not things.kinds:
        return things
    context = Context(
        taxonomy=taxonomy(),
        territory=surroundings.territory(),
        home=surroundings.home(source),
    )
    layer = SourceLayer(POINTS, labelled(things.frame), _wkb(things.geometry), MASTER_SRID)
    read = understand(SourceFile("GeoPackage", (layer,)), context=context)
    said = [
        kind if kind and kind != found else None
        for kind, found in zip(things.kinds, read.frame["kind"].to_list(), strict=True)
    ]
    frame = things.frame.with_columns(pl.Series("portal_kind", said, dtype=pl.String))
    return Things(frame, things.geometry, things.kinds)


def _wkb(geometry: Geometries) -> pl.Series:
    return pl.Series("wkb", list(shapely.to_wkb(geometry)), dtype=pl.Binary)


def labelled(frame: pl.DataFrame) -> pl.DataFrame:
    """The same columns under the names that people read and the check recognises for sure."""
    known = [name for name in frame.columns if schema.is_field(name)]
    return frame.rename({name: schema.BY_NAME[name].label_it for name in known})


def _proposals(source: Source) -> Iterator[Question]:
    """What the office held or refused in the sender's last delivery that it decided on."""
    decided = Delivery.objects.filter(source=source.pk, proposals__at__isnull=False)
    last = decided.order_by("-created_at").first()
    if last is None:
        return
    left = (Proposal.Decision.HELD, Proposal.Decision.REFUSED)
    found = last.proposals.filter(decision__in=left).select_related("staged_row", "item")
    for one in found.order_by("pk"):
        row = one.staged_row
        reason = str(REASON_WORDS.get(one.reason_code, one.reason_code))
        yield Question(
            f"{one.get_decision_display()}: {one.get_kind_display()}",
            row.identifier if row else one.item.key if one.item else "",
            row.name if row else "",
            ". ".join(part for part in (reason, one.note) if part),
            f"{one.at:%Y-%m-%d}" if one.at else "",
        )


def _promises(source: Source) -> Iterator[Question]:
    """Corrections promised of rows that are still as they were."""
    current = Record.objects.current().filter(item__source=source.pk)
    said = {
        record.fingerprint: record
        for record in current.select_related("item").only("fingerprint", "name", "item__key")
    }
    mine = Q(source=source.pk, kind=Answer.Kind.WILL_FIX, fingerprint__in=said)
    for answer in Answer.objects.filter(mine).order_by("until", "pk"):
        record = said[answer.fingerprint]
        until = answer.until.isoformat() if answer.until else ""
        promised = _("Da correggere (%(code)s)") % {"code": answer.code}
        yield Question(promised, record.item.key, record.name, answer.reason, until)


def _remarks(source: Source) -> Iterator[Question]:
    """What people said is not so, and nobody has answered or the office left to the comune; of
    services in the source's comuni, where it is no comune's of its own services alone."""
    here = set(source.territory().values_list("pk", flat=True))
    wanted = (Remark.Outcome.OPEN, Remark.Outcome.ASKED)
    found = Remark.objects.filter(service__states__municipality__in=here, outcome__in=wanted)
    if not source.municipality_id:
        found = found.filter(service__items__source=source.pk)
    found = found.distinct()
    for one in found.select_related("service").prefetch_related(latest_states("service__")):
        shown = one.service.shown
        if shown is None or shown.municipality_id not in here:
            continue
        said = _("Segnalazione: %(what)s") % {"what": one.get_kind_display()}
        detail = ". ".join(part for part in (one.text, one.answer) if part)
        yield Question(said, one.service.public_id, shown.name, detail, f"{one.at:%Y-%m-%d}")


def geopackage(made: Package, path: Path) -> None:
    """Write the package as GeoPackage: layers of services, `candidati`, `domande aperte`."""
    book = GeoPackage(path)
    for name, things in made.sheets.items():
        shapes = np.asarray(shapely.to_wkb(things.geometry), dtype=object)
        book.add(name, labelled(things.frame), shapes, crs=CRS)
    if made.origins:
        frame = labelled(made.candidates.frame).with_columns(
            pl.Series("Fonte", made.origins, dtype=pl.String)
        )
        shapes = np.asarray(shapely.to_wkb(made.candidates.geometry), dtype=object)
        book.add(CANDIDATES, frame, shapes, crs=CRS)
    if made.questions:
        book.add(QUESTIONS, _asked(made.questions), None, crs=None)


def _asked(questions: Sequence[Question]) -> pl.DataFrame:
    return pl.DataFrame({
        "domanda": [one.question for one in questions],
        "servizio": [one.identifier for one in questions],
        "nome del servizio": [one.name for one in questions],
        "spiegazione": [one.detail for one in questions],
        "data": [one.day for one in questions],
    }, schema_overrides=dict.fromkeys(("servizio", "data"), pl.String))  # fmt: skip


def workbook(made: Package) -> IO[bytes]:
    """The package as XLSX, open at its beginning; points as X and Y, areas as text (WKT)."""
    book = openpyxl.Workbook(write_only=True)
    for name, things in made.sheets.items():
        place = _coordinates if name == POINTS else _texts
        _sheet(book, name, labelled(things.frame.hstack(place(things.geometry))))
    candidates = labelled(made.candidates.frame.hstack(_coordinates(made.candidates.geometry)))
    origins = pl.Series("Fonte", made.origins, dtype=pl.String)
    _sheet(book, CANDIDATES, candidates.with_columns(origins))
    _sheet(book, QUESTIONS, _asked(made.questions))
    _sheet(book, GUIDE, pl.DataFrame({_("Come si usa"): _guide()}))
    out = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - handed to the response
    book.save(out)
    out.seek(0)
    return out


def _coordinates(geometry: Geometries) -> pl.DataFrame:
    """X, Y (representative point of a shape) and their system, to the centimetre."""
    points = shapely.point_on_surface(geometry)
    flat = np.round(np.column_stack([shapely.get_x(points), shapely.get_y(points)]), _CENTIMETRES)
    columns = [pl.Series(name, flat[:, n]).fill_nan(None) for n, name in enumerate(("x", "y"))]
    return pl.DataFrame([*columns, _system(len(geometry))])


def _texts(geometry: Geometries) -> pl.DataFrame:
    """Shapes as WKT to the centimetre, in as many cells as a spreadsheet's limit asks for."""
    texts = [str(text) for text in shapely.to_wkt(geometry, rounding_precision=_CENTIMETRES)]
    count = max((len(text) - 1) // MAX_CELL for text in texts) + 1
    names = schema.columns_of_text("wkt", count)
    cut = pl.DataFrame([pieces(text, count) for text in texts], orient="row",
                       schema=dict.fromkeys(names, pl.String))  # fmt: skip
    return cut.with_columns(_system(len(texts)))


def _system(rows: int) -> pl.Series:
    return pl.repeat(CRS, rows, dtype=pl.String, eager=True).alias("crs")


def _sheet(book: openpyxl.Workbook, title: str, frame: pl.DataFrame) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    header = [openpyxl.cell.WriteOnlyCell(sheet, value=name) for name in frame.columns]
    for cell in header:
        cell.font = openpyxl.styles.Font(bold=True)
    sheet.append(header)
    for row in frame.iter_rows():
        sheet.append([harmless(value) for value in row])


def _guide() -> list[str]:
    return [
        _("Nei fogli «servizi_…» c'è ciò che il portale pubblica dal vostro piano: correggete, "
          "aggiungete, togliete righe, poi consegnate questo file."),
        _("Non cambiate «Chiave STTM»: dice al portale quale servizio è. Per un servizio nuovo "
          "lasciatela vuota."),
        _("«Tipo STTM» è pieno solo dove il tipo non si capirebbe dalle altre colonne: se "
          "cambiate il tipo, svuotatela."),
        _("In «candidati» ci sono servizi di altre fonti: per farli vostri spostate la riga in "
          "«servizi_punti». Lì dove sono non vengono letti."),
        _("In «domande aperte» c'è ciò che l'ufficio ha sospeso o rifiutato, ciò che avete "
          "promesso di correggere e ciò che le persone hanno segnalato."),
        _("Se nulla è cambiato potete riconsegnarlo così com'è, oppure confermare dalla pagina "
          "«Consegne» senza alcun file."),
        _("Le colonne che il portale conosce, e da dove vengono:"),
        *(f"«{field.label_it}»: {field.norm}" for field in schema.FIELDS),
    ]  # fmt: skip
