"""The stream: comuni that deliver, mend and withdraw, an office that decides and publishes, and
strangers who only check; all through the API, on through every fault.

What was accepted is written down; the invariants hold the database against it.
"""

import datetime as dt
import random
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from chaos import files
from chaos.cast import Comune
from chaos.desk import Answer, Api

PAUSE: Final = 0.3
#: In these a delivery waits for a worker.
MOVING: Final = frozenset({"received", "checking", "publishing"})


@dataclass(frozen=True)
class Sent:
    """A file that was sent under a key of its own, and the delivery that it was accepted as."""

    comune: str
    idempotency: str
    made: files.Made
    delivery: str


@dataclass
class Ledger:
    """What the portal said that it took."""

    accepted: list[Sent] = field(default_factory=list)
    asked: dict[str, files.Made] = field(default_factory=dict)
    prechecks: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, idempotency: str, made: files.Made) -> None:
        """A file is about to be sent."""
        with self._lock:
            self.asked[idempotency] = made

    def accept(self, sent: Sent) -> None:
        """It was answered as stored."""
        with self._lock:
            self.accepted.append(sent)


@dataclass
class Desk:
    """One comune's file after file, and what the office does with each."""

    api: Api
    comune: Comune
    reviewer: str
    ledger: Ledger
    chance: random.Random
    turn: int = 0
    delivery: str = ""
    #: A request that was not answered, to be made again as it was.
    unanswered: tuple[str, files.Made] | None = None

    def step(self, *, more: bool) -> bool:
        """One act; whether anything is left to be done (`more`: new files may still be sent)."""
        if self.unanswered is not None or not self.delivery:
            return self._send(more=more)
        seen = self.api.get(f"uploads/{self.delivery}/", self.comune.key)
        if not seen.ok:
            time.sleep(PAUSE)
            return True
        status = seen.body["status"]
        if status in MOVING:
            return True
        if status == "decided":
            return self._decided(bool(seen.body["error_reference"]))
        act = self._acts().get(status)
        if act is not None:
            act()
            return True
        return self._send_next(more=more)

    def _acts(self) -> dict[str, Callable[[], Any]]:
        return {
            "checked": self._checked,
            "failed": lambda: self._post("recheck/", json={}),
            "submitted": self._review,
            "in_review": self._review,
        }

    def _post(self, verb: str, *, office: bool = False, **body: Any) -> Answer:
        key = self.reviewer if office else self.comune.key
        return self.api.post(f"uploads/{self.delivery}/{verb}", key, **body)

    def _send_next(self, *, more: bool) -> bool:
        if not more:
            return False
        self.delivery = ""
        return self._send(more=True)

    def _send(self, *, more: bool) -> bool:
        if self.unanswered is None:
            if not more:
                return False
            self.turn += 1
            bad = self.chance.random() < 0.25
            made = (
                files.junk(self.chance, self.turn)
                if bad
                else files.plan(self.chance, self.comune.places, self.turn)
            )
            self.unanswered = (uuid.UUID(int=self.chance.getrandbits(128)).hex, made)
        key, made = self.unanswered
        self.ledger.ask(key, made)
        said = self.api.post(
            "uploads/",
            self.comune.key,
            data={"municipality": self.comune.istat},
            files={"file": (made.name, made.content)},
            headers={"Idempotency-Key": key},
        )
        if said.status == 202:
            self.delivery, self.unanswered = said.body["id"], None
            self.ledger.accept(Sent(self.comune.istat, key, made, self.delivery))
        elif 400 <= said.status < 500 and said.status != 429:
            self.unanswered = None  # told why: something else is to be done
        else:
            time.sleep(PAUSE)
        return True

    def _checked(self) -> None:
        if self.chance.random() < 0.1:
            self._post("withdraw/")
            return
        today = dt.date.today()
        said = self._post(
            "submit/",
            json={
                "act": "Delibera C.C. n. 12 del 03/02/2025",
                "act_date": str(today - dt.timedelta(days=100)),
                "reference_date": str(today - dt.timedelta(days=10)),
                "contact_name": "Ufficio di piano",
                "contact_email": "piano@comune.example",
                "only_correct_rows": True,
            },
        )
        if 400 <= said.status < 500 and said.status not in (409, 429):
            self._post("withdraw/")  # what cannot be sent as it is

    def _review(self) -> None:
        if self.chance.random() < 0.05:
            self._post("take/", office=True)
            self._post("send-back/", office=True, json={"note": "Rivedete i nomi."})
            return
        accept = {"rule": "all_pending", "decision": "accept"}
        if self._post("review/", office=True, json=accept).ok:
            self._post("publish/", office=True)

    def _decided(self, failed: bool) -> bool:
        """A publication that failed: tried again at once, or decided anew."""
        if not failed:
            return True
        verb = "undecide/" if self.chance.random() < 0.2 else "publish-again/"
        self._post(verb, office=True)
        time.sleep(PAUSE)
        return True


@dataclass
class Stream:
    """All desks at once, and the strangers; `stop` lets no new file begin."""

    desks: list[Desk]
    api: Api
    ledger: Ledger
    chance: random.Random
    stopped: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        """One thread a desk."""
        works: list[Callable[[], None]] = [partial(self._work, desk) for desk in self.desks]
        works.append(self._strangers)
        self.threads = [threading.Thread(target=one, daemon=True) for one in works]
        for thread in self.threads:
            thread.start()

    def _work(self, desk: Desk) -> None:
        while not self.over.is_set():
            if not desk.step(more=not self.stopped.is_set()):
                return
            time.sleep(PAUSE)

    def _strangers(self) -> None:
        while not self.stopped.wait(self.chance.uniform(1, 4)):
            desk = self.chance.choice(self.desks)
            made = files.plan(self.chance, desk.comune.places, self.chance.randrange(10**6))
            said = self.api.post(
                "checks/",
                data={"municipality": desk.comune.istat},
                files={"file": (made.name, made.content)},
            )
            if said.status == 202:
                self.ledger.prechecks.append(said.body["id"])

    def finish(self, patience: float) -> bool:
        """No new file; whether all that was begun came to an end in so many seconds."""
        self.stopped.set()
        end = time.monotonic() + patience
        for thread in self.threads:
            thread.join(max(0.0, end - time.monotonic()))
        ended = not any(thread.is_alive() for thread in self.threads)
        self.over.set()
        return ended
