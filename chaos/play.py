"""The stream over a stage, from the first delivery to the last look; Django is set up by now."""

import random
import time
from dataclasses import dataclass, field

from django.db import connection

from chaos import cast, invariants
from chaos.desk import Api
from chaos.faults import Scene
from chaos.invariants import Held
from chaos.stream import Desk, Ledger, Stream
from deliveries.models import Delivery
from services.models import Edition

STARTING_SECONDS = 120


@dataclass
class Show:
    """What streams in, and what came of it."""

    scene: Scene
    comuni: int
    ledger: Ledger = field(default_factory=Ledger)

    def begin(self) -> None:
        """Comuni, office and strangers begin, once the portal answers."""
        self.api = Api(self.scene.stage.port)
        self._wait()
        self.cast = cast.comuni(self.comuni)
        reviewer = cast.reviewer()
        desks = [
            Desk(self.api, one, reviewer, self.ledger, random.Random(self.scene.chance.random()))
            for one in self.cast
        ]
        chance = random.Random(self.scene.chance.random())
        self.stream = Stream(desks, self.api, self.ledger, chance)
        connection.close()  # the server will be stopped
        self.stream.begin()

    def _wait(self) -> None:
        end = time.monotonic() + STARTING_SECONDS
        while not self.api.get("services/?limit=1").ok:
            if time.monotonic() > end:
                raise RuntimeError("the portal does not answer")
            time.sleep(0.5)

    def end(self, patience: float) -> list[Held]:
        """The stream comes to its end, the portal to rest; then everything is looked at."""
        self._wait()
        rested = self.stream.finish(patience)
        connection.close()
        invariants.settle(self.scene.stage, patience)
        keys = {one.istat: one.key for one in self.cast}
        held = invariants.look(self.ledger, self.api, keys)
        unrest = [] if rested else ["the stream did not come to its end"]
        return [Held(f"at rest within {patience:g} s", unrest), *held]

    def told(self) -> str:
        """What happened meanwhile, in figures."""
        answers = ", ".join(f"{n} × {s or 'none'}" for s, n in sorted(self.api.answered.items()))
        began = ", ".join(f"{one.name} {one.began}" for one in self.scene.portal.kept)
        return (
            f"{len(self.ledger.accepted)} deliveries accepted, {Delivery.objects.count()} kept, "
            f"{Edition.objects.count()} editions, {len(self.ledger.prechecks)} checks without"
            f" account.\nAnswers: {answers}. Processes begun: {began}."
        )
