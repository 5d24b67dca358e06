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
