"""schemathesis against the portal's own WSGI application, for one person; and the table of what is
not held (docs/api-contract.md). No tests here."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from urllib.parse import unquote, urlsplit

import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, transaction
from django.urls import Resolver404, resolve
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.engine import Status, events, from_schema
from schemathesis.hooks import unregister
from schemathesis.transport.wsgi import WSGITransport

from sttm2.public import DEPENDS, KEPT_BY_NOBODY
from tests.house.tree import ROOT

SCHEMA = "/api/v1/schema/"
PAGE = ROOT / "docs" / "api-contract.md"
LINE = re.compile(r"^\| `([^`]+)` \| `(\w+)` \| (.+) \|$", re.MULTILINE)
#: Of so many calls to what there is, one goes to what there may not be.
ELSEWHERE = 5
OF_SOCKETS = ("max_redirects", "verify", "cert", "proxies")
#: Part of an address before a place -> what stands in it; any of them.
Places = Mapping[tuple[str, str], Sequence[str]]


def table() -> dict[tuple[str, str], str]:
    """(operation, check) -> why it is not held."""
    lines = LINE.findall(PAGE.read_text(encoding="utf-8"))
    return {(operation, check): why for operation, check, why in lines}


@schemathesis.check
def belongs_to_who_asked(ctx: Any, response: Any, case: Any) -> None:
    """What is not public is kept by nobody, and says what it depends on."""
    if not any(case.operation.definition.raw.get("security", ())):
        return
    try:
        resolve(unquote(urlsplit(response.request.url).path))
    except Resolver404:
        return  # an address that nobody answers is everybody's
    kept, varies = (response.headers.get(name, [""])[0] for name in ("cache-control", "vary"))
    assert kept == KEPT_BY_NOBODY, f"Cache-Control: {kept}"
    assert {*DEPENDS} <= {one.strip() for one in varies.split(",")}, f"Vary: {varies}"


class Undone:
    """The portal, each of whose answers comes from the same state: what it wrote is undone."""

    def __init__(self) -> None:
        self.application = get_wsgi_application()
        self.answers: Counter[int] = Counter()

    def __enter__(self) -> "Undone":
        """As in Django's own test client, a request does not end the connection that it found."""
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        return self

    def __exit__(self, *_error: object) -> None:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        def started(status: str, headers: Any, *more: Any) -> Any:
            self.answers[int(status[:3])] += 1
            return start_response(status, headers, *more)

        with transaction.atomic():
            answer = self.application(environ, started)
            try:
                body = b"".join(answer)
            finally:
                getattr(answer, "close", int)()
            transaction.set_rollback(True)
        connection.close()  # the calling thread's own
        return [body]


@dataclass
class Examination:
    """All that schemathesis has, asked by somebody of an application."""

    application: Any
    headers: Mapping[str, str]
    places: Places
    examples: int
    stateful: bool = False
    found: dict[tuple[str, str], str] = field(default_factory=dict)
    called: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        config = SchemathesisConfig.from_dict(self._settings())
        schema = schemathesis.openapi.from_wsgi(SCHEMA, self.application, config=config)

        def before_call(context: Any, case: Any, kwargs: Any) -> None:
            self._place(case)

        schemathesis.hook(before_call)
        try:
            with mock.patch.object(WSGITransport, "send", _without_sockets):
                for event in from_schema(schema).execute():
                    self._hear(event)
        finally:
            unregister(before_call)

    def _hear(self, event: Any) -> None:
        if isinstance(event, events.ScenarioFinished):
            self.called[event.label or ""] += len(event.recorder.cases)
            self.found |= dict(_failures(event))
        elif isinstance(event, events.NonFatalError):
            self.found[event.label, "error"] = repr(event.value)

    def _settings(self) -> dict[str, Any]:
        units = ("examples", "coverage", "fuzzing")
        return {
            "seed": 1,
            "continue-on-failure": True,
            "headers": dict(self.headers),
            "generation": {
                "max-examples": self.examples,
                "deterministic": True,
                "no-shrink": True,
                "database": "none",
                # A NUL is refused in every text; JSON Schema would need a pattern at each.
                "allow-x00": False,
            },
            "phases": {
                "stateful": {"enabled": self.stateful},
                **{name: {"enabled": not self.stateful} for name in units},
            },
        }

    def _place(self, case: Any) -> None:
        """Most addresses that are well formed are those of something that there is."""
        part = case.meta.components.get(ParameterLocation.PATH) if case.meta else None
        if part is None or not part.mode.is_positive or not case.path_parameters:
            return
        draw = sum(case.id.encode())
        if draw % ELSEWHERE == 0:
            return
        placed = {**case.path_parameters}
        for before, name in re.findall(r"([^/]+)/?{(\w+)}", case.path):
            if there := self.places.get((before, name)):
                placed[name] = there[draw % len(there)]
        case.path_parameters = placed


_send = WSGITransport.send


def _without_sockets(transport: Any, case: Any, **asked: Any) -> Any:
    """What is asked within the process has no sockets (ignored_auth of 4.32 asks as if it had)."""
    return _send(transport, case, **{k: v for k, v in asked.items() if k not in OF_SOCKETS})


def _failures(event: Any) -> Iterator[tuple[tuple[str, str], str]]:
    for case, checks in event.recorder.checks.items():
        for check in checks:
            if check.status == Status.FAILURE and check.failure_info is not None:
                operation = event.recorder.cases[case].value.operation.label
                told = f"{check.failure_info.failure}\n{check.failure_info.code_sample}"
                yield (operation, check.name), told
