"""A worker process that checks one delivery: `python -m bench.probe UPLOAD WARM-UP`.

Answers `checked` when the check has ended, then JSON: seconds of
the whole and of its parts. The parts are timed on an examination of
the same file afterwards: a check tells its progress to people only.
"""

import json
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from django.utils import timezone

import bench.portal  # noqa: F401  # sets Django up: must come first
from deliveries import tasks
from deliveries.checks import examination
from deliveries.models import Delivery


def parts_of(delivery: Delivery) -> dict[str, float]:
    """Seconds per stage of an examination that stores nothing."""
    spent: dict[str, float] = defaultdict(float)
    stages, at = [""], [time.perf_counter()]

    def on_progress(stage: str, done: int, total: int) -> None:
        now = time.perf_counter()
        spent[stages[-1]] += now - at[-1]
        stages.append(stage)
        at.append(now)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "delivery"
        with delivery.file.open("rb") as stored, path.open("wb") as local:
            shutil.copyfileobj(stored, local)
        request = examination.CheckRequest(
            path,
            delivery.file_name,
            delivery.source,
            timezone.localdate(),
            {},
        )
        examination.examine(request, on_progress=on_progress)
        on_progress("end", 0, 0)
    rules = {name: spent.pop(name) for name in list(spent) if name.isupper()}
    spent.pop("", None)
    return {**spent, "rules": sum(rules.values())}


def main(delivery_id: str, warm_up: str) -> None:
    parts_of(Delivery.objects.get(pk=warm_up))
    delivery = Delivery.objects.get(pk=delivery_id)
    begun = time.perf_counter()
    tasks.check_delivery(delivery_id)
    whole = time.perf_counter() - begun
    print("checked", flush=True)  # whoever watches the memory stops here
    delivery.refresh_from_db()
    parts = parts_of(delivery)
    answer = {
        "seconds": whole,
        "parts": {**parts, "store": whole - sum(parts.values())},
        "status": delivery.status,
        "rows": delivery.row_count,
        "findings": delivery.findings.count(),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
