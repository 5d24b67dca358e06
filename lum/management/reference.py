"""The 62 LUM of the reconstruction and their stops, from fixtures/lum; positions written by hand.

The official list of the PTM was not found: the stations and their comuni are certain, that these
are the 62 is inferred. Rank and setting stay empty, hence no circle either.
"""

from collections.abc import Iterator
from typing import Final

from lum.models import Lum, TransportNode
from zones.management.reference import Loaded, position, read_csv, upsert

SOURCE: Final = (
    "Ricostruzione coerente con i conteggi per zona della presentazione STTM 2 (05.12.2022); "
    "l'elenco ufficiale del PTM non è stato trovato"
)


def load_lum() -> list[Loaded]:
    """Write LUM, the comune each lies in, and transport nodes; safe to repeat."""
    hubs = upsert(
        list(_hubs()),
        key=["code"],
        fields=[
            "name",
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
        yield Lum(
            code=row["code"],
            name=row["name"],
            state=row["state"],
            network=row["network"],
            point=position(row["lon"], row["lat"]),
            source=SOURCE,
            note=row["note"],
        )


def _give_municipalities() -> None:
    """Attach the comune of the station to the LUM that have none; other links are a person's."""
    rows = {row["code"]: row["istat"] for row in read_csv("lum/lum.csv")}
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
            source=SOURCE,
        )
