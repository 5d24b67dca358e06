"""What of a person stands in a cell: telephones, private mailboxes, tax codes, IBANs.

Pure: a cell goes in, what was found comes out; the values themselves never leave. The check digits
are the libraries' (python-stdnum for tax codes and IBANs, phonenumbers for telephones); patterns
only say where to look, so that a hundred thousand cells cost what a few suspects cost.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import phonenumbers
from stdnum import iban
from stdnum.it import codicefiscale

from validator import schema
from validator.dataset import Dataset, LayerFacts
from validator.libraries import pl
from validator.rules.columns import Index

_OPEN_TEXTS: Final = (schema.ValueKind.TEXT, schema.ValueKind.CODE, schema.ValueKind.URL)
#: Fields in which anybody may write anything and which anybody may read.
PUBLISHED: Final = tuple(
    field.name for field in schema.FIELDS if field.public and field.kind in _OPEN_TEXTS
)
_FISCAL: Final = re.compile(
    r"\b[A-Z]{3} ?[A-Z]{3} ?[0-9L-V]{2} ?[A-EHLMPR-T] ?[0-9L-V]{2} ?[A-Z][0-9L-V]{3} ?[A-Z]\b",
    re.IGNORECASE,
)
_IBAN: Final = re.compile(
    r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", re.IGNORECASE
)
_AT: Final = r"\s?(?:@|\(at\)|\[at\]|\((?:chiocciola|a)\))\s?"
#: Every word, with the domain where it is a mailbox: one looked for from each letter of a long
#: word anew takes for ever.
_ADDRESS: Final = re.compile(rf"([\w.+-]++)(?:{_AT}([\w-]+(?:\.[\w-]+)+))?", re.IGNORECASE)
_BETWEEN: Final = r"[ \u00a0.\u2013-]{0,3}"
#: Days look like telephones: they are taken away before anybody looks for these.
_DAY: Final = re.compile(r"\b\d{1,2}([/. -])\d{1,2}\1(?:1[89]|20)\d{2}\b|\b\d{4}-\d{2}-\d{2}\b")
#: A number as people write it: with the country, of a mobile phone, or of the fixed network.
#: After a comma or a dot it stands too, unless digits before or few after make it a decimal.
#: Digits once taken are not shared out anew (`}+`): a run of them has millions of ways to be.
_NUMBER: Final = re.compile(
    rf"(?<!\w)(?<!\d[.,/])(?:(?:\+\d{{1,3}}|0039){_BETWEEN}[/(]?|(?=3\d{{2}}|0[1-9]))"
    rf"\d{{2,4}}+[/)]?(?:{_BETWEEN}\d{{1,10}}+){{1,6}}(?!\w|[.,]\d{{1,7}}(?!\d))"
)
#: Digits of a telephone that is not announced: a code of a comune has six.
_FEWEST: Final = 8
_ITALY, _MOBILE_DIGITS = 39, 10
#: Announced as a telephone, it is one, however it is written.
_ANNOUNCED: Final = re.compile(
    r"\b(?:tel|telefono|cell|cellulare|mob|mobile|phone|fax|"
    rf"whatsapp)(?![^\W\d])\D{{0,8}}\d(?:{_BETWEEN}/?\d){{5,13}}",
    re.IGNORECASE,
)
#: Only what matches one of these is worth the patterns above.
_SUSPECT: Final = (
    r"(?i)@|\(at\)|\[at\]|\(chiocciola\)|\(a\)|[0-9](?:[ \x{00a0}./)(\x{2013}-]{0,3}[0-9]){5,}"
    r"|[A-Z]{3} ?[A-Z]{3} ?[0-9L-V]{2} ?[A-EHLMPR-T]|[A-Z]{2}[0-9]{2} ?[A-Z0-9]{4}"
)
#: Mailboxes that anybody may have.
MAILBOX: Final = (
    r"(?i)@(?:gmail|googlemail|libero|hotmail|yahoo|outlook|live|tiscali|alice|virgilio|icloud"
    r"|tin|fastwebnet|inwind|msn|me|aruba|protonmail|proton|pec)\.(?:it|com|me)\b"
)
#: Domains of public bodies: ends, and beginnings of one of their parts.
_PUBLIC_ENDS: Final = (".gov.it", ".edu.it", ".istruzione.it", ".interno.it")
_PUBLIC_PARTS: Final = re.compile(
    r"(?:^|[.-])(?:comune|comuni|unione|regione|provincia|cittametropolitana|asst|ats|aler|asp"
    r"|parco|polizia|carabinieri|vigilfuoco|questura|prefettura|poliziadistato)(?:[.-]|$)"
)
#: Mailboxes of a desk and not of a person, where anybody may not have one.
_DESKS: Final = re.compile(
    r"^(?:info|segreteria|direzione|protocollo|ufficio|urp|biblioteca|prenotazioni|contatti"
    r"|amministrazione|reception|posta|centralino|biglietteria)(?:[._-]|\d|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Trace:
    """Rows of one column that seem to hold something of a person.

    `field`: the published field that holds it; empty where nothing of the column is published.
    """

    column: str
    field: str
    index: Index


def is_personal(text: str, *, code: bool = False) -> bool:
    """Whether a cell holds a telephone, a mailbox of a person, a person's tax code or an IBAN.

    `code`: the cell is an identifier, where bare digits are no telephone.
    """
    return _has_code(text) or _has_mailbox(text) or _has_telephone(text, code=code)


def is_private(text: str) -> bool:
    """The same of a column of contacts, where the fixed network is the body's own."""
    mobile = any(_is_number(one[0], mobile=True) for one in _NUMBER.finditer(_DAY.sub(" ", text)))
    return mobile or _has_code(text) or _has_mailbox(text)


def personal_cells(cells: Mapping[str, Any]) -> dict[str, str]:
    """The published fields of a row, by name, that hold something of a person."""
    texts = {name: cells[name] for name in PUBLISHED if isinstance(cells.get(name), str)}
    return {name: text for name, text in texts.items() if is_personal(text, code=_is_code(name))}


def _is_code(field: str) -> bool:
    return schema.BY_NAME[field].kind != schema.ValueKind.TEXT


def _has_code(text: str) -> bool:
    tax = (one[0].replace(" ", "") for one in _FISCAL.finditer(text))
    accounts = (one[0] for one in _IBAN.finditer(text))
    return any(map(codicefiscale.is_valid, tax)) or any(map(_is_account, accounts))


def _is_account(text: str) -> bool:
    """Words after an IBAN look like its end: it is looked for at the beginning."""
    bare = text.replace(" ", "")
    return any(iban.is_valid(bare[:length]) for length in range(len(bare), 14, -1))


def _has_mailbox(text: str) -> bool:
    boxes = (one for one in _ADDRESS.finditer(text) if one[2])
    return any(not _is_office(one[1], one[2].lower()) for one in boxes)


def _is_office(box: str, domain: str) -> bool:
    if re.search(MAILBOX, f"@{domain}"):
        return False
    public = f".{domain}".endswith(_PUBLIC_ENDS) or _PUBLIC_PARTS.search(domain)
    return bool(public or _PUBLIC_PARTS.search(box) or _DESKS.search(box))


def _has_telephone(text: str, *, code: bool) -> bool:
    text = _DAY.sub(" ", text)
    if _ANNOUNCED.search(text):
        return True
    return any(
        _is_number(one[0])
        for one in _NUMBER.finditer(text)
        if not (code and one[0].strip().isdigit())
    )


def _is_number(text: str, *, mobile: bool = False) -> bool:
    if sum(letter.isdigit() for letter in text) < _FEWEST:
        return False
    try:
        number = phonenumbers.parse(text, "IT")
    except phonenumbers.NumberParseException:
        return False
    if mobile and phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.MOBILE:
        return False
    # Nine digits that begin with 3 are a number of the fixed network that lost its zero.
    lost = number.country_code == _ITALY and len(str(number.national_number)) < _MOBILE_DIGITS
    return phonenumbers.is_valid_number(number) and not (
        lost and str(number.national_number)[0] == "3" and not number.italian_leading_zero
    )


def traces(dataset: Dataset) -> list[Trace]:
    """Everything found, in the cells as they would be published and in the columns that are not,
    in column order."""
    found: dict[tuple[str, str], list[Index]] = defaultdict(list)
    for layer in dataset.layers:
        for column, field, cells in (*_published(dataset, layer), *_kept_aside(layer)):
            code = bool(field) and _is_code(field)
            index = _rows(cells, partial(is_personal, code=code) if field else is_private)
            if len(index):
                found[column, field].append(index + layer.start)
    return [Trace(*key, np.concatenate(parts)) for key, parts in found.items()]


def _published(dataset: Dataset, layer: LayerFacts) -> Iterator[tuple[str, str, pl.Series]]:
    """Texts that anybody would read, as understood and mended."""
    for name in PUBLISHED:
        cells = dataset.frame[name].slice(layer.start, layer.rows)
        if cells.dtype == pl.String and cells.null_count() < len(cells):
            label = schema.BY_NAME[name].label_it
            yield layer.column_of.get(name, label), name, cells


def _kept_aside(layer: LayerFacts) -> Iterator[tuple[str, str, pl.Series]]:
    """Columns as sent of which nothing is published as it stands."""
    shown = {layer.column_of[name] for name in PUBLISHED if name in layer.column_of}
    for cells in layer.frame.get_columns():
        if cells.dtype == pl.String and cells.name not in shown:
            yield cells.name, "", cells


def _rows(cells: pl.Series, holds: Callable[[str], bool]) -> Index:
    suspects = cells.str.contains(_SUSPECT).fill_null(value=False).arg_true()
    sure = [int(i) for i in suspects if holds(cells[int(i)])]
    return np.array(sure, dtype=np.intp)
