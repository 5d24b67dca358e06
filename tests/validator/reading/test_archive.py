"""Archives: folders and litter are fine, tricks are refused, no byte lands outside."""

import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.validator.reading.conftest import shapefile_members, zipped
from validator.limits import Limits
from validator.reading.archive import Archive
from validator.reading.errors import Unreadable

CSV = b"ID;NOME\n1;Biblioteca\n"


def test_two_shapefiles_in_nested_folders_are_two_layers(read_text, tmp_path):
    one = shapefile_members(tmp_path / "a", ["Biblioteca"], "esistenti")
    two = shapefile_members(tmp_path / "b", ["Museo", "Teatro"], "previsti")
    members = {f"PGT/PdS/Stato/{n}": c for n, c in one.items()}
    members |= {f"PGT/PdS/{n.upper()}": c for n, c in two.items()}
    members |= {f"__MACOSX/PGT/._{n}": b"\x00\x05" for n in one} | {"PGT/.DS_Store": b"x"}
    result = read_text(zipped(members), "pgt.zip")
    assert {(layer.name, layer.rows) for layer in result.layers} == {
        ("esistenti", 1),
        ("PREVISTI", 2),
    }
    assert result.others == ()


@pytest.mark.parametrize(
    "name", ["../fuori.csv", "/etc/fuori.csv", "a/../../b.csv", "C:\\fuori.csv", "..\\x.csv"]
)
def test_fil_03_paths_that_leave_the_archive_are_refused(read_text, name):
    with pytest.raises(Unreadable) as refusal:
        read_text(zipped({"buono.csv": CSV, name: CSV}), "x.zip")
    assert refusal.value.code == "FIL-03"
    assert refusal.value.params["reason"] == "path"


def test_fil_03_archives_inside_archives_are_refused(read_text):
    with pytest.raises(Unreadable) as refusal:
        read_text(zipped({"dentro.zip": zipped({"a.csv": CSV})}), "x.zip")
    assert (refusal.value.code, refusal.value.params["item"]) == ("FIL-03", "dentro.zip")


def test_fil_03_a_zip_dressed_as_a_table_inside_a_zip_is_refused(read_text):
    with pytest.raises(Unreadable) as refusal:
        read_text(zipped({"dentro.csv": zipped({"a.csv": CSV})}), "x.zip")
    assert refusal.value.code == "FIL-03"


def test_fil_03_links_are_refused(read, tmp_path):
    path = tmp_path / "x.zip"
    link = zipfile.ZipInfo("passwd.csv")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(Unreadable) as refusal:
        read(path)
    assert refusal.value.params["reason"] == "link"


def test_fil_03_a_bomb_is_refused_before_unpacking(read_text):
    with pytest.raises(Unreadable) as refusal:
        read_text(zipped({"servizi.shp": bytes(60_000_000)}), "x.zip")
    assert (refusal.value.code, refusal.value.params["reason"]) == ("FIL-03", "ratio")


def test_fil_02_what_really_comes_out_is_counted(tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(zipped({"a.csv": b"x" * 5_000}))
    archive = Archive(path, "x.zip", Limits(unpacked_bytes=10_000))
    archive.limits = Limits(unpacked_bytes=100)  # as if the directory had lied about the size
    with pytest.raises(Unreadable) as refusal:
        archive.unpack(archive.members[0], tmp_path / "out")
    archive.close()
    assert refusal.value.code == "FIL-02"


def test_fil_01_a_cut_archive_is_told_as_damaged(read_text, tmp_path):
    whole = zipped(shapefile_members(tmp_path / "a", ["Biblioteca"]))
    with pytest.raises(Unreadable) as refusal:
        read_text(whole[: len(whole) // 2], "x.zip")
    assert (refusal.value.code, refusal.value.params["reason"]) == ("FIL-01", "damaged")


@pytest.mark.parametrize("inner", ["servizi.gpkg", "servizi.geojson", "servizi.fgb"])
def test_an_archive_may_hold_a_single_file_of_another_format(read_text, tmp_path, inner):
    from tests.validator.reading.conftest import write_points

    path = write_points(tmp_path / inner, ["Città degli studi"])
    result = read_text(zipped({f"cartella/{inner}": path.read_bytes()}), "x.zip")
    assert result.layers[0].frame["NOME"].to_list() == ["Città degli studi"]
    assert result.layers[0].source == f"cartella/{inner}"


def test_a_geodatabase_is_named_when_refused(read_text):
    with pytest.raises(Unreadable) as refusal:
        read_text(zipped({"pgt.gdb/a00000001.gdbtable": b"x", "pgt.gdb/gdb": b"x"}), "x.zip")
    assert refusal.value.params["format"] == "File Geodatabase"


def test_an_incomplete_set_beside_a_good_one_is_told_not_fatal(read_text, tmp_path):
    members = shapefile_members(tmp_path / "a", ["Biblioteca"]) | {
        "rotto.shp": b"\x00\x00\x27\x0a"
    }
    result = read_text(zipped(members), "x.zip")
    assert [layer.name for layer in result.layers] == ["servizi"]
    assert [(other.name, other.reason) for other in result.others] == [("rotto.shp", "incomplete")]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(alphabet=st.sampled_from("ab./\\:~ \x01éC"), min_size=1, max_size=30))
def test_whatever_the_member_names_nothing_is_written_outside(tmp_path, name):
    """Prove that any name is either refused or unpacked under a name of ours."""
    folder = tmp_path / "box"
    folder.mkdir(exist_ok=True)
    path = folder / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"x")
    before = {p.name for p in tmp_path.iterdir()}
    try:
        opened = Archive(path, "x.zip", Limits())
    except Unreadable as refusal:
        assert refusal.code in ("FIL-01", "FIL-03")
        return
    for member in opened.members:
        assert ".." not in Path(str(member.name)).parts
        opened.unpack(member, folder / "out")
        (folder / "out").unlink()
    opened.close()
    assert {p.name for p in tmp_path.iterdir()} == before
