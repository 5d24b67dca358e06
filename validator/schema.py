"""The service schema: the fields a delivery is understood into, with labels, kinds and norms.

Pure data. How columns find their field is `interpreting/`, what is wrong with a value is `rules/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

#: The longest text that a person may write into a cell, on the page and by the API.
TYPED_CHARACTERS = 4_000
RAW = "__raw"
FIX = "__fix"
FAILED = "failed"

STATUSES = ("esistente", "previsto", "in attuazione", "dismesso")
VALENCES = ("comunale", "intercomunale", "metropolitana")
ACCURACIES = ("rilievo", "edificio", "civico", "strada", "centroide", "approssimata")


class ValueKind(StrEnum):
    """What a cell of the field holds; it decides the parser and the polars type."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"
    WORD = "word"
    ISTAT = "istat"
    URL = "url"
    EMAIL = "email"
    PHONE = "phone"
    COORDINATE = "coordinate"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the schema. `norm` says where the field comes from."""

    name: str
    label_it: str
    label_en: str
    kind: ValueKind = ValueKind.TEXT
    domain: tuple[str, ...] = ()
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    public: bool = True
    norm: str = "Portale STTM 2"

    def label(self, language: str = "it") -> str:
        """The field's name as people read it, in Italian or English."""
        return self.label_en if language.startswith("en") else self.label_it


_K = ValueKind
_STTM = "STTM 2, database dei servizi sovracomunali"
_ART9 = "l.r. 12/2005, art. 9"
_PDS = "Piano dei Servizi, schema del Comune di Milano"
_REG = "Schema fisico regionale 6.0 (2023)"
_REG_OLD = "Schema fisico regionale 2.6 (2008), IMP_ES"
_CUP = "l. 3/2003, art. 11 (CUP)"

FIELDS: tuple[Field, ...] = (
    Field("identifier", "Identificativo", "Identifier", _K.CODE),
    Field("name", "Denominazione", "Name", norm=_STTM),
    Field("category", "Categoria", "Category", norm=_STTM),
    Field("type", "Tipo di servizio", "Type of service", norm=_STTM),
    Field("subtype", "Sottotipo", "Subtype", norm=_PDS),
    Field("type_code", "Codice del tipo", "Type code", _K.CODE, norm=_REG),
    Field("category_code", "Codice della categoria", "Category code", _K.CODE, norm=_REG),
    Field("matrix", "Matrice", "Existing or planned (matrix)", norm=_PDS),
    Field("status", "Stato", "Status", _K.WORD, domain=STATUSES, norm=_ART9),
    Field("valence", "Valenza", "Level of service", _K.WORD, domain=VALENCES, norm=_STTM),
    Field(
        "level_code",
        "Livello territoriale (codice)",
        "Territorial level (code)",
        _K.CODE,
        norm=_REG_OLD,
    ),
    Field(
        "istat", "Codice ISTAT del Comune", "ISTAT code of the municipality", _K.ISTAT, norm=_REG
    ),
    Field("municipality_name", "Comune", "Municipality", norm=_REG),
    Field("address", "Indirizzo", "Address", norm=_PDS),
    Field("street_number", "Numero civico", "Street number", _K.CODE, norm=_PDS),
    Field("postcode", "CAP", "Postcode", _K.CODE),
    Field(
        "area",
        "Superficie fondiaria",
        "Site area",
        _K.NUMBER,
        unit="m²",
        minimum=1,
        maximum=20_000_000,
        norm=_PDS,
    ),
    Field(
        "covered_area",
        "Superficie coperta",
        "Covered area",
        _K.NUMBER,
        unit="m²",
        minimum=1,
        maximum=1_000_000,
        norm=_PDS,
    ),
    Field(
        "floor_area",
        "Superficie lorda di pavimento",
        "Gross floor area",
        _K.NUMBER,
        unit="m²",
        minimum=1,
        maximum=1_000_000,
        norm=_PDS,
    ),
    Field("capacity", "Capienza", "Capacity", _K.NUMBER, minimum=1, maximum=200_000, norm=_PDS),
    Field("users", "Utenti", "Users", _K.NUMBER, minimum=1, maximum=2_000_000, norm=_PDS),
    Field("owner", "Proprietà", "Owner", norm=_PDS),
    Field("ownership_type", "Tipo di proprietà", "Type of ownership", norm=_PDS),
    Field("manager_name", "Gestore", "Managing body", norm=_PDS),
    Field("management_type", "Tipo di gestione", "Type of management", norm=_PDS),
    Field("url", "Sito web", "Web site", _K.URL),
    Field("email", "E-mail", "E-mail", _K.EMAIL, public=False),
    Field("phone", "Telefono", "Phone", _K.PHONE, public=False),
    Field("opening_date", "Data di apertura", "Opening date", _K.DATE),
    Field("closing_date", "Data di chiusura", "Closing date", _K.DATE),
    Field(
        "planned_year",
        "Anno previsto",
        "Planned year",
        _K.INTEGER,
        minimum=1950,
        maximum=2100,
        norm=_ART9,
    ),
    Field("act", "Atto", "Act", norm=_ART9),
    Field(
        "lum",
        "LUM",
        "Mobility hub (LUM)",
        _K.CODE,
        norm="PTM, norme di attuazione, articolo da verificare",
    ),
    Field("cup", "CUP", "CUP", _K.CODE, norm=_CUP),
    Field("funding", "Finanziamento", "Funding", norm=_STTM),
    Field(
        "funding_amount",
        "Importo finanziato",
        "Amount funded",
        _K.NUMBER,
        unit="€",
        minimum=1,
        maximum=5_000_000_000,
        norm=_STTM,
    ),
    Field(
        "school_code",
        "Codice meccanografico",
        "School code",
        _K.CODE,
        norm="Anagrafe delle scuole, MIM",
    ),
    Field("criteria", "Criteri di sovracomunalità", "Supra-municipal criteria", norm=_STTM),
    Field("other_municipality", "Servizio in altro comune", "Service in another municipality"),
    Field(
        "accuracy",
        "Accuratezza della posizione",
        "Accuracy of the position",
        _K.WORD,
        domain=ACCURACIES,
    ),
    Field(
        "x",
        "Coordinata X (est o longitudine)",
        "X coordinate (easting or longitude)",
        _K.COORDINATE,
        public=False,
    ),
    Field(
        "y",
        "Coordinata Y (nord o latitudine)",
        "Y coordinate (northing or latitude)",
        _K.COORDINATE,
        public=False,
    ),
    Field("wkt", "Geometria come testo", "Geometry as text", public=False),
    Field("crs", "Sistema di riferimento", "Reference system", _K.CODE, public=False),
    Field("notes", "Note", "Notes"),
    Field("portal_key", "Chiave STTM", "STTM key", _K.CODE, public=False),
    Field("portal_kind", "Tipo STTM", "STTM type", public=False),
)

BY_NAME = MappingProxyType({field.name: field for field in FIELDS})
NAMES = tuple(BY_NAME)
POSITION_FIELDS = ("x", "y", "wkt", "crs")
PORTAL_FIELDS = ("portal_key", "portal_kind")
"""What the portal writes in a package: which thing it is; its type where words do not say it."""
OUTSIDE_CONTENT = (*POSITION_FIELDS, *PORTAL_FIELDS)
"""Fields that say where and which a row is, not what: no part of fingerprint or differences."""

TYPE_FIELDS = ("category", "type", "subtype")


def continued(name: str, number: int) -> str:
    """Name of the column with the nth piece of a text too long for one cell of a sheet."""
    return f"{BY_NAME[name].label_it} (segue {number})"


def columns_of_text(name: str, pieces: int) -> list[str]:
    """The columns that hold a field's text in so many pieces, as people read them."""
    return [BY_NAME[name].label_it, *(continued(name, n) for n in range(2, pieces + 1))]


def is_field(name: str) -> bool:
    """Whether `name` is a field of the schema."""
    return name in BY_NAME


def raw(name: str) -> str:
    """Name of the column that keeps the text as sent, where it was changed or not understood."""
    return f"{name}{RAW}"


def fix(name: str) -> str:
    """Name of the column that says what was done to the cell (a `Change`, or `failed`)."""
    return f"{name}{FIX}"
