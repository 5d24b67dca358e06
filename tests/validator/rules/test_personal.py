"""What is taken for something of a person in a cell, and what is not."""

import pytest

from tests.validator.rules.speaking import batches
from validator.findings import Severity
from validator.rules.examples import row
from validator.rules.personal import is_personal, personal_cells

TAX_CODE, ACCOUNT = "RSSMRA80A01F205X", "IT60X0542811101000000123456"


@pytest.mark.parametrize(
    "text",
    [
        f"Studio Mario Rossi {TAX_CODE}", f"studio {TAX_CODE.lower()}", "RSS MRA 80A01 F205X",
        "Ambulatorio tel. 333 1234567", "Anna Bianchi 3479876543", "+39 347 98 76 543",
        "0039 333 1234567", "Mario 333.1234567", "rif. 333/1234567", "333-123 4567",
        "0331 441122", "0331/441122", "(02) 26300123", "chiamare 02 2630 0123",
        "Rossi,3331234567", "Rossi/3331234567", "n.3331234567", "Rossi 3331234567,3387654321",
        "tel3331234567", "Rossi 3331234567.", "3331234567/3387654321", "Rossi;0331441122,fax",
        "tel 0331.441122", "fax: 0331441122", "telefono 800123456", "+41 91 123 45 67",
        "scrivere a mario.rossi@gmail.com", "m.rossi@pec.it", "mario.rossi (at) studiorossi.it",
        f"Casa di Mario Rossi, IBAN {ACCOUNT}", "IT60 X054 2811 1010 0000 0123 456 a Rossi",
    ],
)  # fmt: skip
def test_contacts_and_codes_of_persons_are_found(text):
    assert is_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "Via Roma 12", "DCC n. 45 del 12/03/2019", "06/12/2019", "02-03-2019", "015209", "20099",
        "protocollo@comune.legnano.mi.it", "miic8ab00x@istruzione.it", "info@teatro.example",
        "comune.sesto@pec.regione.lombardia.it", "polizialocale@comune.rho.mi.it",
        "RSSMRA85T10A562X", "MI0123456789", "IT60X0542811101000000123457", "J41B21001230001",
        "foglio 12 mappale 345, 1200 mq", "D.G.R. X/1234 del 30/12/2013", "euro 3.250.000,00",
        "12.3331234567 45.3471234567", "3501234,12 5042600,55", "lon 9,3331234567", "hotel 3331",
        "521200.12 5042600.55", "POINT (501000 5031000)", "9.123456 45.123456", "2019-2023",
    ],
)  # fmt: skip
def test_ordinary_words_codes_days_and_offices_are_not(text):
    assert not is_personal(text)


def test_digits_alone_are_no_telephone_in_an_identifier():
    assert personal_cells({"identifier": "3331234567", "name": "Asilo"}) == {}
    assert personal_cells({"identifier": TAX_CODE}) == {"identifier": TAX_CODE}


def test_a_published_cell_asks_and_a_column_of_contacts_only_tells():
    found = batches("ATT-15", row(name="Ambulatorio 333 1234567", phone="333 1234567"))
    assert {(one.column, one.severity) for one in found} == {
        ("NAME", Severity.WARNING),
        ("PHONE", Severity.INFO),
    }
