"""Requests to the portal's API as programs make them, and how they were answered."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import requests

#: Seconds for connecting, and for an answer.
PATIENCE = (5, 40)


@dataclass(frozen=True)
class Answer:
    """`status` 0: nobody answered, or not to the end."""

    status: int
    body: Any = None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


@dataclass
class Api:
    """The portal on a port; counts what it answered."""

    port: int
    answered: Counter[int] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, path: str, key: str = "") -> Answer:
        """What stands at an address of the API."""
        return self._asked("GET", path, key)

    def post(self, path: str, key: str = "", **more: Any) -> Answer:
        """What is done there; `more`: as `requests` takes a body."""
        return self._asked("POST", path, key, **more)

    def _asked(self, method: str, path: str, key: str, **more: Any) -> Answer:
        headers = {
            **more.pop("headers", {}),
            **({"Authorization": f"Bearer {key}"} if key else {}),
        }
        address = f"http://127.0.0.1:{self.port}/api/v1/{path}"
        try:
            said = requests.request(method, address, headers=headers, timeout=PATIENCE, **more)
            answer = Answer(said.status_code, _body(said))
        except requests.RequestException:
            answer = Answer(0)
        with self._lock:
            self.answered[answer.status] += 1
        return answer


def _body(said: requests.Response) -> Any:
    """As JSON; nothing of what is none."""
    try:
        return said.json()
    except ValueError:
        return None
