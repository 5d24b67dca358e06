"""SEM-09: school code not well formed."""

from __future__ import annotations

import numpy as np

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.rules.columns import Mask, hits, mask
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import row
from validator.rules.sem.codes import malformed
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording
from validator.schema import TYPE_FIELDS

#: Ministry of Education: two letters of the province, then eight letters or digits.
#: With what the Region's register adds for a further site (-01) or course (-LS) of one school.
SCHOOL_CODE = r"(?i)^[A-Z]{2}[A-Z0-9]{8}(-[A-Z0-9]{1,3})?$"
#: Centres of vocational training, which have no code of the ministry but a number of the Region.
VOCATIONAL = r"(?i)\bc\.?f\.?p\b|formazione professionale|istituzione formativa"


@rule(
    "SEM-09",
    WARNING,
    ROW,
    needs={"school_code"},
    it=Wording(
        title="Codice meccanografico non ben formato",
        one="Riga {row}: codice meccanografico «{value}» non ben formato.",
        many="{n} codici meccanografici non sono ben formati (righe {rows}).",
        all="Nessuno dei {n} codici meccanografici è ben formato: forse la colonna è un'altra.",
        fix="Copialo dai dati aperti del Ministero: 10 "
        "caratteri, prima la provincia (MIPC13000E).",
        why="Il codice collega la scuola all'anagrafe del "
        "Ministero senza badare a come è scritto il nome.",
    ),
    en=Wording(
        title="School code not well formed",
        one="Row {row}: school code '{value}' is not well formed.",
        many="{n} school codes are not well formed (rows {rows}).",
        all="None of the {n} school codes is well formed: perhaps it is another column.",
        fix="Copy it from the ministry's open data: 10 characters, province first (MIPC13000E).",
    ),
    fails=row(name="Liceo Rebora", school_code="PC13000E"),
    passes=row(name="Liceo Rebora", school_code="MIPC13000E"),
)
def school_codes_are_well_formed(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> RuleHits:
    """The ministerial code of a school has 10 characters, the province first.

    It ties the school to the ministry's register, however its name is written. A centre of
    vocational training is not in it: the Region gives it a number.
    """
    wrong = malformed(dataset, "school_code", SCHOOL_CODE) & ~_numbered_by_the_region(dataset)
    return hits(dataset, wrong, "school_code", value=dataset.frame["school_code"])


def _numbered_by_the_region(dataset: Dataset) -> Mask:
    says = [mask(dataset.frame[one].str.contains(VOCATIONAL)) for one in TYPE_FIELDS]
    number = mask(dataset.frame["school_code"].str.strip_chars().str.contains(r"^\d+$"))
    found: Mask = np.any(says, axis=0) & number
    return found
