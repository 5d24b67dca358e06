"""A process that makes one return file: `python -m bench.filing UPLOAD SORT`; and its cost."""

import json
import os
import sys
import time

import bench.portal  # noqa: F401  # sets Django up: must come first
from bench.servers import peak_mib
from deliveries import returns
from deliveries.models import Delivery


def main(delivery_id: str, sort: str) -> None:
    Delivery.objects.get(pk=delivery_id).findings.first()  # the connection is not the file's cost
    before, begun = peak_mib(os.getpid()), time.perf_counter()
    returns.build(delivery_id, sort, "it")
    seconds = time.perf_counter() - begun
    print(json.dumps({"seconds": seconds, "grown": peak_mib(os.getpid()) - before}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
