"""The 62 LUM that the STTM 2 counts, the candidates, and their stops; positions written by hand.

The official list of the PTM was not found. The list of 2023 says in which comuni a LUM can lie:
the nodes in them are kept, those outside are candidates that only the office sees, and what a
zone lacks of the deck's number is a row without point. Rank and setting stay empty, hence no
circle.
"""

from collections.abc import Iterator
from typing import Final

from lum.models import Lum, TransportNode
from zones.management.reference import Loaded, position, read_csv, upsert

LIST_2023: Final = "Città metropolitana di Milano, Ricognizione immobili 2023"
DECK: Final = "conteggi per zona della presentazione STTM 2 (05.12.2022)"
#: What each row rests upon, by its certainty.
SOURCES: Final = {
    Lum.Certainty.CERTAIN: f"Ricostruzione dei nodi; comune con LUM: {LIST_2023}",
    Lum.Certainty.POSSIBLE: f"Ricostruzione dei nodi; comune che può avere un LUM: {LIST_2023}",
    Lum.Certainty.COUNTED: f"Nodo e comune da individuare: {DECK}",
    Lum.Certainty.UNSUPPORTED: f"Ricostruzione dei nodi; comune assente da: {LIST_2023}",
}
NODE_SOURCE: Final = "Ricostruzione dei nodi; posizione scritta a mano"


def load_lum() -> list[Loaded]:
    """Write LUM, the comune each lies in, and transport nodes; safe to repeat."""
    hubs = upsert(
        list(_hubs()),
        key=["code"],
        fields=[
            "name",
            "zone",
            "state",
            "network",
            "point",
            "position_accuracy",
            "certainty",
            "source",
            "note",
        ],
    )
    _give_municipalities()
    nodes = upsert(
        list(_nodes()),
        key=["code"],
        fields=["name", "mode", "state", "lum", "municipality", "point", "source"],
    )
    return [hubs, nodes]


def _hubs() -> Iterator[Lum]:
    for row in read_csv("lum/lum.csv"):
        located = bool(row["lon"])
        yield Lum(
            code=row["code"],
            name=row["name"],
            zone_id=row["zone"] or None,
            state=row["state"],
            network=row["network"],
            point=position(row["lon"], row["lat"]) if located else None,
            position_accuracy="approssimata" if located else "",
            certainty=row["certainty"],
            source=SOURCES[Lum.Certainty(row["certainty"])],
            note=row["note"],
        )


def _give_municipalities() -> None:
    """Attach the comune of the station to the LUM that have none; other links are a person's."""
    rows = {row["code"]: row["istat"] for row in read_csv("lum/lum.csv") if row["istat"]}
    without = Lum.objects.filter(code__in=rows, municipalities__isnull=True)
    through = Lum.municipalities.through
    through._default_manager.bulk_create(
        [through(lum_id=hub.pk, municipality_id=rows[hub.code]) for hub in without]
    )


def _nodes() -> Iterator[TransportNode]:
    keys = dict(Lum.objects.values_list("code", "pk"))
    for row in read_csv("lum/transport_nodes.csv"):
        yield TransportNode(
            code=row["code"],
            name=row["name"],
            mode=row["mode"],
            state=row["state"],
            lum_id=keys[row["lum"]],
            municipality_id=row["istat"],
            point=position(row["lon"], row["lat"]),
            source=NODE_SOURCE,
        )
