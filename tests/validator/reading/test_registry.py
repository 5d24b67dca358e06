"""The registry of formats: one file each, found by walking a folder."""

import sys
from importlib import import_module

import pytest

from validator.reading import formats, registry

MODULE = """from validator.reading.format import Format

ONE = Format(name="{name}", it="Uno", en="One", suffixes=("{suffix}",), magic=(b"1",))
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of formats with the given files, importable for one test."""

    def made(**files: str):
        (tmp_path / "ways").mkdir()
        for name, text in {"__init__": "", **files}.items():
            (tmp_path / "ways" / f"{name}.py").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "ways", raising=False)
        return import_module("ways")

    yield made
    for name in [one for one in sys.modules if one.partition(".")[0] == "ways"]:
        del sys.modules[name]


def test_a_file_in_the_folder_is_an_accepted_format(package):
    found = registry.declared_in(package(one=MODULE.format(name="One", suffix=".one")))
    assert [one.title("it") for one in found] == ["Uno (.one)"]


def test_a_file_without_a_format_is_refused(package):
    with pytest.raises(ValueError, match="declares 0 formats"):
        registry.declared_in(package(one='"""Nothing."""\n'))


@pytest.mark.parametrize(("name", "suffix"), [("One", ".two"), ("Two", ".one")])
def test_two_formats_of_one_name_or_suffix_are_refused(package, name, suffix):
    first, second = (
        MODULE.format(name="One", suffix=".one"),
        MODULE.format(name=name, suffix=suffix),
    )
    with pytest.raises(ValueError, match="declared twice"):
        registry.declared_in(package(one=first, two=second))


def test_every_file_of_the_folder_is_in_the_registry():
    assert len(registry.declared_in(formats)) == len(registry.FORMATS) > 10
