"""Whose fault it is that a file does not open: the file's, the reader's or the machine's."""

import errno
import json
import multiprocessing
import signal
import sqlite3
import zipfile

import polars as pl
import pytest

from validator.confined import child, confinement, wire
from validator.limits import Limits
from validator.reading import archive, gdal
from validator.reading.errors import Unreadable
from validator.reading.formats import shapefile
from validator.reading.job import Job
from validator.reading.request import ReadOptions, ReadRequest


def answered(path, directory) -> dict:
    """What the confined process says of a file, in a process of its own."""
    asked = wire.Asked(ReadRequest(str(path), path.name))
    with path.open("rb") as sent:
        process = multiprocessing.get_context("fork").Process(
            target=child.run, args=(asked, directory, sent)
        )
        process.start()
        process.join(60)
    return json.loads((directory / child.OUT / wire.ANSWER).read_text())


@pytest.fixture
def zipped(tmp_path):
    path = tmp_path / "piano.zip"
    with zipfile.ZipFile(path, "w") as found:
        found.writestr("piano.csv", "ID;TIPOLOGIA\n1;Biblioteca\n")
    return path


@pytest.mark.parametrize(
    ("number", "failed"), [(errno.ENOSPC, True), (errno.EMFILE, True), (errno.EINVAL, False)]
)
def test_a_full_disk_is_no_damaged_archive(zipped, tmp_path, monkeypatch, number, failed):
    def breaks(*_args):
        raise OSError(number, "no")

    monkeypatch.setattr(archive.Archive, "_blocks", breaks)
    folder = tmp_path / "private"
    folder.mkdir()
    answer = answered(zipped, folder)
    assert ("failed" in answer) is failed
    assert failed or answer["refused"]["params"]["reason"] == "damaged"


def test_a_database_without_room_is_no_damaged_geopackage():
    refusal = Unreadable("FIL-01", file="a.gpkg", format="GeoPackage", reason="damaged")
    refusal.__cause__ = full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    assert refusal.is_of_the_machine
    full.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    assert not refusal.is_of_the_machine


@pytest.mark.parametrize(
    ("number", "ours"),
    [(signal.SIGSEGV, True), (signal.SIGABRT, True), (signal.SIGXCPU, False)],
)
def test_a_reader_that_breaks_judges_no_file(number, ours):
    refusal = confinement.verdict(-number, "piano.gpkg", Limits())
    assert refusal.is_ours is ours


def test_a_panic_of_a_library_is_the_readers_own(tmp_path, monkeypatch):
    job = Job(tmp_path / "a.shp", "a.zip", ReadOptions(), Limits())

    def panics(*_args, **_kwargs):
        raise pl.exceptions.PanicException("index out of bounds")

    monkeypatch.setattr(gdal, "read_layer", panics)
    with pytest.raises(Unreadable) as refusal:
        shapefile._through_gdal(job)
    assert refusal.value.is_ours
