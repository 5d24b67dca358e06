"""What is delivered: plans that change from edition to edition, and files that are none."""

import hashlib
import random
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADER = "ID;TIPOLOGIA;DENOMINAZIONE;INDIRIZZO;STATO;SUP_FOND;COORD_X;COORD_Y"
#: Rows that a plan may have, each with a place of its own.
PLACES = 80
_ZIPPED = (ROOT / "fixtures/consegne/legnano_da_correggere.zip").read_bytes()


@dataclass(frozen=True)
class Made:
    """A file; `rows`: the identifiers that its publication shows, None where it is no plan."""

    name: str
    content: bytes
    rows: frozenset[str] | None

    @property
    def sha256(self) -> str:
        """Of its bytes."""
        return hashlib.sha256(self.content).hexdigest()


def plan(chance: random.Random, places: list[tuple[float, float]], turn: int) -> Made:
    """A plan of some of the rows, otherwise named than in the edition before; now and then with a
    row that is held back."""
    chosen = sorted(chance.sample(range(len(places)), chance.randrange(8, len(places))))
    lines = [HEADER]
    for number in chosen:
        x, y = places[number]
        name = f"Biblioteca {number} ({turn if number % 3 else 0})"
        lines.append(
            f"B{number:03d};Biblioteca;{name};via Roma {number};esistente;1200;{x:.2f};{y:.2f}"
        )
    if chance.random() < 0.2:
        x, y = places[chosen[0]]
        lines.append(f"X{turn};Biblioteca;Sala {turn};via Po 1;chissà;90;{x + 9:.2f};{y + 9:.2f}")
    content = ("\n".join(lines) + "\n").encode()
    return Made(f"piano_{turn}.csv", content, frozenset(f"B{number:03d}" for number in chosen))


def junk(chance: random.Random, turn: int) -> Made:
    """A file that is no plan: noise, an archive cut short, nothing but words."""
    noise = chance.randbytes(chance.randrange(10, 5000))
    cut = _ZIPPED[: chance.randrange(100, len(_ZIPPED) - 100)] + turn.to_bytes(4, "big")
    words = f"non è un piano {turn} {chance.random()}".encode()
    content = chance.choice((noise, cut, words, b"GPKG" + noise, b"PK\x03\x04" + noise))
    return Made(f"altro_{turn}.{chance.choice(('gpkg', 'zip', 'csv', 'xlsx'))}", content, None)
