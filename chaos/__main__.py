"""`python -m chaos [MINUTES]` (bin/chaos): makes the portal, does it harm, heals it, looks."""

import argparse
import fcntl
import random
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

from bench.servers import free_port
from chaos import disk
from chaos.faults import DISK, FAULTS, Fault, Nothing, Scene, heal
from chaos.portal import enter
from chaos.stage import ROOT, stage
from chaos.supervisor import running

#: Comuni that deliver.
COMUNI = 6
#: Seconds within which a healed portal comes to rest.
REST_SECONDS = 150.0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/chaos")
    parser.add_argument("minutes", type=float, nargs="?", default=2.0)
    parser.add_argument("--seed", default=str(time.time_ns()))
    parser.add_argument("--only", action="append", default=[], metavar="KIND")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args()
    unknown = set(asked.only) - {fault.name for fault in FAULTS}
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))} (--list names them)")
    return asked


def main() -> int:
    asked = arguments()
    if asked.list:
        print("\n".join(fault.name for fault in FAULTS))
        return 0
    folder = ROOT / ".local/chaos"
    folder.parent.mkdir(exist_ok=True)
    with (folder.parent / "chaos.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("** Another bin/chaos is at work in this checkout.\n   Wait for its end.")
        return _alone(asked, folder)


def _alone(asked: argparse.Namespace, folder: Path) -> int:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "media").mkdir(parents=True, mode=0o700)
    folder.chmod(0o711)
    refused = disk.mount(folder / "media")
    print(f"--- a portal of its own (seed {asked.seed})", flush=True)
    try:
        with stage(folder, free_port(), keep=asked.keep) as made, running(made) as portal:
            enter(made)
            scene = Scene(made, portal, random.Random(asked.seed))
            return _run(asked, scene, refused)
    finally:
        if not asked.keep:
            disk.unmount(folder / "media")
            shutil.rmtree(folder, ignore_errors=True)


def _run(asked: argparse.Namespace, scene: Scene, refused: str) -> int:
    # Only now: these know the product, and the product its database.
    from chaos import play

    show = play.Show(scene, COMUNI)
    show.begin()
    kinds = [fault for fault in FAULTS if not asked.only or fault.name in asked.only]
    skipped = [fault for fault in kinds if fault.needs == DISK and refused]
    kinds = [fault for fault in kinds if fault not in skipped]
    done = harm(scene, kinds, asked.minutes * 60)
    healing = time.monotonic()
    print("--- healing", flush=True)
    heal(scene)
    held = show.end(REST_SECONDS)
    print(f"    whole again and looked at after {time.monotonic() - healing:.0f} s")
    print(f"\n{sum(done.values())} faults in {asked.minutes:g} minutes:")
    for name, number in sorted(done.items(), key=lambda one: -one[1]):
        print(f"  {number:>4}  {name}")
    for fault in skipped:
        print(f"  none  {fault.name}: {refused}")
    print(show.told())
    print("Invariants:")
    print("\n".join(one.line for one in held))
    return 1 if any(one.broken for one in held) else 0


def harm(scene: Scene, kinds: list[Fault], seconds: float) -> Counter[str]:
    """Fault after fault, each kind once and then by chance; how many of each."""
    done: Counter[str] = Counter()
    first = scene.chance.sample(kinds, len(kinds))
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        fault = first.pop() if first else scene.chance.choices(kinds, [f.often for f in kinds])[0]
        try:
            fault.do(scene)
        except Nothing:
            time.sleep(0.2)
            continue
        done[fault.name] += 1
        print(f"    {fault.name}", flush=True)
        time.sleep(fault.seconds)
        fault.undo(scene)
        time.sleep(scene.chance.uniform(0.5, 3))
    return done


if __name__ == "__main__":
    sys.exit(main())
