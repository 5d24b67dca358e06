"""What the walk through CONTRIBUTING.md lays into a copy of the tree, as files of their own."""

RULE_TEST = '''"""{code}: it speaks of what is wrong, and only then."""

from tests.validator.rules.speaking import says, silent


def test_{stem}_speaks_of_a_height():
    assert says(
        "{code}", "Strato servizi: una geometria con quota o misura; conservata solo la pianta."
    )


def test_{stem}_is_silent_about_the_flat():
    assert silent("{code}")
'''

FORMAT = '''"""A table whose first line says what it is."""

from validator.reading.format import Format
from validator.reading.formats import delimited
from validator.reading.job import Found, Job
from validator.reading.sample import Sample

FIRST = "#tavola\\n"


def recognises(sample: Sample) -> bool:
    return (sample.text or "").startswith(FIRST)


def read(job: Job) -> Found:
    job.path.write_text(job.path.read_text(encoding="utf-8").removeprefix(FIRST), encoding="utf-8")
    return delimited.read(job)


TAVOLA = Format(
    name="Tavola",
    it="Tavola di prova",
    en="Table on trial",
    suffixes=(".tavola",),
    recognises=recognises,
    read=read,
)
'''

FORMAT_TEST = '''"""The format on trial: told by its first line, read as a table."""

import io

import pytest
from django.core.management import call_command

from tests.validator.reading.conftest import zipped
from validator.reading.registry import accepted_formats

TEXT = "#tavola\\nTIPOLOGIA;DENOMINAZIONE\\nBiblioteca;Civica\\nMuseo;Storico\\n"


def test_it_is_read_alone_and_in_an_archive(read_text):
    for sent, name in ((TEXT, "p.tavola"), (zipped({"p.tavola": TEXT.encode()}), "p.zip")):
        result = read_text(sent, name)
        assert (result.format, result.layers[0].rows) == ("Tavola", 2)
    assert "Table on trial (.tavola)" in accepted_formats("en")


def test_it_is_checked(db, tmp_path):
    (tmp_path / "piano.tavola").write_text(TEXT)
    said = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "check_delivery", tmp_path / "piano.tavola", municipality="015209", stdout=said
        )
    assert ended.value.code == 1, said.getvalue()  # errors in the rows: the file was read
'''

LAYER = """
TRIAL = Layer(
    id="prova",
    title=_("Strato di prova"),
    short=_("Prova"),
    fields=(LayerField("istat", _("codice ISTAT")), LayerField("name", _("nome"))),
    min_zoom=5,
    max_zoom=13,
    licence="CC BY 4.0",
    attribution=CMM,
    tables=("zones_municipality",),
    rows=lambda _day: Municipality.objects.current(),
    geometry="geometry_web",
    drawing=Drawing("line", "#0b6575"),
    legend=(LegendEntry(_("linea: comune in prova")),),
    downloads=(_geojson("/api/v1/municipalities/"),),
    page="zones:municipality",
)
"""

LAYER_TEST = '''"""The layer on trial: what its tiles hold."""

from tests.sttm2.test_tiles import read, url


def test_its_tiles_hold_the_comuni(db, client, tmp_path):
    assert "Sesto San Giovanni" in read(client, url("prova", 11), tmp_path).within("name")
'''

LAYER_WORDS = {
    "Strato di prova": "Layer on trial",
    "Prova": "Trial",
    "linea: comune in prova": "line: comune on trial",
}

SECTION = '''"""The section on trial."""

from django.utils.translation import gettext as _

from core.sheets import Fact, Section, SheetTerritory


def trial_of(territory: SheetTerritory) -> Section:
    """How many comuni the territory has."""
    counted = Fact(_("Comuni contati"), len(territory.municipalities))
    return Section(slug="prova", title=_("Sezione di prova"), facts=(counted,))
'''

SECTION_TEST = '''"""The section on trial: how many comuni."""

from core.sheets import SheetTerritory
from funding.sheets.prova import trial_of


def test_it_counts_the_comuni():
    territory = SheetTerritory("Due", ("015209", "015077"), None, None)
    assert [fact.value for fact in trial_of(territory).facts] == [2]
'''

SECTION_WORDS = {"Comuni contati": "Comuni counted", "Sezione di prova": "Section on trial"}
