"""The reader server and its children: they may die in any way, the caller too; nothing stays."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from tests.processes import ROOT, Reader
from tests.validator.reading.conftest import write_points
from validator.confined import client, process
from validator.limits import Limits
from validator.reading.errors import ABORTED, ReaderDied, Unreadable

PROBE = """
import socket, subprocess, sys, threading
from pathlib import Path
from validator.limits import Limits
from validator.confined import child, confinement
child.prepare()
import pyogrio
print(",".join(sorted(pyogrio.list_drivers())))
# Libraries start threads, and to a process with threads the kernel gives no namespace of its own.
threading.Thread(target=threading.Event().wait, daemon=True).start()
confinement.confine(Limits(), Path(sys.argv[2]))
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=2).close()
    print("reached")
except OSError:
    print("closed")
try:
    subprocess.run(["true"])
    print("ran")
except OSError:
    print("no other program")
"""


@pytest.fixture
def heavy(tmp_path):
    """A table that takes a second or two to read."""
    path = tmp_path / "grande.csv"
    row = ";".join(f"valore {i}" for i in range(20))
    path.write_text("\n".join([";".join(f"c{i}" for i in range(20))] + [row] * 100_000))
    return path


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path, monkeypatch):
    """Others on this machine read files too: what remains is looked for in a folder of our own."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)


def temporary() -> set[str]:
    return {p.name for p in Path(tempfile.gettempdir()).glob(f"{process.PREFIX}*")}


def grandchildren(pid: int) -> list[int]:
    """The reading processes under a server: children of its wardens."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        found.append((int(stat.parent.name), parent))
    wardens = {child for child, parent in found if parent == pid}
    return [child for child, parent in found if parent in wardens]


def started(folder: Path) -> Reader:
    server = Reader(folder)
    server.start()
    return server


def wait_for(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.01)
    raise AssertionError("did not happen in time")


def test_with_and_without_server_the_same_comes_out(read, tmp_path):
    path = write_points(tmp_path / "servizi.gpkg", ["Città", "Forlì"])
    before = temporary()
    warm, cold = read(path), client.read(path, name=path.name)
    assert warm.layers[0].frame.equals(cold.layers[0].frame)
    assert warm.layers[0].wkb.equals(cold.layers[0].wkb)
    assert warm.layers[0].notes == cold.layers[0].notes
    assert temporary() == before


def test_where_nobody_listens_the_file_is_read_all_the_same(tmp_path):
    path = write_points(tmp_path / "servizi.gpkg", ["Città"])
    result = client.read(path, name="servizi.gpkg", socket_path=tmp_path / "nessuno.sock")
    assert result.layers[0].rows == 1


@pytest.mark.parametrize("warm", [True, False])
def test_fil_02_memory_and_time_are_bounded(server, heavy, warm):
    before = temporary()
    # A library that finds no memory either says so or aborts the process.
    for limits, reasons in (
        (Limits(memory_bytes=20_000_000), ("memory", ABORTED)),
        (Limits(seconds=0), ("time",)),
    ):
        with pytest.raises(Unreadable) as refusal:
            socket_path = server.socket if warm else None
            client.read(heavy, name="grande.csv", socket_path=socket_path, limits=limits)
        assert refusal.value.code == "FIL-02"
        assert refusal.value.params["reason"] in reasons
    assert server.settle() == []
    assert temporary() == before


@pytest.mark.parametrize("warm", [True, False])
def test_a_busy_machine_is_no_fault_of_the_file(server, heavy, warm):
    """Refused it would be deleted; as our fault it is checked again."""
    socket_path = server.socket if warm else None
    with pytest.raises(ReaderDied):
        client.read(heavy, name="grande.csv", socket_path=socket_path, limits=Limits(patience=0))
    assert server.settle() == []


def test_fil_02_more_rows_than_the_limit_are_refused_in_words(read, heavy):
    with pytest.raises(Unreadable) as refusal:
        read(heavy, limits=Limits(rows=1000))
    assert refusal.value.params["unit"] == "rows"


def test_fil_02_a_file_above_the_published_size_is_not_opened(read, heavy):
    with pytest.raises(Unreadable) as refusal:
        read(heavy, limits=Limits(upload_bytes=1000))
    assert refusal.value.params["size"] == heavy.stat().st_size


def read_while_killing(server, read, heavy, number: int, *, times: int) -> list[object]:
    """What came of a reading whose process is killed so often."""
    came: list[object] = []

    def reading():
        try:
            came.append(read(heavy))
        except Exception as error:
            came.append(error)

    thread = threading.Thread(target=reading)
    thread.start()
    victims: list[int] = []
    for _ in range(times):
        victims.append(wait_for(lambda: set(grandchildren(server.process.pid)) - {*victims}).pop())
        time.sleep(0.1)
        os.kill(victims[-1], number)
    thread.join(40)
    return came


@pytest.mark.parametrize(
    ("number", "outcome"), [(signal.SIGKILL, ReaderDied), (signal.SIGSEGV, Unreadable)]
)
def test_a_reading_process_that_dies_is_tried_twice_then_told(
    server, read, heavy, number, outcome
):
    (told,) = read_while_killing(server, read, heavy, number, times=2)
    assert isinstance(told, outcome)
    assert server.settle() == []
    (read_again,) = read_while_killing(server, read, heavy, number, times=1)
    assert read_again.layers[0].rows == 100_000
    assert server.settle() == []


@pytest.mark.parametrize("warm", [True, False])
def test_a_caller_killed_in_the_middle_leaves_nothing_behind(server, heavy, tmp_path, warm):
    socket_path = repr(str(server.socket)) if warm else "None"
    code = f"""
from validator.confined import client
client.read({str(heavy)!r}, name="grande.csv", socket_path={socket_path})
"""
    before = temporary()
    caller = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    wait_for(server.leftovers if warm else (lambda: temporary() - before))
    time.sleep(0.3)
    caller.kill()
    caller.wait()
    assert server.settle() == []
    client.read(write_points(tmp_path / "a.gpkg", ["x"]), name="a.gpkg")  # sweeps what is orphaned
    assert temporary() == before


def test_a_killed_server_is_replaced_and_its_remains_are_swept(tmp_path, heavy):
    folder = tmp_path / "s"
    first = started(folder)
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(first.socket))
    wait_for(first.leftovers)
    first.kill()
    connection.close()
    assert first.leftovers()
    first.socket.unlink()
    second = started(folder)
    assert client.read(heavy, name="g.csv", socket_path=second.socket).layers[0].rows == 100_000
    assert second.settle() == []
    assert second.stop() == 0
    assert not second.socket.exists()


def test_a_killed_warden_leaves_nothing(tmp_path):
    running = started(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(running.socket))
        (left,) = wait_for(running.leftovers)
        os.kill(int(left.split("-")[1]), signal.SIGKILL)
        assert running.settle() == []
    assert running.stop() == 0


def test_two_servers_do_not_share_one_spool(server):
    command = [sys.executable, "-m", "validator.confined.server", "--socket", "x.sock"]
    command += ["--spool", str(server.spool)]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 1


def test_nonsense_on_the_socket_harms_nobody(server, read, tmp_path):
    for nonsense in (
        b"",
        b"\x00",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x02{}",
        b"\x00\x00\x00\x05hallo",
    ):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(server.socket))
            connection.sendall(nonsense)
    assert read(write_points(tmp_path / "a.gpkg", ["x"])).layers[0].rows == 1
    assert server.settle() == []


def test_several_callers_at_once_get_their_own_file(read, tmp_path):
    got: dict[int, list[str]] = {}

    def reading(i):
        path = write_points(tmp_path / f"a{i}.gpkg", [f"servizio {i}"])
        got[i] = read(path).layers[0].frame["NOME"].to_list()

    threads = [threading.Thread(target=reading, args=(i,)) for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {i: [f"servizio {i}"] for i in range(12)}


def test_only_the_allowed_drivers_no_network_and_no_other_program(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-c", PROBE, port, str(tmp_path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    drivers, network, program = done.stdout.splitlines()
    assert set(drivers.split(",")) <= {
        "ESRI Shapefile", "FlatGeobuf", "GML", "GPKG", "GeoJSON", "LIBKML", "MEM",
    }  # fmt: skip
    assert network == "closed"
    assert program == "no other program"


def test_a_process_started_ahead_reads_the_next_file_and_none_stays(tmp_path):
    path = write_points(tmp_path / "servizi.gpkg", ["Città"])
    process.start_ahead()
    ready = {folder.name for folder in Path(tempfile.gettempdir()).glob(f"{process.PREFIX}*")}
    assert len(ready) == 1
    assert client.read(path, name=path.name).layers[0].rows == 1
    assert temporary() == set()
