"""gunicorn's settings (`gunicorn --config python:sttm2.web`): the same for bin/run and containers.

Two processes of four threads: a streamed export holds a thread. The portal is loaded once, before
the fork (`sttm2.wsgi`).
"""

import gc
from typing import Any

wsgi_app = "sttm2.wsgi"
preload_app = True
worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
control_socket_disable = True


def pre_fork(server: Any, worker: Any) -> None:
    """Without this the first garbage collection of each process would write on all it shares."""
    gc.collect()
    gc.freeze()
