"""Codes that appear inside messages (reasons, kinds of geometry, units) and their words in both
languages.
"""

from collections.abc import Mapping
from types import MappingProxyType


def _w(it: str, en: str) -> Mapping[str, str]:
    return MappingProxyType({"it": it, "en": en})


WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        # Why a check was not run (SYS-02)
        "no_column": _w(
            "manca la colonna «{field}»",
            "the column '{field}' is missing",
        ),
        "stage": _w(
            "prima va corretto un errore del file",
            "an error of the file must be mended first",
        ),
        "no_accepted": _w(
            "non c'è ancora una versione accettata con cui confrontare",
            "there is no accepted version to compare with yet",
        ),
        "no_others": _w(
            "non sono caricate altre fonti (Lettura 2)",
            "no other sources (Lettura 2) are loaded",
        ),
        "not_a_plan": _w(
            "la fonte non è un piano: riguarda la Lettura 1",
            "the source is no plan: it is of Lettura 1",
        ),
        "no_lum_codes": _w(
            "l'elenco ufficiale dei codici LUM non è ancora disponibile",
            "the official list of LUM codes is not available yet",
        ),
        "no_stops": _w("non è caricato un elenco delle fermate", "no list of stops is loaded"),
        "no_register": _w(
            "il registro dei finanziamenti non è completo", "the funding register is not complete"
        ),
        "few_municipalities": _w(
            "servono almeno 20 Comuni accettati per un confronto",
            "a comparison needs at least 20 accepted municipalities",
        ),
        "no_boundary": _w(
            "non è caricato il confine del Comune",
            "the municipal boundary is not loaded",
        ),
        "no_crs": _w(
            "la posizione non è nota: manca il sistema di riferimento",
            "positions are not known: the reference system is missing",
        ),
        "too_many": _w("troppe combinazioni da confrontare", "too many combinations to compare"),
        "crashed": _w("problema nostro, anche riprovando", "our own fault, also when tried again"),
        # Why a file was refused (FIL-01, FIL-03)
        "damaged": _w("sembra danneggiato", "it looks damaged"),
        "rows-differ": _w(
            "le forme sono {shapes} e le righe della tabella "
            "{records}: forse è stato copiato a metà",
            "it has {shapes} shapes and {records} rows "
            "in its table: perhaps it was copied by half",
        ),
        "cut-short": _w(
            "finisce prima delle {records} righe che dichiara: forse è stato copiato a metà",
            "it ends before the {records} rows that it declares: perhaps it was copied by half",
        ),
        "empty": _w("è vuoto", "it is empty"),
        "unsupported": _w(
            "è un formato che non accettiamo", "it is a format that we do not accept"
        ),
        "entities": _w("contiene definizioni di entità XML", "it contains XML entity definitions"),
        "deep": _w(
            "è annidato troppo in profondità",
            "it is nested too deep",
        ),
        "disguised": _w(
            "al posto delle tabelle proprie del formato ha viste, che non eseguiamo",
            "it has views, which we do not run, in place of the format's own tables",
        ),
        "endless": _w(
            "quello che dice di sé non finisce mai",
            "what it says of itself never ends",
        ),
        "crashed-reader": _w(
            "il suo contenuto interrompe la lettura",
            "its content breaks the reading",
        ),
        "aborted-reader": _w(
            "il suo contenuto interrompe la lettura",
            "its content breaks the reading",
        ),
        "no-layer": _w("non contiene uno strato leggibile", "it holds no layer that can be read"),
        "no-such-layer": _w("lo strato scelto non c'è", "the chosen layer is not there"),
        "unknown": _w("è di un tipo che non conosciamo", "it is of a kind that we do not know"),
        "nothing-inside": _w("non contiene uno strato", "it holds no layer"),
        "members": _w("troppi file", "too many files"),
        "depth": _w("troppe cartelle una dentro l'altra", "too many folders inside each other"),
        "method": _w("compressione che non si apre", "a compression that cannot be opened"),
        "nested": _w("archivio dentro un archivio", "archive inside an archive"),
        "path": _w("percorso che esce dalla cartella", "path that leaves the folder"),
        "link": _w("collegamento a un altro file", "link to another file"),
        "ratio": _w("si espande in modo anomalo", "it expands abnormally"),
        "encrypted": _w("protetto da password", "protected by a password"),
        # How the reference system was decided
        "crs_declared": _w(
            "dichiarato, e le coordinate lo confermano", "declared, and the coordinates agree"
        ),
        "crs_declared_else": _w(
            "quello dichiarato porterebbe lo strato lontano dal Comune",
            "the declared one would put the layer far from the municipality",
        ),
        "crs_absent": _w(
            "non dichiarato: riconosciuto da dove cadono le coordinate",
            "not declared: recognised by where the coordinates fall",
        ),
        "crs_absent_far": _w(
            "non dichiarato: è l'unico che porta i dati in Italia, ma lontano dal Comune",
            "not declared: the only one that brings the data "
            "to Italy, yet far from the municipality",
        ),
        "crs_overridden": _w("scelto da chi consegna", "chosen by the sender"),
        "crs_far": _w(
            "dichiarato, ma lo strato cade lontano dal Comune",
            "declared, but the layer lies far from the municipality",
        ),
        "crs_no_geometry": _w("lo strato non ha posizioni", "the layer has no positions"),
        "crs_unrecognised": _w(
            "non dichiarato e non riconoscibile", "not declared and not recognisable"
        ),
        # What was done to ISTAT codes (ATT-06)
        "istat_zero": _w("zero iniziale aggiunto", "leading zero added"),
        "istat_former": _w(
            "Comune soppresso, vale il codice del Comune che lo continua",
            "merged municipality, the code of the one that continues it holds",
        ),
        # What says where a row is (GEO-13)
        "by_position": _w("la posizione", "the position"),
        "by_code": _w("il codice o il nome", "the code or the name"),
        # Why a type was not recognised (ATT-04)
        "none": _w("nessuno", "none"),
        "type_unknown": _w("parole che non conosciamo", "words we do not know"),
        "type_ambiguous": _w("può voler dire più cose", "it can mean several things"),
        "type_several": _w("dice più tipi insieme", "it tells several types at once"),
        "type_contradictory": _w(
            "le colonne si contraddicono", "the columns contradict each other"
        ),
        "type_not_a_service": _w("non sembra un servizio", "it does not look like a service"),
        "type_weak": _w("indizi troppo deboli", "the clues are too weak"),
        "type_joined_codes": _w("più codici uniti in uno", "several codes joined in one"),
        "type_area_unknown": _w(
            "serve la superficie per decidere", "the area is needed to decide"
        ),
        # Why a shape is not given to any library (GEO-14)
        "too_deep": _w(
            "ha geometrie una dentro l'altra per più di {limit} livelli",
            "it has geometries inside each other for more than {limit} levels",
        ),
        "too_many_parts": _w("ha più di {limit} parti", "it has more than {limit} parts"),
        "too_many_vertices": _w("ha più di {limit} vertici", "it has more than {limit} vertices"),
        "counts_differ": _w(
            "dichiara più di quello che contiene", "it announces more than it holds"
        ),
        "curved": _w(
            "è una curva, e in una cella leggiamo solo linee spezzate",
            "it is a curve, and in a cell we only read straight lines",
        ),
        "too_many_crossings": _w(
            "il contorno incrocia se stesso troppe volte per ripararlo",
            "its outline crosses itself too often to be repaired",
        ),
        # Geometry
        "Point": _w("punto", "point"),
        "LineString": _w("linea", "line"),
        "MultiLineString": _w("linea", "line"),
        "LinearRing": _w("linea", "line"),
        "Polygon": _w("area", "area"),
        "MultiPolygon": _w("area", "area"),
        "MultiPoint": _w("gruppo di punti", "group of points"),
        "GeometryCollection": _w(
            "insieme di geometrie diverse", "collection of different geometries"
        ),
        "Self-intersection": _w("il contorno si incrocia", "the outline crosses itself"),
        "Ring Self-intersection": _w(
            "il contorno si tocca in un punto", "the outline touches itself"
        ),
        "Too few points in geometry component": _w("troppo pochi vertici", "too few vertices"),
        "Hole lies outside shell": _w(
            "un buco cade fuori dall'area", "a hole lies outside the area"
        ),
        "Holes are nested": _w("un buco dentro un altro", "a hole inside another"),
        "Nested shells": _w("una parte dentro un'altra", "a part inside another"),
        "Interior is disconnected": _w("l'interno è spezzato", "the inside is broken in pieces"),
        "Duplicate Rings": _w("un contorno è ripetuto", "an outline is repeated"),
        "Invalid Coordinate": _w("una coordinata non è valida", "a coordinate is not valid"),
        # What lies across the boundary (GEO-08)
        "outside_city": _w("fuori dalla Città metropolitana", "outside the metropolitan city"),
        # In place of a text that cannot be restored (FIL-08)
        "letters_lost": _w("lettere perdute: vanno riscritte", "letters lost: write them again"),
        # What is odd about the date of an act (DOC-02)
        "act_to_come": _w("ha una data futura", "has a date in the future"),
        "act_older": _w(
            "è precedente a quello già accettato ({current})",
            "precedes the one already accepted ({current})",
        ),
        # What is wrong with the day of the data (DOC-06)
        "day_missing": _w("manca", "is missing"),
        "day_to_come": _w("deve ancora venire", "is still to come"),
        # How far a file of the same bytes came, and what to do then (FIL-11)
        "file_uploaded": _w("caricato", "uploaded"),
        "file_submitted": _w("inviato", "submitted"),
        "file_published": _w("pubblicato", "published"),
        "file_in_force": _w(
            "se nulla è cambiato, fra le tue consegne c'è «Confermo che nulla è cambiato»",
            "if nothing changed, 'I confirm that nothing has changed' is among your deliveries",
        ),
        "file_alone": _w("altrimenti vai avanti con questa", "otherwise go on with this one"),
        # What speaks for a valence (SEM-04)
        "local_kind": _w(
            "il tipo di servizio è di scala comunale",
            "the type of service is of municipal scale",
        ),
        "small_green": _w(
            "l'area verde è sotto la soglia", "the green area is below the threshold"
        ),
        "kind_default": _w(
            "il tipo di servizio è di scala più ampia",
            "the type of service is of a wider scale",
        ),
        # Terms of a score (CMP-05)
        "name": _w("nome", "name"),
        "distance": _w("distanza", "distance"),
        # How a CSV is written (FIL-09)
        "tab": _w("tabulazione", "tab"),
        # Units
        "bytes": _w("byte", "bytes"),
        "rows": _w("righe", "rows"),
        "columns": _w("colonne", "columns"),
        "layers": _w("strati", "layers"),
        "vertices": _w("vertici", "vertices"),
        "characters": _w("caratteri in una cella", "characters in one cell"),
        "seconds": _w("secondi", "seconds"),
        "MB": _w("MB", "MB"),
    }
)
