"""A worker process that publishes one delivery when it is told to: `python -m bench.publishing
DELIVERY`. Answers `ready`, then the seconds that it took."""

import sys
import time

import bench.portal  # noqa: F401  # sets Django up: must come first
from deliveries import tasks
from deliveries.models import Delivery


def main(delivery: str) -> None:
    Delivery.objects.filter(pk=delivery).exists()
    print("ready", flush=True)
    sys.stdin.readline()
    begun = time.perf_counter()
    tasks.publish_delivery(delivery)
    spent = time.perf_counter() - begun
    if Delivery.objects.get(pk=delivery).status != "published":
        raise RuntimeError("nothing was published")
    print(spent, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
