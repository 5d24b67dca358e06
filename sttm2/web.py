"""gunicorn's settings (`gunicorn --config python:sttm2.web`): the same for bin/run and containers.

Two processes of four threads: a streamed export holds a thread. The portal is loaded once, before
the fork (`sttm2.wsgi`).
"""

from typing import Any

from gunicorn.glogging import Logger

from sttm2.logs import Discreet
from sttm2.memory import settle


class WebLogger(Logger):  # type: ignore[misc]
    """The access log, where an installation asks for one, and the errors, without secrets."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.addFilter(Discreet())


wsgi_app = "sttm2.wsgi"
preload_app = True
worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
#: Seconds; longer than nginx keeps a connection that rests (front/nginx.conf.template): who hangs
#: up first may do so just when a request comes.
keepalive = 75
logger_class = WebLogger
control_socket_disable = True


def pre_fork(server: Any, worker: Any) -> None:
    """Its processes share what is loaded by now."""
    settle()
