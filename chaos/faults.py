"""The harm: each kind says what it does, how it is undone, and for how long it lasts."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg

from chaos import disk
from chaos.stage import LEASE_SECONDS, Stage
from chaos.supervisor import Supervisor

#: Longer than a lease: whoever is that late has lost its work.
BEYOND_LEASE = 2.0 * LEASE_SECONDS
#: Longer than the portal may need to hear of a stopped server.
AWAY_SECONDS = 4.0


class Nothing(Exception):
    """There was nothing to be harmed just now."""


@dataclass
class Scene:
    """What a fault may lay hands on."""

    stage: Stage
    portal: Supervisor
    chance: random.Random
    frozen: list[int] = field(default_factory=list)
    crowd: list["psycopg.Connection[tuple[object, ...]]"] = field(default_factory=list)


Act = Callable[[Scene], None]


def _nothing(scene: Scene) -> None:
    """Whoever watches the portal's processes begins them anew."""


@dataclass(frozen=True)
class Fault:
    """A kind of harm: done, left for some seconds, undone. `often`: how often among the others;
    `needs`: what this machine must let us do."""

    name: str
    do: Act
    undo: Act = _nothing
    seconds: float = 0.0
    often: int = 1
    needs: str = ""


def _kill(pid: int, sign: int = signal.SIGKILL) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, sign)


def _main(name: str) -> Act:
    def kill(scene: Scene) -> None:
        one = scene.portal.of(name)
        if one is None or one.pid is None:
            raise Nothing
        _kill(one.pid)

    return kill


def _child(name: str) -> Act:
    def kill(scene: Scene) -> None:
        below = scene.portal.below(name)
        if not below:
            raise Nothing
        _kill(scene.chance.choice(below))

    return kill


def _freeze(scene: Scene) -> None:
    """Workers that stand still while their leases lapse, and then go on as if nothing were."""
    scene.frozen = scene.portal.below("worker")
    if not scene.frozen:
        raise Nothing
    for pid in scene.frozen:
        _kill(pid, signal.SIGSTOP)


def _thaw(scene: Scene) -> None:
    for pid in scene.frozen:
        _kill(pid, signal.SIGCONT)
    scene.frozen = []


def _shell(command: str) -> Act:
    def run(scene: Scene) -> None:
        scene.stage.shell(command)

    return run


def _kill_redis(scene: Scene) -> None:
    _kill(scene.stage.redis_pid())
    time.sleep(0.2)


def _crowd(scene: Scene) -> None:
    with suppress(psycopg.OperationalError):
        while len(scene.crowd) < 500:
            scene.crowd.append(scene.stage.connect())


def _disperse(scene: Scene) -> None:
    for one in scene.crowd:
        one.close()
    scene.crowd = []


def _trigger(name: str, on: str, body: str) -> tuple[Act, Act]:
    """A trigger before each statement that inserts into a table; and none."""
    make = (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {body}; RETURN NULL; END $$",
        f"DROP TRIGGER IF EXISTS {name} ON {on}",
        f"CREATE TRIGGER {name} BEFORE INSERT ON {on} FOR EACH STATEMENT"
        f" EXECUTE FUNCTION {name}()",
    )
    drop = (f"DROP TRIGGER IF EXISTS {name} ON {on}",)
    return (lambda scene: _run(scene, make)), (lambda scene: _run(scene, drop))


def _run(scene: Scene, statements: tuple[str, ...]) -> None:
    """As soon as nobody holds the table: who would wait for that would hold up all others."""
    for _ in range(100):
        try:
            with scene.stage.connect() as connection, connection.transaction():
                connection.execute("SET LOCAL lock_timeout = '500ms'")
                for statement in statements:
                    connection.execute(statement)
        except psycopg.OperationalError:
            time.sleep(0.3)
        else:
            return
    raise RuntimeError(f"the store could not be changed: {statements[-1]}")


_SLOW = _trigger("chaos_slow", "deliveries_stagedrow", f"PERFORM pg_sleep({BEYOND_LEASE})")
_FAIL = _trigger("chaos_fail", "services_edition", "RAISE EXCEPTION 'on purpose'")
_STOP_AT_ONCE = 'pg_as "$(pg_bin)/pg_ctl" -D "$PG_DATA" -m immediate -w stop >/dev/null'
DISK = "disk"

FAULTS = (
    Fault("worker process killed", _child("worker"), often=6),
    Fault("workers killed", _main("worker"), often=3),
    Fault("worker frozen beyond its lease", _freeze, _thaw, BEYOND_LEASE),
    Fault("reader killed", _main("reader"), often=3),
    Fault("reading process killed", _child("reader"), often=2),
    Fault("web process killed", _child("web"), often=4),
    Fault("web server killed", _main("web"), often=2),
    Fault("front door killed", _main("front")),
    Fault("clock killed", _main("beat")),
    Fault("Redis flushed", _shell("redis_client flushall"), often=4),
    Fault("Redis stopped", _shell("redis_down"), _shell("redis_up"), AWAY_SECONDS),
    Fault("Redis killed", _kill_redis, _shell("redis_up"), 1.0, often=2),
    Fault("PostgreSQL stopped", _shell("pg_down"), _shell("pg_up"), AWAY_SECONDS),
    Fault("PostgreSQL stopped at once", _shell(_STOP_AT_ONCE), _shell("pg_up"), 1.0),
    Fault("connections used up", _crowd, _disperse, 3.0),
    Fault(
        "disk full",
        lambda scene: disk.fill(scene.stage.media),
        lambda scene: disk.free(scene.stage.media),
        AWAY_SECONDS,
        needs=DISK,
    ),
    Fault("store slower than a lease", *_SLOW, seconds=BEYOND_LEASE + 2),
    Fault("publication fails", *_FAIL, seconds=AWAY_SECONDS),
)


def heal(scene: Scene) -> None:
    """Undo all there is, whatever was done."""
    for fault in FAULTS:
        fault.undo(scene)
